#include "server/kept_lines.h"

#include <fmt/format.h>

#include <optional>

#include "events/json_text.h"
#include "server/cli/document.h"

namespace fodspor::server {

std::string KeptLines::head(std::uint64_t count) const {
  Document head;
  head["fodspor"] = what_;
  head["format"] = format_;
  head[what_] = count;
  return head.text();
}

tl::unexpected<Failure> KeptLines::damaged(std::string_view file, std::size_t line, std::string_view how) const {
  return fail(Fault::corrupt, fmt::format("{}:{}: {}; restore the file from a backup, or {}", file, line, how, mend_));
}

// How many lines follow.
Result<std::uint64_t> KeptLines::count_in(std::string_view head_line, std::string_view file) const {
  const auto head_read = parse_json(head_line);
  if (!head_read || head_read->kind != JsonValue::Kind::object) return damaged(file, 1, not_as_written);
  const JsonValue* version = head_read->find("format");
  const JsonValue* count = head_read->find(what_);
  if (version == nullptr || count == nullptr) return damaged(file, 1, not_as_written);
  if (version->kind == JsonValue::Kind::number && version->number > format_) {
    return fail(Fault::unsupported,
                fmt::format("{}:1: a newer version of the program wrote this (format {}): use that one", file, version->number));
  }
  if (head(count->number) != head_line) return damaged(file, 1, not_as_written);
  return count->number;
}

Status KeptLines::read(std::string_view text, std::string_view file, const Take& take) const {
  std::optional<std::uint64_t> wanted;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return damaged(file, number, "this line is cut short");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (!wanted) {
      FODSPOR_TRY(wanted, count_in(line, file));
    } else if (const std::string how = take(line); !how.empty()) {
      return damaged(file, number, how);
    }
  }
  if (!wanted) return damaged(file, 1, "the file is empty");
  if (const std::size_t there = number - 1; there != *wanted) {
    return damaged(file, 1, fmt::format("{} {} were written and {} are there", *wanted, what_, there));
  }
  return {};
}

}  // namespace fodspor::server
