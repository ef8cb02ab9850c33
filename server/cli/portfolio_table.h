// Portfolios as tables, one a portfolio: its members and their sum. A pure function. `hides_few`: counts of few people are left out.
#pragma once

#include <vector>

#include "projections/portfolio.h"
#include "server/cli/report.h"

namespace fodspor::server {

void add_portfolio_tables(Report& report, const std::vector<projections::PortfolioLine>& lines, const projections::Context& context,
                          bool hides_few = false);
// Øre as millions of kroner, "13.94 m".
Cell kroner(std::uint64_t oere);

}  // namespace fodspor::server
