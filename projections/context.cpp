#include "projections/context.h"

#include <algorithm>

#include "events/control.capnp.h"
#include "events/enterprise.capnp.h"

namespace fodspor::projections {

namespace {

std::string string_of(capnp::Text::Reader text) {
  return {text.begin(), text.size()};
}

Bilingual both(wire::Text2::Reader text) {
  return {string_of(text.getEn()), string_of(text.getDa())};
}

std::optional<std::int64_t> millionths(std::uint64_t stored) {
  if (stored == 0) return std::nullopt;
  return static_cast<std::int64_t>(stored);
}

Frame frame_of(wire::ProgrammeFrame::Reader said, const Fact& fact) {
  Frame frame;
  frame.title = both(said.getTitle());
  frame.operator_name = string_of(said.getOperator());
  frame.starts = Date::clamped(said.getStarts());
  frame.ends = Date::clamped(said.getEnds());
  for (const auto industry : said.getIndustries()) frame.industries.push_back(string_of(industry));
  frame.check_in_days = said.getCheckInDays();
  frame.retention_years = said.getRetentionYears();
  frame.zone = said.hasZone() ? string_of(said.getZone()) : "Europe/Copenhagen";
  frame.target_group = both(said.getTargetGroup());
  frame.document = string_of(said.getDocument());
  frame.from = fact.from;
  frame.registered = fact.type == EventType::programme_registered;
  frame.event = fact.event->id();
  frame.because = fact.because();
  return frame;
}

Funding funding_of(const Fact& fact) {
  const auto said = fact.body<wire::FundingGranted>();
  Funding funding;
  funding.funder = string_of(said.getFunder());
  funding.oere = said.getOere();
  funding.kind = said.getKind();
  funding.document = string_of(said.getDocument());
  if (fact.dated) funding.on = fact.from;
  funding.because = fact.because();
  return funding;
}

Target target_of(const Fact& fact) {
  const auto said = fact.body<wire::TargetPinned>();
  Target target;
  target.id = string_of(said.getId());
  target.title = both(said.getTitle());
  target.comparator = said.getComparator();
  target.value_millionths = static_cast<std::int64_t>(said.getValue());
  target.share = said.getShare();
  target.tolerance_millionths = static_cast<std::int64_t>(said.getTolerance());
  target.baseline_millionths = millionths(said.getBaseline());
  target.definition = string_of(said.getDefinition());
  target.definition_version = string_of(said.getDefinitionVersion());
  target.reading = string_of(said.getReading());
  target.document = string_of(said.getDocument());
  target.from = fact.from;
  target.event = fact.event->id();
  target.because = fact.because();
  return target;
}

Coverage coverage_of(const Fact& fact) {
  const auto said = fact.body<wire::Covered>();
  Coverage coverage;
  coverage.source = said.getSource();
  for (const auto covered : said.getFacts()) coverage.facts.push_back(covered);
  coverage.when.from = Date::clamped(said.getFrom());
  coverage.when.to = Date::stored(said.getTo());
  for (const auto id : said.getParticipants()) coverage.participants.push_back({id.getHi(), id.getLo()});
  std::sort(coverage.participants.begin(), coverage.participants.end());
  coverage.because = fact.because();
  return coverage;
}

ApprovedDefinition definition_of(const Fact& fact) {
  const auto said = fact.body<wire::DefinitionApproved>();
  const auto hash = said.getHash();
  return {string_of(said.getId()), string_of(said.getVersion()), string_of(said.getSource()),
          std::string(reinterpret_cast<const char*>(hash.begin()), hash.size()), fact.because()};
}

// The targets that bind after all pins and withdrawals, by (id, reading). On one day withdrawals come before pins, as ends come before
// starts.
std::vector<Target> targets_of(const std::vector<Fact>& facts) {
  std::vector<const Fact*> said;
  for (const Fact& fact : facts) {
    if (fact.type == EventType::target_pinned) said.push_back(&fact);
  }
  std::stable_sort(said.begin(), said.end(), [](const Fact* a, const Fact* b) {
    if (a->from != b->from) return a->from < b->from;
    return a->body<wire::TargetPinned>().getWithdrawn() && !b->body<wire::TargetPinned>().getWithdrawn();
  });
  std::map<std::pair<std::string, std::string>, Target> pinned;
  for (const Fact* fact : said) {
    Target target = target_of(*fact);
    auto key = std::pair(target.id, target.reading);
    if (fact->body<wire::TargetPinned>().getWithdrawn()) {
      pinned.erase(key);
    } else {
      pinned.insert_or_assign(std::move(key), std::move(target));
    }
  }
  std::vector<Target> targets;
  for (auto& entry : pinned) targets.push_back(std::move(entry.second));
  return targets;
}

}  // namespace

bool Coverage::covers(wire::Covered::Fact fact, Date day, const Id& participant) const {
  if (!when.contains(day)) return false;
  if (std::find(facts.begin(), facts.end(), fact) == facts.end()) return false;
  return participants.empty() || std::binary_search(participants.begin(), participants.end(), participant);
}

Id Context::person(const Id& participant) const {
  const auto found = person_.find(participant);
  return found == person_.end() ? participant : found->second;
}

std::vector<Id> Context::merged_with(const Id& participant) const {
  const auto found = together_.find(person(participant));
  return found == together_.end() ? std::vector<Id>{participant} : found->second;
}

void Coverages::add(Coverage coverage) {
  const std::int32_t from = coverage.when.from.days();
  const std::int32_t to = coverage.when.to ? coverage.when.to->days() : Date::days_max + 1;
  if (!coverage.participants.empty()) {
    listing_.push_back(all_.size());
  } else if (from < to) {
    for (const wire::Covered::Fact fact : coverage.facts) {
      const auto goes_on = std::find_if(of_everybody_.begin(), of_everybody_.end(), [&](const Stretch& known) {
        return known.source == coverage.source && known.fact == fact && from <= known.to && known.from <= to;
      });
      if (goes_on == of_everybody_.end()) {
        of_everybody_.push_back({coverage.source, fact, from, to});
      } else {
        goes_on->from = std::min(goes_on->from, from);
        goes_on->to = std::max(goes_on->to, to);
      }
    }
  }
  all_.push_back(std::move(coverage));
}

void Context::merge(const Id& a, const Id& b) {
  const Id one = person(a);
  const Id other = person(b);
  if (one == other) return;
  std::vector<Id> all = merged_with(one);
  const std::vector<Id> more = merged_with(other);
  all.insert(all.end(), more.begin(), more.end());
  std::sort(all.begin(), all.end());
  together_.erase(one);
  together_.erase(other);
  for (const Id& id : all) person_.insert_or_assign(id, all.front());
  together_.insert_or_assign(all.front(), std::move(all));
}

const Programme* Context::find(ProgrammeId id) const {
  const auto found = programmes.find(id);
  return found == programmes.end() ? nullptr : &found->second;
}

const Enterprise* Context::enterprise(const Id& id) const {
  const auto found = enterprises.find(id);
  return found == enterprises.end() ? nullptr : &found->second;
}

Status Context::add(const History& history) {
  if (history.events().empty()) return {};
  const bool part_of_context = history.subject().kind != StreamKind::participant;
  if (const auto& poison = history.poison(); poison && part_of_context) {
    return fail(Fault::stopped, "event " + poison->event.text() + " at position " + std::to_string(poison->position.value) + " of " +
                                    history.subject().text() + " cannot be applied: " + poison->reason);
  }
  const StreamId& subject = history.subject();
  switch (subject.kind) {
    case StreamKind::programme:
      add_programme(history, programmes[{subject.id}]);
      break;
    case StreamKind::portfolio:
      add_programme(history, portfolios[subject.id]);
      break;
    case StreamKind::enterprise:
      add_enterprise(history);
      break;
    default:
      break;
  }
  for (const Fact& fact : history.facts()) {
    if (fact.type == EventType::definition_approved) {
      ApprovedDefinition definition = definition_of(fact);
      auto key = std::pair(definition.id, definition.version);
      // Several streams may approve one definition. The least event id stands for all, so that the order of streams does not matter.
      auto [known, added] = definitions.try_emplace(std::move(key), definition);
      if (!added && definition.because < known->second.because) known->second = std::move(definition);
    }
    if (fact.type == EventType::identity_merged && subject.kind == StreamKind::participant) {
      for (const auto reference : fact.said().proposal().getReferences()) {
        if (reference.getRole() != wire::Role::MERGED || reference.getSuperseded()) continue;
        if (static_cast<StreamKind>(reference.getKind()) != StreamKind::participant) continue;
        merge(fact.event->stream().id, {reference.getHi(), reference.getLo()});
      }
    }
  }
  return {};
}

void Context::add_programme(const History& history, Programme& programme) {
  programme.id = {history.subject().id};
  for (const Fact& fact : history.facts()) {
    switch (fact.type) {
      case EventType::programme_registered:
        programme.frames.push_back(frame_of(fact.body<wire::ProgrammeRegistered>().getFrame(), fact));
        break;
      case EventType::programme_amended:
        programme.frames.push_back(frame_of(fact.body<wire::ProgrammeAmended>().getFrame(), fact));
        break;
      case EventType::funding_granted:
        programme.funding.push_back(funding_of(fact));
        break;
      case EventType::covered:
        programme.coverage.add(coverage_of(fact));
        break;
      case EventType::portfolio_joined: {
        const auto said = fact.body<wire::PortfolioJoined>();
        if (const auto portfolio = fact.reference(wire::Role::PORTFOLIO)) {
          programme.portfolios.push_back(
              {portfolio->id, {fact.from, fact.to}, said.getOere(), string_of(said.getDocument()), fact.event->id(), fact.because()});
        }
        break;
      }
      case EventType::portfolio_left: {
        // It ends the latest membership of that portfolio that is still open on the day.
        const auto portfolio = fact.reference(wire::Role::PORTFOLIO);
        const auto open = std::find_if(programme.portfolios.rbegin(), programme.portfolios.rend(), [&](const Membership& membership) {
          return portfolio && membership.portfolio == portfolio->id && membership.when.contains(fact.from);
        });
        if (open != programme.portfolios.rend()) open->when.to = fact.from;
        break;
      }
      case EventType::retired:
        programme.retired = true;
        break;
      default:
        break;
    }
  }
  programme.targets = targets_of(history.facts());
  if (!programme.frames.empty()) programme.frame = programme.frames.back();
}

void Context::add_enterprise(const History& history) {
  // An enterprise recruited by several programmes is one enterprise, and the latest that says something says it.
  Enterprise enterprise;
  bool said_anything = false;
  for (const Fact& fact : history.facts()) {
    if (fact.type != EventType::enterprise_recruited) continue;
    said_anything = true;
    const auto said = fact.body<wire::EnterpriseRecruited>();
    if (said.getKind() != wire::EnterpriseKind::UNSPECIFIED) enterprise.kind = said.getKind();
    if (said.getCvr() != 0) enterprise.cvr = said.getCvr();
    if (said.hasIndustry() && said.getIndustry().size() > 0) {
      const auto [known, added] =
          industry_numbers_.try_emplace(string_of(said.getIndustry()), static_cast<std::uint32_t>(industries.size()));
      if (added) industries.push_back(known->first);
      enterprise.industry = known->second;
    }
  }
  if (said_anything) enterprises.insert_or_assign(history.subject().id, enterprise);
}

}  // namespace fodspor::projections
