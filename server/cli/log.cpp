// fodspor log: the events in their order, and on into the live end.
#include <fmt/format.h>

#include <chrono>
#include <ostream>
#include <thread>

#include "events/json.h"
#include "server/cli/commands.h"
#include "server/cli/event_text.h"
#include "server/cli/help.h"
#include "server/cli/json_text.h"
#include "server/cli/kpi_table.h"
#include "server/cli/remote.h"
#include "server/cli/remote_log.h"

namespace fodspor::server {

namespace {

// Rows are written as they come, so widths are fixed beforehand. On a narrow screen the facts need the room of what `show` tells.
struct Field {
  Words head;
  int wide;
  int narrow;  // 0: left out
};
constexpr Field fields[] = {{{"position", "plads"}, 10, 8}, {{"recorded", "registreret"}, 19, 0}, {{"valid from", "gælder fra"}, 10, 10},
                            {{"type", "type"}, 22, 20},     {{"programme", "indsats"}, 15, 11},   {{"about", "om"}, 21, 10},
                            {{"facts", "fakta"}, 1, 1}};
constexpr int wide_columns = 140;
// Following the log of a server.
constexpr std::chrono::milliseconds look_again_after{250};

std::string padded(std::string_view text, int columns) {
  std::string out(text);
  const int missing = columns - width(text);
  if (missing > 0) out.append(static_cast<std::size_t>(missing), ' ');
  return out;
}

class Log : public Command {
 public:
  About about() const override {
    return {"log",
            About::Group::read,
            {"The events in their order", "Hændelserne i deres rækkefølge"},
            "On a terminal each event is one line, cut at its edge; `fodspor show POSITION` shows one whole. With --json, an event a line, "
            "as `fodspor append` reads them but with what ordering added.",
            {{"fodspor log --from 1 --to 20", "the first twenty events"},
             {"fodspor log --type CourseEnded --programme roskilde --json", "every course that ended in Roskilde, for a program"},
             {"fodspor log --follow", "all events, and then those that others append, until interrupted"}}};
  }
  std::vector<Option> options() override {
    return {
        {"--from", "POSITION", "The first position", &from_, false, {}},
        {"--to", "POSITION", "The last position", &to_, false, {}},
        {"--type", "TYPE", "Only events of this type, such as CourseEnded", &type_name_, false, {}},
        {"--programme", "PROGRAMME", "Only events of this programme", &programme_, false, {}},
        {"--stream", "STREAM", "Only events of this stream, such as programme/roskilde", &stream_name_, false, {}},
        {"--follow", "", "Wait for new events at the end", &follow_, false, {}},
    };
  }
  std::optional<std::string> mistake() const override {
    if (from_ && *from_ == 0) return "--from: positions begin at 1";
    if (from_ && to_ && *to_ < *from_) return fmt::format("--to {} comes before --from {}", *to_, *from_);
    if (follow_ && to_) return "--follow and --to together: choose one";
    if (type_name_ && find_type(*type_name_) == nullptr) return unknown_type();
    if (stream_name_) {
      if (const auto stream = StreamId::parse(*stream_name_); !stream) return "--stream: " + stream.error().message;
    }
    return std::nullopt;
  }

  std::optional<Asking> asking() const override {
    if (follow_) return std::nullopt;
    return Asking{operation(), programme_};
  }

  Result<Exit> run(Console& console) override {
    if (type_name_) type_ = find_type(*type_name_)->type;
    FODSPOR_TRY(const auto ledger, console.open(engine::Access::read));
    const Position end = ledger->durable();
    if (programme_) {
      FODSPOR_TRY(const auto context, projections::load_context(*ledger, {end, {}}));
      FODSPOR_DO(known_programme(context, *programme_));
    }
    Sight sight = console.sight(*ledger);
    write_head(console);
    FODSPOR_TRY(auto cursor, open_cursor(*ledger));
    for (;;) {
      FODSPOR_TRY(const auto event, cursor.next_event());
      if (!event || event->position() > end || (to_ && event->position().value > *to_)) break;
      if (console.asked() != nullptr && console.asked()->cancelled()) return fail(Fault::cancelled, "the log was not read to its end");
      if (wanted(*event)) {
        FODSPOR_TRY(const bool seen, sight.sees(*event, operation()));
        if (seen) write(console, *event);
      }
      if (!console.world().out) return Exit::yes;  // told by the parser
    }
    console.world().out.flush();
    console.position(end);
    return follow_ ? follow(console, *ledger, end) : Result<Exit>(Exit::yes);
  }

  // Read page by page, so that it may be as long as the log.
  bool speaks_to_servers() const override { return true; }
  Result<Exit> run_at(Console& console, Connection& server) override {
    if (type_name_) type_ = find_type(*type_name_)->type;
    if (programme_) FODSPOR_DO(known_there(server));
    RemoteLog log(server.client(), from_.value_or(1), to_);
    if (type_) log.only_type(*type_);
    if (stream_name_) {
      FODSPOR_TRY(const StreamId stream, StreamId::parse(*stream_name_));
      log.only_stream(stream);
    }
    FODSPOR_TRY(const Position end, log.read_page());
    write_head(console);
    bool told = false;
    for (;;) {
      while (const auto event = log.next()) {
        if (wanted(*event)) write(console, *event);
      }
      if (!console.world().out) return Exit::yes;  // told by the parser
      if (log.is_at_end()) {
        console.world().out.flush();
        if (!std::exchange(told, true)) console.position(end);
        if (!follow_) return Exit::yes;
        std::this_thread::sleep_for(look_again_after);
      }
      FODSPOR_TRY([[maybe_unused]] const Position there, log.read_page());
    }
  }

 private:
  // The same sentence as where the ledger is.
  Status known_there(Connection& server) const {
    Question question;
    question.command = "programmes";
    question.arguments = {"--programme=" + programme_->slug()};
    FODSPOR_TRY([[maybe_unused]] const auto there, server.ask(question, [](std::uint64_t, std::uint64_t) {}));
    return {};
  }

  Operation operation() const { return stream_name_ ? Operation::read_stream : type_name_ ? Operation::read_type : Operation::read_log; }

  std::string unknown_type() const {
    std::vector<std::string_view> names;
    for (const auto& info : all_types()) names.push_back(info.name);
    std::string nearest_name;
    for (const auto name : names) {
      if (name.size() == type_name_->size() &&
          std::equal(name.begin(), name.end(), type_name_->begin(), [](char a, char b) { return std::tolower(a) == std::tolower(b); })) {
        nearest_name = name;
      }
    }
    if (nearest_name.empty()) nearest_name = nearest(*type_name_, names);
    return nearest_name.empty() ? fmt::format("--type: there is no event type '{}'; there are {}", *type_name_, fmt::join(names, ", "))
                                : fmt::format("--type: there is no event type '{}'; did you mean {}?", *type_name_, nearest_name);
  }

  Result<engine::Cursor> open_cursor(const engine::Ledger& ledger) const {
    const Position from{from_.value_or(1)};
    if (stream_name_) {
      FODSPOR_TRY(const StreamId stream, StreamId::parse(*stream_name_));
      return ledger.read_stream(stream);
    }
    if (type_) return ledger.read_type(*type_, from);
    return ledger.read_log(from, to_ ? std::optional(Position{*to_}) : std::nullopt);
  }

  bool wanted(const Event& event) const {
    if (from_ && event.position().value < *from_) return false;
    if (type_ && event.type() != *type_) return false;
    if (stream_name_ && event.stream().text() != *stream_name_) return false;
    return !programme_ || event.programme() == *programme_;
  }

  Result<Exit> follow(Console& console, const engine::Ledger& ledger, Position end) const {
    FODSPOR_TRY(auto feed, ledger.follow(Position{std::max(end.value + 1, from_.value_or(1))}));
    while (console.world().out) {
      FODSPOR_TRY(const auto event, feed.next(std::chrono::milliseconds(500)));
      if (!event || !wanted(*event)) continue;
      write(console, *event);
      console.world().out.flush();
    }
    return Exit::yes;
  }

  static void write_head(Console& console) {
    if (console.settings().format == Format::csv) {
      console.world().out << "position,recorded_at,valid_from,valid_to,type,programme,stream,facts\r\n";
    } else if (console.settings().format == Format::text) {
      std::vector<std::string> heads;
      for (const auto& field : fields) heads.emplace_back(field.head.in(console.settings().language));
      heads.front() = numbered(console, heads.front());
      console.line(toned(row_of(console, heads), Tone::strong, console.layout().colour));
    }
  }

  static void write(Console& console, const Event& event) {
    const auto day = [](const std::optional<Date>& date) { return date ? date->text() : std::string(); };
    const std::string type =
        find_type(event.type()) != nullptr ? std::string(name(event.type())) : fmt::format("type {}", static_cast<unsigned>(event.type()));
    const std::string programme = event.programme() ? event.programme().slug() : std::string();
    switch (console.settings().format) {
      case Format::json:
        console.line(to_json(event));
        return;
      case Format::csv: {
        const std::string cells[] = {fmt::format("{}", event.position().value),
                                     text(event.placement().recorded_at),
                                     day(event.valid_from()),
                                     day(event.valid_to()),
                                     type,
                                     programme,
                                     event.stream().text(),
                                     facts_to_json(event)};
        std::string row;
        for (const auto& cell : cells) row += (row.empty() ? "" : ",") + csv_field(cell);
        console.line(row + '\r');
        return;
      }
      case Format::text:
        break;
    }
    const Language language = console.settings().language;
    const std::string number = numbered(console, grouped(static_cast<std::int64_t>(event.position().value), language));
    const std::string about = narrow(console) ? briefest(event.stream()) : short_name(event.stream(), language);
    console.line(row_of(console, {number, shown(event.placement().recorded_at), day(event.valid_from()), type, programme, about,
                                  on_one_line(facts_to_json(event))}));
  }

  // Aligned right in the first field.
  static std::string numbered(const Console& console, const std::string& text) {
    const int room = (narrow(console) ? fields[0].narrow : fields[0].wide) - width(text);
    return std::string(static_cast<std::size_t>(std::max(0, room)), ' ') + text;
  }

  static bool narrow(const Console& console) { return console.world().out_is_terminal && console.layout().columns < wide_columns; }

  static std::string briefest(const StreamId& stream) {
    const bool slug = stream.kind == StreamKind::programme || stream.kind == StreamKind::portfolio;
    return slug ? ProgrammeId{stream.id}.slug() : stream.id.hex().substr(0, 10);
  }

  static std::string row_of(const Console& console, const std::vector<std::string>& cells) {
    std::string row;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const int columns = narrow(console) ? fields[i].narrow : fields[i].wide;
      if (columns > 0) row += padded(cells[i], columns) + "  ";
    }
    row.erase(row.find_last_not_of(' ') + 1);
    const int edge = console.layout().columns;
    return console.world().out_is_terminal && width(row) > edge ? wrapped_once(row, edge - 1) + "…" : row;
  }

  // As much of a line as fits, cut between two characters.
  static std::string wrapped_once(const std::string& line, int columns) {
    std::size_t end = line.size();
    while (end > 0 && (width(std::string_view(line).substr(0, end)) > columns || (static_cast<unsigned char>(line[end]) & 0xC0u) == 0x80u))
      --end;
    return line.substr(0, end);
  }

  std::optional<std::uint64_t> from_, to_;
  std::optional<std::string> type_name_, stream_name_;
  std::optional<EventType> type_;
  std::optional<ProgrammeId> programme_;
  bool follow_ = false;
};

}  // namespace

std::unique_ptr<Command> log_command() {
  return std::make_unique<Log>();
}

}  // namespace fodspor::server
