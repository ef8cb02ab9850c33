#include "projections/measure.h"

#include <algorithm>
#include <array>
#include <memory_resource>

#include "projections/attributes.h"
#include "projections/definition_parameters.h"
#include "projections/definition_reader.h"
#include "projections/reading.h"

namespace fodspor::projections {

struct Measure::Compiled {
  Definition definition;
  CompiledDefinition compiled;
  std::vector<std::string> steps;
  std::vector<BreakdownKey> breakdown;
  std::vector<std::string> breakdown_names;
};

namespace {

CompiledDefinition with_references(std::shared_ptr<const ParsedDefinition> tree) {
  CompiledDefinition compiled{std::move(tree), {}};
  for (const Definition& reference : compiled.tree->references) compiled.references.push_back(with_references(reference.shared_tree()));
  return compiled;
}

// Verdicts written over those of the call before, so that their reasons keep their memory.
class Out {
 public:
  explicit Out(std::vector<Verdict>& verdicts) : verdicts_(verdicts) {}
  ~Out() { verdicts_.resize(used_); }
  Out(const Out&) = delete;
  Out& operator=(const Out&) = delete;

  Verdict& next() {
    if (used_ == verdicts_.size()) verdicts_.emplace_back();
    return verdicts_[used_++];
  }
  std::size_t used() const noexcept { return used_; }
  Verdict& at(std::size_t index) { return verdicts_[index]; }
  // Of all from `first` on, keeps that one.
  void keep(std::size_t first, std::size_t which) {
    if (which != first) std::swap(verdicts_[first], verdicts_[which]);
    used_ = first + 1;
  }

 private:
  std::vector<Verdict>& verdicts_;
  std::size_t used_ = 0;
};

// How much a verdict says for its subject: who is met is met by any of them.
int rank(const Verdict& verdict) {
  if (!verdict.in_population) return 0;
  if (verdict.in_denominator == Truth::no) return verdict.excluded ? 1 : 2;
  if (verdict.in_denominator == Truth::unknown) return 4;
  return verdict.met == Truth::no ? 3 : verdict.met == Truth::unknown ? 5 : 6;
}

void keep_one(Out& out, std::size_t first, Repeats repeats) {
  if (out.used() <= first + 1) return;
  std::size_t which = first;
  if (repeats == Repeats::last) which = out.used() - 1;
  if (repeats == Repeats::any) {
    for (std::size_t i = first; i < out.used(); ++i) {
      if (rank(out.at(i)) > rank(out.at(which))) which = i;
    }
  }
  out.keep(first, which);
}

class Units {
 public:
  Units(const CompiledDefinition& compiled, const std::vector<BreakdownKey>& breakdown, const Subject& subject,
        std::span<const ProgrammeId> programmes, std::pmr::memory_resource* memory, Out& out)
      : compiled_(compiled), breakdown_(breakdown), subject_(subject), programmes_(programmes), memory_(memory), out_(out) {}

  void of_person() {
    const Unit unit = compiled_.tree->unit;
    const std::size_t first = out_.used();
    for (const Participation* participation : in_order()) {
      UnitOf of;
      of.participation = participation;
      of.programme = participation->programme;
      switch (unit) {
        case Unit::participation:
        case Unit::person:
          judge(of);
          break;
        case Unit::match:
          matches(of);
          break;
        case Unit::placement:
          placements(of);
          break;
        case Unit::enterprise:
        case Unit::staff:
          break;
      }
    }
    if (unit == Unit::person) keep_one(out_, first, compiled_.tree->repeats);
  }

  void of_organisation() {
    std::pmr::vector<ProgrammeId> programmes(memory_);
    for (const Fact& fact : subject_.history.facts()) {
      const ProgrammeId programme = fact.event->programme();
      if (!programme || !asked_about(programme)) continue;
      if (std::find(programmes.begin(), programmes.end(), programme) == programmes.end()) programmes.push_back(programme);
    }
    std::sort(programmes.begin(), programmes.end());
    for (const ProgrammeId programme : programmes) {
      UnitOf of;
      of.programme = programme;
      of.enterprise = subject_.context.enterprise(subject_.id().id);
      judge(of);
    }
  }

 private:
  bool asked_about(ProgrammeId programme) const {
    return programmes_.empty() || std::binary_search(programmes_.begin(), programmes_.end(), programme);
  }

  // Those who took part, or were recruited to; for a person counted once, in order of entry.
  std::pmr::vector<const Participation*> in_order() const {
    std::pmr::vector<const Participation*> list(memory_);
    for (const Participation& participation : subject_.person->participations) {
      if (!asked_about(participation.programme)) continue;
      // Who is followed for comparison takes no part, and is counted only where a definition asks for them.
      if (participation.compared != compiled_.tree->of_comparison || (!participation.entry && !participation.recruited)) continue;
      list.push_back(&participation);
    }
    if (compiled_.tree->unit == Unit::person) {
      std::stable_sort(list.begin(), list.end(), [](const Participation* a, const Participation* b) {
        const auto day = [](const Participation* p) { return p->entry ? p->entry->on.days() : never; };
        return day(a) < day(b);
      });
    }
    return list;
  }

  void matches(UnitOf of) {
    const std::size_t first = out_.used();
    for (const Match& match : of.participation->matches) {
      of.match = &match;
      of.number = match.number;
      of.enterprise = match.enterprise ? subject_.context.enterprise(*match.enterprise) : nullptr;
      judge(of);
    }
    if (compiled_.tree->repeats != Repeats::each) keep_one(out_, first, compiled_.tree->repeats);
  }

  void placements(UnitOf of) {
    const std::size_t first = out_.used();
    for (const Work& work : subject_.person->work) {
      if (work.origin != Work::From::placement || work.programme != of.programme || work.piece != 0) continue;
      of.placement = &work;
      of.number = work.number;
      of.enterprise = work.enterprise ? subject_.context.enterprise(*work.enterprise) : nullptr;
      judge(of);
    }
    if (compiled_.tree->repeats != Repeats::each) keep_one(out_, first, compiled_.tree->repeats);
  }

  void judge(const UnitOf& of) {
    Verdict& verdict = out_.next();
    Reading(compiled_, subject_, of, memory_).judge(verdict, true);
    if (of.participation != nullptr) verdict.weight_millionths = of.participation->at_entry.weight_millionths;
    verdict.strata.clear();
    if (breakdown_.empty()) return;
    const AttributeSubject subject{of.participation, of.enterprise, of.placement, &subject_.context};
    for (const BreakdownKey& key : breakdown_) verdict.strata.push_back(stratum(key, subject, of.programme));
  }

  const CompiledDefinition& compiled_;
  const std::vector<BreakdownKey>& breakdown_;
  const Subject& subject_;
  const std::span<const ProgrammeId> programmes_;  // empty: all
  std::pmr::memory_resource* memory_;
  Out& out_;
};

}  // namespace

Result<Measure> Measure::compile(const Definition& definition, const Parameters& parameters, const std::vector<std::string>& breakdown) {
  auto compiled = std::make_shared<Compiled>();
  compiled->definition = definition;
  std::shared_ptr<const ParsedDefinition> tree = definition.shared_tree();
  if (!parameters.empty()) {
    // Read again with the values given; what it names was found when it was read first.
    auto bound_tree = std::make_shared<ParsedDefinition>();
    bound_tree->id = tree->id;
    bound_tree->version = tree->version;
    bound_tree->hash = tree->hash;
    bound_tree->toml = tree->toml;
    bound_tree->file = tree->file;
    bound_tree->merged = tree->merged;
    bound_tree->parameters = tree->parameters;
    bound_tree->forbidden = tree->forbidden;
    FODSPOR_TRY(const Node bound, bind_parameters(tree->merged, tree->parameters, tree->forbidden, parameters));
    const auto find = [&tree](const std::string& id, const std::string& version) -> Result<Definition> {
      for (const Definition& reference : tree->references) {
        if (reference.id() == id && reference.version() == version) return reference;
      }
      return events::fail(Fault::invalid, "a parameter cannot choose another definition; write a definition that extends this one");
    };
    FODSPOR_DO(DefinitionReader(bound, *bound_tree, find).read());
    tree = std::move(bound_tree);
  }
  compiled->compiled = with_references(std::move(tree));
  for (const Clause& step : compiled->compiled.tree->steps) compiled->steps.push_back(compiled->compiled.tree->clause_names[step.name]);
  for (const std::string& name : breakdown) {
    FODSPOR_TRY(const BreakdownKey key, breakdown_key(name));
    compiled->breakdown.push_back(key);
    compiled->breakdown_names.push_back(name);
  }
  Measure measure;
  measure.compiled_ = std::move(compiled);
  return measure;
}

const Definition& Measure::definition() const {
  return compiled_->definition;
}
const std::vector<std::string>& Measure::steps() const {
  return compiled_->steps;
}
const std::vector<std::string>& Measure::clauses() const {
  return compiled_->compiled.tree->clause_names;
}
const std::vector<std::string>& Measure::breakdown() const {
  return compiled_->breakdown_names;
}

void Measure::apply(const Subject& subject, std::optional<ProgrammeId> programme, std::vector<Verdict>& out) const {
  apply(subject, programme ? std::span<const ProgrammeId>(&*programme, 1) : std::span<const ProgrammeId>(), out);
}

void Measure::apply(const Subject& subject, std::span<const ProgrammeId> programmes, std::vector<Verdict>& out) const {
  // A person's evidence fits here; what does not goes on the heap.
  alignas(std::max_align_t) std::array<std::byte, 16'384> room;
  std::pmr::monotonic_buffer_resource memory(room.data(), room.size());
  Out verdicts(out);
  Units units(compiled_->compiled, compiled_->breakdown, subject, programmes, &memory, verdicts);
  switch (compiled_->compiled.tree->unit) {
    case Unit::participation:
    case Unit::person:
    case Unit::match:
    case Unit::placement:
      if (subject.person != nullptr) units.of_person();
      break;
    case Unit::enterprise:
      if (subject.id().kind == StreamKind::enterprise) units.of_organisation();
      break;
    case Unit::staff:
      if (subject.id().kind == StreamKind::staff) units.of_organisation();
      break;
  }
}

}  // namespace fodspor::projections
