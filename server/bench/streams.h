// Whom the n-th event of a connection is about: the shapes that loads have, as eventstore-benchmarks tells them apart. Values; the same
// numbers give the same streams. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace fodspor::server::bench {

class Streams {
 public:
  enum class Shape : std::uint8_t {
    spread,  // 200,000 people, all alike
    fresh,   // a new stream for each event
    hot,     // eight streams take all
    zipf,    // of 10,000 streams the n-th most popular takes a share of 1/n
  };
  Streams(Shape shape, std::size_t lanes);

  // A person's number (workload.h). A lane is a connection.
  std::uint64_t at(std::size_t lane, std::uint64_t event) const;

 private:
  Shape shape_;
  std::size_t lanes_;
  std::vector<double> shares_;  // of Zipf: those of the first so many together
};

}  // namespace fodspor::server::bench
