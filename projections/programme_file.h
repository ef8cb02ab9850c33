// A programme's or portfolio's TOML file as plain values, each with the place it was written at. Read strictly: an unknown key, a wrong
// kind, a day that does not exist is refused with file, line and column. Values; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "projections/context.h"
#include "projections/definition_source.h"

namespace fodspor::projections {

struct FileFrame {
  Frame frame;  // without `because`
  std::string reason;
  Place place;
};

struct FileFunding {
  Funding funding;
  Place place;
};

struct FileTarget {
  Target target;  // one for each reading
  std::optional<Date> withdrawn;
  Place place;
};

struct FileMember {  // of a portfolio
  ProgrammeId programme;
  Membership membership;           // without `because`
  std::optional<FileFrame> frame;  // registers a programme that has no file of its own
  Place place;
};

struct FileContent {
  ProgrammeId id;
  bool portfolio = false;
  std::vector<FileFrame> frames;  // by the day from which they say so
  std::vector<FileFunding> funding;
  std::vector<FileTarget> targets;
  std::vector<FileMember> members;
  Place place;
};

// Fault::invalid: "kalundborg.toml:12:9: target[3].at_least: …".
Result<FileContent> read_programme_file(std::string_view toml, std::string_view file_name);

}  // namespace fodspor::projections
