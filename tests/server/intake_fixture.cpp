#include "tests/server/intake_fixture.h"

#include <stdlib.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "events/programme.capnp.h"
#include "projections/participation.h"
#include "projections/subjects.h"
#include "server/intake/delivery.h"

namespace fodspor::tests {
namespace {

constexpr Timestamp noon{1'617'192'000'000'000};  // 2021-03-31T12:00:00Z

template <class T>
T good(Result<T> result) {
  if (!result) FAIL(result.error().message);
  return *std::move(result);
}

std::string said(std::optional<Date> day) {
  return day ? day->text() : "-";
}
template <class Number>
std::string said(const std::optional<Number>& number) {
  return number ? std::to_string(*number) : "-";
}
template <class Enum>
std::string ordinal(const std::optional<Enum>& value) {
  return value ? std::to_string(static_cast<int>(*value)) : "-";
}

std::string told(const projections::Person& person) {
  std::string text = "person " + person.id.hex() + "\n";
  for (const auto& p : person.participations) {
    text += " in " + p.programme.slug() + " " + (p.entry ? p.entry->on.text() : "-") + " " + (p.exit ? p.exit->on.text() : "-") + " " +
            (p.completion ? p.completion->on.text() : "-") + " case " + p.at_entry.case_number + " gender " +
            std::to_string(static_cast<int>(p.at_entry.gender)) + " born " + std::to_string(p.at_entry.birth_year) + " weight " +
            std::to_string(p.at_entry.weight_millionths) + " reason " + std::to_string(static_cast<int>(p.exit_reason)) + "\n";
    for (const auto& course : p.courses) {
      text += "  course " + std::to_string(course.number) + (course.completed ? " completed" : "") + " " +
              (course.ended ? course.ended->on.text() : "-") + "\n";
    }
  }
  // Observations of one day stand in the order of their events' ids, which two ledgers do not share.
  std::vector<std::string> seen;
  for (const auto& o : person.observations) {
    seen.push_back(" saw " + o.when.from.text() + " " + said(o.when.to) + " " + ordinal(o.status) + " " + ordinal(o.benefit) + " " +
                   said(o.paid_minutes) + " " + o.code + "\n");
  }
  std::sort(seen.begin(), seen.end());
  for (const std::string& line : seen) text += line;
  for (const auto& w : person.work) {
    text += " work " + w.when.from.text() + " " + said(w.when.to) + " " + said(w.ordinary_minutes) + " at " +
            (w.enterprise ? w.enterprise->hex() : "-") + "\n";
  }
  return text;
}

}  // namespace

IntakeLedger::IntakeLedger(std::string_view slug) {
  std::string pattern = (std::filesystem::temp_directory_path() / "fodspor-intake-XXXXXX").string();
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  place_ = pattern;
  engine::Options options;
  options.create = true;
  options.now = [] { return noon; };
  ledger_ = good(engine::Ledger::open(place_ / "ledger", options));
  const ProgrammeId programme = good(ProgrammeId::parse(slug));
  Draft draft(EventType::programme_registered, programme.stream());
  const Date starts = good(Date::from_ymd(1990, 1, 1));
  draft.in(programme).on(starts);
  auto frame = draft.facts<wire::ProgrammeRegistered>().initFrame();
  frame.setStarts(starts.stored());
  frame.setEnds(good(Date::from_ymd(2030, 12, 31)).stored());
  std::vector<Draft> drafts;
  drafts.push_back(std::move(draft));
  engine::Batch batch;
  batch.request = {"test", "programme"};
  batch.proposals = good(encode_batch(batch.request, drafts));
  good(ledger_->append(std::move(batch)));
}

IntakeLedger::~IntakeLedger() {
  ledger_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(place_, ignored);
}

Result<intake::ImportReport> IntakeLedger::deliver(std::string_view table, std::string_view mapping, bool dry_run) {
  intake::ImportOptions options;
  options.file = {"table.csv", std::string(table)};
  options.mapping = intake::NamedText{"mapping.toml", std::string(mapping)};
  options.dry_run = dry_run;
  return intake::import_file(*ledger_, options);
}

intake::ImportReport IntakeLedger::delivered(std::string_view table, std::string_view mapping) {
  return good(deliver(table, mapping));
}

Result<intake::ImportReport> IntakeLedger::deliver_lines(std::string_view lines) {
  intake::ImportOptions options;
  options.file = {"events.jsonl", std::string(lines)};
  return intake::import_file(*ledger_, options);
}

std::string IntakeLedger::stands() const {
  projections::ScanOptions options;
  options.scratch = place_;
  std::vector<std::string> people;
  const auto scanned = good(projections::for_each_subject(*ledger_, options, [&](const projections::Subject& subject) -> Status {
    // A person of whom everything was retracted says nothing.
    if (subject.person != nullptr && !subject.history.facts().empty()) people.push_back(told(*subject.person));
    return {};
  }));
  std::sort(people.begin(), people.end());
  std::string all;
  for (const std::string& person : people) all += person;
  for (const auto& [id, programme] : scanned.context.programmes) {
    std::vector<std::string> lines;
    for (const auto& coverage : programme.coverage.all()) {
      std::string line =
          " covered " + coverage.when.from.text() + " " + said(coverage.when.to) + " " + std::to_string(coverage.facts.size());
      for (const Id& person : coverage.participants) line += " " + person.hex();
      lines.push_back(line + "\n");
    }
    std::sort(lines.begin(), lines.end());
    all += id.slug() + "\n";
    for (const std::string& line : lines) all += line;
  }
  return all;
}

std::string IntakeLedger::story(std::string_view register_name, std::string_view number) const {
  auto cursor = good(ledger_->read_stream(intake::stream_of(StreamKind::participant, register_name, number)));
  std::string types;
  for (;;) {
    const auto event = good(cursor.next_event());
    if (!event) return types;
    types += (types.empty() ? "" : " ") + std::string(name(event->type()));
  }
}

}  // namespace fodspor::tests
