#include "engine/bundle.h"

#include "engine/varint.h"

namespace fodspor::engine {

std::string bundle_head(std::span<const std::size_t> ends, std::size_t begin) {
  std::string head;
  put_varint(head, ends.size());
  for (const std::size_t end : ends) {
    put_varint(head, end - begin);
    begin = end;
  }
  return head;
}

Status Bundle::read(Position last, std::string_view value) {
  ends_.clear();
  const auto damaged = [&] {
    ends_.clear();
    return fail(Fault::corrupt,
                "log/: the bytes of the events up to " + std::to_string(last.value) + " are not what was written; run `fodspor doctor`");
  };
  std::uint64_t count = 0;
  if (!take_varint(value, count) || count == 0 || count > value.size() || count > last.value) return damaged();
  std::size_t end = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint64_t bytes = 0;
    if (!take_varint(value, bytes) || bytes > value.size() || end + bytes > value.size()) return damaged();
    end += bytes;
    ends_.push_back(end);
  }
  if (end != value.size()) return damaged();
  first_ = {last.value - count + 1};
  events_ = value;
  return {};
}

std::string_view Bundle::event(Position position) const noexcept {
  const std::size_t index = position.value - first_.value;
  const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
  return events_.substr(begin, ends_[index] - begin);
}

}  // namespace fodspor::engine
