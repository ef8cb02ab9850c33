// One scan: each event is routed by its first words into a partition of its stream's kind and hash. Then the context is folded from the
// streams that make it, and every partition is grouped by stream and folded.
//
// Who is merged with whom is known only when all IdentityMerged, and what corrects or retracts them, have been seen. The scan keeps copies
// of participants' control events aside for that. Streams of merged persons are set aside when their turn comes, and visited last, by
// person.
#include "projections/subjects.h"

#include <algorithm>
#include <array>

#include "engine/record.h"
#include "events/word_room.h"
#include "projections/partitions.h"
#include "projections/route.h"

namespace fodspor::projections {

namespace {

// In order of visits. `controls` are the copies of participants' control events, and visited by nobody.
enum Rank : std::size_t { programmes, portfolios, ledgers, enterprises, staff, networks, participants, controls, ranks };

Result<Rank> rank_of(const StreamId& stream) {
  switch (stream.kind) {
    case StreamKind::programme:
      return programmes;
    case StreamKind::portfolio:
      return portfolios;
    case StreamKind::ledger:
      return ledgers;
    case StreamKind::enterprise:
      return enterprises;
    case StreamKind::staff:
      return staff;
    case StreamKind::network:
      return networks;
    case StreamKind::participant:
      return participants;
    case StreamKind::unspecified:
      break;
  }
  return fail(Fault::unsupported,
              "a stream of kind " + std::to_string(static_cast<unsigned>(stream.kind)) + " is not known to this version: update fodspor");
}

// About what an event takes in a partition; a wrong guess costs a second writing of what turns out too large.
constexpr std::uint64_t entry_bytes_guess = 150;

class Scan {
 public:
  Scan(const engine::Ledger& ledger, const ScanOptions& options, const std::function<Status(const Subject&)>& visit)
      : ledger_(ledger),
        options_(options),
        visit_(visit),
        last_(std::min(options.as_of.known, ledger.durable())),
        scratch_(options.scratch.empty() ? ledger.directory() / "scratch" : options.scratch),
        partitions_(scratch_, counts(), options.memory_bytes / 2) {}

  Result<Scanned> run() {
    FODSPOR_DO(route_all());
    FODSPOR_DO(partitions_.settle());
    FODSPOR_DO(fold_context());
    if (options_.ready) FODSPOR_DO(options_.ready(context_));
    for (const Rank rank : {programmes, portfolios, ledgers, enterprises, staff, networks}) FODSPOR_DO(visit_streams(rank));
    if (options_.participants) FODSPOR_DO(visit_persons());
    if (options_.progress) options_.progress(last_.value, last_.value);
    return Scanned{std::move(context_), last_};
  }

 private:
  std::vector<std::size_t> counts() const {
    std::vector<std::size_t> counts(ranks, 1);
    counts[participants] = Partitions::count_for(last_.value * entry_bytes_guess, options_.memory_bytes / 2);
    return counts;
  }

  // An event has gone half its way when it is routed, and the rest when it is folded.
  Status progress(std::uint64_t events) {
    constexpr std::uint64_t report_every = 8192;
    const std::uint64_t before = halves_ / report_every;
    halves_ += events;
    return halves_ / report_every == before ? Status() : report();
  }

  Status report() const {
    if (options_.progress) options_.progress(std::min(halves_ / 2, last_.value), last_.value);
    if (options_.cancelled && options_.cancelled()) return fail(Fault::cancelled, "the reading of the log was ended before it was done");
    return {};
  }

  Status route_all() {
    if (last_.value == 0) return {};
    FODSPOR_TRY(engine::Cursor cursor, ledger_.read_log({1}, last_));
    for (;;) {
      FODSPOR_TRY(const std::optional<engine::Stored> stored, cursor.next());
      if (!stored) return {};
      FODSPOR_DO(progress(1));
      const auto route = read_route(stored->packed);
      if (!route) return tl::make_unexpected(at_position(stored->placement.position, route.error()));
      const auto rank = rank_of(route->stream);
      if (!rank) return tl::make_unexpected(at_position(stored->placement.position, rank.error()));
      const Entry entry{mixed(route->stream.id), engine::view(stored->bytes)};
      if (*rank == participants) {
        merges_ = merges_ || route->type == EventType::identity_merged;
        const bool speaks_of_merges =
            route->type == EventType::identity_merged || route->type == EventType::corrected || route->type == EventType::retracted;
        if (speaks_of_merges) FODSPOR_DO(partitions_.add(controls, entry));
        if (!options_.participants) continue;
      }
      FODSPOR_DO(partitions_.add(*rank, entry));
    }
  }

  Status fold_context() {
    const auto add = [&](History history) { return context_.add(history); };
    for (const Rank rank : {programmes, portfolios, ledgers, enterprises}) {
      FODSPOR_DO(partitions_.each_group(rank, false, [&](std::span<const Entry> group) { return each_stream(group, add); }));
    }
    if (!merges_) return {};
    return partitions_.each_group(controls, true, [&](std::span<const Entry> group) { return each_stream(group, add); });
  }

  Status visit_streams(Rank rank) {
    return partitions_.each_group(rank, true, [&](std::span<const Entry> group) -> Status {
      FODSPOR_DO(progress(group.size()));
      return each_stream(group, [&](History history) { return visit_(Subject{history, nullptr, context_}); });
    });
  }

  Status visit_persons() {
    Partitions merged(scratch_, {counts()[participants]}, options_.memory_bytes / 4);
    const auto visit_or_set_aside = [&](std::span<const Entry> group) {
      return context_.merges_anyone() ? set_aside_merged(group, merged) : visit_group(group);
    };
    FODSPOR_DO(partitions_.each_group(participants, true, visit_or_set_aside));
    FODSPOR_DO(merged.settle());
    return merged.each_group(0, true, [&](std::span<const Entry> group) { return visit_group(group); });
  }

  Status set_aside_merged(std::span<const Entry> group, Partitions& merged) {
    FODSPOR_TRY(std::vector<Event> events, decode(group));
    const StreamId& first = events.front().stream();
    const auto is_merged = [&](const Event& event) { return event.stream() != first && context_.is_merged(event.stream().id); };
    if (!context_.is_merged(first.id) && std::none_of(events.begin(), events.end(), is_merged)) return visit_all(std::move(events));
    // Of a hash that an unmerged stream happens to share, that stream is set aside too: it is a person of its own there as here.
    for (std::size_t i = 0; i < group.size(); ++i) {
      FODSPOR_DO(merged.add(0, {mixed(context_.person(events[i].stream().id)), group[i].bytes}));
    }
    return {};
  }

  Status visit_group(std::span<const Entry> group) {
    FODSPOR_TRY(std::vector<Event> events, decode(group));
    return visit_all(std::move(events));
  }

  Status visit_all(std::vector<Event> events) {
    FODSPOR_DO(progress(events.size()));
    return each_subject(std::move(events), [&](History history) {
      const Person person = Person::fold(history, context_);
      return visit_(Subject{history, &person, context_});
    });
  }

  template <class Fold>
  Status each_stream(std::span<const Entry> group, const Fold& fold) {
    FODSPOR_TRY(std::vector<Event> events, decode(group));
    return each_subject(std::move(events), fold);
  }

  // The subjects of a group, which is one but where hashes meet; then in order of their ids.
  template <class Fold>
  Status each_subject(std::vector<Event> events, const Fold& fold) {
    const StreamId stream = events.front().stream();
    const StreamId first = subject_of(stream);
    const bool one = std::all_of(events.begin(), events.end(),
                                 [&](const Event& event) { return event.stream() == stream || subject_of(event.stream()) == first; });
    if (one) return fold(History::fold(first, std::move(events), options_.as_of, &options_.skipped));
    std::stable_sort(events.begin(), events.end(),
                     [&](const Event& a, const Event& b) { return subject_of(a.stream()) < subject_of(b.stream()); });
    while (!events.empty()) {
      const StreamId subject = subject_of(events.front().stream());
      const auto end =
          std::find_if(events.begin(), events.end(), [&](const Event& event) { return subject_of(event.stream()) != subject; });
      std::vector<Event> own(std::make_move_iterator(events.begin()), std::make_move_iterator(end));
      events.erase(events.begin(), end);
      FODSPOR_DO(fold(History::fold(subject, std::move(own), options_.as_of, &options_.skipped)));
    }
    return {};
  }

  StreamId subject_of(const StreamId& stream) const {
    if (stream.kind != StreamKind::participant || !context_.merges_anyone()) return stream;
    return {stream.kind, context_.person(stream.id)};
  }

  // The events of the group before are gone by now: a history lasts for one visit.
  Result<std::vector<Event>> decode(std::span<const Entry> group) {
    room_.clear();
    std::vector<Event> events;
    events.reserve(group.size());
    for (const Entry& entry : group) {
      const auto stored = engine::read_record(entry.bytes);
      // It was read from the log a moment ago, and was sound.
      if (!stored) return fail(Fault::unavailable, "a scratch file in " + scratch_.folder().string() + " has been damaged; run it again");
      auto event = Event::decode(stored->packed, stored->placement, room_);
      if (!event) return tl::make_unexpected(at_position(stored->placement.position, event.error()));
      events.push_back(*std::move(event));
    }
    return events;
  }

  static Failure at_position(Position position, Failure failure) {
    return at("position " + std::to_string(position.value), std::move(failure));
  }

  const engine::Ledger& ledger_;
  const ScanOptions& options_;
  const std::function<Status(const Subject&)>& visit_;
  const Position last_;
  Scratch scratch_;
  Partitions partitions_;
  Context context_;
  WordRoom room_;  // for the words of the one group that is decoded
  bool merges_ = false;
  std::uint64_t halves_ = 0;
};

}  // namespace

Result<Scanned> for_each_subject(const engine::Ledger& ledger, const ScanOptions& options,
                                 const std::function<Status(const Subject&)>& visit) {
  return Scan(ledger, options, visit).run();
}

}  // namespace fodspor::projections
