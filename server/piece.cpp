#include "server/piece.h"

#include <capnp/any.h>
#include <capnp/schema.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "server/frames.h"

namespace fodspor::server {

namespace {

constexpr unsigned spare_words = 64;
// What an event takes on the wire beside its content.
constexpr std::size_t event_words = (sizeof(Placement) + 3 * sizeof(std::uint64_t)) / sizeof(std::uint64_t);

std::size_t bytes_between(const void* begin, const void* at) {
  return static_cast<std::size_t>(static_cast<const std::byte*>(at) - static_cast<const std::byte*>(begin));
}

// Where the bit of that name stands in a struct's data.
std::uint32_t bit_of(capnp::StructSchema schema, kj::StringPtr name) {
  return schema.getFieldByName(name).getProto().getSlot().getOffset();
}

}  // namespace

// The answer and what it says of the stretch are made first, so they stand at the beginning of the first segment, whatever else there is;
// a head of a few words up to there is what subscriptions differ in.
Piece::Piece(EventList& events, Position through, PieceBytes alive) : through_(through), count_(events.count()), alive_(std::move(alive)) {
  capnp::MallocMessageBuilder message(
      static_cast<unsigned>(spare_words + events.held_bytes() / sizeof(capnp::word) + events.count() * event_words));
  auto followed = message.initRoot<wire::Answer>().initFollowed();
  followed.setThrough(through.value);
  events.write(followed.initEvents(static_cast<unsigned>(events.count())));

  const auto segments = message.getSegmentsForOutput();
  std::size_t words = 0;
  for (const auto& segment : segments) words += segment.size();
  bytes_ = framed(message);
  const std::size_t table_bytes = bytes_.size() - words * sizeof(capnp::word);
  auto root = message.getRoot<capnp::AnyStruct>();
  const auto of_answer = root.getDataSection();
  const auto of_followed = root.getPointerSection()[0].getAs<capnp::AnyStruct>().getDataSection();
  id_at_ = table_bytes + bytes_between(segments[0].begin(), of_answer.begin());
  live_at_ =
      table_bytes + bytes_between(segments[0].begin(), of_followed.begin()) + bit_of(capnp::Schema::from<wire::Followed>(), "live") / 8;
  FODSPOR_CHECK(id_at_ < live_at_ && live_at_ < bytes_.size() && live_at_ < table_bytes + segments[0].size() * sizeof(capnp::word));
  alive_->fetch_add(bytes_.size(), std::memory_order_relaxed);
}

Piece::~Piece() {
  alive_->fetch_sub(bytes_.size(), std::memory_order_relaxed);
}

Outgoing Piece::outgoing(const std::shared_ptr<const Piece>& piece, std::uint64_t id, bool live) {
  static const auto live_bit = static_cast<unsigned>(bit_of(capnp::Schema::from<wire::Followed>(), "live") % 8);
  static_assert(std::endian::native == std::endian::little, "numbers lie in memory as they go over the wire");
  Outgoing outgoing;
  const std::size_t head = piece->live_at_ + 1;
  outgoing.own.assign(piece->bytes_.begin(), piece->bytes_.begin() + static_cast<std::ptrdiff_t>(head));
  std::memcpy(outgoing.own.data() + piece->id_at_, &id, sizeof id);
  if (live) outgoing.own[piece->live_at_] |= std::byte{1} << live_bit;
  outgoing.shared = std::shared_ptr<const Outgoing::Bytes>(piece, &piece->bytes_);
  outgoing.shared_from = head;
  return outgoing;
}

bool Pieces::have_room() {
  if (alive_->load(std::memory_order_relaxed) < bytes_max_) return true;
  kept_.clear();
  kept_bytes_ = 0;
  return alive_->load(std::memory_order_relaxed) < bytes_max_;
}

Result<std::shared_ptr<const Piece>> Pieces::get(Position from, Position through, wire::Form form) {
  const auto known = std::find_if(kept_.rbegin(), kept_.rend(),
                                  [&](const Kept& kept) { return kept.from == from && kept.wanted == through && kept.form == form; });
  if (known != kept_.rend()) return known->piece;
  if (!have_room()) return nullptr;
  FODSPOR_TRY(engine::Cursor cursor, ledger_.read_log(from, through));
  EventList events(form);
  Position last{from.value - 1};
  while (last < through) {
    FODSPOR_TRY(const auto stored, cursor.next());
    if (!stored) break;
    if (events.count() > 0 && events.held_bytes() + stored->packed.size() > Bounds::piece_bytes_max) break;
    FODSPOR_DO(events.add(*stored));
    last = stored->placement.position;
  }
  auto piece = std::make_shared<const Piece>(events, last, alive_);
  kept_bytes_ += piece->size();
  kept_.push_back({from, through, form, piece});
  while (kept_bytes_ > Bounds::pieces_kept_bytes && kept_.size() > 1) {
    kept_bytes_ -= kept_.front().piece->size();
    kept_.pop_front();
  }
  return piece;
}

}  // namespace fodspor::server
