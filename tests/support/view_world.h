// A ledger under the views: stories and files told into it bit by bit, in a directory that vanishes with it. Owned by one scenario.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ledger.h"
#include "projections/programme.h"
#include "projections/runner.h"
#include "tests/support/story.h"

namespace fodspor::stories {

// By the view's name.
using Digests = std::map<std::string, std::string>;

class ViewWorld {
 public:
  ViewWorld();
  ~ViewWorld();
  ViewWorld(const ViewWorld&) = delete;
  ViewWorld& operator=(const ViewWorld&) = delete;

  engine::Ledger& ledger() const { return *ledger_; }
  Position end() const { return ledger_->durable(); }

  // The story's events from one up to another, each a request of its own.
  void tell(const Story& story, std::size_t from, std::size_t to);
  void tell(const Story& story) { tell(story, 0, story.size()); }
  // One batch, its id fixed by the name.
  EventId tell(std::string_view name, std::vector<Draft> drafts);
  EventId tell(std::string_view name, Draft draft);
  // What the shipped files of those names change as the ledger stands.
  projections::ProgrammePlan planned(const std::vector<std::string>& files);
  void apply(std::string_view name, const std::vector<std::string>& files);

  projections::Context context(const projections::AsOf& as_of = {});
  std::unique_ptr<projections::Runner> runner(projections::Runner::Mode mode = projections::Runner::Mode::write);

 private:
  std::filesystem::path directory_;
  std::unique_ptr<engine::Ledger> ledger_;
};

Digests digests(const projections::Runner& runner);
// Folded in memory.
Digests digests_as_of(const engine::Ledger& ledger, const projections::AsOf& as_of = {});
void catch_up(projections::Runner& runner);
void rebuild(projections::Runner& runner);
// The names of the views that differ, for a message.
std::string differing(const Digests& a, const Digests& b);

}  // namespace fodspor::stories
