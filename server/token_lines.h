// The text of a token file. Pure functions; any thread.
//
//   file  = head *line                     each ends with LF
//   head  = {"fodspor":"tokens","format":1,"tokens":N}         N lines follow
//   line  = {"expires_at":T, "hash":H, "id":I, "issued_at":T, "microdata":B, "name":S, "programmes":P, "revoked_at":T, "role":S, "sum":C}
//
// as canonical JSON (RFC 8785), the optional times left out. H and I are hexadecimal digits, T is RFC 3339 in UTC, P is "all" or a list of
// short names. C is the BLAKE2b-128 of the line without it: whatever else is changed in a line, that does not fit any more.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/token.h"

namespace fodspor::server {

std::string token_lines(const std::vector<Token>& tokens);

// Fault::corrupt, with file and line, if this is not what token_lines wrote, byte for byte; unsupported: a newer version wrote it.
Result<std::vector<Token>> read_token_lines(std::string_view text, std::string_view file);

}  // namespace fodspor::server
