// How an event, a stream or a person is named and shown to people, the same in every command. Pure functions.
#pragma once

#include <functional>
#include <string>

#include "engine/ledger.h"
#include "server/cli/language.h"

namespace fodspor::server {

using namespace fodspor::events;

// "person 9f0c2d4e6a", "programme roskilde": enough to tell streams apart; commands take the digits back as an abbreviation.
std::string short_name(const StreamId& stream, Language language);
Words name_of(StreamKind kind, bool many);
// "2021-03-31 12:00:05" in UTC.
std::string shown(Timestamp time);
// The stream that was meant by an id, a stream's whole name, or an abbreviation of at least four digits that fits just one stream of
// that kind. Fault::not_found, or invalid if it fits several. `seen`: which of them whoever asks may see; an abbreviation fits none of the
// others, so that nobody finds them digit by digit. Empty: all.
using Seen = std::function<Result<bool>(const StreamId& stream)>;
Result<StreamId> find_stream(const engine::Ledger& ledger, StreamKind kind, std::string_view text, const Seen& seen = {});

}  // namespace fodspor::server
