#include "server/places.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>

#include "events/json_text.h"
#include "server/bounds.h"
#include "server/kept_file.h"

namespace fodspor::server {

namespace {

// As one wish would have it.
Status change(PlaceList& list, const PlaceName& place, Position position) {
  if (position.value == 0) {
    list.erase(place);
    return {};
  }
  if (const auto known = list.find(place); known != list.end()) {
    known->second = position;
    return {};
  }
  const auto of_one = std::count_if(list.begin(), list.end(), [&](const auto& kept) { return kept.first.client == place.client; });
  if (static_cast<std::size_t>(of_one) >= Bounds::places_of_one_max) {
    return fail(Fault::too_large, fmt::format("a client keeps {} places at most, and this one has as many: forget one first (keep it at 0)",
                                              Bounds::places_of_one_max));
  }
  if (list.size() >= Bounds::places_max) {
    return fail(Fault::too_large,
                fmt::format("the server keeps {} places at most, of all clients, and has as many: forget those that nobody "
                            "goes on from (keep them at 0)",
                            Bounds::places_max));
  }
  list.emplace(place, position);
  return {};
}

}  // namespace

std::filesystem::path places_file(const std::filesystem::path& ledger) {
  return ledger / "places";
}

Status check_place_name(std::string_view name) {
  if (name.empty() || name.size() > Bounds::place_name_bytes_max) {
    return fail(Fault::invalid, fmt::format("name: a place is kept under a name of 1 to {} bytes", Bounds::place_name_bytes_max));
  }
  const bool controls = std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (controls || !valid_utf8(name)) return fail(Fault::invalid, "name: it has characters that cannot be shown; write plain text");
  return {};
}

Result<std::unique_ptr<Places>> Places::open(const std::filesystem::path& ledger) {
  const auto path = places_file(ledger);
  FODSPOR_TRY(const KeptText kept, read_kept(path, Bounds::places_file_bytes_max));
  PlaceList list;
  if (kept.stamp) {
    FODSPOR_TRY(list, read_place_lines(kept.text, path.string()));
  }
  return std::unique_ptr<Places>(new Places(ledger, std::move(list)));
}

Places::Places(std::filesystem::path ledger, PlaceList list)
    : ledger_(std::move(ledger)), list_(std::move(list)), thread_([this] { run(); }) {}

Places::~Places() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wished_.notify_all();
  thread_.join();
}

std::optional<Position> Places::find(const PlaceName& place) const {
  const std::lock_guard lock(mutex_);
  const auto found = list_.find(place);
  return found == list_.end() ? std::nullopt : std::optional(found->second);
}

void Places::keep(PlaceName place, Position position, Done done) {
  {
    const std::lock_guard lock(mutex_);
    wishes_.push_back({std::move(place), position, std::move(done)});
  }
  wished_.notify_all();
}

void Places::run() {
  ::pthread_setname_np(::pthread_self(), "places");
  std::vector<Wish> wishes;
  std::unique_lock lock(mutex_);
  while (true) {
    wished_.wait(lock, [this] { return !wishes_.empty() || stopping_; });
    if (wishes_.empty()) return;
    wishes.swap(wishes_);
    lock.unlock();
    write(wishes);
    wishes.clear();
    lock.lock();
  }
}

// Only this thread changes the list, so it may be read here without the lock.
void Places::write(std::vector<Wish>& wishes) {
  PlaceList list = list_;
  std::vector<Status> answers;
  for (const Wish& wish : wishes) answers.push_back(change(list, wish.place, wish.position));
  const auto written = [&]() -> Status {
    if (list == list_) return {};
    const Descriptor folder(ledger_, O_RDONLY | O_DIRECTORY);
    if (!folder.open()) return unavailable_file(ledger_, folder.error());
    return replace_kept(places_file(ledger_), place_lines(list), folder);
  }();
  if (written) {
    const std::lock_guard lock(mutex_);
    list_ = std::move(list);
  }
  for (std::size_t i = 0; i < wishes.size(); ++i) wishes[i].done(answers[i] && !written ? written : answers[i]);
}

}  // namespace fodspor::server
