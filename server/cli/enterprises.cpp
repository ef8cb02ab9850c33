// fodspor enterprises: who takes part, and how. fodspor network: networks, their members and gatherings.
#include "projections/enterprises.h"

#include <fmt/format.h>

#include "projections/network.h"
#include "server/cli/commands.h"
#include "server/cli/event_text.h"
#include "server/cli/few.h"
#include "server/cli/kpi_table.h"
#include "server/cli/reading.h"

namespace fodspor::server {

namespace {

constexpr auto left = Column::Align::left;
constexpr auto right = Column::Align::right;

Cell day(const std::optional<projections::Moment>& moment, Tone tone = Tone::plain) {
  return moment ? Cell::text(moment->on.text(), tone) : Cell();
}
Cell count(std::uint64_t n) {
  return n == 0 ? Cell::shown("", "", 0) : Cell::number(static_cast<std::int64_t>(n));
}
Cell kind_cell(wire::EnterpriseKind kind) {
  switch (kind) {
    case wire::EnterpriseKind::COMMERCIAL:
      return Cell::words({"commercial", "privat"}, "commercial");
    case wire::EnterpriseKind::SOCIAL:
      return Cell::words({"social", "socialøkonomisk"}, "social");
    case wire::EnterpriseKind::UNSPECIFIED:
      break;
  }
  return {};
}

class Enterprises : public Command {
 public:
  About about() const override {
    return {"enterprises",
            About::Group::read,
            {"The enterprises that take part, and how", "Virksomhederne der deltager, og hvordan"},
            {},
            {{"fodspor enterprises --programme lolland-falster", "those of one programme"},
             {"fodspor enterprises --csv", "all, for a spreadsheet"}}};
  }
  std::vector<Option> options() override {
    std::vector<Option> options{{"--programme", "PROGRAMME", "Only this one", &programme_, false, {}}};
    clocks_.add_to(options);
    return options;
  }

  std::optional<Asking> asking() const override { return Asking{Operation::enterprises, programme_}; }

  Result<Exit> run(Console& console) override {
    FODSPOR_TRY(auto reading, Reading::open(console, clocks_, programme_));
    FODSPOR_TRY(const auto rows, reading.rows("enterprises"));
    FODSPOR_TRY(const auto context, reading.context(*rows));
    if (programme_) FODSPOR_DO(known_programme(context, *programme_));
    FODSPOR_TRY(auto lines, projections::read_enterprises(*rows, programme_));
    const Sight sight = console.sight(reading.ledger());
    std::erase_if(lines, [&](const projections::EnterpriseLine& line) { return !sight.sees(line.programme); });
    const bool hides_few = sight.hides_few(Operation::enterprises);
    Report report("Enterprises", "Virksomheder");
    report.answered_at(rows->position());
    Table& table = report.table("enterprises", Words{},
                                {{"programme", {"programme", "indsats"}},
                                 {"enterprise", {"enterprise", "virksomhed"}},
                                 {"cvr", {"CVR", "CVR"}, right},
                                 {"p_number", {"P-number", "P-nummer"}, right, false, Column::For::programs},
                                 {"kind", {"kind", "art"}},
                                 {"industry", {"industry", "branche"}, left, true},
                                 {"recruited", {"recruited", "rekrutteret"}},
                                 {"committed", {"committed", "tilsagn"}},
                                 {"withdrew", {"withdrew", "trådt ud"}},
                                 {"ambassador", {"ambassador", "ambassadør"}},
                                 {"openings", {"openings", "åbninger"}, right, false, Column::For::programs},
                                 {"placed", {"placed", "i forløb"}, right},
                                 {"employed", {"hired", "ansat"}, right}});
    for (const auto& line : lines) {
      FewInLine few(hides_few);
      const auto people = [&](std::uint64_t n) { return few.shows(n) ? count(n) : FewInLine::cell(n, false); };
      const Cell placed = people(line.placed), employed = people(line.employed);
      const std::string digits = line.enterprise.hex().substr(0, 10);
      // Where one programme was asked for, its name in every row says nothing to people.
      table.add({programme_ ? Cell::shown({}, {}, line.programme.slug()) : Cell::text(line.programme.slug()),
                 Cell::shown(digits, digits, line.enterprise.hex()), line.cvr == 0 ? Cell() : Cell::plain_number(line.cvr),
                 line.p_number == 0 ? Cell() : Cell::plain_number(static_cast<std::int64_t>(line.p_number)), kind_cell(line.kind),
                 Cell::text(line.industry), day(line.recruited), day(line.committed), day(line.withdrew, Tone::faint),
                 day(line.ambassador_from), count(line.openings), placed, employed});
    }
    console.print(report);
    return Exit::yes;
  }

 private:
  std::optional<ProgrammeId> programme_;
  Clocks clocks_;
};

class Network : public Command {
 public:
  About about() const override {
    return {"network",
            About::Group::read,
            {"Networks of enterprises, their members and gatherings", "Virksomhedsnetværk, deres medlemmer og møder"},
            {},
            {{"fodspor network --programme roskilde", "the cluster network of Roskilde"}}};
  }
  std::vector<Option> options() override {
    std::vector<Option> options{{"--programme", "PROGRAMME", "Only this one", &programme_, false, {}}};
    clocks_.add_to(options);
    return options;
  }

  std::optional<Asking> asking() const override { return Asking{Operation::network, programme_}; }

  Result<Exit> run(Console& console) override {
    FODSPOR_TRY(auto reading, Reading::open(console, clocks_, programme_));
    FODSPOR_TRY(const auto rows, reading.rows("networks"));
    FODSPOR_TRY(const auto context, reading.context(*rows));
    if (programme_) FODSPOR_DO(known_programme(context, *programme_));
    FODSPOR_TRY(auto lines, projections::read_networks(*rows, programme_));
    const Sight sight = console.sight(reading.ledger());
    std::erase_if(lines, [&](const projections::NetworkLine& line) { return !sight.sees(line.programme); });
    Report report("Networks", "Netværk");
    report.answered_at(rows->position());
    Table& networks = report.table("networks", Words{},
                                   {{"programme", {"programme", "indsats"}},
                                    {"network", {"network", "netværk"}},
                                    {"title", {"title", "navn"}, left, true},
                                    {"formed", {"formed", "dannet"}},
                                    {"members", {"members", "medlemmer"}, right},
                                    {"gatherings", {"gatherings", "møder"}, right}});
    Table& gatherings = report.table("gatherings", {"Gatherings", "Møder"},
                                     {{"network", {"network", "netværk"}},
                                      {"number", {"number", "nummer"}, right},
                                      {"held", {"held", "holdt"}},
                                      {"topic", {"topic", "emne"}, left, true},
                                      {"attended", {"came", "fremmødte"}, right}});
    for (const auto& line : lines) {
      const std::string digits = line.network.hex().substr(0, 10);
      const Cell id = Cell::shown(digits, digits, line.network.hex());
      networks.add({Cell::text(line.programme.slug()), id, Cell::text(line.title), day(line.formed), count(line.members.size()),
                    count(line.gatherings.size())});
      for (const auto& gathering : line.gatherings) {
        gatherings.add({id, Cell::plain_number(gathering.number), gathering.held ? Cell::text(gathering.held->text()) : Cell(),
                        Cell::text(gathering.topic), count(gathering.attended.size())});
      }
    }
    console.print(report);
    return Exit::yes;
  }

 private:
  std::optional<ProgrammeId> programme_;
  Clocks clocks_;
};

}  // namespace

std::unique_ptr<Command> enterprises_command() {
  return std::make_unique<Enterprises>();
}
std::unique_ptr<Command> network_command() {
  return std::make_unique<Network>();
}

}  // namespace fodspor::server
