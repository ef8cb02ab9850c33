#include "projections/programme.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "events/control.capnp.h"
#include "events/programme.capnp.h"
#include "projections/definition_source.h"
#include "projections/definition_tree.h"
#include "projections/programme_drafts.h"
#include "projections/programme_file.h"

namespace fodspor::projections {

namespace {

bool same(const Bilingual& a, const Bilingual& b) {
  return a.en == b.en && a.da == b.da;
}

bool same(const Frame& a, const Frame& b) {
  return same(a.title, b.title) && a.operator_name == b.operator_name && a.starts == b.starts && a.ends == b.ends &&
         a.industries == b.industries && a.check_in_days == b.check_in_days && a.retention_years == b.retention_years && a.zone == b.zone &&
         same(a.target_group, b.target_group) && a.document == b.document;
}

bool same(const Funding& a, const Funding& b) {
  return a.kind == b.kind && a.oere == b.oere && a.funder == b.funder && a.on == b.on && a.document == b.document;
}

bool same(const Target& a, const Target& b) {
  return same(a.title, b.title) && a.comparator == b.comparator && a.value_millionths == b.value_millionths && a.share == b.share &&
         a.tolerance_millionths == b.tolerance_millionths && a.baseline_millionths == b.baseline_millionths &&
         a.definition == b.definition && a.definition_version == b.definition_version && a.document == b.document && a.from == b.from;
}

std::string words(const Frame& frame) {
  return frame.starts.text() + " to " + frame.ends.text() + " (" + frame.document + ")";
}

std::string words(const Funding& funding) {
  return fmt::format("{}.{:02} kr. on {} ({})", funding.oere / 100, funding.oere % 100, funding.on ? funding.on->text() : "",
                     funding.document);
}

std::string words(const Target& target) {
  return describe(target) + " by " + target.definition + "@" + target.definition_version + " from " + target.from.text() + " (" +
         target.document + ")";
}

std::string words(const Membership& membership) {
  std::string text = "from " + membership.when.from.text();
  if (membership.when.to) text += " to " + membership.when.to->text();
  if (membership.oere != 0) text += fmt::format(", {} kr.", membership.oere / 100);
  return text;
}

// What the plan is made of: the ledger as it is, and what the plan itself brings.
class Planner {
 public:
  Planner(const Context& context, const Library& library) : context_(context), library_(library) {}

  // Portfolios first, as members refer to them; then programmes; then memberships, as both have to be there.
  Status plan(const std::vector<FileContent>& files) {
    for (const bool portfolios : {true, false}) {
      for (const FileContent& file : files) {
        if (file.portfolio != portfolios) continue;
        const Programme* known = file.portfolio ? find_portfolio(file.id) : context_.find(file.id);
        frames(file.id, file.portfolio, known, file.frames);
        funding(file, known);
        FODSPOR_DO(targets(file, known));
      }
    }
    for (const FileContent& file : files) {
      for (const FileMember& member : file.members) FODSPOR_DO(membership(file, member));
    }
    return {};
  }

  ProgrammePlan take() { return std::move(plan_); }

 private:
  const Programme* find_portfolio(ProgrammeId id) const {
    const auto found = context_.portfolios.find(id.id);
    return found == context_.portfolios.end() ? nullptr : &found->second;
  }

  void add(PlannedChange::Kind kind, ProgrammeId programme, std::string what, std::string before, std::string after, Draft draft) {
    plan_.changes.push_back({kind, programme, std::move(what), std::move(before), std::move(after)});
    plan_.drafts.push_back(std::move(draft));
  }

  void frames(ProgrammeId id, bool portfolio, const Programme* known, const std::vector<FileFrame>& wanted) {
    registered_.insert(id);
    const StreamId stream{portfolio ? StreamKind::portfolio : StreamKind::programme, id.id};
    bool there = known != nullptr && !known->frames.empty();
    for (const FileFrame& file : wanted) {
      const Frame& frame = file.frame;
      const std::string what = "frame from " + frame.from.text();
      const Frame* before = nullptr;
      if (known != nullptr) {
        const auto found =
            std::find_if(known->frames.begin(), known->frames.end(), [&](const Frame& one) { return one.from == frame.from; });
        if (found != known->frames.end()) before = &*found;
      }
      if (before != nullptr && same(*before, frame)) continue;
      if (before != nullptr) {
        add(PlannedChange::Kind::frame_amended, id, what, words(*before), words(frame), correct_frame(stream, frame, file.reason, *before));
      } else if (there) {
        add(PlannedChange::Kind::frame_amended, id, what, "", words(frame), amend_frame(stream, frame, file.reason));
      } else {
        add(PlannedChange::Kind::programme_registered, id, what, "", words(frame), register_frame(stream, frame));
        there = true;
      }
    }
  }

  void funding(const FileContent& file, const Programme* known) {
    // The same grant may stand twice in a file; each line of the ledger answers one of them.
    std::vector<const Funding*> left;
    if (known != nullptr) {
      for (const Funding& one : known->funding) left.push_back(&one);
    }
    const StreamId stream{file.portfolio ? StreamKind::portfolio : StreamKind::programme, file.id.id};
    for (const FileFunding& wanted : file.funding) {
      const auto found = std::find_if(left.begin(), left.end(), [&](const Funding* one) { return same(*one, wanted.funding); });
      if (found != left.end()) {
        left.erase(found);
        continue;
      }
      add(PlannedChange::Kind::funding_granted, file.id, "funding", "", words(wanted.funding), grant(stream, wanted.funding));
    }
  }

  Status targets(const FileContent& file, const Programme* known) {
    for (const FileTarget& wanted : file.targets) {
      const Target& target = wanted.target;
      const std::string what = target.id + (target.reading.empty() ? "" : " (" + target.reading + ")");
      const Target* before = nullptr;
      if (known != nullptr) {
        const auto found = std::find_if(known->targets.begin(), known->targets.end(),
                                        [&](const Target& one) { return one.id == target.id && one.reading == target.reading; });
        if (found != known->targets.end()) before = &*found;
      }
      if (wanted.withdrawn) {
        // It is not pinned, or was never: in both cases there is nothing to withdraw.
        if (before == nullptr) continue;
        add(PlannedChange::Kind::target_withdrawn, file.id, what, words(*before), "", withdraw_target(file.id, *before, *wanted.withdrawn));
        continue;
      }
      if (before != nullptr && same(*before, target)) continue;
      FODSPOR_DO(approve(file.id, target.definition, target.definition_version, wanted.place, what));
      if (before == nullptr) {
        add(PlannedChange::Kind::target_pinned, file.id, what, "", words(target), pin_target(file.id, target));
      } else if (target.from > before->from) {
        add(PlannedChange::Kind::target_changed, file.id, what, words(*before), words(target), pin_target(file.id, target));
      } else {
        add(PlannedChange::Kind::target_changed, file.id, what, words(*before), words(target), correct_target(file.id, target, *before));
      }
    }
    return {};
  }

  // With all that it extends or asks, so that its figures can be read again from the log alone.
  Status approve(ProgrammeId programme, const std::string& id, const std::string& version, const Place& place, const std::string& what) {
    const Result<Definition> found = library_.find(id, version);
    if (!found) return refuse(place, what, found.error().message);
    const Definition& definition = *found;
    const auto name = std::pair(definition.id(), definition.version());
    const auto known = context_.definitions.find(name);
    if (known != context_.definitions.end()) {
      if (known->second.hash == definition.hash()) return {};
      return refuse(
          place, what,
          fmt::format("{}@{} was approved with another content; an approved version never changes, so give this one a new version", id,
                      version));
    }
    if (!approved_.insert(name).second) return {};
    FODSPOR_TRY(const Node text, read_toml(definition.toml(), id));
    const Node* head = text.find("definition");
    if (const Node* extends = head == nullptr ? nullptr : head->find("extends")) {
      const std::size_t sign = extends->text.find('@');
      FODSPOR_CHECK(sign != std::string::npos);  // the library refuses one that does not say which version
      FODSPOR_DO(approve(programme, extends->text.substr(0, sign), extends->text.substr(sign + 1), place, what));
    }
    for (const Definition& reference : definition.tree().references) {
      FODSPOR_DO(approve(programme, reference.id(), reference.version(), place, what));
    }
    add(PlannedChange::Kind::definition_approved, programme, id + "@" + version, "", definition.title().in(false),
        approve_definition(programme, definition));
    return {};
  }

  Status membership(const FileContent& portfolio, const FileMember& member) {
    const Programme* known = context_.find(member.programme);
    if (member.frame && !registered_.contains(member.programme)) frames(member.programme, false, known, {*member.frame});
    if (!registered_.contains(member.programme) && (known == nullptr || known->frames.empty())) {
      return refuse(member.place, "member",
                    member.programme.slug() + " is not registered: apply its own file too, or give the member a `frame`");
    }
    const Membership& wanted = member.membership;
    const std::string what = portfolio.id.slug();
    const Membership* before = nullptr;
    if (known != nullptr) {
      for (const Membership& one : known->portfolios) {
        if (one.portfolio == wanted.portfolio && one.when.from == wanted.when.from) before = &one;
      }
    }
    if (before == nullptr) {
      add(PlannedChange::Kind::portfolio_joined, member.programme, what, "", words(wanted), join_portfolio(member.programme, wanted));
    } else if (before->oere != wanted.oere || before->document != wanted.document) {
      add(PlannedChange::Kind::portfolio_joined, member.programme, what, words(*before), words(wanted),
          correct_membership(member.programme, wanted, *before));
    }
    if (wanted.when.to && (before == nullptr || before->when.to != wanted.when.to)) {
      add(PlannedChange::Kind::portfolio_left, member.programme, what, words(wanted), "",
          leave_portfolio(member.programme, wanted, *wanted.when.to));
    }
    return {};
  }

  const Context& context_;
  const Library& library_;
  ProgrammePlan plan_;
  std::set<ProgrammeId> registered_;  // by this plan or before it, with a file of their own
  std::set<std::pair<std::string, std::string>> approved_;
};

}  // namespace

std::string_view name(PlannedChange::Kind kind) noexcept {
  using Kind = PlannedChange::Kind;
  switch (kind) {
    case Kind::programme_registered:
      return "programme_registered";
    case Kind::frame_amended:
      return "frame_amended";
    case Kind::funding_granted:
      return "funding_granted";
    case Kind::definition_approved:
      return "definition_approved";
    case Kind::target_pinned:
      return "target_pinned";
    case Kind::target_changed:
      return "target_changed";
    case Kind::target_withdrawn:
      return "target_withdrawn";
    case Kind::portfolio_joined:
      return "portfolio_joined";
    case Kind::portfolio_left:
      return "portfolio_left";
  }
  return "unknown";
}

std::string describe(const Target& target) {
  using Comparator = wire::TargetPinned::Comparator;
  std::string text;
  switch (target.comparator) {
    case Comparator::AT_LEAST:
      text = "at least ";
      break;
    case Comparator::MORE_THAN:
      text = "more than ";
      break;
    case Comparator::AT_MOST:
      text = "at most ";
      break;
    case Comparator::UP_TO:
      text = "up to ";
      break;
    case Comparator::ABOUT:
      text = "about ";
      break;
    case Comparator::UNSPECIFIED:
      break;
  }
  constexpr std::int64_t percent = 100;
  text += target.share ? decimal(target.value_millionths * percent) + " %" : decimal(target.value_millionths);
  return text;
}

Result<ProgrammePlan> plan_programmes(std::span<const ProgrammeFile> files, const Context& context, const Library& library) {
  std::vector<FileContent> contents;
  for (const ProgrammeFile& file : files) {
    FODSPOR_TRY(FileContent content, read_programme_file(file.toml, file.name));
    for (const FileContent& other : contents) {
      if (other.id != content.id || other.portfolio != content.portfolio) continue;
      return refuse(content.place, content.id.slug(), "two of the files are of it; apply one");
    }
    contents.push_back(std::move(content));
  }
  Planner planner(context, library);
  FODSPOR_DO(planner.plan(contents));
  return planner.take();
}

}  // namespace fodspor::projections
