// A programme as its file says it, against the programme as the ledger has it: what would change, and the events that change it.
//
// A file is TOML: [programme] or [portfolio], then [[frame]] (dated), [[funding]], [[target]], [[member]]. The events bind, not the files:
// applying a file again changes nothing; what it says otherwise than before is amended, and a target is withdrawn where it says so. What it
// does not mention is left alone. The grammar stands in projections/programmes/README.md. Values; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/event.h"
#include "projections/context.h"
#include "projections/definition.h"

namespace fodspor::projections {

// The four programmes and the pool, compiled into the program: file name and content.
std::span<const std::pair<std::string_view, std::string_view>> shipped_programmes();

struct ProgrammeFile {
  std::string name;  // as messages show it
  std::string toml;
};

struct PlannedChange {
  enum class Kind : std::uint8_t {
    programme_registered,
    frame_amended,
    funding_granted,
    definition_approved,
    target_pinned,
    target_changed,
    target_withdrawn,
    portfolio_joined,
    portfolio_left,
  } kind{};
  ProgrammeId programme;
  std::string what;    // "K4", "frame from 2021-02-05", "kalundborg.k4@1.0.0"
  std::string before;  // empty: new
  std::string after;   // empty: withdrawn
};
std::string_view name(PlannedChange::Kind kind) noexcept;

// "at least 120", "about 50", "at least 30 %".
std::string describe(const Target& target);

struct ProgrammePlan {
  std::vector<PlannedChange> changes;
  std::vector<Draft> drafts;  // one for each change, in an order in which they may be appended as one batch
};

// Fault::invalid: "kalundborg.toml:12:9: target K4: …". `library` resolves the definitions that targets name; what is not approved in the
// ledger yet is approved by the plan with its text and hash.
Result<ProgrammePlan> plan_programmes(std::span<const ProgrammeFile> files, const Context& context, const Library& library);

}  // namespace fodspor::projections
