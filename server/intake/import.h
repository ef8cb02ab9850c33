// Spreadsheets, register tables and JSON lines into events. Delivered again, a file adds what is new, corrects what changed, retracts what
// it no longer says where it speaks of it, and repeats nothing: what stands afterwards is what a load of the last delivery alone would
// give.
//
// The whole file is read and every event checked before the first append; then the difference is appended in batches. An import that is
// interrupted between batches is finished by running it again. One thread; the ledger may have other writers, and a stream that one of them
// changed meanwhile is a Fault::conflict.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "engine/ledger.h"

namespace fodspor::server::intake {

using namespace fodspor::events;

struct NamedText {
  std::string name;  // as messages show it
  std::string content;
};

struct ImportOptions {
  enum class Format { by_mapping, json_lines, long_rows, wide_rows } format = Format::by_mapping;
  NamedText file;
  std::optional<NamedText> mapping;  // TOML; none for JSON lines
  std::string space = "jsonl";       // of JSON lines: the namespace
  std::string client = "import";     // who asks, for request ids
  Timestamp time;                    // 0: now
  bool dry_run = false;
};

struct ImportReport {
  std::uint64_t rows = 0;
  std::uint64_t facts = 0;  // that the file states
  std::uint64_t added = 0, corrected = 0, retracted = 0, unchanged = 0;
  std::uint64_t appended = 0;  // events; 0 for a dry run
  Position first, last;        // of what was appended
};

using ImportProgress = std::function<void(std::uint64_t done, std::uint64_t of)>;

// Fault::invalid with a line for each of the first twenty problems: "people.csv:3: column 'Dato': …"; nothing is written then.
Result<ImportReport> import_file(engine::Ledger& ledger, const ImportOptions& options, const ImportProgress& progress = {});

}  // namespace fodspor::server::intake
