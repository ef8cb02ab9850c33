// Who may do what: the roles, what can be asked for, and the one rule that joins them to the programmes that a token speaks for.
//
// Values and pure functions; any thread, no files. The rule is the table in access.cpp; the reasons stand in server/README.md, "Who may".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/failure.h"
#include "events/ids.h"

namespace fodspor::server {

using namespace fodspor::events;

enum class Role : std::uint8_t { caseworker, manager, evaluator, auditor, admin, witness };
inline constexpr std::size_t role_count = 6;
inline constexpr std::array<std::string_view, role_count> role_names{"caseworker", "manager", "evaluator", "auditor", "admin", "witness"};
std::string_view name(Role) noexcept;
std::optional<Role> find_role(std::string_view name) noexcept;

// What can be asked for. Reading events is told apart by how they are found, as the protocol does.
enum class Operation : std::uint8_t {
  append,        // dry runs too: they say what is known
  read_log,      // events one by one: in their order,
  read_stream,   //   of a stream,
  read_type,     //   of a type,
  read_subject,  //   that refer to somebody
  subscribe,     //   and as they come
  personal,      // the sealed personal part of an event that may be read: opened, or left out
  kpi,
  trail,
  enterprises,
  caseload,
  quality,
  network,
  portfolio,
  evaluate,  // a definition's figures
  rows,      // and the persons behind them, one by one
  stats,
  ping,
  tokens,      // to list, add and revoke them
  checkpoint,  // a signed tree head; what a witness cosigns
};
inline constexpr std::size_t operation_count = 20;
std::string_view name(Operation) noexcept;

// The programmes that a token speaks for: those that it names, or all that there are and will be. No list can mean all by being empty.
class Programmes {
 public:
  static Programmes all() { return Programmes(); }
  static Programmes only(std::vector<ProgrammeId> named);  // at least one; put in order, each once

  bool are_all() const noexcept { return named_.empty(); }
  const std::vector<ProgrammeId>& named() const noexcept { return named_; }  // none if they are all
  // No id: what belongs to no programme, which only all programmes contain.
  bool contain(ProgrammeId programme) const noexcept;
  std::string text() const;  // "roskilde, esbjerg", "all programmes"
  bool operator==(const Programmes&) const = default;

 private:
  Programmes() = default;
  std::vector<ProgrammeId> named_;  // empty: all
};

// What a token lets its bearer do.
struct Grant {
  std::string token;  // its public id
  Role role = Role::witness;
  Programmes programmes = Programmes::all();
  bool microdata = false;  // small cells unsuppressed, and persons one by one, where the role alone has neither
  std::string name;        // of the token, or its id: what its bearer appends is submitted by it, and request ids are told apart by it
  bool operator==(const Grant&) const = default;
};

// Whether such a token makes sense: a caseworker and a manager have programmes of their own, so theirs name them; a witness sees no
// programme; `microdata` goes to a role that it gives something. Fault::invalid, with what to change.
Status check_grant(const Grant& grant);

// Whether the bearer may do that: about this programme, or about the ledger where none is named. Fault::denied says what is missing and who
// gives it. What is about several programmes (a batch, a portfolio) is asked of each. A whole-ledger answer that may be given in part is
// given of answered_for() alone.
Status may(const Grant& grant, Operation operation, std::optional<ProgrammeId> programme);

// The same of an event that names no programme: it concerns those of the event that it corrects or retracts, else those in which its
// participant takes part, the other events of its batch counted. To speak for one of them is enough; where there is none (an event of the
// ledger itself, say), only who speaks for all may.
Status may_about(const Grant& grant, Operation operation, std::span<const ProgrammeId> concerned);

// The programmes that an answer may speak of, once may() has said yes.
Programmes answered_for(const Grant& grant, std::optional<ProgrammeId> programme);

// Whether small cells have to be suppressed in this answer, and lines that stand for one person left out.
bool suppressed(const Grant& grant, Operation operation) noexcept;

}  // namespace fodspor::server
