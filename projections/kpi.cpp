#include "projections/kpi.h"

#include <algorithm>
#include <array>

#include "projections/kpi_row.h"
#include "projections/pinned.h"
#include "projections/row_codec.h"

namespace fodspor::projections {

namespace {

class KpiView : public View {
 public:
  std::string_view name() const override { return "kpi"; }
  std::uint32_t version() const override { return shipped_definitions_mark() + 3; }
  bool measures() const override { return true; }
  bool folds(StreamKind kind) const override {
    return kind == StreamKind::participant || kind == StreamKind::enterprise || kind == StreamKind::staff;
  }

  Status prepare(const Context& context) override {
    measures_.prepare(context);
    plans_.clear();
    for (const auto& [id, programme] : context.programmes) {
      Plan plan{id, {}};
      const std::vector<PinnedTarget>& pinned = measures_.of(id);
      for (std::size_t i = 0; i < pinned.size(); ++i) {
        if (!pinned[i].measure) continue;
        Line line{static_cast<std::uint32_t>(i), &*pinned[i].measure, pinned[i].measure->definition().unit(), {}};
        for (std::size_t c = 0; c < classes; ++c) line.keys[c] = kpi_sum_key(id, programme.targets[i], kpi_classes[c]);
        plan.lines.push_back(std::move(line));
      }
      if (!plan.lines.empty()) plans_.push_back(std::move(plan));
    }
    return {};
  }

  Status contribute(const Subject& subject, Contribution& out) const override {
    std::vector<Verdict> said;
    for (const Plan& plan : plans_) {
      if (subject.person != nullptr && std::none_of(subject.person->participations.begin(), subject.person->participations.end(),
                                                    [&](const Participation& one) { return one.programme == plan.programme; })) {
        continue;
      }
      KpiRowWriter row;
      for (const Line& line : plan.lines) {
        if (!may_count(line.unit, subject.id().kind)) continue;
        line.measure->apply(subject, plan.programme, said);
        for (const Verdict& verdict : said) {
          const auto of = static_cast<std::size_t>(static_cast<char>(class_of(verdict)) - static_cast<char>(kpi_classes[0]));
          out.sums.emplace_back(line.keys[of], 1);
          row.add(line.target, verdict);
        }
      }
      if (!row.empty()) out.rows.emplace_back(kpi_row_key(plan.programme, subject.id()), row.finish());
    }
    return {};
  }

 private:
  static constexpr std::size_t classes = std::size(kpi_classes);
  struct Line {
    std::uint32_t target;
    const Measure* measure;
    Unit unit;
    std::array<std::string, classes> keys;  // by class
  };
  struct Plan {
    ProgrammeId programme;
    std::vector<Line> lines;
  };

  static bool may_count(Unit unit, StreamKind kind) {
    switch (unit) {
      case Unit::enterprise:
        return kind == StreamKind::enterprise;
      case Unit::staff:
        return kind == StreamKind::staff;
      default:
        return kind == StreamKind::participant;
    }
  }

  PinnedMeasures measures_;
  std::vector<Plan> plans_;
};

Result<KpiCounts> read_counts(const Rows& kpi, ProgrammeId programme, const Target& target) {
  KpiCounts counts;
  for (const KpiClass of : kpi_classes) {
    FODSPOR_TRY(const std::int64_t units, kpi.sum(kpi_sum_key(programme, target, of)));
    count(of, static_cast<std::uint64_t>(units), counts);
  }
  return counts;
}

Bounds bounds_of(const Target& target, const KpiCounts& counts) {
  Figure figure;
  figure.population = counts.population;
  figure.denominator = counts.denominator;
  figure.numerator = counts.numerator;
  figure.unknown = counts.unknown;
  figure.excluded = counts.excluded;
  Bounds of = bounds(figure);
  if (!target.share) of.as_no[1] = of.as_yes[1] = of.left_out[1] = 1;
  return of;
}

const Target* find_target(const Programme& programme, const WhichTarget& which, std::size_t& at) {
  for (at = 0; at < programme.targets.size(); ++at) {
    if (programme.targets[at].id == which.target && programme.targets[at].reading == which.reading) return &programme.targets[at];
  }
  return nullptr;
}

Failure no_such_target(const Programme* programme, const WhichTarget& which) {
  const std::string asked = which.target + (which.reading.empty() ? "" : " (" + which.reading + ")");
  if (programme == nullptr) return {Fault::not_found, "there is no programme " + which.programme.slug()};
  std::string known;
  for (const Target& target : programme->targets) {
    known += (known.empty() ? "" : ", ") + target.id + (target.reading.empty() ? "" : " (" + target.reading + ")");
  }
  return {Fault::not_found, which.programme.slug() + " pins no target " + asked + "; it pins " + (known.empty() ? "none" : known)};
}

}  // namespace

ExplainedUnit explained(const StreamId& subject, const Verdict& verdict, const Measure& measure) {
  ExplainedUnit unit;
  unit.subject = subject;
  unit.unit_number = verdict.unit_number;
  unit.in_population = verdict.in_population;
  if (!verdict.in_population && verdict.steps_passed < measure.steps().size()) unit.failed_step = measure.steps()[verdict.steps_passed];
  unit.in_denominator = verdict.in_denominator;
  unit.met = verdict.met;
  unit.excluded = verdict.excluded;
  unit.censored = verdict.censored;
  for (const Reason& reason : verdict.reasons) {
    ExplainedReason one{reason.clause < measure.clauses().size() ? measure.clauses()[reason.clause] : std::string(), reason.truth, {}};
    if (reason.because) one.because = reason.because;
    unit.reasons.push_back(std::move(one));
  }
  return unit;
}

Result<std::vector<KpiLine>> read_kpi(const Rows& kpi, const Context& context, std::optional<ProgrammeId> programme, Date today) {
  if (programme && context.find(*programme) == nullptr) {
    return fail(Fault::not_found, "there is no programme " + programme->slug() + " in this ledger");
  }
  PinnedMeasures measures;
  measures.prepare(context);
  std::vector<KpiLine> lines;
  for (const auto& [id, one] : context.programmes) {
    if (programme && id != *programme) continue;
    const bool over = one.frame && today > one.frame->ends;
    for (std::size_t i = 0; i < one.targets.size(); ++i) {
      KpiLine line;
      line.programme = id;
      line.target = one.targets[i];
      FODSPOR_TRY(line.counts, read_counts(kpi, id, line.target));
      line.bounds = bounds_of(line.target, line.counts);
      const PinnedTarget& pinned = measures.of(id)[i];
      if (pinned.measure) {
        line.definition_title = pinned.measure->definition().title();
        line.definition_hash = pinned.measure->definition().hash();
        line.standing = standing(line.target, line.counts.numerator, line.counts.unknown, line.counts.denominator, over);
      } else {
        line.standing = TargetStanding::unread;
        line.problem = pinned.problem;
      }
      lines.push_back(std::move(line));
    }
  }
  return lines;
}

Status explain(const Rows& kpi, const Context& context, const WhichTarget& which, std::optional<Id> person,
               const std::function<bool(const ExplainedUnit&)>& visit) {
  const Programme* programme = context.find(which.programme);
  std::size_t at = 0;
  if (programme == nullptr || find_target(*programme, which, at) == nullptr) return tl::make_unexpected(no_such_target(programme, which));
  PinnedMeasures measures;
  measures.prepare(context);
  const PinnedTarget& pinned = measures.of(which.programme)[at];
  if (!pinned.measure) return fail(Fault::unsupported, "the definition of " + which.target + " cannot be applied: " + pinned.problem);

  bool go_on = true;
  const auto show = [&](const StreamId& subject, std::string_view row) -> Status {
    FODSPOR_TRY(const std::vector<KpiVerdict> verdicts, decode_kpi_row(row));
    for (const KpiVerdict& one : verdicts) {
      if (one.target == at && go_on) go_on = visit(explained(subject, one.verdict, *pinned.measure));
    }
    return {};
  };
  if (person) {
    const StreamId subject{StreamKind::participant, context.person(*person)};
    FODSPOR_TRY(const std::optional<std::string> row, kpi.row(kpi_row_key(which.programme, subject)));
    return row ? show(subject, *row) : Status();
  }
  std::string prefix;
  RowWriter(prefix).id(which.programme.id);
  Status status;
  FODSPOR_DO(kpi.each_row(prefix, [&](std::string_view key, std::string_view row) {
    const Result<StreamId> subject = kpi_row_subject(key);
    status = subject ? show(*subject, row) : tl::make_unexpected(subject.error());
    return status.has_value() && go_on;
  }));
  return status;
}

std::unique_ptr<View> make_kpi_view() {
  return std::make_unique<KpiView>();
}

}  // namespace fodspor::projections
