// What a running command has in its hands: the ledger that was named, or that of the server which was asked, and how to answer. Made by
// parser.cpp for one command; one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/ledger.h"
#include "server/cli/asked.h"
#include "server/cli/report.h"
#include "server/cli/sight.h"
#include "server/cli/world.h"

namespace fodspor::server {

using namespace fodspor::events;

enum class Format : std::uint8_t { text, json, csv };

struct Settings {
  std::filesystem::path ledger;
  Format format = Format::text;
  Language language = Language::english;
  bool quiet = false;
  std::string called = "fodspor";  // by which name: "./fodspor"
  bool ledger_typed = false;       // with --ledger, so commands that are suggested have to name it too
};

// A ledger that a command has opened, and closes; or one that stays open.
struct LedgerCloser {
  bool owns = true;
  void operator()(engine::Ledger* ledger) const {
    if (owns) delete ledger;
  }
};
using OpenLedger = std::unique_ptr<engine::Ledger, LedgerCloser>;

class Console {
 public:
  // `asked`: what the command stands on where it is asked of a server; borrowed.
  Console(World& world, Settings settings, const Asked* asked = nullptr);

  const Settings& settings() const noexcept { return settings_; }
  const World& world() const noexcept { return world_; }
  Layout layout() const;
  // What the user types to start the program, for commands that are suggested.
  const std::string& called() const noexcept { return settings_.called; }

  // The named ledger. Whatever hinders it is Fault::unavailable, busy or corrupt: nothing that the command's input could mend.
  Result<OpenLedger> open(engine::Access access, bool allow_clock_jump = false) const;

  // None on a command line.
  const Asked* asked() const noexcept { return asked_; }
  Sight sight(const engine::Ledger& ledger) const { return {asked_ != nullptr ? &asked_->grant : nullptr, ledger}; }

  // Fault::unavailable where a file stands in the place of a ledger.
  Status no_file_in_its_place() const;

  // " --ledger DIR" for commands that are suggested, if it takes that to find this ledger again; else nothing.
  std::string ledger_option() const;

  void print(const Report& report);      // in the format that was asked for, with the position on stderr for people
  void line(std::string_view text);      // one line of a stream to stdout
  void position(Position position);      // where the answer speaks of, on stderr, for people
  void note(std::string_view sentence);  // a remark on stderr, unless quiet
  std::string in(const Words& words) const { return std::string(words.in(settings_.language)); }

 private:
  World& world_;
  Settings settings_;
  const Asked* asked_;
};

// Progress on stderr: only on a terminal, only for what takes longer than a second, and gone when it is done. Of a question, to whoever
// asked.
class Meter {
 public:
  Meter(const Console& console, Words what);
  ~Meter();
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;

  void show(std::uint64_t done, std::uint64_t of);
  // For calls that report their progress; outlived by this.
  std::function<void(std::uint64_t done, std::uint64_t of)> function() {
    return [this](std::uint64_t done, std::uint64_t of) { show(done, of); };
  }

 private:
  const Console& console_;
  Words what_;
  Timestamp began_;
  Timestamp shown_;
  bool visible_ = false;
};

}  // namespace fodspor::server
