// fodspor portfolio: programmes together.
#include "projections/portfolio.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/cli/commands.h"
#include "server/cli/portfolio_table.h"
#include "server/cli/reading.h"

namespace fodspor::server {

namespace {

class Portfolio : public Command {
 public:
  About about() const override {
    return {"portfolio",
            About::Group::figures,
            {"The programmes of a pool together", "En puljes indsatser samlet"},
            "Whoever takes part in two members is one person of the portfolio. With --valid-at, only those that were members on that day.",
            {{"fodspor portfolio", "all portfolios"}, {"fodspor portfolio --valid-at 2021-12-31", "the members of that day"}}};
  }
  std::vector<Option> options() override {
    std::vector<Option> options;
    clocks_.add_to(options);
    return options;
  }

  std::optional<Asking> asking() const override { return Asking{Operation::portfolio, std::nullopt, true}; }

  Result<Exit> run(Console& console) override {
    FODSPOR_TRY(auto reading, Reading::open(console, clocks_));
    const Sight sight = console.sight(reading.ledger());
    FODSPOR_TRY(const auto rows, reading.rows("portfolio"));
    FODSPOR_TRY(const auto context, reading.context(*rows));
    FODSPOR_TRY(auto lines, projections::read_portfolios(*rows, context, clocks_.valid_at));
    FODSPOR_DO(leave_out(lines, context, sight));
    Report report;
    report.answered_at(rows->position());
    add_portfolio_tables(report, lines, context, sight.hides_few(Operation::portfolio));
    console.print(report);
    return Exit::yes;
  }

 private:
  // A portfolio's people are counted once over all that ever were its members, so a part of it would be another figure: it is seen by who
  // speaks for each of them.
  static Status leave_out(std::vector<projections::PortfolioLine>& lines, const projections::Context& context, const Sight& sight) {
    const auto sees_all_of = [&](const projections::PortfolioLine& line) {
      return std::all_of(context.programmes.begin(), context.programmes.end(), [&](const auto& entry) {
        const auto& memberships = entry.second.portfolios;
        const bool member = std::any_of(memberships.begin(), memberships.end(),
                                        [&](const projections::Membership& membership) { return membership.portfolio == line.portfolio; });
        return !member || sight.may(Operation::portfolio, entry.first);
      });
    };
    const std::size_t before = lines.size();
    std::erase_if(lines, [&](const projections::PortfolioLine& line) { return !sees_all_of(line); });
    if (lines.empty() || lines.size() == before) return lines.empty() ? sight.may(Operation::portfolio, std::nullopt) : Status();
    return {};
  }

  Clocks clocks_;
};

}  // namespace

std::unique_ptr<Command> portfolio_command() {
  return std::make_unique<Portfolio>();
}

}  // namespace fodspor::server
