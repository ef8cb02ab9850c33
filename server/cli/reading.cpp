#include "server/cli/reading.h"

#include <fmt/format.h>

#include "projections/reach.h"
#include "replay/clocks.h"

namespace fodspor::server {

namespace {

constexpr Words catching_up{"bringing the views up to date", "bringer visningerne à jour"};

// The day that --known-at names, or falls on.
Result<Date> day_known(const engine::Ledger& ledger, const std::string& known_at, Position known, std::string_view zone) {
  if (const auto date = Date::parse(known_at)) return *date;
  if (const auto moment = parse_timestamp(known_at)) return day_of(*moment, zone);
  FODSPOR_TRY(const Event event, ledger.read(known));
  return day_of(event.placement().recorded_at, zone);
}

// What to say of a moment before the first event: an answer from nothing would look like one.
Failure nothing_known(const engine::Ledger& ledger, const std::string& known_at, std::string_view zone) {
  const bool position = known_at.find_first_not_of("0123456789") == std::string::npos;
  const std::string moment = (position ? "position " : "") + known_at;
  if (ledger.durable().value == 0)
    return {Fault::not_found, fmt::format("nothing was recorded by {}: this ledger holds no events", moment)};
  const auto first = ledger.read({1});
  if (!first) return first.error();
  const Timestamp recorded = first->placement().recorded_at;
  const auto day = day_of(recorded, zone);
  const std::string begins = Date::parse(known_at) && day ? day->text() : text(recorded);
  return {Fault::not_found, fmt::format("nothing was recorded by {}: this ledger begins {}", moment, begins)};
}

void tell_stopped(Console& console, const std::vector<projections::ViewState>& states) {
  for (const auto& state : states) {
    if (!state.stopped) continue;
    console.note(
        fmt::format("the view '{}' stopped at position {} ({}) and answers as of {}: append a ProjectionSkipped or a retraction of "
                    "event {} to let it go on",
                    state.name, state.stopped->position.value, state.stopped->reason, state.position.value, state.stopped->event.text()));
  }
}

}  // namespace

void Clocks::add_to(std::vector<Option>& options) {
  options.push_back({"--valid-at", "DATE", "As things stood on that day; today, if not given", &valid_at, false, {}});
  options.push_back(
      {"--known-at", "TIME", "As it was known then: a position, a day, or a moment such as 2021-03-31T12:00:00Z", &known_at, false, {}});
}

Result<Reading> Reading::open(Console& console, const Clocks& clocks, std::optional<ProgrammeId> programme) {
  FODSPOR_TRY(auto ledger, console.open(engine::Access::read));
  Reading reading(console, std::move(ledger));
  std::string zone(replay::default_zone);
  if (clocks.known_at && programme) {
    FODSPOR_TRY(const auto context, projections::load_context(*reading.ledger_, {}));
    const auto* found = context.find(*programme);
    if (found != nullptr && found->frame && !found->frame->zone.empty()) zone = found->frame->zone;
  }
  reading.as_of_.known = reading.ledger_->durable();
  reading.asked_for_ = clocks.valid_at;
  if (clocks.known_at) {
    FODSPOR_TRY(reading.as_of_.known, replay::resolve_known_at(*reading.ledger_, clocks.known_at->text, zone));
    if (reading.as_of_.known.value == 0) return tl::make_unexpected(nothing_known(*reading.ledger_, clocks.known_at->text, zone));
  }
  if (clocks.valid_at) {
    reading.today_ = *clocks.valid_at;
  } else if (clocks.known_at) {
    FODSPOR_TRY(reading.today_, day_known(*reading.ledger_, clocks.known_at->text, reading.as_of_.known, zone));
  } else {
    FODSPOR_TRY(reading.today_, day_of(console.world().now(), zone));
  }
  // Nobody knows what comes after the day of the answer.
  reading.as_of_.valid = reading.today_;
  reading.with_clocks_ = clocks.set();
  return reading;
}

Status Reading::open_views() {
  auto runner = projections::Runner::open(*ledger_, projections::Runner::Mode::write);
  if (runner) {
    runner_ = std::move(*runner);
    Meter meter(*console_, catching_up);
    FODSPOR_DO(runner_->catch_up(meter.function()));
  } else if (runner.error().fault == Fault::busy || runner.error().fault == Fault::unavailable) {
    const bool held = runner.error().fault == Fault::busy;
    FODSPOR_TRY(runner_, projections::Runner::open(*ledger_, projections::Runner::Mode::read));
    console_->note(held ? "another process holds the views: this is what they held last"
                        : "the views cannot be written by you, so they were not brought up to date: this is what they held last");
  } else {
    return tl::make_unexpected(std::move(runner).error());
  }
  tell_stopped(*console_, runner_->states());
  return {};
}

Result<std::shared_ptr<const projections::Rows>> Reading::live(std::string_view view) {
  if (const Asked* asked = console_->asked()) {
    tell_stopped(*console_, asked->views.states);
    const auto found = asked->views.rows.find(view);
    FODSPOR_CHECK(found != asked->views.rows.end());
    return found->second;
  }
  if (!runner_) FODSPOR_DO(open_views());
  return runner_->rows(view);
}

Result<std::shared_ptr<const projections::Rows>> Reading::folded(std::string_view view) {
  Meter meter(*console_, {"reading the log", "læser loggen"});
  auto options = scan();
  options.progress = meter.function();
  rows_valid_ = as_of_.valid;
  return projections::view_as_of(*ledger_, view, options);
}

Result<std::shared_ptr<const projections::Rows>> Reading::rows(std::string_view view) {
  if (with_clocks_) return folded(view);
  FODSPOR_TRY(auto rows, live(view));
  // Readers of the log beside the views speak of the same moment.
  as_of_.known = rows->position();
  rows_valid_.reset();
  FODSPOR_TRY(const bool settled, is_settled(view, *rows));
  if (settled) return rows;
  return folded(view);
}

// Whether later days change nothing of what the rows say of today.
Result<bool> Reading::is_settled(std::string_view view, const projections::Rows& rows) {
  FODSPOR_TRY(const bool measures, projections::measures(view));
  if (!measures) {
    FODSPOR_TRY(const Date settled, projections::settled_from(rows));
    return settled <= today_;
  }
  FODSPOR_TRY(auto all, context(rows));
  surroundings_.emplace(projections::AsOf{rows.position(), {}}, std::move(all));
  FODSPOR_TRY(const auto settled, projections::settled_from(*ledger_, rows, surroundings_->second));
  return settled && *settled <= today_;
}

Result<projections::Context> Reading::context(const projections::Rows& rows) const {
  const projections::AsOf as_of{rows.position(), rows_valid_};
  if (surroundings_ && surroundings_->first == as_of) return surroundings_->second;
  return projections::load_context(*ledger_, as_of);
}

Result<projections::Context> Reading::context() const {
  return projections::load_context(*ledger_, as_of_);
}

Result<projections::Context> Reading::context_to_come() const {
  return projections::load_context(*ledger_, {as_of_.known, asked_for_});
}

projections::ScanOptions Reading::scan() const {
  projections::ScanOptions options;
  options.as_of = as_of_;
  if (const Asked* asked = console_->asked()) {
    options.memory_bytes = asked->memory_bytes;
    options.cancelled = asked->cancelled;
  }
  return options;
}

void catch_up_views(Console& console, const engine::Ledger& ledger) {
  auto runner = projections::Runner::open(ledger, projections::Runner::Mode::write);
  if (!runner) {
    if (runner.error().fault != Fault::busy)
      console.note("the events are appended, but the views were not read: " + runner.error().message);
    return;
  }
  Meter meter(console, catching_up);
  if (const auto caught_up = (*runner)->catch_up(meter.function()); !caught_up) {
    console.note("the events are appended, but the views could not follow: " + caught_up.error().message);
  }
}

}  // namespace fodspor::server
