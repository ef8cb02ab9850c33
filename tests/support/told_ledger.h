// A story in a real ledger, in a directory that vanishes with it. Owned by one scenario.
#pragma once

#include <filesystem>
#include <memory>

#include "engine/ledger.h"
#include "tests/support/story.h"

namespace fodspor::stories {

class ToldLedger {
 public:
  // The story's events from the first to the last; by default all of them, in one queue of batches of one.
  explicit ToldLedger(const Story& story, std::size_t events = SIZE_MAX);
  ~ToldLedger();
  ToldLedger(const ToldLedger&) = delete;
  ToldLedger& operator=(const ToldLedger&) = delete;

  const engine::Ledger& ledger() const { return *ledger_; }
  const std::filesystem::path& directory() const { return directory_; }

 private:
  std::filesystem::path directory_;
  std::unique_ptr<engine::Ledger> ledger_;
};

}  // namespace fodspor::stories
