#include "tests/support/view_world.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>

#include "tests/support/must.h"
#include "tests/support/scratch.h"

namespace fodspor::stories {

using namespace fodspor::projections;

namespace {

constexpr Timestamp noon{1'617'192'000'000'000};  // 2021-03-31T12:00:00Z
constexpr std::string_view client = "scenario";

}  // namespace

ViewWorld::ViewWorld() : directory_(tests::new_scratch_directory("views")) {
  engine::Options options;
  options.create = true;
  options.now = [] { return noon; };
  options.memory_bytes = 16u << 20;
  ledger_ = must(engine::Ledger::open(directory_ / "ledger", options));
}

ViewWorld::~ViewWorld() {
  ledger_.reset();
  std::error_code error;
  std::filesystem::remove_all(directory_, error);
}

void ViewWorld::tell(const Story& story, std::size_t from, std::size_t to) {
  // All are on their way at once, so that the ledger can sync many together.
  std::mutex mutex;
  std::condition_variable fewer;
  std::size_t under_way = to - from;
  Status failed;
  for (std::size_t i = from; i < to; ++i) {
    engine::Batch batch;
    batch.request = {story.client(), story.names()[i]};
    batch.proposals.push_back(story.proposals()[i]);
    ledger_->append(std::move(batch), [&](const Result<engine::Appended>& appended) {
      const std::lock_guard lock(mutex);
      if (!appended) failed = tl::make_unexpected(appended.error());
      --under_way;
      fewer.notify_all();
    });
  }
  std::unique_lock lock(mutex);
  fewer.wait(lock, [&] { return under_way == 0; });
  must(failed);
}

EventId ViewWorld::tell(std::string_view name, std::vector<Draft> drafts) {
  engine::Batch batch;
  batch.request = {std::string(client), std::string(name)};
  batch.proposals = must(encode_batch(batch.request, drafts));
  must(ledger_->append(std::move(batch)));
  return {RequestKey::of(client, name), 0};
}

EventId ViewWorld::tell(std::string_view name, Draft draft) {
  std::vector<Draft> drafts;
  drafts.push_back(std::move(draft));
  return tell(name, std::move(drafts));
}

ProgrammePlan ViewWorld::planned(const std::vector<std::string>& files) {
  std::vector<ProgrammeFile> chosen;
  for (const auto& [name, toml] : shipped_programmes()) {
    if (std::find(files.begin(), files.end(), name) != files.end()) chosen.push_back({std::string(name), std::string(toml)});
  }
  REQUIRE(chosen.size() == files.size());
  return must(plan_programmes(chosen, context(), Library::shipped()));
}

void ViewWorld::apply(std::string_view name, const std::vector<std::string>& files) {
  ProgrammePlan plan = planned(files);
  const auto known = engine::known_to(*ledger_);
  must(check_batch(plan.drafts, *known));
  tell(name, std::move(plan.drafts));
}

Context ViewWorld::context(const AsOf& as_of) {
  return must(load_context(*ledger_, as_of));
}

std::unique_ptr<Runner> ViewWorld::runner(Runner::Mode mode) {
  return must(Runner::open(*ledger_, mode));
}

Digests digests(const Runner& runner) {
  Digests all;
  for (const ViewState& state : runner.states()) all[state.name] = must(runner.digest(state.name));
  return all;
}

Digests digests_as_of(const engine::Ledger& ledger, const AsOf& as_of) {
  Digests all;
  for (const auto& view : all_views()) {
    ScanOptions options;
    options.as_of = as_of;
    options.memory_bytes = 16u << 20;
    const auto rows = must(view_as_of(ledger, view->name(), options));
    all[std::string(view->name())] = must(digest(*rows));
  }
  return all;
}

void catch_up(Runner& runner) {
  must(runner.catch_up());
}

void rebuild(Runner& runner) {
  RebuildOptions options;
  options.memory_bytes = 64u << 20;
  must(runner.rebuild(options));
}

std::string differing(const Digests& a, const Digests& b) {
  std::string names;
  for (const auto& [name, digest] : a) {
    const auto other = b.find(name);
    if (other == b.end() || other->second != digest) names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

}  // namespace fodspor::stories
