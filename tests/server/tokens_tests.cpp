// The tokens of a ledger as files and as a server sees them: who is let in, for how long, and what a crash or a second writer can do.
#include "server/tokens.h"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "events/calendar.h"
#include "events/limits.h"
#include "tests/support/must.h"
#include "tests/support/scratch.h"

using namespace fodspor::server;
using fodspor::stories::must;

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t second = 1'000'000;
const Timestamp noon = *parse_timestamp("2024-05-01T12:00:00Z");

Timestamp after(std::int64_t seconds) {
  return {noon.micros + seconds * second};
}

// A ledger's folder with nothing in it but tokens; gone with the scenario.
class Folder {
 public:
  Folder() : path_(fodspor::tests::new_scratch_directory("tokens")) {}
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  operator const fs::path&() const noexcept { return path_; }
  const fs::path& path() const noexcept { return path_; }

  std::string content() const {
    std::ostringstream text;
    text << std::ifstream(token_file(path_), std::ios::binary).rdbuf();
    return text.str();
  }
  // Later than what stood there by the clock of files, which moves in steps of some milliseconds.
  void write(const std::string& text) const {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    std::ofstream(token_file(path_), std::ios::binary) << text;
  }

  // Issues a token and gives its secret.
  Secret issue(Role role = Role::auditor, std::optional<Timestamp> expires_at = {}) const {
    const Secret secret = Secret::random();
    Token token;
    token.hash = secret.hash();
    token.name = "a desk";
    token.role = role;
    token.issued_at = noon;
    token.expires_at = expires_at;
    must(add_token(path_, token));
    return secret;
  }

 private:
  fs::path path_;
};

std::string id_of(const Secret& secret) {
  Token token;
  token.hash = secret.hash();
  return token.id();
}

Failure refused(const Result<Grant>& found) {
  REQUIRE_FALSE(found);
  REQUIRE(found.error().fault == Fault::denied);
  return found.error();
}

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

}  // namespace

SCENARIO("a ledger to which nobody was given a token lets nobody in") {
  const Folder folder;
  const auto tokens = must(Tokens::open(folder));
  refused(tokens->find(Secret::random().text(), noon));
  refused(tokens->find("", noon));
  REQUIRE_FALSE(tokens->still_valid("", noon));
  REQUIRE_FALSE(must(tokens->refresh()));
}

SCENARIO("a token opens what it was given for") {
  const Folder folder;
  const Secret secret = Secret::random();
  Token token;
  token.hash = secret.hash();
  token.role = Role::evaluator;
  token.microdata = true;
  token.programmes = Programmes::only({*ProgrammeId::parse("roskilde")});
  token.issued_at = noon;
  must(add_token(folder, token));
  const Secret other = folder.issue();

  const auto tokens = must(Tokens::open(folder));
  const Grant grant = must(tokens->find(secret.text(), noon));
  REQUIRE(grant == Grant{id_of(secret), Role::evaluator, Programmes::only({*ProgrammeId::parse("roskilde")}), true, id_of(secret)});
  REQUIRE(must(tokens->find(other.text(), noon)).role == Role::auditor);
  REQUIRE(tokens->still_valid(grant.token, noon));
}

SCENARIO("a token is good until the moment at which it expires, and not at it") {
  const Folder folder;
  const Secret secret = folder.issue(Role::auditor, after(60));
  const auto tokens = must(Tokens::open(folder));
  const Timestamp last{after(60).micros - 1};
  REQUIRE(tokens->find(secret.text(), last));
  REQUIRE(tokens->still_valid(id_of(secret), last));
  refused(tokens->find(secret.text(), after(60)));
  REQUIRE_FALSE(tokens->still_valid(id_of(secret), after(60)));
}

SCENARIO("a revocation is seen at the next look, also by who had been let in") {
  const Folder folder;
  const Secret secret = folder.issue(), kept = folder.issue();
  const auto tokens = must(Tokens::open(folder));
  REQUIRE(tokens->find(secret.text(), noon));

  const Revoked revoked = must(revoke_token(folder, id_of(secret), after(5)));
  REQUIRE_FALSE(revoked.before);
  REQUIRE(revoked.token.revoked_at == after(5));
  REQUIRE(must(tokens->refresh()));
  REQUIRE_FALSE(must(tokens->refresh()));
  refused(tokens->find(secret.text(), after(6)));
  REQUIRE_FALSE(tokens->still_valid(id_of(secret), after(6)));
  REQUIRE(tokens->find(kept.text(), after(6)));
  REQUIRE(tokens->still_valid(id_of(kept), after(6)));
  // Its line stays, and says since when.
  const auto list = must(read_tokens(folder)).tokens;
  REQUIRE(list.size() == 2);
  REQUIRE(list.front().revoked_at == after(5));
}

SCENARIO("revoking twice leaves the first time standing") {
  const Folder folder;
  const Secret secret = folder.issue();
  must(revoke_token(folder, id_of(secret), after(5)));
  const std::string before = folder.content();
  const Revoked again = must(revoke_token(folder, id_of(secret), after(9)));
  REQUIRE(again.before);
  REQUIRE(again.token.revoked_at == after(5));
  REQUIRE(folder.content() == before);
}

SCENARIO("whoever tries tokens gets one sentence, and only the log knows why") {
  const Folder folder;
  const Secret expired = folder.issue(Role::auditor, after(1)), revoked = folder.issue(), unknown = Secret::random();
  must(revoke_token(folder, id_of(revoked), after(1)));
  const auto tokens = must(Tokens::open(folder));
  const Failure first = refused(tokens->find(unknown.text(), after(2)));
  REQUIRE(refused(tokens->find(expired.text(), after(2))).message == first.message);
  REQUIRE(refused(tokens->find(revoked.text(), after(2))).message == first.message);
  REQUIRE(refused(tokens->find("fodspor_", after(2))).message == first.message);

  REQUIRE(tokens->judge(unknown.text(), after(2)).standing == Standing::unknown);
  REQUIRE(tokens->judge(unknown.text(), after(2)).id.empty());
  REQUIRE(tokens->judge(expired.text(), after(2)).standing == Standing::expired);
  REQUIRE(tokens->judge(revoked.text(), after(2)).standing == Standing::revoked);
  REQUIRE(tokens->judge(revoked.text(), after(2)).id == id_of(revoked));
}

SCENARIO("a token is found for revoking by its id, by the id's first digits, or by its own text") {
  const Folder folder;
  const Secret by_id = folder.issue(), by_digits = folder.issue(), by_text = folder.issue();
  REQUIRE(must(revoke_token(folder, id_of(by_id), noon)).token.id() == id_of(by_id));
  REQUIRE(must(revoke_token(folder, id_of(by_digits).substr(0, 8), noon)).token.id() == id_of(by_digits));
  REQUIRE(must(revoke_token(folder, by_text.text(), noon)).token.id() == id_of(by_text));

  const Secret stranger = Secret::random();
  for (const std::string& which : {std::string(), id_of(by_id).substr(0, 3), stranger.text(), std::string("nobody")}) {
    const auto none = revoke_token(folder, which, noon);
    REQUIRE_FALSE(none);
    REQUIRE(none.error().fault == Fault::not_found);
    // It could be a token's text with a slip in it.
    if (!which.empty()) REQUIRE(none.error().message.find(which) == std::string::npos);
  }
}

SCENARIO("digits that several ids begin with revoke none of them") {
  const Folder folder;
  Token first, second_token;
  first.hash[0] = second_token.hash[0] = 0xab;
  first.hash[1] = second_token.hash[1] = 0xcd;
  second_token.hash[2] = 1;
  must(add_token(folder, first));
  must(add_token(folder, second_token));
  const auto several = revoke_token(folder, "abcd", noon);
  REQUIRE_FALSE(several);
  REQUIRE(several.error().fault == Fault::invalid);
  REQUIRE(must(revoke_token(folder, "abcd00", noon)).token.id() == first.id());
  // And the same id a second time is not made.
  const Status twice = add_token(folder, first);
  REQUIRE_FALSE(twice);
  REQUIRE(twice.error().fault == Fault::conflict);
}

SCENARIO("the file holds no token, and only its owner may read it") {
  const Folder folder;
  const mode_t before = ::umask(0);
  // What a change that was cut short leaves behind, open to all.
  std::ofstream(folder.path() / "tokens.new") << "half a line";
  ::chmod((folder.path() / "tokens.new").c_str(), 0666);
  const Secret secret = folder.issue();
  ::umask(before);
  REQUIRE(mode_of(token_file(folder)) == 0600);
  REQUIRE_FALSE(fs::exists(folder.path() / "tokens.new"));
  const std::string digits = secret.text().substr(Secret::prefix.size());
  REQUIRE(folder.content().find(digits) == std::string::npos);
  REQUIRE(folder.content().find(digits.substr(0, 16)) == std::string::npos);
  REQUIRE(folder.content().find(id_of(secret)) != std::string::npos);

  ::chmod(token_file(folder).c_str(), 0644);
  must(revoke_token(folder, id_of(secret), noon));
  REQUIRE(mode_of(token_file(folder)) == 0600);
}

SCENARIO("a token that root adds can be read by whom the ledger belongs to") {
  const Folder folder;
  uid_t owner = ::geteuid();
  if (owner == 0) {
    owner = 12'345;
    REQUIRE(::chown(folder.path().c_str(), owner, owner) == 0);
  }
  folder.issue();
  struct stat status {};
  REQUIRE(::stat(token_file(folder).c_str(), &status) == 0);
  REQUIRE(status.st_uid == owner);
}

SCENARIO("of several who add and revoke at once nobody's change is lost, and a reader never sees half of one") {
  const Folder folder;
  constexpr int writers = 4, each = 20;
  std::atomic<bool> done{false};
  std::atomic<std::size_t> looks{0};
  std::string wrong;
  std::thread reader([&] {
    std::size_t seen = 0;
    while (!done) {
      const auto list = read_tokens(folder);
      ++looks;
      if (!list) {
        wrong = list.error().message;
      } else if (list->tokens.size() < seen) {
        wrong = "tokens went away";
      } else {
        seen = list->tokens.size();
      }
    }
  });
  std::array<std::vector<Secret>, writers> issued;
  std::array<std::string, writers> failed;
  std::vector<std::thread> threads;
  for (std::size_t writer = 0; writer < writers; ++writer) {
    threads.emplace_back([&, writer] {
      for (int i = 0; i < each; ++i) {
        const Secret secret = Secret::random();
        Token token;
        token.hash = secret.hash();
        token.role = Role::auditor;
        token.issued_at = noon;
        const Status added = add_token(folder, token);
        if (!added) failed[writer] = added.error().message;
        if (i % 2 == 0) {
          if (const auto revoked = revoke_token(folder, token.id(), after(1)); !revoked) failed[writer] = revoked.error().message;
        }
        issued[writer].push_back(secret);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  done = true;
  reader.join();
  CAPTURE(wrong, looks.load());
  REQUIRE(wrong.empty());
  REQUIRE(looks > 0);
  for (const auto& failure : failed) REQUIRE(failure.empty());

  const auto tokens = must(Tokens::open(folder));
  REQUIRE(must(read_tokens(folder)).tokens.size() == writers * each);
  for (const auto& secrets : issued) {
    for (std::size_t i = 0; i < secrets.size(); ++i) {
      REQUIRE(tokens->judge(secrets[i].text(), after(2)).standing == (i % 2 == 0 ? Standing::revoked : Standing::valid));
    }
  }
}

SCENARIO("who holds a good token is let in on every thread, however often the file changes meanwhile") {
  const Folder folder;
  const Secret kept = folder.issue();
  const auto tokens = must(Tokens::open(folder));
  std::atomic<bool> done{false};
  std::atomic<std::size_t> asked{0}, turned_away{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      while (!done) {
        if (!tokens->find(kept.text(), noon) || !tokens->still_valid(id_of(kept), noon)) ++turned_away;
        ++asked;
      }
    });
  }
  for (int i = 0; i < 30; ++i) {
    const Secret other = folder.issue();
    REQUIRE(must(tokens->refresh()));
    REQUIRE(tokens->find(other.text(), noon));
    must(revoke_token(folder, id_of(other), noon));
    REQUIRE(must(tokens->refresh()));
    REQUIRE_FALSE(tokens->find(other.text(), noon));
  }
  while (asked == 0) std::this_thread::yield();
  done = true;
  for (auto& thread : threads) thread.join();
  REQUIRE(turned_away == 0);
}

SCENARIO("a damaged file is told with its line, ends no connection, and is not overwritten") {
  const Folder folder;
  const Secret secret = folder.issue();
  const auto tokens = must(Tokens::open(folder));
  std::string damaged = folder.content();
  damaged[damaged.find("auditor")] = 'A';
  folder.write(damaged);

  const std::string place = token_file(folder).string() + ":2: ";
  for (int look = 0; look < 2; ++look) {
    const auto refreshed = tokens->refresh();
    REQUIRE_FALSE(refreshed);
    REQUIRE(refreshed.error().fault == Fault::corrupt);
    REQUIRE(refreshed.error().message.rfind(place, 0) == 0);
  }
  REQUIRE(tokens->still_valid(id_of(secret), noon));
  REQUIRE_FALSE(Tokens::open(folder));
  Token token;
  token.hash = Secret::random().hash();
  const Status added = add_token(folder, token);
  REQUIRE_FALSE(added);
  REQUIRE(added.error().fault == Fault::corrupt);
  REQUIRE_FALSE(revoke_token(folder, id_of(secret), noon));
  REQUIRE(folder.content() == damaged);
}

SCENARIO("a file that is gone takes every token with it") {
  const Folder folder;
  const Secret secret = folder.issue();
  const auto tokens = must(Tokens::open(folder));
  fs::remove(token_file(folder));
  REQUIRE(must(tokens->refresh()));
  refused(tokens->find(secret.text(), noon));
  REQUIRE_FALSE(tokens->still_valid(id_of(secret), noon));
}

SCENARIO("what stands in the place of the file is told, not waited for") {
  const Folder folder;
  WHEN("it is a folder") {
    fs::create_directory(token_file(folder));
  }
  WHEN("it is a pipe that nobody writes to") {
    REQUIRE(::mkfifo(token_file(folder).c_str(), 0600) == 0);
  }
  const auto read = read_tokens(folder);
  REQUIRE_FALSE(read);
  REQUIRE(read.error().fault == Fault::unavailable);
}

SCENARIO("a name that cannot be shown, or gives a token away, is not kept") {
  Token token;
  token.role = Role::auditor;
  for (const std::string& name :
       {std::string("two\nlines"), std::string("\x1b[2J"), std::string("\xff"), std::string(81, 'x'), "it is " + Secret::random().text()}) {
    token.name = name;
    const Status checked = check_token(token);
    REQUIRE_FALSE(checked);
    REQUIRE(checked.error().fault == Fault::invalid);
  }
  token.name = std::string(fodspor::limits::token_name_bytes_max, '"');  // the longest in its line
  std::vector<ProgrammeId> programmes;
  for (int i = 0; i < 64; ++i) programmes.push_back(*ProgrammeId::parse("programme-no-0" + std::to_string(10 + i)));
  token.programmes = Programmes::only(programmes);
  token.issued_at = {noon.micros + 1};
  token.expires_at = token.revoked_at = Timestamp{noon.micros + 2};
  const Folder folder;
  must(add_token(folder, token));
  REQUIRE(must(read_tokens(folder)).tokens.front() == token);
  programmes.push_back(*ProgrammeId::parse("one-too-many"));
  token.programmes = Programmes::only(programmes);
  REQUIRE_FALSE(check_token(token));
}
