// Rows: programme (16) enterprise (16) → what it is to that programme, from the enterprise's own stream.
// Sums: 'W' programme (16) enterprise (16) and a letter: p people placed, e people employed, b people either.
#include "projections/enterprises.h"

#include <map>

#include "events/enterprise.capnp.h"
#include "events/people.capnp.h"
#include "projections/row_codec.h"

namespace fodspor::projections {

namespace {

constexpr std::string_view view_name = "enterprises";
constexpr char sum_mark = 'W';

std::string enterprise_key(ProgrammeId programme, const Id& enterprise) {
  std::string key;
  RowWriter(key).id(programme.id).id(enterprise);
  return key;
}

std::string sum_key(ProgrammeId programme, const Id& enterprise, char counter) {
  std::string key(1, sum_mark);
  RowWriter(key).id(programme.id).id(enterprise).byte(static_cast<std::uint8_t>(counter));
  return key;
}

std::string encode(const EnterpriseLine& line) {
  std::string row;
  RowWriter writer(row);
  writer.byte(static_cast<std::uint8_t>(line.kind)).number(line.cvr).number(line.p_number).text(line.industry);
  for (const auto* moment : {&line.recruited, &line.committed, &line.withdrew, &line.ambassador_from, &line.ambassador_to}) {
    writer.moment(*moment);
  }
  for (const std::uint32_t number : {line.commitments, line.committed_places, line.openings, line.opening_places, line.roles_trained}) {
    writer.number(number);
  }
  return row;
}

Result<EnterpriseLine> decode(std::string_view key, std::string_view row) {
  RowReader keys(key);
  EnterpriseLine line;
  line.programme = {keys.id()};
  line.enterprise = keys.id();
  FODSPOR_DO(keys.finish(view_name));
  RowReader reader(row);
  line.kind = static_cast<wire::EnterpriseKind>(reader.byte());
  line.cvr = reader.number32();
  line.p_number = reader.number();
  line.industry = reader.text();
  for (auto* moment : {&line.recruited, &line.committed, &line.withdrew, &line.ambassador_from, &line.ambassador_to}) {
    *moment = reader.moment();
  }
  for (auto* number : {&line.commitments, &line.committed_places, &line.openings, &line.opening_places, &line.roles_trained}) {
    *number = reader.number32();
  }
  FODSPOR_DO(reader.finish(view_name));
  return line;
}

// Facts come in order of date, so the first of a kind is the earliest and the last the latest.
void add(const Fact& fact, EnterpriseLine& line) {
  const Moment moment{fact.from, fact.because()};
  switch (fact.type) {
    case EventType::enterprise_recruited: {
      const auto said = fact.body<wire::EnterpriseRecruited>();
      if (!line.recruited) line.recruited = moment;
      line.withdrew.reset();  // it came back
      if (said.getKind() != wire::EnterpriseKind::UNSPECIFIED) line.kind = said.getKind();
      if (said.getCvr() != 0) line.cvr = said.getCvr();
      if (said.getPNumber() != 0) line.p_number = said.getPNumber();
      if (said.getIndustry().size() > 0) line.industry.assign(said.getIndustry().begin(), said.getIndustry().size());
      break;
    }
    case EventType::commitment_given:
      if (!line.committed) line.committed = moment;
      ++line.commitments;
      line.committed_places += fact.body<wire::CommitmentGiven>().getPlaces();
      break;
    case EventType::enterprise_withdrew:
      line.withdrew = moment;
      break;
    case EventType::opening_offered:
      ++line.openings;
      line.opening_places += fact.body<wire::OpeningOffered>().getPlaces();
      break;
    case EventType::role_trained:
      ++line.roles_trained;
      break;
    case EventType::role_assigned:
      if (fact.body<wire::RoleAssigned>().getRole() != wire::RoleKind::AMBASSADOR_ENTERPRISE) break;
      if (!line.ambassador_from) line.ambassador_from = moment;
      line.ambassador_to.reset();
      break;
    case EventType::role_ended:
      if (fact.body<wire::RoleEnded>().getRole() == wire::RoleKind::AMBASSADOR_ENTERPRISE && line.ambassador_from) {
        line.ambassador_to = moment;
      }
      break;
    default:
      break;
  }
}

class EnterprisesView : public View {
 public:
  std::string_view name() const override { return view_name; }
  std::uint32_t version() const override { return 2; }
  bool folds(StreamKind kind) const override { return kind == StreamKind::enterprise || kind == StreamKind::participant; }
  Status prepare(const Context&) override { return {}; }

  Status contribute(const Subject& subject, Contribution& out) const override {
    if (subject.person != nullptr) {
      count_work(*subject.person, out);
      return {};
    }
    std::map<ProgrammeId, EnterpriseLine> lines;
    for (const Fact& fact : subject.history.facts()) {
      if (fact.event->programme()) add(fact, lines[fact.event->programme()]);
    }
    for (const auto& [programme, line] : lines) out.rows.emplace_back(enterprise_key(programme, subject.id().id), encode(line));
    return {};
  }

 private:
  // A person counts once for each enterprise and programme, whatever the number of placements and jobs.
  static void count_work(const Person& person, Contribution& out) {
    std::map<std::pair<ProgrammeId, Id>, std::pair<bool, bool>> where;
    for (const Work& work : person.work) {
      if (!work.enterprise || !work.programme) continue;
      auto& [placed, employed] = where[{work.programme, *work.enterprise}];
      (work.origin == Work::From::placement ? placed : employed) = true;
    }
    for (const auto& [at, kinds] : where) {
      if (kinds.first) out.sums.emplace_back(sum_key(at.first, at.second, 'p'), 1);
      if (kinds.second) out.sums.emplace_back(sum_key(at.first, at.second, 'e'), 1);
      out.sums.emplace_back(sum_key(at.first, at.second, 'b'), 1);
    }
  }
};

}  // namespace

Result<std::vector<EnterpriseLine>> read_enterprises(const Rows& enterprises, std::optional<ProgrammeId> programme) {
  std::string prefix;
  if (programme) RowWriter(prefix).id(programme->id);
  std::map<std::string, EnterpriseLine> lines;
  Status status;
  FODSPOR_DO(enterprises.each_row(prefix, [&](std::string_view key, std::string_view row) {
    Result<EnterpriseLine> line = decode(key, row);
    if (!line) {
      status = tl::make_unexpected(std::move(line).error());
      return false;
    }
    lines.emplace(key, std::move(*line));
    return true;
  }));
  if (!status) return tl::make_unexpected(std::move(status).error());
  FODSPOR_DO(enterprises.each_sum(sum_mark + prefix, [&](std::string_view key, std::int64_t value) {
    const std::string at(key.substr(1, key.size() - 2));
    auto [found, added] = lines.try_emplace(at);
    EnterpriseLine& line = found->second;
    if (added) {
      // People were placed there, but the enterprise was never recruited to the programme.
      RowReader reader(at);
      line.programme = {reader.id()};
      line.enterprise = reader.id();
    }
    const auto count = static_cast<std::uint64_t>(value);
    if (key.back() == 'p') line.placed = count;
    if (key.back() == 'e') line.employed = count;
    if (key.back() == 'b') line.people = count;
    return true;
  }));
  std::vector<EnterpriseLine> in_order;
  for (auto& [key, line] : lines) in_order.push_back(std::move(line));
  return in_order;
}

std::unique_ptr<View> make_enterprises_view() {
  return std::make_unique<EnterprisesView>();
}

}  // namespace fodspor::projections
