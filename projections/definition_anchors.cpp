// [anchor]: days by name; and the points and windows that are counted from them.
#include <fmt/core.h>

#include <algorithm>

#include "projections/definition_reader.h"

namespace fodspor::projections {
namespace {

struct BuiltIn {
  std::string_view name;
  Anchor::Kind kind;
  bool of_people, of_matches, of_placements, of_programmes;
};

// Known without being declared; a declaration of the same name replaces it.
constexpr BuiltIn built_in[] = {
    {"entry", Anchor::Kind::entry, true, false, false, true},
    {"last_entry", Anchor::Kind::last_entry, true, false, false, false},
    {"exit", Anchor::Kind::exit, true, false, false, true},
    {"completion", Anchor::Kind::completion, true, false, false, false},
    {"screened", Anchor::Kind::screened, true, false, false, false},
    {"recruited", Anchor::Kind::recruited, true, false, false, false},
    {"match_proposed", Anchor::Kind::unit_began, false, true, false, false},
    {"match_answered", Anchor::Kind::unit_ended, false, true, false, false},
    {"placement_start", Anchor::Kind::unit_began, false, false, true, false},
    {"placement_end", Anchor::Kind::unit_ended, false, false, true, false},
    {"programme_start", Anchor::Kind::programme_start, true, false, false, true},
    {"programme_end", Anchor::Kind::programme_end, true, false, false, true},
    {"granted", Anchor::Kind::granted, true, false, false, true},
};

std::vector<std::string_view> tokens(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    const std::size_t end = std::min(text.find(' '), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return out;
}

// Bounds of a length in days that hold for every day of the calendar it is counted from.
struct Days {
  double least = 0, most = 0;
};
Days days_of(const Period& length) {
  const double months = length.months * 30.436875;
  const double slack = length.months == 0 ? 0 : 3;
  return {months - slack + length.days, months + slack + length.days};
}

}  // namespace

std::optional<std::uint16_t> DefinitionReader::known_anchor(std::string_view name) const {
  const auto at = std::find_if(into_.anchors.begin(), into_.anchors.end(), [name](const Anchor& a) { return a.name == name; });
  if (at == into_.anchors.end()) return std::nullopt;
  return static_cast<std::uint16_t>(at - into_.anchors.begin());
}

Result<std::uint16_t> DefinitionReader::anchor_named(const Node& at, const std::string& path, std::string_view name) {
  if (const auto known = known_anchor(name)) return *known;
  if (auto date = Date::parse(name)) {
    Anchor anchor;
    anchor.name = name;
    anchor.kind = Anchor::Kind::date;
    anchor.date = *date;
    into_.anchors.push_back(std::move(anchor));
    return static_cast<std::uint16_t>(into_.anchors.size() - 1);
  }
  std::vector<std::string> known;
  for (const Anchor& a : into_.anchors) {
    if (a.kind != Anchor::Kind::date || !Date::parse(a.name)) known.push_back(a.name);
  }
  return refuse(at.place, path, fmt::format("there is no anchor '{}'; {}", name, suggestion(name, known)));
}

Status DefinitionReader::read_anchors() {
  const bool people = into_.unit != Unit::enterprise && into_.unit != Unit::staff;
  for (const BuiltIn& b : built_in) {
    const bool fits = people
                          ? b.of_people || (b.of_matches && into_.unit == Unit::match) || (b.of_placements && into_.unit == Unit::placement)
                          : b.of_programmes;
    if (!fits) continue;
    Anchor anchor;
    anchor.name = b.name;
    anchor.kind = b.kind;
    into_.anchors.push_back(std::move(anchor));
  }
  const Node* table = root_.find("anchor");
  if (table == nullptr) return {};
  FODSPOR_DO(must_be(*table, "anchor", Node::Kind::table));
  // Names first, so that anchors can refer to each other in any order.
  for (const auto& [name, node] : table->fields) {
    if (known_anchor(name)) continue;
    Anchor anchor;
    anchor.name = name;
    into_.anchors.push_back(std::move(anchor));
  }
  for (const auto& [name, node] : table->fields) {
    Anchor anchor;
    anchor.name = name;
    FODSPOR_DO(read_anchor(node, "anchor." + name, anchor));
    into_.anchors[*known_anchor(name)] = std::move(anchor);
  }
  return refuse_circles(*table);
}

Status DefinitionReader::read_anchor(const Node& node, const std::string& path, Anchor& anchor) {
  if (node.kind == Node::Kind::string) {
    anchor.kind = Anchor::Kind::point;
    FODSPOR_TRY(Point point, read_point(node, path));
    anchor.points.push_back(std::move(point));
    return {};
  }
  FODSPOR_DO(must_be(node, path, Node::Kind::table));
  FODSPOR_DO(
      only_keys(node, path, {"event", "where", "pick", "unless", "date", "programme", "state", "edge", "earliest", "latest", "point"}));
  int kinds = 0;
  for (const std::string_view key : {"event", "date", "programme", "state", "earliest", "latest", "point"}) {
    if (node.find(key) != nullptr) ++kinds;
  }
  if (kinds != 1) {
    return refuse(node.place, path, "an anchor is exactly one of event, date, programme, state, earliest, latest and point");
  }
  if (const Node* pick = node.find("pick")) {
    FODSPOR_TRY(const std::string word, read_text(*pick, path + ".pick"));
    if (word != "first" && word != "last")
      return refuse(pick->place, path + ".pick", fmt::format("'{}' is neither 'first' nor 'last'", word));
    if (node.find("event") == nullptr && node.find("state") == nullptr) {
      return refuse(pick->place, path + ".pick", "only of several events or spells can one be picked");
    }
    anchor.last = word == "last";
  }
  for (const std::string_view key : {"where", "unless"}) {
    if (node.find(key) != nullptr && node.find("event") == nullptr) {
      return refuse(node.find(key)->place, below(path, key), "only an event can be told apart so");
    }
  }
  if (const Node* event = node.find("event")) {
    const Node* where = node.find("where");
    const Node* unless = node.find("unless");
    anchor.kind = Anchor::Kind::event;
    FODSPOR_TRY(anchor.event, read_event(*event, where, path));
    if (unless != nullptr) {
      const std::string unless_path = path + ".unless";
      FODSPOR_DO(must_be(*unless, unless_path, Node::Kind::table));
      FODSPOR_DO(only_keys(*unless, unless_path, {"event", "where", "within"}));
      const Node* following = unless->find("event");
      const Node* within = unless->find("within");
      if (following == nullptr || within == nullptr) {
        return refuse(unless->place, unless_path, "needs `event` and `within`: what takes the first event back if it follows so soon");
      }
      FODSPOR_TRY(anchor.unless_followed_by, read_event(*following, unless->find("where"), unless_path));
      FODSPOR_TRY(anchor.unless_within, read_length(*within, unless_path + ".within"));
    }
    // The participation's own milestones carry the rule of re-entry: the first entry stands, the exit moves to the last leaving, and
    // who came back has not left.
    const bool people = into_.unit != Unit::enterprise && into_.unit != Unit::staff;
    if (people && where == nullptr && unless == nullptr) {
      if (anchor.event.type == EventType::enrolled) anchor.kind = anchor.last ? Anchor::Kind::last_entry : Anchor::Kind::entry;
      if (anchor.event.type == EventType::left && anchor.last) anchor.kind = Anchor::Kind::exit;
      if (anchor.event.type == EventType::completed && !anchor.last) anchor.kind = Anchor::Kind::completion;
    }
    return {};
  }
  if (const Node* date = node.find("date")) {
    FODSPOR_TRY(const std::string text, read_text(*date, path + ".date"));
    auto day = Date::parse(text);
    if (!day) return refuse(date->place, path + ".date", fmt::format("'{}' is no day; write it as 2021-03-31", text));
    anchor.kind = Anchor::Kind::date;
    anchor.date = *day;
    return {};
  }
  if (const Node* programme = node.find("programme")) {
    FODSPOR_TRY(const std::string word, read_text(*programme, path + ".programme"));
    if (word == "start") {
      anchor.kind = Anchor::Kind::programme_start;
    } else if (word == "end") {
      anchor.kind = Anchor::Kind::programme_end;
    } else if (word == "granted") {
      anchor.kind = Anchor::Kind::granted;
    } else {
      return refuse(programme->place, path + ".programme",
                    fmt::format("there is no '{}' here; {}", word, suggestion(word, {"start", "end", "granted"})));
    }
    return {};
  }
  if (const Node* state = node.find("state")) {
    anchor.kind = Anchor::Kind::state;
    FODSPOR_TRY(anchor.state, state_named(*state, path + ".state"));
    if (const Node* edge = node.find("edge")) {
      FODSPOR_TRY(const std::string word, read_text(*edge, path + ".edge"));
      if (word != "begins" && word != "ends") {
        return refuse(edge->place, path + ".edge", fmt::format("'{}' is neither 'begins' nor 'ends'", word));
      }
      anchor.spell_end = word == "ends";
    }
    return {};
  }
  if (const Node* point = node.find("point")) {
    anchor.kind = Anchor::Kind::point;
    FODSPOR_TRY(Point read, read_point(*point, path + ".point"));
    anchor.points.push_back(std::move(read));
    return {};
  }
  const bool earliest = node.find("earliest") != nullptr;
  anchor.kind = earliest ? Anchor::Kind::earliest : Anchor::Kind::latest;
  const std::string_view key = earliest ? "earliest" : "latest";
  FODSPOR_TRY(anchor.points, read_points(*node.find(key), below(path, key)));
  return {};
}

Status DefinitionReader::refuse_circles(const Node& anchors) const {
  enum class Mark : std::uint8_t { unseen, open, done };
  std::vector<Mark> marks(into_.anchors.size(), Mark::unseen);
  const std::function<bool(std::uint16_t)> circular = [&](std::uint16_t index) {
    if (marks[index] == Mark::open) return true;
    if (marks[index] == Mark::done) return false;
    marks[index] = Mark::open;
    for (const Point& point : into_.anchors[index].points) {
      if (circular(point.anchor)) return true;
    }
    marks[index] = Mark::done;
    return false;
  };
  for (const auto& [name, node] : anchors.fields) {
    if (circular(*known_anchor(name))) {
      return refuse(node.place, "anchor." + name, "this anchor is counted from itself; begin with an event, a date or the programme");
    }
  }
  return {};
}

Result<Point> DefinitionReader::read_point(const Node& node, const std::string& path) {
  FODSPOR_TRY(const std::string text, read_text(node, path));
  const auto parts = tokens(text);
  if (parts.size() % 3 != 1) {
    return refuse(node.place, path, fmt::format("'{}' is no point in time; write 'exit', 'exit + 6 months' or '2021-03-31'", text));
  }
  Point point;
  FODSPOR_TRY(point.anchor, anchor_named(node, path, parts[0]));
  for (std::size_t i = 1; i < parts.size(); i += 3) {
    if (parts[i] != "+" && parts[i] != "-") {
      return refuse(node.place, path, fmt::format("'{}' stands where + or - is meant, in '{}'", parts[i], text));
    }
    const std::string length = fmt::format("{} {}", parts[i + 1], parts[i + 2]);
    auto period = Period::parse(length);
    if (!period) {
      return refuse(node.place, path,
                    fmt::format("'{}' is no length of time, in '{}'; write '6 months', '13 weeks' or '28 days'", length, text));
    }
    point.steps.push_back({*period, parts[i] == "-"});
  }
  return point;
}

Result<std::vector<Point>> DefinitionReader::read_points(const Node& node, const std::string& path) {
  FODSPOR_DO(must_be(node, path, Node::Kind::list));
  if (node.items.empty()) return refuse(node.place, path, "an empty list has neither an earliest nor a latest");
  std::vector<Point> points;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    FODSPOR_TRY(Point point, read_point(node.items[i], fmt::format("{}[{}]", path, i)));
    points.push_back(std::move(point));
  }
  return points;
}

Result<DayRange> DefinitionReader::read_range(const Node& node, const std::string& path) {
  DayRange range;
  if (node.kind == Node::Kind::list) {
    if (node.items.size() != 2) return refuse(node.place, path, "a window is [first day, last day], both counted");
    FODSPOR_TRY(range.from, read_point(node.items[0], path + "[0]"));
    FODSPOR_TRY(range.to, read_point(node.items[1], path + "[1]"));
    FODSPOR_DO(refuse_empty(range, node, path));
    return range;
  }
  FODSPOR_DO(must_be(node, path, Node::Kind::table));
  FODSPOR_DO(only_keys(node, path, {"from", "after", "until", "before", "month_of"}));
  const Node* from = node.find("from");
  const Node* after = node.find("after");
  const Node* until = node.find("until");
  const Node* before = node.find("before");
  if (const Node* month = node.find("month_of")) {
    if (node.fields.size() != 1) return refuse(node.place, path, "`month_of` is a whole window; leave the other ends out");
    FODSPOR_TRY(range.from, read_point(*month, path + ".month_of"));
    range.whole_month = true;
    return range;
  }
  if ((from != nullptr && after != nullptr) || (until != nullptr && before != nullptr)) {
    return refuse(node.place, path, "each end is said once: `from` or `after`, `until` or `before`");
  }
  if (from != nullptr || after != nullptr) {
    range.from_open = after != nullptr;
    FODSPOR_TRY(range.from, read_point(from != nullptr ? *from : *after, below(path, from != nullptr ? "from" : "after")));
  }
  if (until != nullptr || before != nullptr) {
    range.to_open = before != nullptr;
    FODSPOR_TRY(range.to, read_point(until != nullptr ? *until : *before, below(path, until != nullptr ? "until" : "before")));
  }
  if (!range.from && !range.to) return refuse(node.place, path, "a window has at least one end: from, after, until or before");
  FODSPOR_DO(refuse_empty(range, node, path));
  return range;
}

Status DefinitionReader::refuse_empty(const DayRange& range, const Node& node, const std::string& path, const Period& holds) const {
  double most = 0;
  if (range.whole_month) {
    most = 31;
  } else {
    if (!range.from || !range.to) return {};
    const Anchor& from = into_.anchors[range.from->anchor];
    const Anchor& to = into_.anchors[range.to->anchor];
    const bool both_dates = from.kind == Anchor::Kind::date && to.kind == Anchor::Kind::date;
    if (range.from->anchor != range.to->anchor && !both_dates) return {};
    if (both_dates) most = to.date - from.date;
    for (const Point::Step& step : range.to->steps) most += step.back ? -days_of(step.length).least : days_of(step.length).most;
    for (const Point::Step& step : range.from->steps) most -= step.back ? -days_of(step.length).most : days_of(step.length).least;
    most += 1 - (range.from_open ? 1 : 0) - (range.to_open ? 1 : 0);
  }
  if (most < 1) return refuse(node.place, path, "this window has no day in it: it ends before it begins, so it can never be met");
  const double needed = days_of(holds).least;
  if (needed > most) {
    return refuse(
        node.place, path,
        fmt::format("{} do not fit into this window of at most {} days, so it can never be met", holds.text(), static_cast<long>(most)));
  }
  return {};
}

}  // namespace fodspor::projections
