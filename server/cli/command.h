// What a command of the program is: its name and help, the options that it takes, and what it does. One object a command, made anew for
// each command line; parser.cpp fills the targets of its options, then runs it once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "events/calendar.h"
#include "events/failure.h"
#include "server/cli/console.h"
#include "server/cli/language.h"

namespace fodspor::server {

// The exit statuses that scripts rely on.
enum class Exit : std::uint8_t {
  yes = 0,
  no = 1,        // the answer is no: a target missed, a digest that differs, nobody found
  usage = 2,     // the command line is wrong
  refused = 3,   // the input was refused, and nothing was written
  unusable = 4,  // the ledger cannot be used: missing, in use, damaged, disk full; or the server not reached
};
Exit exit_of(Fault fault) noexcept;

// A moment of knowledge, as typed: a position, a day or a time. What it means depends on the ledger.
struct KnownAt {
  std::string text;
};

struct Option {
  // Where the value goes, and with that what it has to look like.
  using Target = std::variant<bool*, std::string*, std::optional<std::string>*, std::vector<std::string>*, std::optional<std::uint64_t>*,
                              std::optional<Date>*, std::optional<ProgrammeId>*, std::optional<KnownAt>*>;

  std::string_view name;   // "--from"; without dashes it is an argument by place: "FILE"
  std::string_view value;  // what it takes, as the help says it: "POSITION"; nothing for a flag or an argument by place
  std::string_view help;
  Target target;
  bool required = false;
  std::vector<std::string_view> choices;  // the only values that it may have; empty: any
};

struct Example {
  std::string_view line;
  std::string_view does;
};

struct About {
  std::string_view name;
  enum class Group : std::uint8_t { start, record, read, figures, care } group{};
  Words summary;             // one line
  std::string_view details;  // for --help: a few sentences, or nothing
  std::vector<Example> examples;
};

// What it comes to when a command is asked of a server: which of the operations of access.h, and of which programme, if one was named.
struct Asking {
  Operation operation;
  std::optional<ProgrammeId> programme;
  bool of_each = false;  // the command itself asks whether it may (Sight), of each programme that its answer turns out to be about
};

class Connection;

class Command {
 public:
  virtual ~Command() = default;
  virtual About about() const = 0;
  virtual std::vector<Option> options() = 0;
  // What is wrong with the values taken together; nothing if all is well.
  virtual std::optional<std::string> mistake() const { return std::nullopt; }
  virtual Result<Exit> run(Console& console) = 0;
  // With the options as they were filled in; none: a server is not asked for it.
  virtual std::optional<Asking> asking() const { return std::nullopt; }
  // Whether it has a way of its own with --server, instead of being asked for; then run_at() is it.
  virtual bool speaks_to_servers() const { return false; }
  virtual Result<Exit> run_at(Console& console, Connection& server);
};

}  // namespace fodspor::server
