// fodspor portfolio: programmes together.
#include "projections/portfolio.h"

#include <fmt/format.h>

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

  Result<Exit> run(Console& console) override {
    FODSPOR_TRY(auto reading, Reading::open(console, clocks_));
    FODSPOR_TRY(const auto rows, reading.rows("portfolio"));
    FODSPOR_TRY(const auto context, reading.context(*rows));
    FODSPOR_TRY(const auto lines, projections::read_portfolios(*rows, context, clocks_.valid_at));
    Report report;
    report.answered_at(rows->position());
    add_portfolio_tables(report, lines, context);
    console.print(report);
    return Exit::yes;
  }

 private:
  Clocks clocks_;
};

}  // namespace

std::unique_ptr<Command> portfolio_command() {
  return std::make_unique<Portfolio>();
}

}  // namespace fodspor::server
