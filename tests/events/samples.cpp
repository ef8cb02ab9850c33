#include "tests/events/samples.h"

#include <capnp/dynamic.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <vector>

#include "events/control.capnp.h"
#include "events/forms.h"
#include "events/intake.capnp.h"
#include "events/leaving.capnp.h"
#include "events/placement.capnp.h"
#include "events/programme.capnp.h"

namespace fodspor::events::tests {

namespace {

using Kind = FieldForm::Kind;

struct Range {
  std::uint64_t least;
  std::uint64_t most;
};

class Sampler {
 public:
  Sampler(Random& random, Fill fill) : random_(random), fill_(fill) {}

  std::uint64_t number(std::uint64_t least, std::uint64_t most) {
    return std::uniform_int_distribution<std::uint64_t>(least, most)(random_);
  }
  bool chance() { return fill_ == Fill::all || number(0, 1) == 1; }
  Id id() { return {random_(), random_() | 1}; }

  std::string code(const std::string& field) {
    if (field == "zone") return "Europe/Copenhagen";
    constexpr std::array<std::string_view, 14> pieces{"a", "Q", "æ", "Å", "ø", "7", "0", ".", "_", ":", "/", "+", "-", "z"};
    std::string text = "k";
    for (std::uint64_t left = number(0, 12); left > 0; --left) text += pieces[number(0, pieces.size() - 1)];
    return text;
  }

  std::string prose() {
    constexpr std::array<std::string_view, 12> pieces{"mentor", " ", "\"", "\\", "\n", "\t", "Gør det", "€", "𝄞", "/", "\u2028", "31."};
    std::string text = "P";
    for (std::uint64_t left = number(0, 12); left > 0; --left) text += pieces[number(0, pieces.size() - 1)];
    return text;
  }

  // As people would say it; what is stored may have 1 added.
  std::uint64_t count(const FieldForm& form) {
    static const std::map<std::string, Range> ranges{
        {"isced", {0, 8}},
        {"skill_level", {1, 4}},
        {"wellbeing", {0, 10}},
        {"birth_year", {1900, 2100}},
        {"municipality", {101, 860}},
        {"cvr", {10'000'000, 99'999'999}},
        {"p_number", {1'000'000'000, 9'999'999'999}},
    };
    if (const auto found = ranges.find(form.name); found != ranges.end()) return number(found->second.least, found->second.most);
    if (form.plus_one) return number(0, 3000);  // minutes: a few fit into any week
    return number(1, form.most);
  }

  capnp::EnumSchema choices(const FieldForm& form) {
    const capnp::Type type = form.field.getType();
    return form.list ? type.asList().getElementType().asEnum() : type.asEnum();
  }

  template <class Set, class Make>
  void value(const FieldForm& form, Set set, Make make) {
    switch (form.kind) {
      case Kind::date:
        return set(static_cast<std::uint32_t>(number(1, static_cast<std::uint64_t>(Date::days_max))));
      case Kind::count:
        return set(count(form) + (form.plus_one ? 1 : 0));
      case Kind::decimal:
        return set(number(1, std::min<std::uint64_t>(form.most, 4'000'000'000)));
      case Kind::hash: {
        std::array<unsigned char, 32> hash;
        for (auto& byte : hash) byte = static_cast<unsigned char>(number(0, 255));
        return set(capnp::Data::Reader(hash.data(), hash.size()));
      }
      case Kind::code: {
        const std::string text = code(form.name);
        return set(capnp::Text::Reader(text.c_str(), text.size()));
      }
      case Kind::prose: {
        const std::string text = prose();
        return set(capnp::Text::Reader(text.c_str(), text.size()));
      }
      case Kind::flag:
        return set(true);
      case Kind::choice:
        return set(capnp::DynamicEnum(choices(form), static_cast<std::uint16_t>(number(1, form.choices->size() - 1))));
      case Kind::id:
      case Kind::event: {
        auto target = make();
        target.set("hi", random_());
        target.set("lo", random_() | 1);
        if (form.kind == Kind::event) target.set("index", static_cast<std::uint32_t>(number(0, 16'383)));
        return;
      }
      case Kind::object: {
        if (form.list) return fields(make(), *form.object);
        return object(make(), *form.object);
      }
      case Kind::moment:
      case Kind::event_type:
      case Kind::body:
        break;
    }
    FAIL("no sample for " << form.name);
  }

  // An object that says nothing is not written at all.
  static bool says_nothing(capnp::DynamicStruct::Builder object, const StructForm& form) {
    return std::none_of(form.fields.begin(), form.fields.end(),
                        [&](const FieldForm& field) { return object.has(field.field, capnp::HasMode::NON_DEFAULT); });
  }

  void object(capnp::DynamicStruct::Builder into, const StructForm& form) {
    do {
      fields(into, form);
    } while (says_nothing(into, form));
  }

  void fields(capnp::DynamicStruct::Builder into, const StructForm& form) {
    for (const FieldForm& field : form.fields) {
      if (field.kind == Kind::event_type || field.kind == Kind::body || !(field.required || chance())) continue;
      if (field.list) {
        auto list = into.init(field.field, static_cast<unsigned>(number(1, 3))).as<capnp::DynamicList>();
        for (unsigned i = 0; i < list.size(); ++i) {
          value(
              field, [&](const capnp::DynamicValue::Reader& v) { list.set(i, v); }, [&] { return list[i].as<capnp::DynamicStruct>(); });
        }
      } else {
        value(
            field, [&](const capnp::DynamicValue::Reader& v) { into.set(field.field, v); },
            [&] { return into.init(field.field).as<capnp::DynamicStruct>(); });
      }
    }
  }

 private:
  Random& random_;
  Fill fill_;
};

void ordered(std::uint32_t& from, std::uint32_t& to) {
  if (from > to) std::swap(from, to);
  if (from == to) from == 1 ? ++to : --from;
}

// What the schema does not say and the rules ask for.
void mend(EventType type, capnp::AnyPointer::Builder facts, Sampler& sampler) {
  switch (type) {
    case EventType::programme_registered:
    case EventType::programme_amended: {
      auto frame = type == EventType::programme_registered ? facts.getAs<wire::ProgrammeRegistered>().getFrame()
                                                           : facts.getAs<wire::ProgrammeAmended>().getFrame();
      std::uint32_t from = frame.getStarts(), to = frame.getEnds();
      ordered(from, to);
      frame.setStarts(from);
      frame.setEnds(to);
      return;
    }
    case EventType::target_pinned: {
      auto body = facts.getAs<wire::TargetPinned>();
      body.setShare(sampler.chance());
      body.setValue(body.getShare() ? sampler.number(1, 1'000'000) : sampler.number(1, 999) * 1'000'000);
      if (body.getTolerance() != 0) body.setComparator(wire::TargetPinned::Comparator::ABOUT);
      return;
    }
    case EventType::report_submitted: {
      auto body = facts.getAs<wire::ReportSubmitted>();
      std::uint32_t from = body.getPeriodFrom(), to = body.getPeriodTo();
      ordered(from, to);
      body.setPeriodFrom(from);
      body.setPeriodTo(to);
      return;
    }
    case EventType::covered: {
      auto body = facts.getAs<wire::Covered>();
      if (!body.hasFacts()) body.initFacts(1).set(0, wire::Covered::Fact::HOURS);
      std::uint32_t from = body.getFrom(), to = body.getTo() == 0 ? body.getFrom() + 1 : body.getTo();
      ordered(from, to);
      body.setFrom(from);
      body.setTo(to);
      return;
    }
    case EventType::enrolled: {
      auto body = facts.getAs<wire::Enrolled>();
      if (body.getUnemployedSince() != 0) body.setUnemployedSince(Date::parse("2019-02-01")->stored());
      return;
    }
    case EventType::status_observed:
      facts.getAs<wire::StatusObserved>().setStatus(wire::LabourStatus::EMPLOYED);
      return;
    case EventType::hours_reported: {
      auto body = facts.getAs<wire::HoursReported>();
      const bool placement = sampler.number(0, 1) == 1;
      body.setPlacement(placement ? 3 : 0);
      body.setEmployment(placement ? 0 : 4);
      body.setOrdinaryMinutes(1 + 600);
      return;
    }
    case EventType::followed_up: {
      auto body = facts.getAs<wire::FollowedUp>();
      if (body.getStatus() != wire::LabourStatus::UNSPECIFIED || body.getWeeklyMinutes() != 0)
        body.setResult(wire::FollowedUp::Result::REACHED);
      return;
    }
    default:
      return;
  }
}

StreamKind kind_for(const TypeInfo& type) {
  // Of roles, those of an enterprise may be any.
  if (type.may_stand_in(StreamKind::enterprise) && type.group == "people") return StreamKind::enterprise;
  for (std::uint8_t kind = 1; kind <= stream_kind_max; ++kind) {
    if (type.may_stand_in(static_cast<StreamKind>(kind))) return static_cast<StreamKind>(kind);
  }
  FAIL("a type that stands nowhere");
  return StreamKind::unspecified;
}

void fill_references(Draft& draft, EventType type, Sampler& sampler) {
  std::vector<std::pair<wire::Role, StreamId>> references;
  if (type == EventType::portfolio_joined || type == EventType::portfolio_left) {
    references.emplace_back(wire::Role::PORTFOLIO, StreamId{StreamKind::portfolio, ProgrammeId::parse("flere-i-job")->id});
  } else if (type == EventType::identity_merged) {
    references.emplace_back(wire::Role::MERGED, StreamId{draft.stream().kind, sampler.id()});
  } else {
    references.emplace_back(wire::Role::ENTERPRISE, StreamId{StreamKind::enterprise, sampler.id()});
    if (sampler.chance()) references.emplace_back(wire::Role::JOB_BROKER, StreamId{StreamKind::staff, sampler.id()});
  }
  draft.refer(references);
}

}  // namespace

Draft sample(const TypeInfo& type, Random& random, Fill fill) {
  Sampler sampler(random, fill);
  const ProgrammeId programme = *ProgrammeId::parse("roskilde");
  const StreamKind kind = kind_for(type);
  const bool slug = kind == StreamKind::programme || kind == StreamKind::portfolio;
  Draft draft(type.type, {kind, slug ? programme.id : sampler.id()});
  draft.in(programme).on(*Date::parse("2021-03-01"), Date::parse("2021-04-01").value());
  if (sampler.chance()) draft.by(wire::Source::REGISTER, "jc-17");

  auto proposal = draft.proposal();
  if (sampler.chance()) proposal.setOrganisation("Jobcenter-Ringsted");
  if (sampler.chance()) proposal.setRegisteredAt(1'614'600'000'000'000 + static_cast<std::int64_t>(sampler.number(0, 1'000'000'000)));
  if (sampler.chance()) sampler.object(proposal.initEvidence(), evidence_form());
  if (sampler.chance()) proposal.initCausation().setLo(sampler.number(1, 1'000));
  if (sampler.chance()) proposal.initCorrelation().setHi(sampler.number(1, 1'000));
  if (sampler.chance() || type.group == "network" || type.group == "programme" || type.group == "control")
    fill_references(draft, type.type, sampler);

  sampler.fields(proposal.getFacts().initAs<capnp::DynamicStruct>(type.schema), form_of(type));
  mend(type.type, proposal.getFacts(), sampler);
  if (type.type == EventType::corrected) {
    // What is corrected is of a type that stands where the correction does.
    const TypeInfo& inner = *find_type(EventType::course_ended);
    auto body = proposal.getFacts().getAs<wire::Corrected>();
    body.setType(static_cast<std::uint16_t>(inner.type));
    sampler.fields(body.getBody().initAs<capnp::DynamicStruct>(inner.schema), form_of(inner));
    proposal.getReferences()[0].setSuperseded(true);
  }
  return draft;
}

Bytes packed(Draft& draft, std::string_view request_id) {
  auto proposal = encode(draft, {RequestKey::of("local", request_id), 0}, 1, "local");
  REQUIRE(proposal);
  return proposal->packed;
}

Event decoded(const Bytes& bytes, const Placement& placement) {
  auto event = Event::decode(view(bytes), placement);
  if (!event) FAIL(event.error().message);
  return *std::move(event);
}

std::span<const unsigned char> view(const Bytes& bytes) {
  return {reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()};
}

std::string hex(const Bytes& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  for (const unsigned char byte : view(bytes)) {
    result += digits[byte >> 4];
    result += digits[byte & 15];
  }
  return result;
}

Bytes from_hex(std::string_view hex) {
  const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
  Bytes result;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) result += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
  return result;
}

}  // namespace fodspor::events::tests
