// A register table: the cells of a row are periods, and runs of equal codes become spells.
#include <algorithm>
#include <map>
#include <unordered_map>

#include "server/intake/cells.h"
#include "server/intake/personal.h"
#include "server/intake/rows.h"
#include "server/intake/sentence.h"

namespace fodspor::server::intake {
namespace {

// So many participants fit one Covered event with room to spare.
constexpr std::size_t participants_an_event = 2'000;

// A series with its columns found.
struct Span {
  const SeriesRule* rule;
  std::size_t first, count;
  std::vector<Date> bounds;  // where each period begins, and where the last one ends
  Date begin() const { return bounds.front(); }
  Date end() const { return bounds.back(); }
};

class WideReader {
 public:
  WideReader(const Table& table, const Mapping& mapping)
      : table_(table),
        mapping_(mapping),
        cells_(table, mapping),
        enrolled_(find_type(EventType::enrolled)),
        left_(find_type(EventType::left)),
        observed_(find_type(EventType::status_observed)),
        covered_(find_type(EventType::covered)) {}

  Result<Delivery> read() {
    FODSPOR_DO(cells_.check_columns());
    for (const SeriesRule& rule : mapping_.series) FODSPOR_DO(find_span(rule));
    delivery_.space = mapping_.space;
    delivery_.whole = mapping_.whole;
    for (const Row& row : table_.rows) {
      cells_.at(row);
      read_row(row);
      if (problems_.many()) break;
    }
    FODSPOR_DO(problems_.status());
    cover();
    FODSPOR_DO(problems_.status());
    return std::move(delivery_);
  }

 private:
  Status find_span(const SeriesRule& rule) {
    const std::size_t first = *table_.column(rule.first);
    const std::size_t last = *table_.column(rule.last);
    if (last < first) {
      return fail(Fault::invalid, table_.file + ": column '" + rule.last + "' stands before '" + rule.first + "', and " + mapping_.file +
                                      " calls it the last of series " + rule.name);
    }
    Span span{&rule, first, last - first + 1, {}};
    for (std::size_t i = 0; i <= span.count; ++i) {
      // From the first day each time, so that a month's end does not creep.
      const auto times = static_cast<std::int32_t>(i);
      span.bounds.push_back(rule.starts + Period{rule.every.months * times, rule.every.days * times});
    }
    spans_.push_back(std::move(span));
    return {};
  }

  void read_row(const Row& row) {
    ++delivery_.rows;
    auto number = cells_.naming(mapping_.participant_column, StreamKind::participant);
    if (!number) return cells_.problem(problems_, mapping_.participant_column, number.error().message);
    const auto [known, is_new] = lines_.emplace(*number, row.line);
    if (!is_new) {
      return cells_.problem(problems_, mapping_.participant_column,
                            "line " + std::to_string(known->second) + " is of the same person (" + *number + "); a person has one row");
    }
    number_ = *number;
    participant_ = stream_of(StreamKind::participant, mapping_.register_name, *number);
    for (const Span& span : spans_) {
      delivery_.stretches.push_back({participant_, span.begin().stored(), span.end().stored()});
      if (span.rule->hours) {
        read_hours(row, span);
      } else {
        read_codes(row, span);
      }
    }
  }

  static const CodeRule* missing_code() {
    static const CodeRule missing{.participation = false, .missing = true, .status = {}, .benefit = {}};
    return &missing;
  }

  // The rule of each cell, or nothing if one of them is unknown.
  bool rules_of(const Row& row, const Span& span, std::vector<const CodeRule*>& rules, std::vector<std::string_view>& codes) {
    bool good = true;
    for (std::size_t i = 0; i < span.count; ++i) {
      const std::string_view cell = trimmed(row.cells[span.first + i]);
      const auto found = span.rule->codes.find(cell);
      codes.push_back(cell);
      if (found != span.rule->codes.end()) {
        rules.push_back(&found->second);
      } else if (cell.empty()) {
        rules.push_back(missing_code());
      } else {
        std::string known_codes;
        for (const auto& [code, rule] : span.rule->codes) known_codes += (known_codes.empty() ? "" : ", ") + code;
        cells_.problem(problems_, table_.header[span.first + i],
                       looks_like_cpr(cell) ? "this looks like a CPR number: nothing personal may enter the log in the clear"
                                            : "'" + std::string(cell.substr(0, 40)) + "' is not a code of series " + span.rule->name +
                                                  "; there are " + known_codes);
        good = false;
      }
    }
    return good;
  }

  void read_codes(const Row& row, const Span& span) {
    std::vector<const CodeRule*> rules;
    std::vector<std::string_view> codes;
    if (!rules_of(row, span, rules, codes)) return;
    const auto each_run = [&](auto same, auto visit) {
      for (std::size_t from = 0; from < span.count;) {
        std::size_t to = from + 1;
        while (to < span.count && same(from, to)) ++to;
        visit(from, to);
        from = to;
      }
    };
    each_run([&](std::size_t a, std::size_t b) { return rules[a]->participation == rules[b]->participation; },
             [&](std::size_t from, std::size_t to) {
               if (rules[from]->participation) participated(span, from, to, to < span.count && !rules[to]->missing);
             });
    each_run([&](std::size_t a, std::size_t b) { return codes[a] == codes[b]; },
             [&](std::size_t from, std::size_t to) {
               if (!rules[from]->status.empty() || !rules[from]->benefit.empty()) observed(span, from, to, *rules[from], codes[from]);
             });
    each_run([&](std::size_t a, std::size_t b) { return rules[a]->missing == rules[b]->missing; },
             [&](std::size_t from, std::size_t to) {
               if (!rules[from]->missing) is_covered(span, from, to);
             });
  }

  // What comes after an end that nobody saw is unknown: then there is an entry without an exit.
  void participated(const Span& span, std::size_t from, std::size_t to, bool end_seen) {
    Sentence entry;
    entry.type = enrolled_;
    entry.from = span.bounds[from];
    if (cells_.fill(mapping_.enrolled, entry.facts, problems_)) say(std::move(entry), span, "enrolled", span.bounds[from]);
    if (!end_seen) return;
    Sentence exit;
    exit.type = left_;
    exit.from = span.bounds[to];
    say(std::move(exit), span, "left", span.bounds[to]);
  }

  void observed(const Span& span, std::size_t from, std::size_t to, const CodeRule& rule, std::string_view code) {
    Sentence sentence;
    sentence.type = observed_;
    sentence.from = span.bounds[from];
    sentence.to = span.bounds[to];
    if (!rule.status.empty()) sentence.facts["status"] = rule.status;
    if (!rule.benefit.empty()) sentence.facts["benefit"] = rule.benefit;
    if (!code.empty() && code.find_first_of(" \t\r\n") == std::string_view::npos) sentence.facts["code"] = std::string(code);
    say(std::move(sentence), span, "observed", span.bounds[from]);
  }

  void read_hours(const Row& row, const Span& span) {
    std::size_t seen_from = 0;
    bool seen = false;
    for (std::size_t i = 0; i <= span.count; ++i) {
      const std::string_view cell = i < span.count ? trimmed(row.cells[span.first + i]) : std::string_view();
      if (cell.empty()) {
        if (seen) is_covered(span, seen_from, i);
        seen = false;
        continue;
      }
      if (!seen) seen_from = i;
      seen = true;
      const auto minutes = parse_hours(cell, mapping_.decimal);
      if (!minutes) {
        cells_.problem(problems_, table_.header[span.first + i], minutes.error().message);
        continue;
      }
      Sentence sentence;
      sentence.type = observed_;
      sentence.from = span.bounds[i];
      sentence.to = span.bounds[i + 1];
      sentence.facts["paid_minutes"] = *minutes;
      say(std::move(sentence), span, "hours", span.bounds[i]);
    }
  }

  void say(Sentence sentence, const Span& span, std::string_view what, Date from) {
    sentence.stream = participant_;
    const Id key = key_of(mapping_.space, {span.rule->name, what, number_, from.text()});
    auto fact = std::move(sentence).fact(mapping_, key, cells_.place());
    if (!fact) return cells_.problem(problems_, "", fact.error().message);
    delivery_.facts.push_back(*std::move(fact));
  }

  void is_covered(const Span& span, std::size_t from, std::size_t to) {
    if (!span.rule->covers.empty()) coverage_[{&span, from, to}].push_back(participant_.id);
  }

  // People who were observed over the same periods are named together, in the programme's stream.
  void cover() {
    for (const Span& span : spans_) {
      if (!span.rule->covers.empty())
        delivery_.stretches.push_back({mapping_.programme.stream(), span.begin().stored(), span.end().stored()});
    }
    std::vector<DesiredFact> facts;
    for (auto& [when, people] : coverage_) {
      const Span& span = *when.span;
      std::sort(people.begin(), people.end());
      for (std::size_t begin = 0; begin < people.size(); begin += participants_an_event) {
        const std::size_t end = std::min(begin + participants_an_event, people.size());
        Sentence sentence;
        sentence.type = covered_;
        sentence.stream = mapping_.programme.stream();
        sentence.from = span.bounds[when.from];
        sentence.facts["source"] = mapping_.source;
        sentence.facts["from"] = span.bounds[when.from].text();
        sentence.facts["to"] = span.bounds[when.to].text();
        boost::json::array covers;
        for (const std::string& fact : span.rule->covers) covers.emplace_back(fact);
        sentence.facts["facts"] = std::move(covers);
        boost::json::array participants;
        for (std::size_t i = begin; i < end; ++i) participants.emplace_back(people[i].hex());
        sentence.facts["participants"] = std::move(participants);
        const Id key = key_of(mapping_.space, {span.rule->name, "covered", span.bounds[when.from].text(), span.bounds[when.to].text(),
                                               std::to_string(begin)});
        auto fact = std::move(sentence).fact(mapping_, key, table_.file);
        if (!fact) {
          problems_.add(table_.file + ": series " + span.rule->name + ": " + fact.error().message);
          return;
        }
        facts.push_back(*std::move(fact));
      }
    }
    delivery_.facts.insert(delivery_.facts.begin(), std::make_move_iterator(facts.begin()), std::make_move_iterator(facts.end()));
  }

  struct Observed {
    const Span* span;
    std::size_t from, to;
    auto operator<=>(const Observed&) const = default;
  };

  const Table& table_;
  const Mapping& mapping_;
  Cells cells_;
  const TypeInfo* enrolled_;
  const TypeInfo* left_;
  const TypeInfo* observed_;
  const TypeInfo* covered_;
  std::vector<Span> spans_;
  std::unordered_map<std::string, std::size_t> lines_;
  std::string number_;
  StreamId participant_;
  std::map<Observed, std::vector<Id>> coverage_;
  Problems problems_;
  Delivery delivery_;
};

}  // namespace

Result<Delivery> wide_delivery(const Table& table, const Mapping& mapping) {
  return WideReader(table, mapping).read();
}

}  // namespace fodspor::server::intake
