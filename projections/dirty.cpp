#include "projections/dirty.h"

#include <algorithm>

#include "events/control.capnp.h"
#include "projections/people.h"
#include "projections/row_codec.h"

namespace fodspor::projections {

namespace {

template <class T>
void sort_unique(std::vector<T>& of) {
  std::sort(of.begin(), of.end());
  of.erase(std::unique(of.begin(), of.end()), of.end());
}

bool same_enterprise(const Context& before, const Context& after, const Id& id) {
  const Enterprise* old_facts = before.enterprise(id);
  const Enterprise* new_facts = after.enterprise(id);
  if (old_facts == nullptr || new_facts == nullptr) return old_facts == new_facts;
  const auto industry = [](const Context& context, const Enterprise& facts) {
    return facts.industry < context.industries.size() ? std::string_view(context.industries[facts.industry]) : std::string_view();
  };
  return old_facts->kind == new_facts->kind && old_facts->cvr == new_facts->cvr &&
         industry(before, *old_facts) == industry(after, *new_facts);
}

// All of a programme that a participant's contribution may depend on, as bytes to compare.
std::string fingerprint(const Context& context, ProgrammeId id) {
  std::string bytes;
  const Programme* programme = context.find(id);
  if (programme == nullptr) return bytes;
  RowWriter writer(bytes);
  writer.byte(programme->frame ? 1 : 0);
  if (programme->frame) {
    const Frame& frame = *programme->frame;
    writer.date(frame.starts).date(frame.ends).number(static_cast<std::uint64_t>(frame.check_in_days)).text(frame.zone);
    for (const std::string& industry : frame.industries) writer.text(industry);
  }
  for (const Target& target : programme->targets) {
    writer.text("target").text(target.id).text(target.reading).text(target.definition).text(target.definition_version).byte(target.share);
    const auto approved = context.definitions.find({target.definition, target.definition_version});
    writer.text(approved == context.definitions.end() ? std::string_view() : std::string_view(approved->second.hash));
  }
  for (const Coverage& coverage : programme->coverage.all()) {
    writer.text("coverage").byte(static_cast<std::uint8_t>(coverage.source)).date(coverage.when.from).date(coverage.when.to);
    for (const wire::Covered::Fact fact : coverage.facts) writer.byte(static_cast<std::uint8_t>(fact));
    for (const Id& participant : coverage.participants) writer.id(participant);
    writer.event(coverage.because);
  }
  for (const Membership& membership : programme->portfolios) {
    writer.text("portfolio").id(membership.portfolio).date(membership.when.from).date(membership.when.to);
  }
  writer.byte(programme->retired ? 1 : 0);
  return bytes;
}

std::vector<ProgrammeId> changed_programmes(const Context& before, const Context& after) {
  std::vector<ProgrammeId> ids;
  for (const auto& [id, programme] : before.programmes) ids.push_back(id);
  for (const auto& [id, programme] : after.programmes) ids.push_back(id);
  sort_unique(ids);
  std::erase_if(ids, [&](ProgrammeId id) { return fingerprint(before, id) == fingerprint(after, id); });
  return ids;
}

Result<StreamId> skipped_stream(const engine::Ledger& ledger, const engine::Stored& stored) {
  FODSPOR_TRY(const Event skip, Event::decode(stored.packed, stored.placement));
  const auto reference = skip.facts<wire::ProjectionSkipped>().getEvent();
  const EventId id{{Id{reference.getHi(), reference.getLo()}}, reference.getIndex()};
  FODSPOR_TRY(const std::optional<Position> position, ledger.find(id));
  if (!position) return skip.stream();  // it names no event, and changes nothing
  FODSPOR_TRY(const Event event, ledger.read(*position));
  return event.stream();
}

}  // namespace

Result<Touched> read_touched(const engine::Ledger& ledger, Position after, Position to) {
  Touched touched;
  FODSPOR_TRY(engine::Cursor cursor, ledger.read_log({after.value + 1}, to));
  for (;;) {
    FODSPOR_TRY(const std::optional<engine::Stored> stored, cursor.next());
    if (!stored) break;
    FODSPOR_TRY(const Header header, read_header(stored->packed));
    if (header.type == EventType::projection_skipped) {
      // What is skipped changes with it, as if it were taken back.
      FODSPOR_TRY(const StreamId skipped, skipped_stream(ledger, *stored));
      touched.streams.push_back(skipped);
      touched.context = true;
    }
    switch (header.stream.kind) {
      case StreamKind::programme:
      case StreamKind::portfolio:
      case StreamKind::ledger:
      case StreamKind::enterprise:
        touched.context = true;
        break;
      case StreamKind::participant:
        // A correction or retraction may be one of a merge; whether it is, the contexts will tell.
        touched.context = touched.context || header.type == EventType::identity_merged || header.type == EventType::corrected ||
                          header.type == EventType::retracted;
        break;
      default:
        break;
    }
    touched.streams.push_back(header.stream);
  }
  sort_unique(touched.streams);
  return touched;
}

Result<Dirty> find_dirty(const engine::Ledger& ledger, const Touched& touched, const Context& before, const Context& after,
                         const Rows* people) {
  Dirty dirty;
  const auto add_person = [&](const Id& participant) {
    for (const Context* context : {&before, &after}) {
      for (const Id& id : context->merged_with(participant)) dirty.subjects.push_back({StreamKind::participant, id});
    }
  };
  for (const StreamId& stream : touched.streams) {
    if (stream.kind == StreamKind::participant) {
      add_person(stream.id);
      continue;
    }
    dirty.subjects.push_back(stream);
    if (stream.kind != StreamKind::enterprise || same_enterprise(before, after, stream.id)) continue;
    FODSPOR_TRY(engine::Cursor cursor, ledger.read_subject(stream));
    for (;;) {
      FODSPOR_TRY(const std::optional<engine::Stored> stored, cursor.next());
      if (!stored) break;
      FODSPOR_TRY(const Header header, read_header(stored->packed));
      if (header.stream.kind == StreamKind::participant) add_person(header.stream.id);
    }
  }
  const std::vector<ProgrammeId> changed = touched.context ? changed_programmes(before, after) : std::vector<ProgrammeId>();
  if (!changed.empty()) {
    if (people == nullptr) {
      dirty.everything = true;
      return dirty;
    }
    for (const ProgrammeId programme : changed) {
      FODSPOR_DO(each_person(*people, programme, [&](const PersonLine& line) {
        add_person(line.person);
        return true;
      }));
    }
    // Which programmes an enterprise takes part in stands in its own events; there are few of them, so all are folded again.
    FODSPOR_TRY(const std::vector<StreamId> enterprises, ledger.streams(StreamKind::enterprise));
    dirty.subjects.insert(dirty.subjects.end(), enterprises.begin(), enterprises.end());
  }
  sort_unique(dirty.subjects);
  return dirty;
}

}  // namespace fodspor::projections
