// Rows: programme (16) subject (17) issue (1) → count event*. Sums: 'Q' programme (16) issue (1) → subjects.
#include "projections/data_quality.h"

#include "projections/quality_checks.h"
#include "projections/row_codec.h"

namespace fodspor::projections {

namespace {

constexpr std::string_view view_name = "quality";
constexpr char sum_mark = 'Q';

struct Described {
  Issue issue;
  std::string_view name, en, da;
  bool contradicts;
};

constexpr Described described[] = {
    {Issue::no_gender, "no_gender", "gender is missing at entry", "køn mangler ved indgangen", false},
    {Issue::no_birth_year, "no_birth_year", "year of birth is missing at entry", "fødselsår mangler ved indgangen", false},
    {Issue::no_labour_status, "no_labour_status", "labour market status is missing at entry", "arbejdsmarkedsstatus mangler ved indgangen",
     false},
    {Issue::no_isced, "no_isced", "education level is missing at entry", "uddannelsesniveau mangler ved indgangen", false},
    {Issue::not_enrolled, "not_enrolled", "takes part without having been enrolled", "deltager uden at være indskrevet", true},
    {Issue::entry_outside_programme, "entry_outside_programme", "entered outside the programme's dates",
     "indskrevet uden for projektets datoer", true},
    {Issue::exit_before_entry, "exit_before_entry", "left before entering", "udskrevet før indskrivningen", true},
    {Issue::completed_before_entry, "completed_before_entry", "completed before entering", "gennemført før indskrivningen", true},
    {Issue::fact_after_death, "fact_after_death", "something happened after the death", "noget er sket efter dødsfaldet", true},
    {Issue::placement_left_open, "placement_left_open", "a placement is open after leaving", "et virksomhedsforløb er åbent efter udgangen",
     false},
    {Issue::course_left_open, "course_left_open", "a course is open after leaving", "et kursus er åbent efter udgangen", false},
    {Issue::end_without_start, "end_without_start", "something ended that never began", "noget er sluttet, som aldrig begyndte", true},
    {Issue::no_enterprise, "no_enterprise", "a placement names no enterprise", "et virksomhedsforløb nævner ingen virksomhed", false},
    {Issue::sources_disagree, "sources_disagree", "two sources saw different statuses on one day",
     "to kilder så forskellig status samme dag", true},
    {Issue::case_number_missing, "case_number_missing", "the case number is missing", "sagsnummer mangler", false},
    {Issue::unknown_newer_event, "unknown_newer_event", "an event of a newer version, kept and ignored",
     "en hændelse fra en nyere version, gemt og ikke medregnet", false},
    {Issue::unreachable, "unreachable", "could not be reached at the latest follow-up", "kunne ikke nås ved seneste opfølgning", false},
};

const Described& description(Issue issue) {
  for (const Described& one : described) {
    if (one.issue == issue) return one;
  }
  FODSPOR_CHECK(false && "every issue is described");
  return described[0];
}

Result<Issue> read_issue(std::uint8_t number) {
  for (const Described& one : described) {
    if (static_cast<std::uint8_t>(one.issue) == number) return one.issue;
  }
  return fail(Fault::corrupt, "a row of the view quality names an issue that does not exist; `fodspor rebuild` makes the view anew");
}

class QualityView : public View {
 public:
  std::string_view name() const override { return view_name; }
  std::uint32_t version() const override { return 2; }
  bool folds(StreamKind) const override { return true; }
  Status prepare(const Context&) override { return {}; }

  Status contribute(const Subject& subject, Contribution& out) const override {
    const FoundIssues issues = subject.person != nullptr ? check_person(subject) : check_stream(subject);
    for (const auto& [what, events] : issues) {
      std::string key;
      RowWriter(key).id(what.first.id).stream(subject.id()).byte(static_cast<std::uint8_t>(what.second));
      std::string row;
      RowWriter writer(row);
      writer.number(events.size());
      for (const EventId& event : events) writer.event(event);
      out.rows.emplace_back(std::move(key), std::move(row));
      std::string sum(1, sum_mark);
      RowWriter(sum).id(what.first.id).byte(static_cast<std::uint8_t>(what.second));
      out.sums.emplace_back(std::move(sum), 1);
    }
    return {};
  }
};

Result<QualityLine> decode(std::string_view key, std::string_view row) {
  RowReader keys(key);
  QualityLine line;
  line.programme = {keys.id()};
  line.subject = keys.stream();
  FODSPOR_TRY(line.issue, read_issue(keys.byte()));
  FODSPOR_DO(keys.finish(view_name));
  RowReader reader(row);
  for (std::uint64_t left = reader.number(); left > 0 && reader.ok(); --left) line.because.push_back(reader.event());
  FODSPOR_DO(reader.finish(view_name));
  return line;
}

}  // namespace

std::string_view name(Issue issue) noexcept {
  return description(issue).name;
}
Bilingual words(Issue issue) {
  return {std::string(description(issue).en), std::string(description(issue).da)};
}
bool contradicts(Issue issue) noexcept {
  return description(issue).contradicts;
}

Status each_issue(const Rows& quality, std::optional<ProgrammeId> programme, const std::function<bool(const QualityLine&)>& visit) {
  std::string prefix;
  if (programme) RowWriter(prefix).id(programme->id);
  Status status;
  FODSPOR_DO(quality.each_row(prefix, [&](std::string_view key, std::string_view row) {
    const Result<QualityLine> line = decode(key, row);
    if (line) return visit(*line);
    status = tl::make_unexpected(line.error());
    return false;
  }));
  return status;
}

Result<std::vector<QualityCount>> count_issues(const Rows& quality, std::optional<ProgrammeId> programme) {
  std::string prefix(1, sum_mark);
  if (programme) RowWriter(prefix).id(programme->id);
  std::vector<QualityCount> counts;
  Status status;
  FODSPOR_DO(quality.each_sum(prefix, [&](std::string_view key, std::int64_t value) {
    RowReader reader(key.substr(1));
    const ProgrammeId of{reader.id()};
    const Result<Issue> issue = read_issue(reader.byte());
    if (!issue) {
      status = tl::make_unexpected(issue.error());
      return false;
    }
    counts.push_back({of, *issue, static_cast<std::uint64_t>(value)});
    return true;
  }));
  if (!status) return tl::make_unexpected(std::move(status).error());
  return counts;
}

std::unique_ptr<View> make_quality_view() {
  return std::make_unique<QualityView>();
}

}  // namespace fodspor::projections
