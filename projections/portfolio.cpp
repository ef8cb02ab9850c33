// Sums: portfolio (16) and a letter, of people once: p people; and of participations: n all, c completed, l left, e employed at exit, f
// unknown there, s employed at six months, t unknown there. The same with 'M' and the programme (16) in between, for one member's.
// Participations count where they overlap their programme's membership.
#include "projections/portfolio.h"

#include <algorithm>
#include <set>

#include "projections/pinned.h"
#include "projections/row_codec.h"

namespace fodspor::projections {

namespace {

constexpr std::string_view view_name = "portfolio";

std::string total_key(const Id& portfolio, char counter) {
  std::string key;
  RowWriter(key).id(portfolio).byte(static_cast<std::uint8_t>(counter));
  return key;
}

std::string member_key(const Id& portfolio, ProgrammeId programme, char counter) {
  std::string key;
  RowWriter(key).id(portfolio).byte('M').id(programme.id).byte(static_cast<std::uint8_t>(counter));
  return key;
}

// The grants came after the programmes began, so those who were in already count too.
bool overlaps(const Spell& membership, const Participation& one) {
  return (!membership.to || one.entry->on < *membership.to) && (!one.exit || one.exit->on >= membership.from);
}

class PortfolioView : public View {
 public:
  std::string_view name() const override { return view_name; }
  std::uint32_t version() const override { return shipped_definitions_mark() + 3; }
  bool measures() const override { return true; }
  bool folds(StreamKind kind) const override { return kind == StreamKind::participant; }

  Status prepare(const Context& context) override {
    any_ =
        std::any_of(context.programmes.begin(), context.programmes.end(), [](const auto& one) { return !one.second.portfolios.empty(); });
    if (!any_ || at_exit_) return {};
    const Library library = Library::shipped();
    FODSPOR_TRY(const Definition exit, library.find(portfolio_definitions[0]));
    FODSPOR_TRY(const Definition six_months, library.find(portfolio_definitions[1]));
    FODSPOR_TRY(at_exit_, Measure::compile(exit));
    FODSPOR_TRY(at_six_months_, Measure::compile(six_months));
    return {};
  }

  Status contribute(const Subject& subject, Contribution& out) const override {
    if (!any_) return {};
    std::set<Id> counted;
    for (const Participation& one : subject.person->participations) {
      const Programme* programme = subject.context.find(one.programme);
      if (programme == nullptr || !one.entry || one.compared) continue;
      std::set<Id> portfolios;
      for (const Membership& membership : programme->portfolios) {
        if (overlaps(membership.when, one)) portfolios.insert(membership.portfolio);
      }
      if (portfolios.empty()) continue;
      std::string counters = "n";
      if (one.completion) counters += 'c';
      if (one.exit) counters += 'l';
      counters += said(*at_exit_, subject, one.programme, 'e', 'f');
      counters += said(*at_six_months_, subject, one.programme, 's', 't');
      for (const Id& portfolio : portfolios) {
        if (counted.insert(portfolio).second) out.sums.emplace_back(total_key(portfolio, 'p'), 1);
        out.sums.emplace_back(member_key(portfolio, one.programme, 'p'), 1);
        for (const char counter : counters) {
          out.sums.emplace_back(total_key(portfolio, counter), 1);
          out.sums.emplace_back(member_key(portfolio, one.programme, counter), 1);
        }
      }
    }
    return {};
  }

 private:
  static std::string said(const Measure& measure, const Subject& subject, ProgrammeId programme, char yes, char unknown) {
    std::vector<Verdict> verdicts;
    measure.apply(subject, programme, verdicts);
    std::string counters;
    for (const Verdict& verdict : verdicts) {
      if (!verdict.in_population || verdict.excluded || verdict.in_denominator == Truth::no) continue;
      if (verdict.met == Truth::yes) counters += yes;
      if (verdict.met == Truth::unknown) counters += unknown;
    }
    return counters;
  }

  bool any_ = false;
  std::optional<Measure> at_exit_, at_six_months_;
};

template <class KeyOf>
Result<PortfolioCounts> read_counts(const Rows& rows, const KeyOf& key_of) {
  PortfolioCounts counts;
  const std::pair<char, std::uint64_t*> all[] = {{'p', &counts.people},
                                                 {'n', &counts.participations},
                                                 {'c', &counts.completed},
                                                 {'l', &counts.left},
                                                 {'e', &counts.employed_at_exit},
                                                 {'f', &counts.unknown_at_exit},
                                                 {'s', &counts.employed_at_six_months},
                                                 {'t', &counts.unknown_at_six_months}};
  for (const auto& [counter, into] : all) {
    FODSPOR_TRY(const std::int64_t value, rows.sum(key_of(counter)));
    *into = static_cast<std::uint64_t>(value);
  }
  return counts;
}

}  // namespace

Result<std::vector<PortfolioLine>> read_portfolios(const Rows& portfolio, const Context& context, std::optional<Date> on) {
  std::map<Id, PortfolioLine> lines;
  for (const auto& [id, programme] : context.programmes) {
    for (const Membership& membership : programme.portfolios) {
      if (on && !membership.when.contains(*on)) continue;
      PortfolioLine& line = lines[membership.portfolio];
      PortfolioMember member;
      member.programme = id;
      member.when = membership.when;
      member.oere = membership.oere;
      member.document = membership.document;
      member.because = membership.because;
      member.has_frame = programme.frame.has_value();
      member.targets = programme.targets.size();
      FODSPOR_TRY(member.counts, read_counts(portfolio, [&](char counter) { return member_key(membership.portfolio, id, counter); }));
      line.oere += membership.oere;
      line.members.push_back(std::move(member));
    }
  }
  std::vector<PortfolioLine> in_order;
  for (auto& [id, line] : lines) {
    line.portfolio = id;
    line.slug = ProgrammeId{id}.slug();
    FODSPOR_TRY(line.counts, read_counts(portfolio, [&](char counter) { return total_key(line.portfolio, counter); }));
    in_order.push_back(std::move(line));
  }
  return in_order;
}

std::unique_ptr<View> make_portfolio_view() {
  return std::make_unique<PortfolioView>();
}

}  // namespace fodspor::projections
