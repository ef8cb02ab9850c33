#include "server/cli/portfolio_table.h"

#include <fmt/format.h>

#include "server/cli/few.h"

namespace fodspor::server {

namespace {

constexpr auto left = Column::Align::left;
constexpr auto right = Column::Align::right;

std::vector<Cell> row(const std::string& portfolio, Cell member, Cell title, Cell from, Cell to, std::uint64_t oere,
                      const projections::PortfolioCounts& counts, bool counted, bool hides_few) {
  FewInLine few(hides_few);
  const bool any_shown = few.shows(counts.people);
  const auto number = [&](std::uint64_t n) {
    if (!counted) return Cell();
    return FewInLine::cell(n, any_shown && few.shows(n));
  };
  // In the order in which they are shown: each is shown beside those before it.
  Cell people = number(counts.people), completed = number(counts.completed), ended = number(counts.left),
       at_exit = number(counts.employed_at_exit), at_six_months = number(counts.employed_at_six_months);
  return {Cell::text(portfolio), std::move(member),       std::move(title),
          std::move(from),       std::move(to),           oere == 0 ? Cell() : kroner(oere),
          std::move(people),     std::move(completed),    std::move(ended),
          std::move(at_exit),    std::move(at_six_months)};
}

}  // namespace

Cell kroner(std::uint64_t oere) {
  // Two decimals of a million: hundredths of a million are a million øre.
  const std::uint64_t hundredths = (oere + 500'000) / 1'000'000;
  return Cell::shown(fmt::format("{}.{:02} m", hundredths / 100, hundredths % 100),
                     fmt::format("{},{:02} mio.", hundredths / 100, hundredths % 100), oere);
}

void add_portfolio_tables(Report& report, const std::vector<projections::PortfolioLine>& lines, const projections::Context& context,
                          bool hides_few) {
  const std::vector<Column> columns{{"portfolio", {"portfolio", "pulje"}, left, false, Column::For::programs},
                                    {"programme", {"programme", "indsats"}},
                                    {"title", {"title", "navn"}, left, true},
                                    {"from", {"member from", "medlem fra"}},
                                    {"to", {"to", "til"}},
                                    {"oere", {"grant, kr.", "tilskud, kr."}, right},
                                    {"people", {"people", "personer"}, right},
                                    {"completed", {"completed", "gennemført"}, right},
                                    {"left", {"left", "sluttet"}, right},
                                    {"employed_at_exit", {"job at exit", "job ved slut"}, right},
                                    {"employed_at_six_months", {"6 months on", "6 mdr. efter"}, right}};
  if (lines.empty()) report.table("members", {"Portfolios", "Puljer"}, columns);
  for (const auto& line : lines) {
    const auto found = context.portfolios.find(line.portfolio);
    std::string en = line.slug, da = line.slug;
    if (found != context.portfolios.end() && found->second.frame) {
      en += " · " + found->second.frame->title.in(false);
      da += " · " + found->second.frame->title.in(true);
    }
    Table& table = report.table("members", "Portfolio " + en, "Pulje " + da, columns);
    for (const auto& member : line.members) {
      const auto* programme = context.find(member.programme);
      const bool framed = programme != nullptr && programme->frame;
      table.add(
          row(line.slug, Cell::text(member.programme.slug()),
              framed ? Cell::shown(programme->frame->title.in(false), programme->frame->title.in(true), programme->frame->title.in(false))
                     : Cell(),
              Cell::text(member.when.from.text()), member.when.to ? Cell::text(member.when.to->text()) : Cell(), member.oere, member.counts,
              member.counts.participations > 0, hides_few));
    }
    table.rule();
    table.add(row(line.slug, Cell::words({"together", "tilsammen"}, "", Tone::strong), Cell(), Cell(), Cell(), line.oere, line.counts, true,
                  hides_few));
  }
}

}  // namespace fodspor::server
