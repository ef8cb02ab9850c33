#include "server/cli/event_text.h"

#include <fmt/format.h>

namespace fodspor::server {

namespace {

constexpr std::size_t digits_shown = 10;
constexpr std::size_t digits_least = 4;

}  // namespace

Words name_of(StreamKind kind, bool many) {
  switch (kind) {
    case StreamKind::participant:
      return many ? Words{"people", "personer"} : Words{"person", "person"};
    case StreamKind::enterprise:
      return many ? Words{"enterprises", "virksomheder"} : Words{"enterprise", "virksomhed"};
    case StreamKind::staff:
      return many ? Words{"staff", "medarbejdere"} : Words{"staff", "medarbejder"};
    case StreamKind::network:
      return many ? Words{"networks", "netværk"} : Words{"network", "netværk"};
    case StreamKind::programme:
      return many ? Words{"programmes", "indsatser"} : Words{"programme", "indsats"};
    case StreamKind::portfolio:
      return many ? Words{"portfolios", "puljer"} : Words{"portfolio", "pulje"};
    case StreamKind::ledger:
      return many ? Words{"the ledger", "journalen"} : Words{"ledger", "journal"};
    case StreamKind::unspecified:
      break;
  }
  return {"unspecified", "uspecificeret"};
}

std::string short_name(const StreamId& stream, Language language) {
  const std::string kind(name_of(stream.kind, false).in(language));
  if (stream.kind == StreamKind::programme || stream.kind == StreamKind::portfolio) return kind + " " + ProgrammeId{stream.id}.slug();
  return kind + " " + stream.id.hex().substr(0, digits_shown);
}

std::string shown(Timestamp time) {
  std::string out = text(time).substr(0, 19);
  out[10] = ' ';
  return out;
}

Result<StreamId> find_stream(const engine::Ledger& ledger, StreamKind kind, std::string_view text, const Seen& seen) {
  const Words words = name_of(kind, false);
  std::string_view digits = text;
  if (text.find('/') != std::string_view::npos) {
    FODSPOR_TRY(const StreamId stream, StreamId::parse(text));
    if (stream.kind != kind) return fail(Fault::invalid, fmt::format("'{}' is no {}", text, words.en));
    digits = text.substr(text.find('/') + 1);
  }
  if (const auto whole = Id::parse(digits)) {
    const StreamId stream{kind, *whole};
    FODSPOR_TRY(const Version head, ledger.head(stream));
    if (head == Version{0}) return fail(Fault::not_found, fmt::format("there is no {} {} in this ledger", words.en, digits));
    return stream;
  }
  if (digits.size() < digits_least || digits.size() > 32 || digits.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
    return fail(Fault::invalid, fmt::format("'{}' is not the id of a {}: give its 32 hexadecimal digits, or at least the first {}", text,
                                            words.en, digits_least));
  }
  FODSPOR_TRY(const auto streams, ledger.streams(kind));
  const StreamId* found = nullptr;
  for (const auto& stream : streams) {
    if (stream.id.hex().compare(0, digits.size(), digits) != 0) continue;
    if (seen) {
      FODSPOR_TRY(const bool is_seen, seen(stream));
      if (!is_seen) continue;
    }
    if (found != nullptr) return fail(Fault::invalid, fmt::format("'{}' fits more than one {}: give more digits", text, words.en));
    found = &stream;
  }
  if (found == nullptr) return fail(Fault::not_found, fmt::format("there is no {} {}… in this ledger", words.en, digits));
  return *found;
}

}  // namespace fodspor::server
