#include <algorithm>
#include <map>
#include <unordered_map>

#include "server/intake/cells.h"
#include "server/intake/personal.h"
#include "server/intake/rows.h"
#include "server/intake/sentence.h"

namespace fodspor::server::intake {
namespace {

class LongReader {
 public:
  LongReader(const Table& table, const Mapping& mapping) : table_(table), mapping_(mapping), cells_(table, mapping) {
    // A rule is known by its type and its place among those of that type, so that a new rule elsewhere changes no key.
    std::map<const TypeInfo*, int> of_type;
    for (const EventRule& rule : mapping.events)
      names_.push_back(std::string(rule.type->name) + "/" + std::to_string(of_type[rule.type]++));
  }

  Result<Delivery> read() {
    FODSPOR_DO(cells_.check_columns());
    delivery_.space = mapping_.space;
    delivery_.whole = mapping_.whole;
    delivery_.anywhere = !keys_name_streams();
    for (const Row& row : table_.rows) {
      cells_.at(row);
      read_row(row);
      if (problems_.many()) break;
    }
    FODSPOR_DO(problems_.status());
    // Enterprises, staff and networks first: rows of participants refer to them.
    std::stable_partition(delivery_.facts.begin(), delivery_.facts.end(),
                          [](const DesiredFact& fact) { return fact.content.stream.kind != StreamKind::participant; });
    return std::move(delivery_);
  }

 private:
  // Whether a row that keeps its key keeps its streams too.
  bool keys_name_streams() const {
    const auto in_key = [&](const std::string& column) {
      return std::find(mapping_.key.begin(), mapping_.key.end(), column) != mapping_.key.end();
    };
    return (mapping_.participant_column.empty() || in_key(mapping_.participant_column)) &&
           std::all_of(mapping_.events.begin(), mapping_.events.end(),
                       [&](const EventRule& rule) { return !rule.stream || rule.once || in_key(rule.stream->column); });
  }

  void read_row(const Row& row) {
    ++delivery_.rows;
    std::string row_key;
    std::string shown;
    for (const std::string& column : mapping_.key) {
      const std::string_view cell = cells_.cell(column);
      row_key += std::to_string(cell.size()) + ":" + std::string(cell);
      shown += (shown.empty() ? "" : ", ") + std::string(cell);
    }
    const auto [known, is_new] = lines_.emplace(row_key, row.line);
    if (!is_new) {
      cells_.problem(problems_, "",
                     "line " + std::to_string(known->second) + " has the same key (" + shown +
                         "): add the columns that tell them apart to import.key in " + mapping_.file);
      return;
    }
    std::optional<StreamId> participant;
    if (!mapping_.participant_column.empty()) {
      auto number = cells_.naming(mapping_.participant_column, StreamKind::participant);
      if (!number) return cells_.problem(problems_, mapping_.participant_column, number.error().message);
      participant = stream_of(StreamKind::participant, mapping_.register_name, *number);
    }
    if (participant) delivery_.speaks_of.push_back(*participant);
    bool any = false;
    for (std::size_t i = 0; i < mapping_.events.size(); ++i) any = read_rule(i, row_key, participant) || any;
    if (!any && !mapping_.ignore_unmatched) {
      cells_.problem(problems_, "", "no [[event]] of " + mapping_.file + " speaks of this row: add one, or say unmatched = \"ignore\"");
    }
  }

  bool applies(const EventRule& rule) const {
    return std::all_of(rule.when.begin(), rule.when.end(), [&](const Condition& condition) {
      const std::string_view cell = cells_.cell(condition.column);
      return std::find(condition.any_of.begin(), condition.any_of.end(), cell) != condition.any_of.end();
    });
  }

  // False if the rule does not speak of this row.
  bool read_rule(std::size_t index, const std::string& row_key, const std::optional<StreamId>& participant) {
    const EventRule& rule = mapping_.events[index];
    Id key = key_of(mapping_.space, {names_[index], row_key});
    if (!rule.once) delivery_.spoken_for.push_back(key);
    if (!applies(rule)) return false;

    Sentence sentence;
    sentence.type = rule.type;
    if (rule.on) {
      const auto day = date(*rule.on, sentence.from);
      if (!day) return true;
      if (!sentence.from) {
        if (!rule.date_required) return true;
        cells_.problem(problems_, rule.on->column, "the day of a " + std::string(rule.type->name) + " is missing");
        return true;
      }
    }
    if (rule.to && !date(*rule.to, sentence.to)) return true;
    if (rule.registered && !date(*rule.registered, sentence.registered)) return true;
    if (sentence.from && sentence.to && *sentence.to <= *sentence.from) {
      cells_.problem(problems_, rule.to->column, "ends on " + sentence.to->text() + ", which is not after " + sentence.from->text());
      return true;
    }
    if (!whose(rule, participant, sentence.stream)) return true;
    if (!refer(rule, sentence)) return true;
    if (!cells_.fill(rule.fields, sentence.facts, problems_)) return true;
    if (rule.once) key = key_of(mapping_.space, {names_[index], "once", sentence.stream.text()});
    auto fact = std::move(sentence).fact(mapping_, key, cells_.place());
    if (!fact) {
      cells_.problem(problems_, "", fact.error().message);
      return true;
    }
    keep(rule, *std::move(fact), sentence.from);
    return true;
  }

  bool date(const DateRule& rule, std::optional<Date>& into) {
    auto day = cells_.day(rule);
    if (!day) {
      cells_.problem(problems_, rule.column, day.error().message);
      return false;
    }
    into = *day;
    return true;
  }

  bool whose(const EventRule& rule, const std::optional<StreamId>& participant, StreamId& stream) {
    if (!rule.stream) {
      FODSPOR_CHECK(participant.has_value());  // the mapping was refused otherwise
      stream = *participant;
      return true;
    }
    auto number = cells_.naming(rule.stream->column, rule.stream->kind);
    if (!number) {
      // A row that names no enterprise has nothing to say of one.
      if (cells_.cell(rule.stream->column).empty() && !rule.date_required) return false;
      cells_.problem(problems_, rule.stream->column, number.error().message);
      return false;
    }
    stream = stream_of(rule.stream->kind, mapping_.register_name, *number);
    return true;
  }

  bool refer(const EventRule& rule, Sentence& sentence) {
    for (const NamedRule& named : rule.references) {
      if (cells_.cell(named.column).empty()) continue;
      auto number = cells_.naming(named.column, named.kind);
      if (!number) {
        cells_.problem(problems_, named.column, number.error().message);
        return false;
      }
      boost::json::object reference;
      reference["role"] = named.role;
      reference["stream"] = stream_of(named.kind, mapping_.register_name, *number).text();
      sentence.references.push_back(std::move(reference));
    }
    return true;
  }

  void keep(const EventRule& rule, DesiredFact fact, std::optional<Date> from) {
    if (!rule.once) {
      delivery_.facts.push_back(std::move(fact));
      return;
    }
    const auto [known, is_new] = once_.emplace(fact.key, Once{delivery_.facts.size(), from});
    if (is_new) {
      delivery_.facts.push_back(std::move(fact));
    } else if (from < known->second.from) {
      delivery_.facts[known->second.index] = std::move(fact);
      known->second.from = from;
    }
  }

  struct Once {
    std::size_t index;
    std::optional<Date> from;
  };

  const Table& table_;
  const Mapping& mapping_;
  Cells cells_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::size_t> lines_;
  std::unordered_map<Id, Once> once_;
  Problems problems_;
  Delivery delivery_;
};

}  // namespace

Result<Delivery> long_delivery(const Table& table, const Mapping& mapping) {
  return LongReader(table, mapping).read();
}

}  // namespace fodspor::server::intake
