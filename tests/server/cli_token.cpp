// fodspor token: what an operator types to let somebody in, to see who may come in, and to keep somebody out.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "events/calendar.h"
#include "server/tokens.h"
#include "tests/server/cli_fixture.h"
#include "tests/support/must.h"

using namespace fodspor::server;
using namespace fodspor::server::tests;
using fodspor::stories::must;

namespace {

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The value of a key in a JSON document of one level.
std::string value_of(const std::string& document, const std::string& key) {
  const std::string mark = "\"" + key + "\":\"";
  const std::size_t at = document.find(mark);
  REQUIRE(at != std::string::npos);
  return document.substr(at + mark.size(), document.find('"', at + mark.size()) - at - mark.size());
}

// A program with a ledger of one programme.
class Office : public Program {
 public:
  Office() {
    must("init");
    must("append", first_batch());
  }
  std::filesystem::path ledger() const { return folder() / "ledger"; }
  Grant grant(const std::string& token) const {
    return fodspor::stories::must(fodspor::stories::must(Tokens::open(ledger()))->find(token, now));
  }
};

}  // namespace

SCENARIO("a token that was added opens what was said, and is shown once") {
  Office office;
  office.columns = 60;  // narrower than a token
  const Answer added = office.run("token add --role caseworker --programme roskilde --name jobcentre-desk-1 --expires 2024-12-31");
  CAPTURE(added.out, added.err);
  REQUIRE(added.status == 0);
  REQUIRE(says(added.out, "not shown again"));
  REQUIRE(says(added.out, "2024-12-31"));
  // The last line is the token and nothing else.
  const std::string token = added.out.substr(added.out.rfind('\n', added.out.size() - 2) + 1, 72);
  REQUIRE(added.out.ends_with("\n" + token + "\n"));
  REQUIRE(added.out.find(token) == added.out.rfind(token));
  REQUIRE_FALSE(says(added.err, token));

  const Grant grant = office.grant(token);
  REQUIRE(grant.role == Role::caseworker);
  REQUIRE(grant.programmes == Programmes::only({*ProgrammeId::parse("roskilde")}));
  REQUIRE_FALSE(grant.microdata);

  for (const char* line :
       {"token list", "token list --json", "token list --csv", "token list --lang da", "doctor", "stat", "log --json", "export"}) {
    const Answer answer = office.run(line);
    CAPTURE(line, answer.out, answer.err);
    REQUIRE(answer.status == 0);
    REQUIRE_FALSE(says(answer.out + answer.err, token.substr(8)));
  }
  const std::string list = office.must("token list --csv");
  REQUIRE(says(list,
               grant.token + ",caseworker,\"[\"\"roskilde\"\"]\",false,jobcentre-desk-1,2024-05-01T12:00:00Z,2024-12-31T23:00:00Z,,valid"));
}

SCENARIO("programs get a token and what it may do as JSON") {
  Office office;
  const std::string added = office.must("token add --role evaluator --microdata --json");
  const std::string token = value_of(added, "token");
  REQUIRE(says(added, R"("expires_at":null)"));
  REQUIRE(says(added, R"("microdata":true)"));
  REQUIRE(says(added, R"("programmes":"all")"));
  REQUIRE(value_of(added, "role") == "evaluator");
  const Grant grant = office.grant(token);
  REQUIRE(grant.token == value_of(added, "id"));
  REQUIRE(grant.microdata);
  REQUIRE(grant.programmes.are_all());
  const std::string list = office.must("token list --json");
  REQUIRE(value_of(list, "id") == grant.token);
  REQUIRE(value_of(list, "standing") == "valid");
  REQUIRE(says(office.must("token add --role admin --csv"), "token,fodspor_"));
}

SCENARIO("several programmes are named one by one") {
  Office office;
  office.must("programmes apply --shipped");
  const std::string added = office.must("token add --role manager --programme kalundborg --programme esbjerg --json");
  REQUIRE(says(added, R"("programmes":["esbjerg","kalundborg"])"));
  REQUIRE(office.grant(value_of(added, "token")).programmes.named().size() == 2);
  REQUIRE(says(office.must("token list"), "esbjerg, kalundborg"));
}

SCENARIO("a token that was revoked stays in the list and opens nothing") {
  Office office;
  const std::string added = office.must("token add --role auditor --name yearly-audit --json");
  const std::string id = value_of(added, "id");
  office.now.micros += 60'000'000;
  REQUIRE(says(office.must("token revoke " + id), "2024-05-01"));
  const auto tokens = must(Tokens::open(office.ledger()));
  REQUIRE_FALSE(tokens->find(value_of(added, "token"), office.now));
  const std::string list = office.must("token list --json");
  REQUIRE(value_of(list, "standing") == "revoked");
  REQUIRE(value_of(list, "revoked_at") == "2024-05-01T12:01:00Z");
  REQUIRE(says(office.must("token list"), "yearly-audit"));
  REQUIRE(says(office.must("token list --lang da"), "trukket tilbage"));

  office.now.micros += 60'000'000;
  REQUIRE(says(office.must("token revoke " + id), "It had been revoked before"));
  REQUIRE(value_of(office.must("token list --json"), "revoked_at") == "2024-05-01T12:01:00Z");
}

SCENARIO("a token that was found where it should not be is revoked by its text, which no answer repeats") {
  Office office;
  const std::string token = value_of(office.must("token add --role admin --json"), "token");
  for (int times = 0; times < 2; ++times) {
    const Answer revoked = office.run("token revoke " + token);
    REQUIRE(revoked.status == 0);
    REQUIRE_FALSE(says(revoked.out + revoked.err, token.substr(8)));
  }
  const std::string slip = token.substr(0, 71);
  const Answer refused = office.run("token revoke " + slip);
  REQUIRE(refused.status == 3);
  REQUIRE_FALSE(says(refused.out + refused.err, slip.substr(8)));
}

SCENARIO("a token is good for so many days, or to the end of its last day in Denmark") {
  Office office;
  const std::string days = value_of(office.must("token add --role auditor --expires 90 --json"), "expires_at");
  REQUIRE(days == "2024-07-30T12:00:00Z");
  const std::string today = value_of(office.must("token add --role auditor --expires 2024-05-01 --json"), "expires_at");
  REQUIRE(today == "2024-05-01T22:00:00Z");
  office.now = *parse_timestamp("2024-05-01T22:00:00Z");
  const std::string list = office.must("token list");
  REQUIRE(says(list, "expired"));
  REQUIRE(says(list, "2024-07-30"));
}

SCENARIO("a damaged token file is refused with its line by every command that needs it, and mended by none") {
  Office office;
  office.must("token add --role auditor");
  const auto file = token_file(office.ledger());
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  std::string damaged = text.str();
  damaged[damaged.find("auditor")] = 'x';
  std::ofstream(file) << damaged;
  for (const char* line : {"token list", "token add --role admin", "token revoke 5f0c"}) {
    const Answer answer = office.run(line);
    CAPTURE(line, answer.err);
    REQUIRE(answer.status == 4);
    REQUIRE(answer.out.empty());
    REQUIRE(says(answer.err, file.string() + ":2: this line is not as it was written"));
  }
  const Answer doctor = office.run("doctor --json");
  REQUIRE(doctor.status == 1);
  REQUIRE(says(doctor.out, ":2: this line is not as it was written"));
  REQUIRE(office.run("log").status == 0);
}

SCENARIO("tokens beside the log disturb nothing that opens, checks or copies the ledger") {
  Office office;
  const std::string exported = office.must("export");
  const std::string id = value_of(office.must("token add --role auditor --json"), "id");
  REQUIRE(office.must("export") == exported);
  office.must("append", second_batch());
  office.must("rebuild --verify");
  REQUIRE(says(office.must("doctor"), "the tokens"));
  REQUIRE(says(office.must("token list"), id));
}

SCENARIO("a token can be revoked while the log is damaged") {
  Office office;
  const std::string added = office.must("token add --role auditor --json");
  std::filesystem::remove_all(office.ledger() / "log");
  REQUIRE(office.run("stat").status == 4);
  office.must("token revoke " + value_of(added, "id"));
  REQUIRE(value_of(office.must("token list --json"), "standing") == "revoked");
}
