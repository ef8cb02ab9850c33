// What every participant's fold is read with: programmes and their frames, targets and coverage; enterprises; who is the same person.
// Folded from the streams of programmes, portfolios and enterprises, and from IdentityMerged. A value; any thread may read one.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "events/calendar.h"
#include "events/ids.h"
#include "events/programme.capnp.h"
#include "projections/as_of.h"
#include "projections/history.h"

namespace fodspor::projections {

struct Bilingual {
  std::string en;
  std::string da;
  const std::string& in(bool danish) const { return danish && !da.empty() ? da : en.empty() ? da : en; }
};

// A programme's frame, as its latest event in effect says.
struct Frame {
  Bilingual title;
  std::string operator_name;
  Date starts;
  Date ends;  // the last day
  std::vector<std::string> industries;
  int check_in_days = 0;  // 0: not said
  int retention_years = 0;
  std::string zone;  // IANA
  Bilingual target_group;
  std::string document;
  Date from;                // the day from which it says so
  bool registered = false;  // by ProgrammeRegistered; else by ProgrammeAmended
  EventId event;            // the one that a correction of it names
  EventId because;
};

struct Funding {
  std::string funder;
  std::uint64_t oere = 0;
  wire::FundingGranted::Kind kind{};
  std::string document;
  std::optional<Date> on;
  EventId because;
};

struct Target {
  std::string id;  // "K4"
  Bilingual title;
  wire::TargetPinned::Comparator comparator{};
  std::int64_t value_millionths = 0;  // a count or a share of 1, in millionths
  bool share = false;
  std::int64_t tolerance_millionths = 0;
  std::optional<std::int64_t> baseline_millionths;
  std::string definition;  // id
  std::string definition_version;
  std::string reading;  // empty: the first; each (id, reading) is a target line of its own
  std::string document;
  Date from;
  EventId event;  // the one that a correction of it names
  EventId because;
};

struct ApprovedDefinition {
  std::string id, version, source;  // source: its TOML
  std::string hash;                 // 32 bytes
  EventId because;
};

// Within [from, to) silence of this source about these facts means "no". One that names no facts covers none.
struct Coverage {
  wire::Source source{};
  std::vector<wire::Covered::Fact> facts;
  Spell when;
  std::vector<Id> participants;  // sorted; empty: all of the programme
  EventId because;
  bool covers(wire::Covered::Fact fact, Date day, const Id& participant) const;
};

// A programme's coverage, and the same in short as everybody's evidence is read with it: registers deliver month by month, for years, and
// what covers one day after another is one stretch to whoever asks by the day.
class Coverages {
 public:
  struct Stretch {
    wire::Source source{};
    wire::Covered::Fact fact{};
    std::int32_t from = 0, to = 0;  // days
  };
  void add(Coverage coverage);
  const std::vector<Coverage>& all() const noexcept { return all_; }
  const std::vector<Stretch>& of_everybody() const noexcept { return of_everybody_; }  // without those that list their participants
  const std::vector<std::size_t>& listing() const noexcept { return listing_; }        // the places of those in `all`

 private:
  std::vector<Coverage> all_;
  std::vector<Stretch> of_everybody_;
  std::vector<std::size_t> listing_;
};

struct Membership {
  Id portfolio;
  Spell when;
  std::uint64_t oere = 0;  // granted from the portfolio; 0: not said
  std::string document;
  EventId event;  // the one that a correction of it names
  EventId because;
};

struct Programme {
  ProgrammeId id;
  std::optional<Frame> frame;  // none: registered by no event as of now
  std::vector<Frame> frames;   // all in effect, by valid date: what was amended when
  std::vector<Funding> funding;
  std::vector<Target> targets;  // pinned and not withdrawn, in order of id, reading
  Coverages coverage;
  std::vector<Membership> portfolios;
  bool retired = false;
};

struct Enterprise {
  wire::EnterpriseKind kind{};
  std::uint32_t cvr = 0;
  std::uint32_t industry = 0;  // index into Context::industries
};

class Context {
 public:
  std::map<ProgrammeId, Programme> programmes;
  std::map<Id, Programme> portfolios;  // what a portfolio's own stream says of it, in the same terms; its members are in `programmes`
  std::unordered_map<Id, Enterprise> enterprises;
  std::vector<std::string> industries{""};                                        // [0]: not said
  std::map<std::pair<std::string, std::string>, ApprovedDefinition> definitions;  // by id, version

  // The participant that stands for this one: itself, or the least id of those merged with it.
  Id person(const Id& participant) const;
  // All participants of that person, sorted; the participant alone if nothing was merged.
  std::vector<Id> merged_with(const Id& participant) const;
  bool is_merged(const Id& participant) const { return person_.contains(participant); }
  void merge(const Id& a, const Id& b);
  bool merges_anyone() const { return !person_.empty(); }

  // Folding: the history of one stream, once. Programmes, portfolios, the ledger and enterprises say something here, and participants whom
  // they are merged with; the order of streams does not matter. Fault::stopped if the history has a Poison, but for participants: a
  // Poison of theirs stops whoever folds them.
  Status add(const History& history);

  const Programme* find(ProgrammeId id) const;
  const Enterprise* enterprise(const Id& id) const;

 private:
  void add_programme(const History& history, Programme& programme);
  void add_enterprise(const History& history);

  std::unordered_map<Id, Id> person_;                 // of those merged with anyone
  std::unordered_map<Id, std::vector<Id>> together_;  // by the one that stands for them; sorted
  std::unordered_map<std::string, std::uint32_t> industry_numbers_;
};

}  // namespace fodspor::projections
