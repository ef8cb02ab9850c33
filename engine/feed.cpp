#include "engine/feed.h"

#include <algorithm>
#include <thread>

#include "engine/following.h"
#include "engine/record.h"

namespace fodspor::engine {
namespace {

// A walk over the log holds its files; a long way behind, it is renewed now and then.
constexpr std::uint64_t walk_events = 16'384;
// How often a reading process looks at the writer's mark.
constexpr std::chrono::milliseconds look_every{5};

}  // namespace

Feed::Feed(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Feed::Feed(Feed&&) noexcept = default;
Feed& Feed::operator=(Feed&&) noexcept = default;
Feed::~Feed() = default;

Result<std::optional<Event>> Feed::next(std::chrono::milliseconds wait) {
  return impl_->next(wait);
}

Result<std::optional<Event>> Feed::Impl::next(std::chrono::milliseconds wait) {
  FODSPOR_TRY(const auto value, take(std::chrono::steady_clock::now() + wait));
  if (!value) return std::nullopt;
  FODSPOR_TRY(const Stored stored, read_record(*value, next_));
  auto event = Event::decode(stored.packed, stored.placement);
  if (!event) return tl::make_unexpected(at("event " + std::to_string(next_.value), event.error()));
  ++next_.value;
  return std::optional<Event>(std::move(*event));
}

Result<std::optional<std::string_view>> Feed::Impl::take(std::chrono::steady_clock::time_point deadline) {
  while (true) {
    if (block_ && next_ <= block_->last()) return block_->value(next_);
    block_ = nullptr;
    if (walk_) {
      FODSPOR_TRY(const auto value, walk_->next());
      if (value) return value;
      walk_.reset();
    }
    if (ring_ != nullptr && (block_ = ring_->find(next_))) continue;
    FODSPOR_TRY(const Position durable, durable_());
    if (next_ <= durable) {
      walk_.emplace(log_, next_, std::min(durable, Position{next_.value + walk_events}));
    } else if (!wait(deadline)) {
      return std::nullopt;
    }
  }
}

bool Feed::Impl::wait(std::chrono::steady_clock::time_point deadline) const {
  if (ring_ != nullptr) return ring_->wait_for(next_, deadline);
  const auto now = std::chrono::steady_clock::now();
  if (now >= deadline) return false;
  std::this_thread::sleep_until(std::min(deadline, now + look_every));
  return true;
}

}  // namespace fodspor::engine
