// Requests as they go over the wire, built once and patched for each: what the driver spends on a request is a copy and a few numbers. The
// events are those of workload.h. Read by any thread once it is made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "events/failure.h"
#include "server/bench/streams.h"

namespace fodspor::server::bench {

using namespace fodspor::events;

// Appends of so many events each. Every one has a request id of its own, by lane and number.
class AppendFrames {
 public:
  static Result<AppendFrames> make(const Streams& streams, std::uint32_t events);
  // Adds the lane's n-th append to `to`, under the id n + 1.
  void write(std::size_t lane, std::uint64_t number, std::string& to) const;

 private:
  // Where in its bytes a number of each event stands.
  struct Places {
    std::size_t person_hi, person_lo, enterprise_hi, enterprise_lo;
  };
  struct Template {
    std::string bytes;
    std::size_t id, request;
    std::vector<Places> events;
  };
  AppendFrames(const Streams& streams) : streams_(streams) {}
  static Result<Template> template_of(std::uint64_t number, std::uint32_t events);

  Streams streams_;
  std::vector<Template> templates_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> enterprises_;  // their ids
};

// Reads of the first 16 events of one stream, as the stored bytes.
class ReadFrames {
 public:
  explicit ReadFrames(const Streams& streams);
  void write(std::size_t lane, std::uint64_t number, std::string& to) const;

 private:
  Streams streams_;
  std::string bytes_;
  std::size_t id_ = 0, hi_ = 0, lo_ = 0;
};

std::string hello_frame(std::string_view token);
std::string ping_frame(std::uint64_t id);
// From a position on, with credit for all that will ever come.
std::string subscribe_frame(std::uint64_t id, std::uint64_t from);

}  // namespace fodspor::server::bench
