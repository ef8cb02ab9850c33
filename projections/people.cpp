// Rows: 'P' programme (16) person (16) → one participation in brief; 'N' case number 00 programme (16) person (16) → nothing.
// Sums: programme (16) and a letter: p participations, e enrolled, c completed, l left, a active, x compared.
#include "projections/people.h"

#include <algorithm>

#include "projections/row_codec.h"

namespace fodspor::projections {

namespace {

constexpr std::string_view view_name = "people";
constexpr std::size_t id_bytes = 16;

std::string person_prefix(ProgrammeId programme) {
  std::string key;
  RowWriter(key).byte('P').id(programme.id);
  return key;
}

std::string case_prefix(std::string_view case_number) {
  std::string key;
  RowWriter(key).byte('N').raw(case_number).byte(0);
  return key;
}

std::string sum_key(ProgrammeId programme, char counter) {
  std::string key;
  RowWriter(key).id(programme.id).byte(static_cast<std::uint8_t>(counter));
  return key;
}

Stage stage_of(const Participation& one) {
  if (one.exit) return Stage::left;
  if (one.completion) return Stage::completed;
  if (one.entry) return Stage::enrolled;
  if (one.recruited) return Stage::recruited;
  if (one.screened) return Stage::screened;
  return Stage::known;
}

template <class Of>
std::uint32_t count_pieces(const Person& person, ProgrammeId programme, const Of& of) {
  return static_cast<std::uint32_t>(std::count_if(person.work.begin(), person.work.end(), [&](const Work& work) {
    return work.piece == 0 && work.programme == programme && of(work.origin);
  }));
}

std::string encode(const Person& person, const Participation& one) {
  std::string row;
  RowWriter writer(row);
  writer.text(one.at_entry.case_number).byte(one.compared ? 1 : 0).byte(static_cast<std::uint8_t>(stage_of(one)));
  for (const auto* moment : {&one.screened, &one.recruited, &one.entry, &one.last_entry, &one.completion, &one.exit, &one.last_contact,
                             &person.died, &person.emigrated}) {
    writer.moment(*moment);
  }
  const auto completed = std::count_if(one.courses.begin(), one.courses.end(), [](const Course& course) { return course.completed; });
  writer.number(static_cast<std::uint64_t>(one.exit_reason)).number(static_cast<std::uint64_t>(one.enrolments));
  writer.number(one.courses.size()).number(static_cast<std::uint64_t>(completed));
  writer.number(count_pieces(person, one.programme, [](Work::From from) { return from == Work::From::placement; }));
  writer.number(count_pieces(person, one.programme, [](Work::From from) { return from == Work::From::employment; }));
  writer.number(one.check_ins.size()).number(one.unreachable.size());
  return row;
}

Result<PersonLine> decode(ProgrammeId programme, const Id& person, std::string_view row) {
  RowReader reader(row);
  PersonLine line;
  line.programme = programme;
  line.person = person;
  line.case_number = reader.text();
  line.compared = reader.byte() != 0;
  line.stage = static_cast<Stage>(reader.byte());
  for (auto* moment : {&line.screened, &line.recruited, &line.entry, &line.last_entry, &line.completion, &line.exit, &line.last_contact,
                       &line.died, &line.emigrated}) {
    *moment = reader.moment();
  }
  line.exit_reason = static_cast<wire::Left::Reason>(reader.number32());
  for (auto* number : {&line.enrolments, &line.courses, &line.courses_completed, &line.placements, &line.employments, &line.check_ins,
                       &line.unreachable}) {
    *number = reader.number32();
  }
  FODSPOR_DO(reader.finish(view_name));
  return line;
}

class PeopleView : public View {
 public:
  std::string_view name() const override { return view_name; }
  std::uint32_t version() const override { return 2; }
  bool folds(StreamKind kind) const override { return kind == StreamKind::participant; }
  Status prepare(const Context&) override { return {}; }

  Status contribute(const Subject& subject, Contribution& out) const override {
    const Person& person = *subject.person;
    for (const Participation& one : person.participations) {
      std::string key = person_prefix(one.programme);
      RowWriter(key).id(person.id);
      out.rows.emplace_back(std::move(key), encode(person, one));
      if (!one.at_entry.case_number.empty()) {
        std::string found = case_prefix(one.at_entry.case_number);
        RowWriter(found).id(one.programme.id).id(person.id);
        out.rows.emplace_back(std::move(found), std::string());
      }
      const bool in = one.entry && !one.compared;
      const auto count = [&](char counter, bool counts) {
        if (counts) out.sums.emplace_back(sum_key(one.programme, counter), 1);
      };
      count('p', true);
      count('x', one.compared);
      count('e', in);
      count('c', in && one.completion);
      count('l', in && one.exit);
      count('a', in && !one.exit && !person.died && !person.emigrated);
    }
    return {};
  }
};

}  // namespace

std::string_view name(Stage stage) noexcept {
  switch (stage) {
    case Stage::known:
      return "known";
    case Stage::screened:
      return "screened";
    case Stage::recruited:
      return "recruited";
    case Stage::enrolled:
      return "enrolled";
    case Stage::completed:
      return "completed";
    case Stage::left:
      return "left";
  }
  return "known";
}

Status each_person(const Rows& people, ProgrammeId programme, const std::function<bool(const PersonLine&)>& visit) {
  const std::string prefix = person_prefix(programme);
  Status status;
  FODSPOR_DO(people.each_row(prefix, [&](std::string_view key, std::string_view row) {
    RowReader reader(key.substr(prefix.size()));
    const Id person = reader.id();
    const Result<PersonLine> line = decode(programme, person, row);
    if (!line || !reader.finish(view_name)) {
      status = line ? reader.finish(view_name) : tl::make_unexpected(line.error());
      return false;
    }
    return visit(*line);
  }));
  return status;
}

Result<std::vector<PersonLine>> read_person(const Rows& people, const Context& context, const Id& person) {
  const Id stands_for = context.person(person);
  std::vector<PersonLine> lines;
  for (const auto& [programme, one] : context.programmes) {
    std::string key = person_prefix(programme);
    RowWriter(key).id(stands_for);
    FODSPOR_TRY(const std::optional<std::string> row, people.row(key));
    if (!row) continue;
    FODSPOR_TRY(PersonLine line, decode(programme, stands_for, *row));
    lines.push_back(std::move(line));
  }
  return lines;
}

Result<std::vector<FoundCase>> find_case(const Rows& people, std::string_view case_number, std::optional<ProgrammeId> programme) {
  const std::string prefix = case_prefix(case_number);
  std::vector<FoundCase> found;
  Status status;
  FODSPOR_DO(people.each_row(prefix, [&](std::string_view key, std::string_view) {
    if (key.size() != prefix.size() + 2 * id_bytes) {
      status = fail(Fault::corrupt, "a key of the view people cannot be read; `fodspor rebuild` makes the view anew");
      return false;
    }
    RowReader reader(key.substr(prefix.size()));
    const ProgrammeId of{reader.id()};
    const Id person = reader.id();
    if (!programme || of == *programme) found.push_back({of, person});
    return true;
  }));
  if (!status) return tl::make_unexpected(std::move(status).error());
  return found;
}

Result<PeopleCounts> count_people(const Rows& people, ProgrammeId programme) {
  PeopleCounts counts;
  const auto read = [&](char counter, std::uint64_t& into) -> Status {
    FODSPOR_TRY(const std::int64_t value, people.sum(sum_key(programme, counter)));
    into = static_cast<std::uint64_t>(value);
    return {};
  };
  FODSPOR_DO(read('p', counts.participations));
  FODSPOR_DO(read('e', counts.enrolled));
  FODSPOR_DO(read('c', counts.completed));
  FODSPOR_DO(read('l', counts.left));
  FODSPOR_DO(read('a', counts.active));
  FODSPOR_DO(read('x', counts.compared));
  return counts;
}

std::unique_ptr<View> make_people_view() {
  return std::make_unique<PeopleView>();
}

}  // namespace fodspor::projections
