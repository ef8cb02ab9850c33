#include "server/access.h"

#include <fmt/format.h>

#include <algorithm>

namespace fodspor::server {

namespace {

// What a role has of an operation, within the programmes of its token.
enum class Leave : std::uint8_t {
  no,
  yes,
  guarded,    // yes; but without the right microdata small cells are suppressed, and lines that stand for one person left out
  microdata,  // only with the right microdata
};

// What becomes of a question about the whole ledger when the token speaks for some programmes only.
enum class Reach : std::uint8_t {
  narrows,  // it is answered of those programmes
  whole,    // a part of it would be another answer: refused. Asked about a programme by name, that programme decides
  none,     // it is about no programme: everybody gets the same
};

struct Rule {
  Operation operation;
  std::string_view name;
  std::string_view does;  // in a sentence: "may not …"
  Reach reach;
  std::array<Leave, role_count> leave;  // in the order of Role
};

constexpr std::array<Rule, operation_count> rules = [] {
  using enum Operation;
  using enum Reach;
  constexpr Leave no = Leave::no, yes = Leave::yes, guarded = Leave::guarded, micro = Leave::microdata;
  // clang-format off
  return std::array<Rule, operation_count>{{
      //                                                                             caseworker manager  evaluator auditor  admin    witness
      {append,       "append",       "append events",                       whole,   {yes,      no,      no,       no,      yes,     no}},
      {read_log,     "read_log",     "read events one by one",              narrows, {yes,      no,      micro,    yes,     micro,   no}},
      {read_stream,  "read_stream",  "read events one by one",              narrows, {yes,      no,      micro,    yes,     micro,   no}},
      {read_type,    "read_type",    "read events one by one",              narrows, {yes,      no,      micro,    yes,     micro,   no}},
      {read_subject, "read_subject", "read events one by one",              narrows, {yes,      no,      micro,    yes,     micro,   no}},
      {subscribe,    "subscribe",    "follow events one by one",            narrows, {yes,      no,      micro,    yes,     micro,   no}},
      {personal,     "personal",     "read the sealed part of an event",    narrows, {yes,      no,      no,       no,      no,      no}},
      {kpi,          "kpi",          "read figures against their targets",  narrows, {yes,      yes,     guarded,  yes,     guarded, no}},
      {trail,        "trail",        "read one person's story",             narrows, {yes,      no,      micro,    yes,     micro,   no}},
      {enterprises,  "enterprises",  "read which enterprises take part",    narrows, {yes,      yes,     guarded,  yes,     guarded, no}},
      {caseload,     "caseload",     "read who is due a contact",           narrows, {yes,      yes,     micro,    yes,     micro,   no}},
      {quality,      "quality",      "read what is wrong with records",     narrows, {yes,      yes,     guarded,  yes,     guarded, no}},
      {network,      "network",      "read the networks of enterprises",    narrows, {yes,      yes,     yes,      yes,     yes,     no}},
      {portfolio,    "portfolio",    "read the figures of a portfolio",     whole,   {yes,      yes,     guarded,  yes,     guarded, no}},
      {evaluate,     "evaluate",     "evaluate a definition",               narrows, {yes,      yes,     guarded,  yes,     guarded, no}},
      {rows,         "rows",         "read the persons behind a figure",    narrows, {yes,      micro,   micro,    yes,     micro,   no}},
      {stats,        "stats",        "read the ledger's sizes",             none,    {yes,      yes,     yes,      yes,     yes,     yes}},
      {ping,         "ping",         "ask whether the server is there",     none,    {yes,      yes,     yes,      yes,     yes,     yes}},
      {tokens,       "tokens",       "administer tokens",                   whole,   {no,       no,      no,       no,      yes,     no}},
      {checkpoint,   "checkpoint",   "read checkpoints",                    none,    {yes,      yes,     yes,      yes,     yes,     yes}},
  }};
  // clang-format on
}();

constexpr bool in_order() {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (static_cast<std::size_t>(rules[i].operation) != i) return false;
  }
  return true;
}
static_assert(in_order(), "a rule is found by its operation's number");

constexpr const Rule& rule_of(Operation operation) {
  return rules[static_cast<std::size_t>(operation)];
}
constexpr Leave leave_of(Operation operation, Role role) {
  return rule_of(operation).leave[static_cast<std::size_t>(role)];
}

// What an issue or a law is behind stands twice: a slip in the table does not compile.
static_assert(leave_of(Operation::personal, Role::evaluator) == Leave::no, "an evaluator never receives sealed data");
static_assert(leave_of(Operation::rows, Role::evaluator) == Leave::microdata, "an evaluator has persons only with microdata");
static_assert(leave_of(Operation::append, Role::auditor) == Leave::no, "an auditor cannot append");
static_assert(leave_of(Operation::read_log, Role::auditor) == Leave::yes, "an auditor reads the whole log");
static_assert(leave_of(Operation::append, Role::manager) == Leave::no, "a manager cannot append");

// Which programmes a role's token names.
enum class Names : std::uint8_t {
  some,   // its own: never all, so that a programme that comes later is nobody's by accident
  any,    // some, or all
  never,  // nothing that it may do is about a programme
};
constexpr std::array<Names, role_count> names{Names::some, Names::some, Names::any, Names::any, Names::any, Names::never};

constexpr Names names_of(Role role) {
  return names[static_cast<std::size_t>(role)];
}

constexpr bool microdata_gives(Role role) {
  return std::any_of(rules.begin(), rules.end(), [&](const Rule& rule) {
    const Leave leave = rule.leave[static_cast<std::size_t>(role)];
    return leave == Leave::guarded || leave == Leave::microdata;
  });
}

constexpr std::string_view from_an_admin = "an admin of the ledger gives one with `fodspor token add`";

std::string a(Role role) {
  const std::string_view word = name(role);
  const bool vowel = std::string_view("aeiou").find(word.front()) != std::string_view::npos;
  return fmt::format("{} {}", vowel ? "an" : "a", word);
}

// "the role caseworker or admin"
std::string roles_with(const Rule& rule) {
  std::vector<std::string_view> with;
  for (std::size_t i = 0; i < role_count; ++i) {
    if (rule.leave[i] != Leave::no) with.push_back(role_names[i]);
  }
  std::string text = fmt::format("the role {}", with.front());
  for (std::size_t i = 1; i < with.size(); ++i) text += fmt::format("{}{}", i + 1 == with.size() ? " or " : ", ", with[i]);
  return text;
}

}  // namespace

std::string_view name(Role role) noexcept {
  return role_names[static_cast<std::size_t>(role)];
}

std::optional<Role> find_role(std::string_view name) noexcept {
  const auto found = std::find(role_names.begin(), role_names.end(), name);
  if (found == role_names.end()) return std::nullopt;
  return static_cast<Role>(found - role_names.begin());
}

std::string_view name(Operation operation) noexcept {
  return rule_of(operation).name;
}

Programmes Programmes::only(std::vector<ProgrammeId> named) {
  FODSPOR_CHECK(!named.empty());
  Programmes programmes;
  programmes.named_ = std::move(named);
  std::sort(programmes.named_.begin(), programmes.named_.end());
  programmes.named_.erase(std::unique(programmes.named_.begin(), programmes.named_.end()), programmes.named_.end());
  return programmes;
}

bool Programmes::contain(ProgrammeId programme) const noexcept {
  return are_all() || std::binary_search(named_.begin(), named_.end(), programme);
}

std::string Programmes::text() const {
  if (are_all()) return "all programmes";
  std::string text;
  for (const ProgrammeId programme : named_) text += (text.empty() ? "" : ", ") + programme.slug();
  return text;
}

Status check_grant(const Grant& grant) {
  const Names names_wanted = names_of(grant.role);
  if (names_wanted == Names::some && grant.programmes.are_all()) {
    return fail(Fault::invalid, fmt::format("{} has programmes of their own: name each with --programme", a(grant.role)));
  }
  if (names_wanted == Names::never && !grant.programmes.are_all()) {
    return fail(Fault::invalid, fmt::format("{} sees no programme: leave --programme out", a(grant.role)));
  }
  if (grant.microdata && !microdata_gives(grant.role)) {
    return fail(Fault::invalid, fmt::format("microdata gives {} nothing: leave --microdata out", a(grant.role)));
  }
  return {};
}

Status may(const Grant& grant, Operation operation, std::optional<ProgrammeId> programme) {
  const Rule& rule = rule_of(operation);
  const Leave leave = leave_of(operation, grant.role);
  if (leave == Leave::no) {
    return fail(Fault::denied,
                fmt::format("{} may not {}: that takes a token with {}; {}", a(grant.role), rule.does, roles_with(rule), from_an_admin));
  }
  if (leave == Leave::microdata && !grant.microdata) {
    return fail(Fault::denied, fmt::format("{} may {} only with the right microdata, which this token does not have; {}", a(grant.role),
                                           rule.does, from_an_admin));
  }
  if (rule.reach == Reach::none) return {};
  if (names_of(grant.role) == Names::some && grant.programmes.are_all()) {
    return fail(Fault::denied,
                fmt::format("{} speaks for programmes of their own, and this token names none; {}", a(grant.role), from_an_admin));
  }
  if (programme && !grant.programmes.contain(*programme)) {
    const std::string what = *programme ? "the programme " + programme->slug() : "what concerns none of its programmes";
    return fail(Fault::denied, fmt::format("this token does not speak for {}, only for {}: that takes another token; {}", what,
                                           grant.programmes.text(), from_an_admin));
  }
  if (!programme && rule.reach == Reach::whole && !grant.programmes.are_all()) {
    return fail(Fault::denied, fmt::format("this token speaks for {} alone: to {} without naming a programme takes one for all; {}",
                                           grant.programmes.text(), rule.does, from_an_admin));
  }
  return {};
}

Status may_about(const Grant& grant, Operation operation, std::span<const ProgrammeId> concerned) {
  if (grant.programmes.are_all()) return may(grant, operation, std::nullopt);
  for (const ProgrammeId programme : concerned) {
    if (grant.programmes.contain(programme)) return may(grant, operation, programme);
  }
  return may(grant, operation, ProgrammeId{});
}

Programmes answered_for(const Grant& grant, std::optional<ProgrammeId> programme) {
  return programme && *programme ? Programmes::only({*programme}) : grant.programmes;
}

bool suppressed(const Grant& grant, Operation operation) noexcept {
  return !grant.microdata && leave_of(operation, grant.role) == Leave::guarded;
}

}  // namespace fodspor::server
