// What a running command has in its hands: the ledger that was named, and how to answer. Made by parser.cpp for one command; one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/ledger.h"
#include "server/cli/report.h"
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

class Console {
 public:
  Console(World& world, Settings settings);

  const Settings& settings() const noexcept { return settings_; }
  const World& world() const noexcept { return world_; }
  Layout layout() const;
  // What the user types to start the program, for commands that are suggested.
  const std::string& called() const noexcept { return settings_.called; }

  // The named ledger. Whatever hinders it is Fault::unavailable, busy or corrupt: nothing that the command's input could mend.
  Result<std::unique_ptr<engine::Ledger>> open(engine::Access access, bool allow_clock_jump = false) const;

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
};

// Progress on stderr: only on a terminal, only for what takes longer than a second, and gone when it is done.
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
