#include "server/cli/console.h"

#include <fmt/format.h>

#include <ostream>

namespace fodspor::server {

namespace {

constexpr std::int64_t second = 1'000'000;

}  // namespace

Console::Console(World& world, Settings settings, const Asked* asked) : world_(world), settings_(std::move(settings)), asked_(asked) {}

Layout Console::layout() const {
  return {settings_.language, world_.columns, world_.out_is_terminal && !world_.variable("NO_COLOR"), settings_.called};
}

Result<OpenLedger> Console::open(engine::Access access, bool allow_clock_jump) const {
  if (asked_ != nullptr) {
    FODSPOR_CHECK(access == engine::Access::read);
    return OpenLedger(&asked_->ledger, LedgerCloser{false});
  }
  engine::Options options;
  options.access = access;
  options.now = world_.now;
  options.allow_clock_jump = allow_clock_jump;
  FODSPOR_DO(no_file_in_its_place());
  auto ledger = engine::Ledger::open(settings_.ledger, std::move(options));
  if (ledger) return OpenLedger(ledger->release());
  Failure failure = std::move(ledger).error();
  if (failure.fault == Fault::not_found) {
    failure.message = fmt::format("there is no ledger in {}: make one with `fodspor init --ledger {}`, or name another with --ledger",
                                  settings_.ledger.string(), settings_.ledger.string());
  }
  // A ledger is not the command's input: whatever keeps it shut is never "refused".
  if (failure.fault != Fault::busy && failure.fault != Fault::corrupt) failure.fault = Fault::unavailable;
  return tl::make_unexpected(std::move(failure));
}

Status Console::no_file_in_its_place() const {
  std::error_code error;
  const auto status = std::filesystem::status(settings_.ledger, error);
  if (!std::filesystem::exists(status) || std::filesystem::is_directory(status)) return {};
  return fail(Fault::unavailable, fmt::format("{} is a file; a ledger is a folder", settings_.ledger.string()));
}

std::string Console::ledger_option() const {
  return settings_.ledger_typed ? " --ledger " + settings_.ledger.string() : "";
}

void Console::print(const Report& report) {
  switch (settings_.format) {
    case Format::text:
      world_.out << report.text(layout()) << std::flush;
      if (report.position()) position(*report.position());
      break;
    case Format::json:
      world_.out << report.document().text() << '\n' << std::flush;
      break;
    case Format::csv:
      world_.out << report.csv() << std::flush;
      break;
  }
}

void Console::line(std::string_view text) {
  world_.out << text << '\n';
}

void Console::position(Position position) {
  if (settings_.quiet || settings_.format == Format::json) return;
  world_.err << fmt::format("{} {}\n", in({"at position", "ved position"}),
                            grouped(static_cast<std::int64_t>(position.value), settings_.language));
}

void Console::note(std::string_view sentence) {
  if (!settings_.quiet) world_.err << as_called(sentence, settings_.called) << '\n';
}

Meter::Meter(const Console& console, Words what) : console_(console), what_(what), began_(console.world().now()), shown_(began_) {}

Meter::~Meter() {
  if (visible_) console_.world().err << "\r\x1b[K" << std::flush;
}

void Meter::show(std::uint64_t done, std::uint64_t of) {
  if (console_.asked() != nullptr) return console_.asked()->progress(done, of);
  const World& world = console_.world();
  if (!world.err_is_terminal || console_.settings().quiet) return;
  const Timestamp now = world.now();
  if (now.micros - began_.micros < second || now.micros - shown_.micros < second / 10) return;
  shown_ = now;
  visible_ = true;
  const Language language = console_.settings().language;
  const auto rate = static_cast<std::int64_t>(done) * second / (now.micros - began_.micros);
  std::string line = fmt::format("\r\x1b[K{}  {}", what_.in(language), grouped(static_cast<std::int64_t>(done), language));
  if (of > 0) line += fmt::format(" / {}  {} %", grouped(static_cast<std::int64_t>(of), language), done * 100 / of);
  world.err << line << fmt::format("  {}/s", grouped(rate, language)) << std::flush;
}

}  // namespace fodspor::server
