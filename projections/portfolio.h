// Programmes together: a portfolio's members with the dates of their membership, their money, and the people they share. Whoever takes part
// in two members is one person of the portfolio. Values; any thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "projections/context.h"
#include "projections/view.h"

namespace fodspor::projections {

// What members are measured with: employed at exit, and employed six months after it.
inline constexpr std::array<const char*, 2> portfolio_definitions{"esf.cr04", "esf.cr06"};

// Employed at exit and at six months as these definitions read them; `unknown_…` are those of whom they cannot tell.
struct PortfolioCounts {
  std::uint64_t people = 0, participations = 0, completed = 0, left = 0;
  std::uint64_t employed_at_exit = 0, unknown_at_exit = 0, employed_at_six_months = 0, unknown_at_six_months = 0;
};

struct PortfolioMember {
  ProgrammeId programme;
  Spell when;
  std::uint64_t oere = 0;  // granted from the portfolio; 0: not said
  std::string document;
  EventId because;
  bool has_frame = false;  // false: nothing but its membership is known
  std::size_t targets = 0;
  PortfolioCounts counts;  // of participations that overlap its membership
};

struct PortfolioLine {
  Id portfolio;
  std::string slug;
  std::uint64_t oere = 0;  // the members' grants together
  PortfolioCounts counts;  // people once, whatever the number of programmes
  std::vector<PortfolioMember> members;
};

// `on`: only those that are members on that day; none: all that ever were.
Result<std::vector<PortfolioLine>> read_portfolios(const Rows& portfolio, const Context& context, std::optional<Date> on = {});

std::unique_ptr<View> make_portfolio_view();

}  // namespace fodspor::projections
