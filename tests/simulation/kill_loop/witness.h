// Remembers what was asked and what was acknowledged, and holds the ledger to it. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/kill_loop/workload.h"

namespace fodspor::tests {

class Witness {
 public:
  void tried(const std::string& request_id) { unknown_.insert(request_id); }
  void ended(const Outcome& outcome);
  // Asked, and never answered.
  std::vector<std::string> unknown() const { return {unknown_.begin(), unknown_.end()}; }

  // Reads what was added since the last look, or everything, and says each promise that was broken.
  std::vector<std::string> look(const engine::Ledger& ledger, bool everything);

  std::uint64_t events() const { return checked_to_.value; }
  std::size_t acknowledged() const { return acknowledged_.size(); }

 private:
  struct Span {
    Position first;
    Position last;
  };
  void read_new(const engine::Ledger& ledger, std::vector<std::string>& broken);
  void check_acknowledged(const engine::Ledger& ledger, std::vector<std::string>& broken) const;
  void check_streams(const engine::Ledger& ledger, std::vector<std::string>& broken) const;
  void forget_what_was_read();

  std::set<std::string> unknown_;
  std::map<std::string, Span> acknowledged_;
  std::vector<std::string> contradictions_;
  std::set<std::string> new_;  // acknowledged since the last look

  // What was read.
  Position checked_to_;
  Timestamp recorded_at_;
  std::map<Id, Position> requests_;
  std::map<StreamId, std::vector<Position>> streams_;
  std::map<Id, std::uint64_t> ordinals_;
};

}  // namespace fodspor::tests
