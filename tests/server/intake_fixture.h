// What scenarios about imports share: a ledger with a programme in it, deliveries into it, and what then stands of a person. One thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ledger.h"
#include "server/intake/import.h"

namespace fodspor::tests {

using namespace fodspor::events;
namespace intake = server::intake;

// A ledger in a directory that vanishes with it, with one programme registered.
class IntakeLedger {
 public:
  explicit IntakeLedger(std::string_view programme = "roskilde");
  ~IntakeLedger();
  IntakeLedger(const IntakeLedger&) = delete;
  IntakeLedger& operator=(const IntakeLedger&) = delete;

  engine::Ledger& ledger() { return *ledger_; }
  std::uint64_t events() const { return ledger_->durable().value; }

  Result<intake::ImportReport> deliver(std::string_view table, std::string_view mapping, bool dry_run = false);
  // The scenario fails if it is refused.
  intake::ImportReport delivered(std::string_view table, std::string_view mapping);
  Result<intake::ImportReport> deliver_lines(std::string_view lines);

  // What stands of every person and of the programme, without ids of events and times of recording: equal for two ledgers that say the
  // same.
  std::string stands() const;
  // The types of a person's events, in order of recording: "Enrolled Corrected".
  std::string story(std::string_view register_name, std::string_view number) const;

 private:
  std::filesystem::path place_;
  std::unique_ptr<engine::Ledger> ledger_;
};

}  // namespace fodspor::tests
