// The text of a ledger's file of kept places. Pure functions; any thread.
//
//   file  = head *line                     each ends with LF
//   head  = {"fodspor":"places","format":1,"places":N}         N lines follow, sorted by client and name
//   line  = {"client":S,"name":S,"position":N,"sum":C}
//
// as canonical JSON (RFC 8785). C is the BLAKE2b-128 of the line without it: whatever else is changed in a line, that does not fit any
// more.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "events/ids.h"

namespace fodspor::server {

using namespace fodspor::events;

// Who keeps it (the name of a token), and under which name.
struct PlaceName {
  std::string client;
  std::string name;
  auto operator<=>(const PlaceName&) const = default;
};
using PlaceList = std::map<PlaceName, Position>;

std::string place_lines(const PlaceList& places);

// Fault::corrupt, with file and line, if this is not what place_lines wrote, byte for byte; unsupported: a newer version wrote it.
Result<PlaceList> read_place_lines(std::string_view text, std::string_view file);

}  // namespace fodspor::server
