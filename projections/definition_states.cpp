// [state.*]: what a person's state is read from, and which days of it count.
#include <fmt/core.h>

#include <algorithm>

#include "projections/definition_reader.h"

namespace fodspor::projections {
namespace {

using From = State::From;

struct Source {
  std::string_view name;
  From from;
  std::uint16_t covered_by;
};

constexpr std::uint16_t bit(wire::Covered::Fact fact) {
  return static_cast<std::uint16_t>(1u << static_cast<unsigned>(fact));
}

// Whoever observes a person's labour status observes work, education and job search with it. Roles, courses and placements are the
// programme's own acts: what it has not recorded did not happen.
constexpr Source sources[] = {
    {"employment", From::employment, static_cast<std::uint16_t>(bit(wire::Covered::Fact::EMPLOYMENT) | bit(wire::Covered::Fact::STATUS))},
    {"placement", From::placement, 0},
    {"education", From::education, static_cast<std::uint16_t>(bit(wire::Covered::Fact::EDUCATION) | bit(wire::Covered::Fact::STATUS))},
    {"seeking", From::seeking, static_cast<std::uint16_t>(bit(wire::Covered::Fact::JOB_SEARCH) | bit(wire::Covered::Fact::STATUS))},
    {"status", From::status, bit(wire::Covered::Fact::STATUS)},
    {"benefit", From::benefit, bit(wire::Covered::Fact::BENEFIT)},
    {"role", From::role, 0},
    {"course", From::course, 0},
};

enum : std::uint8_t { ordinary_minutes = 1, subsidised_minutes = 2, unpaid_minutes = 4 };

constexpr std::uint32_t one_bit(unsigned ordinal) {
  return 1u << ordinal;
}

}  // namespace

Result<std::uint16_t> DefinitionReader::state_named(const Node& node, const std::string& path) const {
  FODSPOR_TRY(const std::string name, read_text(node, path));
  std::vector<std::string> known;
  for (std::size_t i = 0; i < into_.states.size(); ++i) {
    if (into_.states[i].name == name) return static_cast<std::uint16_t>(i);
    known.push_back(into_.states[i].name);
  }
  return refuse(node.place, path, fmt::format("there is no [state.{}]; {}", name, suggestion(name, known)));
}

Status DefinitionReader::read_states() {
  const Node* table = root_.find("state");
  if (table == nullptr) return {};
  FODSPOR_DO(must_be(*table, "state", Node::Kind::table));
  if (into_.unit == Unit::enterprise || into_.unit == Unit::staff) {
    return refuse(table->place, "state", "only people have states; ask an enterprise for its events");
  }
  for (const auto& [name, node] : table->fields) {
    const std::string path = "state." + name;
    FODSPOR_DO(must_be(node, path, Node::Kind::table));
    State state;
    state.name = name;
    FODSPOR_DO(read_state(node, path, state));
    into_.states.push_back(std::move(state));
  }
  return {};
}

Status DefinitionReader::read_state(const Node& node, const std::string& path, State& state) {
  const Node* from = node.find("from");
  if (from == nullptr)
    return refuse(node.place, path, "a state needs `from`: employment, placement, education, seeking, status, benefit, role or course");
  FODSPOR_TRY(const std::string word, read_text(*from, path + ".from"));
  std::vector<std::string> known;
  const Source* source = nullptr;
  for (const Source& candidate : sources) {
    known.emplace_back(candidate.name);
    if (candidate.name == word) source = &candidate;
  }
  if (source == nullptr)
    return refuse(from->place, path + ".from", fmt::format("there is no '{}' here; {}", word, suggestion(word, known)));
  state.from = source->from;
  state.covered_by = source->covered_by;

  switch (state.from) {
    case From::employment:
      FODSPOR_DO(only_keys(node, path,
                           {"from", "kind", "enterprise_kind", "hours", "min_hours_per_week", "count_hours", "join", "point_holds",
                            "source", "own", "title"}));
      break;
    case From::placement:
      FODSPOR_DO(only_keys(
          node, path, {"from", "kind", "enterprise_kind", "hours", "min_hours_per_week", "count_hours", "join", "source", "own", "title"}));
      break;
    case From::education:
      FODSPOR_DO(only_keys(node, path, {"from", "join", "point_holds", "source", "title"}));
      break;
    case From::seeking:
    case From::status:
      FODSPOR_DO(only_keys(node, path, {"from", "status", "join", "point_holds", "source", "title"}));
      break;
    case From::benefit:
      FODSPOR_DO(only_keys(node, path, {"from", "benefit", "join", "point_holds", "source", "title"}));
      break;
    case From::role:
      FODSPOR_DO(only_keys(node, path, {"from", "role", "employer", "chosen_by_citizen", "join", "title"}));
      break;
    case From::course:
      FODSPOR_DO(only_keys(node, path, {"from", "kind", "join", "title"}));
      break;
  }

  const auto words = [&](std::string_view key, capnp::EnumSchema schema, std::uint32_t& into) -> Status {
    const Node* value = node.find(key);
    if (value == nullptr) return {};
    FODSPOR_TRY(const std::uint64_t bits, read_words(*value, below(path, key), schema));
    into = static_cast<std::uint32_t>(bits);
    return {};
  };
  if (state.from == From::employment) FODSPOR_DO(words("kind", capnp::Schema::from<wire::EmploymentKind>(), state.kinds));
  if (state.from == From::placement) FODSPOR_DO(words("kind", capnp::Schema::from<wire::PlacementKind>(), state.placement_kinds));
  if (state.from == From::course) FODSPOR_DO(words("kind", capnp::Schema::from<wire::CourseKind>(), state.course_kinds));
  FODSPOR_DO(words("enterprise_kind", capnp::Schema::from<wire::EnterpriseKind>(), state.enterprise_kinds));
  FODSPOR_DO(words("status", capnp::Schema::from<wire::LabourStatus>(), state.statuses));
  FODSPOR_DO(words("benefit", capnp::Schema::from<wire::Benefit>(), state.benefits));
  FODSPOR_DO(words("role", capnp::Schema::from<wire::RoleKind>(), state.roles));
  FODSPOR_DO(words("employer", capnp::Schema::from<wire::EmployerKind>(), state.employers));
  FODSPOR_DO(words("chosen_by_citizen", capnp::Schema::from<wire::YesNo>(), state.chosen_by_citizen));
  FODSPOR_DO(words("source", capnp::Schema::from<wire::Source>(), state.sources));
  if (state.from == From::status && state.statuses == 0) {
    return refuse(node.place, path, "which `status`? unemployed, inactive, employed, self_employed, in_education or job_searching");
  }
  if (state.from == From::benefit && state.benefits == 0) return refuse(node.place, path, "which `benefit`?");
  if (state.from == From::role && state.roles == 0) return refuse(node.place, path, "which `role`? mentor, buddy, job_broker …");
  if (state.from == From::seeking && state.statuses == 0)
    state.statuses = one_bit(static_cast<unsigned>(wire::LabourStatus::JOB_SEARCHING));
  if (state.from == From::education) state.statuses = one_bit(static_cast<unsigned>(wire::LabourStatus::IN_EDUCATION));

  FODSPOR_DO(read_hours(node, path, state));
  if (const Node* join = node.find("join")) {
    FODSPOR_DO(must_be(*join, path + ".join", Node::Kind::table));
    FODSPOR_DO(only_keys(*join, path + ".join", {"max_gap", "across_employers", "across_holders"}));
    if (const Node* gap = join->find("max_gap")) {
      FODSPOR_TRY(state.max_gap, read_length(*gap, path + ".join.max_gap"));
    }
    const std::string_view key = state.from == From::role ? "across_holders" : "across_employers";
    const std::string_view other = state.from == From::role ? "across_employers" : "across_holders";
    if (const Node* wrong = join->find(other)) {
      return refuse(wrong->place, below(path + ".join", other), fmt::format("of a {} it is `{}` that is meant", word, key));
    }
    if (const Node* across = join->find(key)) {
      const bool has_other = state.from == From::employment || state.from == From::placement || state.from == From::role;
      if (!has_other) return refuse(across->place, below(path + ".join", key), fmt::format("a state from {} has no employer", word));
      FODSPOR_TRY(state.across, read_truth(*across, below(path + ".join", key)));
    }
  }
  if (const Node* holds = node.find("point_holds")) {
    FODSPOR_TRY(state.point_holds, read_length(*holds, path + ".point_holds"));
    if (state.point_holds.months != 0) {
      return refuse(holds->place, path + ".point_holds", "a tolerance around a day is given in days or weeks");
    }
  }
  if (const Node* own = node.find("own")) {
    FODSPOR_TRY(state.own_unit, read_truth(*own, path + ".own"));
    if (state.own_unit && into_.unit != Unit::placement && into_.unit != Unit::match) {
      return refuse(own->place, path + ".own", "only the verdict on a match or a placement has work of its own");
    }
  }
  return {};
}

Status DefinitionReader::read_hours(const Node& node, const std::string& path, State& state) {
  const Node* hours = node.find("hours");
  const Node* least = node.find("min_hours_per_week");
  // Hours that a kind of work consists of: only ordinary hours make ordinary work; all paid hours make any other.
  const bool ordinary_only = state.kinds == one_bit(static_cast<unsigned>(wire::EmploymentKind::ORDINARY));
  state.minutes = ordinary_only ? ordinary_minutes : ordinary_minutes | subsidised_minutes;
  if (state.from == State::From::placement) state.minutes = ordinary_minutes | subsidised_minutes | unpaid_minutes;
  if (const Node* count = node.find("count_hours")) {
    FODSPOR_DO(must_be(*count, path + ".count_hours", Node::Kind::list));
    state.minutes = 0;
    for (std::size_t i = 0; i < count->items.size(); ++i) {
      const std::string at = fmt::format("{}.count_hours[{}]", path, i);
      FODSPOR_TRY(const std::string word, read_text(count->items[i], at));
      if (word == "ordinary") {
        state.minutes |= ordinary_minutes;
      } else if (word == "subsidised") {
        state.minutes |= subsidised_minutes;
      } else if (word == "unpaid") {
        state.minutes |= unpaid_minutes;
      } else {
        return refuse(count->items[i].place, at,
                      fmt::format("there is no '{}' here; {}", word, suggestion(word, {"ordinary", "subsidised", "unpaid"})));
      }
    }
    if (state.minutes == 0) return refuse(count->place, path + ".count_hours", "no hours are in an empty list");
  }
  if (hours != nullptr && least != nullptr) {
    return refuse(least->place, path + ".min_hours_per_week", "`hours` says it already; keep one of them");
  }
  const auto at_most_a_week = [](const Node& at, const std::string& where, std::int64_t millionths) -> Status {
    if (millionths > 168'000'000) {
      return refuse(at.place, where, fmt::format("a week has 168 hours, so {} can never be met", decimal(millionths)));
    }
    return {};
  };
  if (least != nullptr) {
    Hours read;
    const std::string at = path + ".min_hours_per_week";
    FODSPOR_TRY(read.at_least, read_number(*least, at, 0, 1'000'000));
    FODSPOR_DO(at_most_a_week(*least, at, read.at_least));
    if (read.at_least > 0) state.hours = read;
    return {};
  }
  if (hours == nullptr) return {};
  const std::string at = path + ".hours";
  FODSPOR_DO(must_be(*hours, at, Node::Kind::table));
  FODSPOR_DO(only_keys(*hours, at, {"min", "measure", "over", "aggregate"}));
  Hours read;
  const Node* min = hours->find("min");
  if (min == nullptr) return refuse(hours->place, at, "needs `min`: how many hours");
  FODSPOR_TRY(read.at_least, read_number(*min, at + ".min", 0, 1'000'000));
  if (const Node* measure = hours->find("measure")) {
    FODSPOR_TRY(const std::string word, read_text(*measure, at + ".measure"));
    if (word == "contracted") {
      read.measured = Hours::Measured::contracted;
    } else if (word == "reported") {
      read.measured = Hours::Measured::reported;
    } else if (word != "either") {
      return refuse(measure->place, at + ".measure",
                    fmt::format("there is no '{}' here; {}", word, suggestion(word, {"contracted", "reported", "either"})));
    }
  }
  if (const Node* aggregate = hours->find("aggregate")) {
    FODSPOR_TRY(const std::string word, read_text(*aggregate, at + ".aggregate"));
    if (word == "min") {
      read.aggregate = Hours::Aggregate::min;
    } else if (word == "sum") {
      read.aggregate = Hours::Aggregate::sum;
    } else if (word != "mean") {
      return refuse(aggregate->place, at + ".aggregate",
                    fmt::format("there is no '{}' here; {}", word, suggestion(word, {"mean", "min", "sum"})));
    }
  }
  const Node* over = hours->find("over");
  if (over != nullptr) {
    FODSPOR_TRY(const Period length, read_length(*over, at + ".over"));
    if (length.months != 0 || length.days == 0) {
      return refuse(over->place, at + ".over", "hours are taken over days or weeks, at least one day");
    }
    read.over_days = length.days;
  } else if (read.aggregate != Hours::Aggregate::mean) {
    return refuse(hours->place, at, "`aggregate` needs `over`: the hours of which days?");
  }
  if (read.aggregate == Hours::Aggregate::sum) {
    if (read.at_least > std::int64_t{24'000'000} * read.over_days) {
      return refuse(min->place, at + ".min",
                    fmt::format("{} days have {} hours, so it can never be met", read.over_days, read.over_days * 24));
    }
  } else {
    FODSPOR_DO(at_most_a_week(*min, at + ".min", read.at_least));
  }
  state.hours = read;
  return {};
}

}  // namespace fodspor::projections
