// What a command reads its answer from: a ledger, its views or its log, as of one pair of clocks. Without clocks the answer is given on the
// day of the command: from the live views, caught up first if nobody else holds them (a server's are its own), and of figures that later
// days may still change from the log, as with clocks: the same folds with a filter in front. Made for one command; one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "projections/runner.h"
#include "server/cli/command.h"
#include "server/cli/console.h"

namespace fodspor::server {

// --valid-at and --known-at, as typed.
struct Clocks {
  std::optional<Date> valid_at;
  std::optional<KnownAt> known_at;
  bool set() const noexcept { return valid_at || known_at; }
  void add_to(std::vector<Option>& options);
};

class Reading {
 public:
  // `programme`: whose days --known-at means, if it is one programme's answer.
  static Result<Reading> open(Console& console, const Clocks& clocks, std::optional<ProgrammeId> programme = {});

  const engine::Ledger& ledger() const noexcept { return *ledger_; }
  // Of today(): what lies after it is unknown.
  const projections::AsOf& as_of() const noexcept { return as_of_; }
  Position position() const noexcept { return as_of_.known; }
  // The day that the answer is given on: --valid-at, or the day of --known-at, or now.
  Date today() const noexcept { return today_; }

  Result<std::shared_ptr<const projections::Rows>> rows(std::string_view view);
  // The programmes, targets and enterprises as the rows know them.
  Result<projections::Context> context(const projections::Rows& rows) const;
  // As of today(), as as_of() says; and with what is known to come, unless a day was asked for.
  Result<projections::Context> context() const;
  Result<projections::Context> context_to_come() const;
  projections::ScanOptions scan() const;

 private:
  Reading(Console& console, OpenLedger ledger) : console_(&console), ledger_(std::move(ledger)) {}
  Status open_views();
  Result<std::shared_ptr<const projections::Rows>> live(std::string_view view);
  Result<std::shared_ptr<const projections::Rows>> folded(std::string_view view);
  Result<bool> is_settled(std::string_view view, const projections::Rows& rows);

  Console* console_;
  OpenLedger ledger_;
  std::unique_ptr<projections::Runner> runner_;  // none with clocks, nor in a server
  projections::AsOf as_of_;
  std::optional<Date> asked_for_;   // --valid-at
  std::optional<Date> rows_valid_;  // the day of the rows that were read last; none: they know none
  std::optional<std::pair<projections::AsOf, projections::Context>> surroundings_;  // of those rows, where it was needed to choose them
  Date today_;
  bool with_clocks_ = false;
};

// Brings the views of a ledger up to its end after a write; if another process holds them, that one will. A failure is only noted: the
// events are appended all the same.
void catch_up_views(Console& console, const engine::Ledger& ledger);

}  // namespace fodspor::server
