// fodspor show: one event, whole.
#include <fmt/format.h>

#include <charconv>
#include <ostream>

#include "events/json.h"
#include "server/cli/commands.h"
#include "server/cli/event_text.h"
#include "server/cli/json_text.h"

namespace fodspor::server {

namespace {

std::optional<Position> read_position(std::string_view text) {
  Position position;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position.value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return position;
}

class Show : public Command {
 public:
  About about() const override {
    return {"show",
            About::Group::read,
            {"One event, whole", "Én hændelse, hel"},
            "An event is named by its position, or by its id, which reasons and explanations name.",
            {{"fodspor show 17", "the event at position 17"}, {"fodspor show 17 --json", "the same as canonical JSON"}}};
  }
  std::vector<Option> options() override { return {{"EVENT", "", "A position, or an event's id such as 9f0c…ab/3", &event_, true, {}}}; }
  std::optional<std::string> mistake() const override {
    if (const auto position = read_position(event_)) {
      if (position->value == 0) return "EVENT: positions begin at 1";
      return std::nullopt;
    }
    if (EventId::parse(event_)) return std::nullopt;
    return fmt::format("EVENT: '{}' is neither a position nor an event id (32 hexadecimal digits, a slash, a number)", event_);
  }

  std::optional<Asking> asking() const override { return Asking{Operation::read_log, std::nullopt}; }

  Result<Exit> run(Console& console) override {
    FODSPOR_TRY(const auto ledger, console.open(engine::Access::read));
    FODSPOR_TRY(const Position position, find(*ledger));
    FODSPOR_TRY(const Event event, ledger->read(position));
    FODSPOR_DO(console.sight(*ledger).may_read(event, Operation::read_log));
    if (console.settings().format == Format::json) {
      console.line(to_json(event));
      return Exit::yes;
    }
    console.print(whole(event));
    return Exit::yes;
  }

 private:
  Result<Position> find(const engine::Ledger& ledger) const {
    if (const auto position = read_position(event_)) {
      const Position end = ledger.durable();
      if (*position > end) {
        return fail(Fault::not_found, fmt::format("there is no position {}: the log ends at {}", position->value, end.value));
      }
      return *position;
    }
    FODSPOR_TRY(const EventId id, EventId::parse(event_));
    FODSPOR_TRY(const auto found, ledger.find(id));
    if (!found) return fail(Fault::not_found, fmt::format("there is no event {} in this ledger", event_));
    return *found;
  }

  static Report whole(const Event& event) {
    const std::string type = find_type(event.type()) != nullptr
                                 ? std::string(name(event.type()))
                                 : fmt::format("type {} of a newer writer", static_cast<unsigned>(event.type()));
    Report report(fmt::format("{} · position {}", type, event.position().value),
                  fmt::format("{} · plads {}", type, event.position().value));
    // Whatever an event says has one list of names, that of its JSON; people get it as key and value, the facts last.
    Table& envelope = report.table("envelope", {"Envelope", "Kuvert"},
                                   {{"key", {"field", "felt"}}, {"value", {"value", "værdi"}, Column::Align::left, true}});
    Table& facts = report.table("envelope", {"Facts", "Fakta"},
                                {{"key", {"field", "felt"}}, {"value", {"value", "værdi"}, Column::Align::left, true}});
    for (const auto& [key, value] : flattened(to_json(event))) {
      const bool fact = key.starts_with("facts.") || key == "facts";
      (fact ? facts : envelope).add({Cell::text(fact && key.size() > 6 ? key.substr(6) : key), Cell::text(value)});
    }
    return report;
  }

  std::string event_;
};

}  // namespace

std::unique_ptr<Command> show_command() {
  return std::make_unique<Show>();
}

}  // namespace fodspor::server
