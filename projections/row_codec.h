// How rows are written: the same values, the same bytes. Numbers are varints (least significant seven bits first), signed ones zigzag,
// texts have their length in front, ids are 16 bytes most significant first so that keys sort by id. Values; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "events/calendar.h"
#include "events/ids.h"
#include "projections/participation.h"

namespace fodspor::projections {

class RowWriter {
 public:
  explicit RowWriter(std::string& out) : out_(out) {}
  RowWriter& byte(std::uint8_t value);
  RowWriter& number(std::uint64_t value);
  RowWriter& signed_number(std::int64_t value);
  RowWriter& text(std::string_view value);
  RowWriter& raw(std::string_view value);  // no length: the reader knows it
  RowWriter& id(const Id& value);
  RowWriter& stream(const StreamId& value);
  RowWriter& event(const EventId& value);
  RowWriter& date(const std::optional<Date>& value);
  RowWriter& moment(const std::optional<Moment>& value);

 private:
  std::string& out_;
};

// Reads what RowWriter wrote. After the first fault everything reads as nothing; ask `ok` or `finish` once at the end.
class RowReader {
 public:
  explicit RowReader(std::string_view in) : in_(in) {}
  std::uint8_t byte();
  std::uint64_t number();
  std::uint32_t number32();
  std::int64_t signed_number();
  std::string_view text();
  std::string_view raw(std::size_t size);
  Id id();
  StreamId stream();
  EventId event();
  std::optional<Date> date();
  std::optional<Moment> moment();

  bool ok() const noexcept { return ok_; }
  bool at_end() const noexcept { return in_.empty(); }
  // Fault::corrupt naming the view unless all was read and nothing was missing.
  Status finish(std::string_view view) const;

 private:
  std::string_view take(std::size_t size);
  std::string_view in_;
  bool ok_ = true;
};

}  // namespace fodspor::projections
