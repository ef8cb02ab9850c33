#include "replay/simulation.h"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "replay/simulation/calendar.h"
#include "replay/simulation/telling.h"

namespace fodspor::replay {
namespace {

using simulation::Happening;

constexpr std::string_view client = "simulation";
constexpr std::uint32_t scale_thousandths_max = 100'000'000;
// Enough that the writer always finds work, and few enough that memory stays small.
constexpr std::size_t batches_in_flight_max = 32;

// Happenings into drafts, a request after the other. Remembers the id of an event for as long as something will still correct or
// retract it.
class Scribe {
 public:
  Scribe(const SimulationOptions& options, const simulation::World& world, const std::function<Status(SimulatedBatch&&)>& take)
      : options_(options), world_(world), take_(take) {
    start_request();
  }

  // Each of the opening events gets the moment of its recording: that of its programme's opening, or its own day if that is later.
  Status open() {
    if (!options_.opening) return {};
    FODSPOR_TRY(std::vector<Draft> drafts, options_.opening());
    std::int64_t first = opening_us(0);
    for (std::size_t p = 1; p < world_.programmes(); ++p) first = std::min(first, opening_us(p));
    for (Draft& draft : drafts) {
      const auto proposal = std::as_const(draft).proposal();
      const std::uint32_t from = proposal.getValidFrom();
      const ProgrammeId programme{{proposal.getProgramme().getHi(), proposal.getProgramme().getLo()}};
      if (draft.type() == EventType::programme_registered) registered_.insert(draft.stream());
      std::int64_t at = from == 0 ? first : simulation::moment_of(static_cast<std::int32_t>(from)) + simulation::day_us / 2;
      for (std::size_t p = 0; p < world_.programmes(); ++p) {
        const simulation::ProgrammeRates& rates = world_.rates(static_cast<std::uint8_t>(p));
        const bool own = rates.id == programme || rates.id.stream() == draft.stream();
        if (own && from <= rates.starts.stored()) at = opening_us(p);
      }
      opening_.emplace_back(at, std::move(draft));
    }
    std::stable_sort(opening_.begin(), opening_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return {};
  }

  Status write(const Happening& h) {
    if (opened_ < opening_.size() && opening_[opened_].first <= h.recorded_us) FODSPOR_DO(open_until(h.recorded_us));
    const std::int64_t day = h.recorded_us / simulation::day_us;
    if (day != day_ || batch_.drafts.size() >= options_.batch_events) FODSPOR_DO(hand_over());
    day_ = day;
    if (h.act == Happening::Act::tell && type_of(h.facts) == EventType::programme_registered && registered_.contains(h.stream)) return {};
    EventId about;
    if (h.act != Happening::Act::tell) about = mentioned(h);
    const EventId id{key_, static_cast<std::uint32_t>(batch_.drafts.size())};
    if (h.mentions > 0) mentioned_.emplace(name_of(h, h.ordinal), Mentioned{id, h.mentions});
    batch_.drafts.push_back(simulation::tell(world_, h, about));
    batch_.time.micros = h.recorded_us;
    ++written_;
    return {};
  }

  Status finish() {
    FODSPOR_DO(open_until(std::numeric_limits<std::int64_t>::max()));
    return hand_over();
  }

  Status hand_over() {
    if (batch_.drafts.empty()) return {};
    SimulatedBatch full = std::move(batch_);
    start_request();
    return take_(std::move(full));
  }

  std::uint64_t written() const noexcept { return written_; }

 private:
  struct Mentioned {
    EventId id;
    std::uint8_t times;
  };

  // A subject's number and ordinal, packed: unique within a world.
  static std::uint64_t name_of(const Happening& h, std::uint16_t ordinal) {
    return std::uint64_t{h.subject.number} << 32 | std::uint64_t{h.subject.programme} << 24 |
           std::uint64_t{static_cast<std::uint8_t>(h.subject.kind)} << 16 | ordinal;
  }

  EventId mentioned(const Happening& h) {
    const auto found = mentioned_.find(name_of(h, h.about));
    FODSPOR_CHECK(found != mentioned_.end());
    const EventId id = found->second.id;
    if (--found->second.times == 0) mentioned_.erase(found);
    return id;
  }

  void start_request() {
    batch_ = {};
    batch_.request = {std::string(client), "seed-" + std::to_string(options_.seed) + "/scale-" +
                                               std::to_string(options_.scale_thousandths) + "/" + std::to_string(++requests_)};
    key_ = RequestKey::of(batch_.request.client, batch_.request.request_id);
  }

  std::int64_t opening_us(std::size_t programme) const {
    return simulation::moment_of(world_.arrival({0, static_cast<std::uint8_t>(programme), StreamKind::programme}).days()) +
           simulation::day_us / 2;
  }

  // What opens programmes, as requests of their own: one for each moment.
  Status open_until(std::int64_t recorded_us) {
    FODSPOR_DO(hand_over());
    while (opened_ < opening_.size() && opening_[opened_].first <= recorded_us) {
      auto& [at, draft] = opening_[opened_];
      if (batch_.time.micros != at) FODSPOR_DO(hand_over());
      batch_.time.micros = at;
      batch_.drafts.push_back(std::move(draft));
      ++opened_;
      ++written_;
    }
    return hand_over();
  }

  const SimulationOptions& options_;
  const simulation::World& world_;
  const std::function<Status(SimulatedBatch&&)>& take_;
  SimulatedBatch batch_;
  RequestKey key_;
  std::uint64_t requests_ = 0;
  std::uint64_t written_ = 0;
  std::int64_t day_ = 0;
  std::unordered_map<std::uint64_t, Mentioned> mentioned_;
  std::vector<std::pair<std::int64_t, Draft>> opening_;  // by the moment of recording
  std::size_t opened_ = 0;
  std::unordered_set<StreamId> registered_;  // programmes that the opening registers
};

// Keeps so many appends under way, and the first failure among them.
class Appender {
 public:
  explicit Appender(engine::Ledger& ledger) : ledger_(ledger) {}
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;
  ~Appender() { wait_below(1); }

  Status append(engine::Batch batch) {
    wait_below(batches_in_flight_max);
    {
      const std::lock_guard lock(mutex_);
      if (failure_) return tl::make_unexpected(*failure_);
      ++in_flight_;
    }
    ledger_.append(std::move(batch), [this](Result<engine::Appended> appended) {
      const std::lock_guard lock(mutex_);
      if (!appended) {
        if (!failure_) failure_ = std::move(appended).error();
      } else {
        if (appended->repeated) ++repeated_;
        if (first_.micros == 0 || appended->recorded_at < first_) first_ = appended->recorded_at;
        last_ = std::max(last_, appended->recorded_at);
      }
      --in_flight_;
      changed_.notify_all();
    });
    return {};
  }

  Status finish(SimulationReport& report) {
    wait_below(1);
    const std::lock_guard lock(mutex_);
    if (failure_) return tl::make_unexpected(*failure_);
    report.repeated = repeated_;
    report.first_recorded = first_;
    report.last_recorded = last_;
    return {};
  }

 private:
  void wait_below(std::size_t bound) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return in_flight_ < bound; });
  }

  engine::Ledger& ledger_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t in_flight_ = 0;
  std::uint64_t repeated_ = 0;
  Timestamp first_, last_;
  std::optional<Failure> failure_;
};

}  // namespace

Result<std::uint32_t> parse_scale(std::string_view text) {
  const auto refuse = [&] {
    return fail(Fault::invalid,
                "--scale: '" + std::string(text) + "' is not a scale; write a number from 0.001 to 100000, such as 1 or 0.25");
  };
  const auto point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  std::string decimals{text.substr(std::min(point + 1, text.size()))};
  if (whole.empty() || whole.size() > 6 || decimals.size() > 3 || (point < text.size() && decimals.empty())) return refuse();
  decimals.resize(3, '0');
  const std::string digits = std::string(whole) + decimals;
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || value == 0 || value > scale_thousandths_max) return refuse();
  return value;
}

Status invent(const SimulationOptions& options, const std::function<Status(SimulatedBatch&&)>& take, const SimulationProgress& progress) {
  FODSPOR_CHECK(!options.rates.programmes.empty() && options.batch_events > 0);
  const simulation::World world(options.rates, options.seed, options.scale_thousandths);
  simulation::Calendar calendar(world);
  Scribe scribe(options, world, take);
  FODSPOR_DO(scribe.open());
  for (std::vector<Happening> window; calendar.next(window);) {
    std::uint64_t told = 0;
    for (const Happening& happening : window) {
      FODSPOR_DO(scribe.write(happening));
      if (progress && ++told % 10'000 == 0) progress(scribe.written(), std::max(scribe.written(), calendar.expected()));
    }
  }
  FODSPOR_DO(scribe.finish());
  if (progress) progress(scribe.written(), scribe.written());
  return {};
}

Result<SimulationReport> simulate(const SimulationOptions& options, engine::Ledger& ledger, const SimulationProgress& progress) {
  SimulationReport report;
  const simulation::World world(options.rates, options.seed, options.scale_thousandths);
  for (std::size_t p = 0; p < world.programmes(); ++p) {
    report.participants += world.size(static_cast<std::uint8_t>(p)).participants;
    report.enterprises += world.size(static_cast<std::uint8_t>(p)).enterprises();
  }
  Appender appender(ledger);
  const auto take = [&](SimulatedBatch&& simulated) -> Status {
    if (report.batches == 0 && ledger.durable().value > 0) {
      FODSPOR_TRY(const auto before, ledger.find_request(RequestKey::of(simulated.request.client, simulated.request.request_id)));
      if (!before || before->first != Position{1}) {
        return fail(
            Fault::conflict,
            "the ledger holds other events already, and a simulated past can only stand in a new ledger: name another with --ledger, "
            "or use the seed, scale and rates that it was begun with");
      }
    }
    FODSPOR_TRY(auto proposals, encode_batch(simulated.request, simulated.drafts));
    ++report.batches;
    report.events += proposals.size();
    return appender.append({std::move(simulated.request), std::move(proposals), {}, simulated.time});
  };
  FODSPOR_DO(invent(options, take, progress));
  FODSPOR_DO(appender.finish(report));
  return report;
}

}  // namespace fodspor::replay
