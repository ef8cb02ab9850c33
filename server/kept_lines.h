// The text of a kept file (kept_file.h) as lines: a head that says what they are, in which format and how many, then each by itself, in
// JSON. A line is good if writing again what was read gives the same bytes, so no damage passes. Values and pure functions; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "events/failure.h"

namespace fodspor::server {

using namespace fodspor::events;

inline constexpr std::string_view not_as_written = "this line is not as it was written";

class KeptLines {
 public:
  // `what`: "tokens"; `mend`: what to do about a damaged file, as half a sentence. Both are borrowed for ever.
  constexpr KeptLines(std::string_view what, std::uint64_t format, std::string_view mend) : what_(what), format_(format), mend_(mend) {}

  std::string head(std::uint64_t count) const;
  // Takes each line after the head; says how it is damaged, or nothing.
  using Take = std::function<std::string(std::string_view line)>;
  // Fault::corrupt with file and line, unsupported for a newer format.
  Status read(std::string_view text, std::string_view file, const Take& take) const;

 private:
  tl::unexpected<Failure> damaged(std::string_view file, std::size_t line, std::string_view how) const;
  Result<std::uint64_t> count_in(std::string_view head, std::string_view file) const;

  std::string_view what_;
  std::uint64_t format_;
  std::string_view mend_;
};

}  // namespace fodspor::server
