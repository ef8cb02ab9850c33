#include <string>
#include <unordered_set>

#include "events/control.capnp.h"
#include "events/proposal.h"
#include "events/rules.h"

namespace fodspor::events {

namespace {

tl::unexpected<Failure> refuse(std::string_view field, std::string_view why) {
  return fail(Fault::invalid, std::string(field) + ": " + std::string(why));
}

// A batch against what exists; what its earlier events create counts as there.
class BatchCheck {
 public:
  explicit BatchCheck(Known& known) : known_(known) {}

  Status check(const Draft& draft) {
    FODSPOR_DO(check_draft(draft));
    FODSPOR_DO(check_registered(draft));
    for (const auto reference : draft.proposal().getReferences()) FODSPOR_DO(check_leads_somewhere(reference));
    FODSPOR_DO(check_subject(draft));
    there_.insert(draft.stream());
    return {};
  }

 private:
  Result<bool> exists(const StreamId& stream) {
    if (there_.contains(stream)) return true;
    FODSPOR_TRY(const bool exists, known_.stream_exists(stream));
    if (exists) there_.insert(stream);
    return exists;
  }

  // A programme or portfolio begins by being registered, and once.
  Status check_registered(const Draft& draft) {
    const StreamId stream = draft.stream();
    const bool registers = draft.type() == EventType::programme_registered;
    if (registers || stream.kind == StreamKind::portfolio) {
      FODSPOR_TRY(const bool there, exists(stream));
      if (registers && there) return refuse("stream", stream.text() + " is registered already: amend it by a ProgrammeAmended");
      if (!registers && !there)
        return refuse("stream", stream.text() + " is not known: register it first, by a ProgrammeRegistered in its stream");
      return {};
    }
    const ProgrammeId programme = programme_of(draft.proposal());
    if (!programme) return {};
    FODSPOR_TRY(const bool there, exists(programme.stream()));
    if (there) return {};
    return refuse("programme",
                  programme.slug() + " is not known: register it first, by a ProgrammeRegistered or with `fodspor programmes apply`");
  }

  Status check_leads_somewhere(wire::Reference::Reader reference) {
    const StreamId stream = stream_of(reference);
    // A participant may be referred to before anything is known; to merge with nobody would be a slip.
    if (stream.kind == StreamKind::participant && reference.getRole() != wire::Role::MERGED) return {};
    FODSPOR_TRY(const bool there, exists(stream));
    if (there) return {};
    return refuse("references", stream.text() + " is not known: append the event that brings it in first, or earlier in the same batch");
  }

  // What a Corrected or Retracted is about must be there, in the same stream, and be an event that can be taken back.
  Status check_subject(const Draft& draft) {
    const auto facts = draft.proposal().getFacts();
    if (draft.type() == EventType::corrected) {
      const auto body = facts.getAs<wire::Corrected>();
      FODSPOR_TRY(const Known::Found found, find_subject(draft, id_of(body.getEvent())));
      if (static_cast<std::uint16_t>(found.type) == body.getType()) return {};
      return refuse("facts.type", "the event is " + a(name(found.type)) + ", not " + a(name(static_cast<EventType>(body.getType()))) +
                                      ": retract it, and append what is true");
    }
    if (draft.type() == EventType::retracted) {
      FODSPOR_TRY([[maybe_unused]] const Known::Found found, find_subject(draft, id_of(facts.getAs<wire::Retracted>().getEvent())));
    }
    return {};
  }

  // A correction, a retraction and a merge can be taken back; what has been done to keys and to the record cannot.
  static bool may_be_retracted(EventType control) {
    return control == EventType::corrected || control == EventType::retracted || control == EventType::identity_merged;
  }

  Result<Known::Found> find_subject(const Draft& draft, const EventId& id) {
    FODSPOR_TRY(const std::optional<Known::Found> found, known_.find_event(id));
    if (!found) return refuse("facts.event", "there is no event " + id.text() + " in the ledger");
    if (found->stream != draft.stream()) {
      return refuse("facts.event", "event " + id.text() + " stands in " + found->stream.text() + ", and " + a(name(draft.type())) +
                                       " stands in the stream of what it is about");
    }
    const TypeInfo* type = find_type(found->type);
    if (!type || type->group != "control") return *found;
    const std::string what = "event " + id.text() + " is " + a(type->name);
    const bool can_be_retracted = may_be_retracted(found->type);
    if (draft.type() != EventType::retracted) {
      return refuse("facts.event",
                    what + ", which cannot be corrected: correct the event that it is about once more, and the last correction holds" +
                        (can_be_retracted ? "; or retract this one" : ""));
    }
    if (!can_be_retracted) return refuse("facts.event", what + ", which cannot be retracted");
    return *found;
  }

  Known& known_;
  std::unordered_set<StreamId> there_;
};

}  // namespace

Status check_batch(const std::vector<Draft>& drafts, Known& known) {
  BatchCheck check(known);
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    if (auto checked = check.check(drafts[i]); !checked) {
      const std::string place = "event " + std::to_string(i + 1) + " of " + std::to_string(drafts.size());
      return tl::make_unexpected(at(place, std::move(checked).error()));
    }
  }
  return {};
}

}  // namespace fodspor::events
