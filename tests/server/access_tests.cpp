// Who may do what, written down here a second time by hand, as the promise: every operation × role × programme. The reasons stand in
// server/README.md, "Who may".
#include <catch2/catch.hpp>
#include <sstream>

#include "server/access.h"

using namespace fodspor::server;

namespace {

ProgrammeId programme(const std::string& slug) {
  return *ProgrammeId::parse(slug);
}

const ProgrammeId own = programme("roskilde"), other = programme("esbjerg"), elsewhere = programme("kalundborg");

Grant grant(Role role, Programmes programmes, bool microdata = false) {
  return {"0123456789ab", role, std::move(programmes), microdata, {}};
}

// A line an operation, a word a role, a letter each for a question about the token's own programme, about another one, and about the ledger
// with no programme named: y yes, m only with the right microdata, n no.
constexpr const char* of_some_programmes =
    // caseworker manager evaluator auditor admin witness
    "append       ynn nnn nnn nnn ynn nnn\n"
    "read_log     yny nnn mnm yny mnm nnn\n"
    "read_stream  yny nnn mnm yny mnm nnn\n"
    "read_type    yny nnn mnm yny mnm nnn\n"
    "read_subject yny nnn mnm yny mnm nnn\n"
    "subscribe    yny nnn mnm yny mnm nnn\n"
    "personal     yny nnn nnn nnn nnn nnn\n"
    "kpi          yny yny yny yny yny nnn\n"
    "trail        yny nnn mnm yny mnm nnn\n"
    "enterprises  yny yny yny yny yny nnn\n"
    "caseload     yny yny mnm yny mnm nnn\n"
    "quality      yny yny yny yny yny nnn\n"
    "network      yny yny yny yny yny nnn\n"
    "portfolio    ynn ynn ynn ynn ynn nnn\n"
    "evaluate     yny yny yny yny yny nnn\n"
    "rows         yny mnm mnm yny mnm nnn\n"
    "stats        yyy yyy yyy yyy yyy yyy\n"
    "ping         yyy yyy yyy yyy yyy yyy\n"
    "tokens       nnn nnn nnn nnn ynn nnn\n"
    "checkpoint   yyy yyy yyy yyy yyy yyy\n";

// The same of a token for all programmes, to which every programme is its own. A caseworker and a manager have no such token, and one that
// was forged, or written by another version, opens nothing to them.
constexpr const char* of_all_programmes =
    "append       nnn nnn nnn nnn yyy nnn\n"
    "read_log     nnn nnn mmm yyy mmm nnn\n"
    "read_stream  nnn nnn mmm yyy mmm nnn\n"
    "read_type    nnn nnn mmm yyy mmm nnn\n"
    "read_subject nnn nnn mmm yyy mmm nnn\n"
    "subscribe    nnn nnn mmm yyy mmm nnn\n"
    "personal     nnn nnn nnn nnn nnn nnn\n"
    "kpi          nnn nnn yyy yyy yyy nnn\n"
    "trail        nnn nnn mmm yyy mmm nnn\n"
    "enterprises  nnn nnn yyy yyy yyy nnn\n"
    "caseload     nnn nnn mmm yyy mmm nnn\n"
    "quality      nnn nnn yyy yyy yyy nnn\n"
    "network      nnn nnn yyy yyy yyy nnn\n"
    "portfolio    nnn nnn yyy yyy yyy nnn\n"
    "evaluate     nnn nnn yyy yyy yyy nnn\n"
    "rows         nnn nnn mmm yyy mmm nnn\n"
    "stats        yyy yyy yyy yyy yyy yyy\n"
    "ping         yyy yyy yyy yyy yyy yyy\n"
    "tokens       nnn nnn nnn nnn yyy nnn\n"
    "checkpoint   yyy yyy yyy yyy yyy yyy\n";

// s: small cells are suppressed, and lines that stand for one person left out, unless the token has microdata.
constexpr const char* of_small_cells =
    "append       - - - - - -\n"
    "read_log     - - - - - -\n"
    "read_stream  - - - - - -\n"
    "read_type    - - - - - -\n"
    "read_subject - - - - - -\n"
    "subscribe    - - - - - -\n"
    "personal     - - - - - -\n"
    "kpi          - - s - s -\n"
    "trail        - - - - - -\n"
    "enterprises  - - s - s -\n"
    "caseload     - - - - - -\n"
    "quality      - - s - s -\n"
    "network      - - - - - -\n"
    "portfolio    - - s - s -\n"
    "evaluate     - - s - s -\n"
    "rows         - - - - - -\n"
    "stats        - - - - - -\n"
    "ping         - - - - - -\n"
    "tokens       - - - - - -\n"
    "checkpoint   - - - - - -\n";

constexpr std::array roles{Role::caseworker, Role::manager, Role::evaluator, Role::auditor, Role::admin, Role::witness};

// Calls `check` with each operation, role and word of a table, and requires that no operation is missing.
template <class Check>
void each(const char* table, Check check) {
  std::istringstream lines(table);
  std::size_t operations = 0;
  for (std::string line; std::getline(lines, line); ++operations) {
    const auto operation = static_cast<Operation>(operations);
    std::istringstream words(line);
    std::string word;
    words >> word;
    REQUIRE(word == name(operation));
    for (const Role role : roles) {
      REQUIRE(words >> word);
      CAPTURE(name(operation), name(role), word);
      check(operation, role, word);
    }
  }
  REQUIRE(operations == operation_count);
}

void holds(const char* table, const Programmes& programmes) {
  const std::array<std::optional<ProgrammeId>, 3> about{own, other, std::nullopt};
  each(table, [&](Operation operation, Role role, const std::string& word) {
    REQUIRE(word.size() == about.size());
    for (std::size_t i = 0; i < about.size(); ++i) {
      for (const bool microdata : {false, true}) {
        CAPTURE(i, microdata);
        const Status answer = may(grant(role, programmes, microdata), operation, about[i]);
        const bool promised = word[i] == 'y' || (word[i] == 'm' && microdata);
        if (answer) {
          REQUIRE(promised);
          continue;
        }
        CAPTURE(answer.error().message);
        REQUIRE_FALSE(promised);
        REQUIRE(answer.error().fault == Fault::denied);
        REQUIRE(answer.error().message.find("an admin of the ledger gives one") != std::string::npos);
      }
    }
  });
}

std::string refusal(const Grant& asker, Operation operation, std::optional<ProgrammeId> about) {
  const Status answer = may(asker, operation, about);
  REQUIRE_FALSE(answer);
  return answer.error().message;
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

SCENARIO("every role may do with its programmes what is written down, and nothing else") {
  holds(of_some_programmes, Programmes::only({own, elsewhere}));
}

SCENARIO("a token for all programmes opens each of them, and the ledger as a whole, to what its role may do") {
  holds(of_all_programmes, Programmes::all());
}

SCENARIO("small cells are suppressed to those who see figures and no persons") {
  each(of_small_cells, [](Operation operation, Role role, const std::string& word) {
    for (const Programmes& programmes : {Programmes::only({own}), Programmes::all()}) {
      REQUIRE(suppressed(grant(role, programmes, false), operation) == (word == "s"));
      REQUIRE_FALSE(suppressed(grant(role, programmes, true), operation));
    }
  });
}

SCENARIO("an event that names no programme is for those who speak for one of the programmes that it concerns") {
  const Grant desk = grant(Role::caseworker, Programmes::only({own}));
  const std::vector<ProgrammeId> both{other, own}, others{other, elsewhere}, nobodys;
  // A job that a register knows of, or a correction: the person takes part in two programmes.
  for (const Operation operation : {Operation::read_log, Operation::append, Operation::trail}) {
    REQUIRE(may_about(desk, operation, both));
    REQUIRE_FALSE(may_about(desk, operation, others));
    REQUIRE_FALSE(may_about(desk, operation, nobodys));
    REQUIRE_FALSE(may(desk, operation, ProgrammeId{}));
  }
  REQUIRE(says(may_about(desk, Operation::append, nobodys).error().message, "what concerns none of its programmes"));
  REQUIRE(may_about(grant(Role::auditor, Programmes::all()), Operation::read_log, nobodys));
  REQUIRE(may_about(grant(Role::admin, Programmes::all()), Operation::append, nobodys));
  // The role and the right hold here as everywhere.
  REQUIRE_FALSE(may_about(grant(Role::auditor, Programmes::all()), Operation::append, both));
  REQUIRE_FALSE(may_about(grant(Role::manager, Programmes::only({own})), Operation::read_log, both));
  REQUIRE_FALSE(may_about(grant(Role::evaluator, Programmes::only({own})), Operation::read_log, both));
  REQUIRE(may_about(grant(Role::evaluator, Programmes::only({own}), true), Operation::read_log, both));
  REQUIRE_FALSE(may_about(grant(Role::caseworker, Programmes::all()), Operation::read_log, both));
}

SCENARIO("an answer speaks of the programme that was named, else of those of the token") {
  const Programmes two = Programmes::only({elsewhere, own, own});
  REQUIRE(answered_for(grant(Role::caseworker, two), own) == Programmes::only({own}));
  REQUIRE(answered_for(grant(Role::caseworker, two), std::nullopt) == two);
  REQUIRE(answered_for(grant(Role::auditor, Programmes::all()), std::nullopt).are_all());
  REQUIRE(answered_for(grant(Role::auditor, Programmes::all()), other) == Programmes::only({other}));
  REQUIRE(two.named().size() == 2);
  REQUIRE(two.text() == "kalundborg, roskilde");
  REQUIRE(Programmes::all().text() == "all programmes");
  REQUIRE_FALSE(Programmes::all() == two);
}

SCENARIO("a refusal says what is missing, and who gives it") {
  const Programmes mine = Programmes::only({own});
  REQUIRE(refusal(grant(Role::auditor, mine), Operation::append, own) ==
          "an auditor may not append events: that takes a token with the role caseworker or admin; an admin of the ledger gives one with "
          "`fodspor token add`");
  REQUIRE(says(refusal(grant(Role::evaluator, mine), Operation::rows, own),
               "an evaluator may read the persons behind a figure only with the right microdata, which this token does not have"));
  REQUIRE(says(refusal(grant(Role::caseworker, mine), Operation::trail, other),
               "this token does not speak for the programme esbjerg, only for roskilde"));
  REQUIRE(says(refusal(grant(Role::admin, mine), Operation::tokens, {}),
               "this token speaks for roskilde alone: to administer tokens without naming a programme takes one for all"));
  REQUIRE(says(refusal(grant(Role::caseworker, Programmes::all()), Operation::kpi, own),
               "a caseworker speaks for programmes of their own, and this token names none"));
}

SCENARIO("a token that could do nothing with what it is given, or everything by an oversight, is not made") {
  const Programmes mine = Programmes::only({own});
  const auto wrong = [](const Grant& made) {
    const Status checked = check_grant(made);
    REQUIRE_FALSE(checked);
    REQUIRE(checked.error().fault == Fault::invalid);
    return checked.error().message;
  };
  for (const Role role : {Role::caseworker, Role::manager}) {
    REQUIRE(says(wrong(grant(role, Programmes::all())), "name each with --programme"));
    REQUIRE(check_grant(grant(role, mine)));
  }
  for (const Role role : {Role::evaluator, Role::auditor, Role::admin}) {
    REQUIRE(check_grant(grant(role, Programmes::all())));
    REQUIRE(check_grant(grant(role, mine)));
  }
  REQUIRE(check_grant(grant(Role::witness, Programmes::all())));
  REQUIRE(says(wrong(grant(Role::witness, mine)), "a witness sees no programme"));
  for (const Role role : {Role::manager, Role::evaluator, Role::admin}) REQUIRE(check_grant(grant(role, mine, true)));
  for (const Role role : {Role::caseworker, Role::auditor}) REQUIRE(says(wrong(grant(role, mine, true)), "microdata gives"));
  REQUIRE(says(wrong(grant(Role::witness, Programmes::all(), true)), "microdata gives a witness nothing"));
}

SCENARIO("roles are known by their names and by no others") {
  for (const Role role : roles) REQUIRE(find_role(name(role)) == role);
  for (const char* no_role : {"", "Admin", "admins", "root"}) REQUIRE_FALSE(find_role(no_role));
}
