// fodspor append: one batch of JSON lines, all of it or none.
#include <fmt/format.h>

#include <charconv>

#include "events/codec.h"
#include "events/json.h"
#include "events/limits.h"
#include "server/cli/commands.h"
#include "server/cli/input.h"
#include "server/cli/reading.h"
#include "server/cli/remote.h"
#include "server/cli/sending.h"

namespace fodspor::server {

namespace {

constexpr std::string_view client = "local";

// "participant/9f0c…=3", "=none" or "=any".
Result<engine::Expected> read_expected(std::string_view text) {
  const auto wrong = [&](std::string_view why) { return fail(Fault::invalid, fmt::format("--expect: '{}': {}", text, why)); };
  const std::size_t equals = text.rfind('=');
  if (equals == std::string_view::npos) return wrong("write STREAM=VERSION, STREAM=none or STREAM=any");
  const auto stream = StreamId::parse(text.substr(0, equals));
  if (!stream) return wrong(stream.error().message);
  const std::string_view version = text.substr(equals + 1);
  engine::Expected expected{*stream, engine::Expected::Kind::any, {}};
  if (version == "any") return expected;
  expected.kind = engine::Expected::Kind::none;
  if (version == "none" || version == "0") return expected;
  expected.kind = engine::Expected::Kind::exactly;
  const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), expected.version.value);
  if (error != std::errc() || end != version.data() + version.size()) return wrong("the version is a whole number, none or any");
  return expected;
}

class Append : public Command {
 public:
  About about() const override {
    return {
        "append",
        About::Group::record,
        {"Add one batch of events, all or none; prints their positions", "Tilføj hændelser, alle eller ingen; viser deres pladser"},
        "The input is JSON lines, an event a line, and stands or falls as one. A batch that is appended again under the same request id "
        "is not added twice: it gets the first answer. Without --request-id the id comes from the content.",
        {{"fodspor append events.jsonl", "appends what stands in the file"},
         {R"(echo '{"type":"Recruited","stream":"participant/9f0c2d4e6a8b1c3d5e7f90a1b2c3d4e5","programme":"roskilde",)"
          R"("valid_from":"2021-03-01","source":"staff"}' | fodspor append)",
          "appends one event from standard input"},
         {"fodspor append --expect participant/9f0c2d4e6a8b1c3d5e7f90a1b2c3d4e5=3 events.jsonl",
          "only if that stream still holds three events"}}};
  }
  std::vector<Option> options() override {
    return {
        {"FILE", "", "JSON lines; - or nothing for standard input", &file_, false, {}},
        {"--request-id", "ID", "The batch's own id, for repeating it safely; else derived from the content", &request_id_, false, {}},
        {"--expect",
         "STREAM=VERSION",
         "Append only if that stream stands there; a number, none or any; may be repeated",
         &expect_,
         false,
         {}},
    };
  }
  std::optional<std::string> mistake() const override {
    for (const auto& text : expect_) {
      if (const auto expected = read_expected(text); !expected) return expected.error().message;
    }
    if (request_id_ && request_id_->empty()) return "--request-id: an id is at least one byte";
    return std::nullopt;
  }

  Result<Exit> run(Console& console) override {
    FODSPOR_TRY(const Input input, Input::read(file_, console.world()));
    engine::Batch batch;
    FODSPOR_TRY(auto read, read_drafts(input));
    FODSPOR_TRY(const auto ledger, console.open(engine::Access::write));
    for (const auto& text : expect_) {
      FODSPOR_TRY(auto expected, read_expected(text));
      batch.expected.push_back(expected);
    }
    batch.request = {std::string(client), request_id_of(input)};
    // A request that is there already was found good when it came; the ledger tells whether this is the same again.
    FODSPOR_TRY(const auto before, ledger->find_request(RequestKey::of(client, batch.request.request_id)));
    if (!before) {
      if (auto checked = check_batch(read.drafts, *engine::known_to(*ledger)); !checked) {
        return tl::make_unexpected(with_line(input, read, std::move(checked).error()));
      }
    }
    FODSPOR_TRY(batch.proposals, encode_batch(batch.request, read.drafts));
    const std::string request_id = batch.request.request_id;
    FODSPOR_TRY(const auto appended, ledger->append(std::move(batch)));
    answer(console, appended, request_id);
    catch_up_views(console, *ledger);
    return Exit::yes;
  }

  bool speaks_to_servers() const override { return true; }
  Result<Exit> run_at(Console& console, Connection& server) override {
    FODSPOR_TRY(const Input input, Input::read(file_, console.world()));
    FODSPOR_TRY(const auto read, read_drafts(input));
    std::vector<engine::Expected> expected;
    for (const auto& text : expect_) {
      FODSPOR_TRY(expected.emplace_back(), read_expected(text));
    }
    const std::string request_id = request_id_of(input);
    const auto appended = send_batch(server.client(), request_id, expected, read.json);
    if (!appended) return tl::make_unexpected(with_line(input, read, appended.error()));
    answer(console, *appended, request_id);
    return Exit::yes;
  }

 private:
  struct Read {
    std::vector<Draft> drafts;
    std::vector<std::size_t> lines;      // where each stands
    std::vector<std::string_view> json;  // as it is written there
  };

  std::string request_id_of(const Input& input) const {
    return request_id_ ? *request_id_ : Id::derived({"append", input.content()}).hex();
  }

  static Result<Read> read_drafts(const Input& input) {
    Read read;
    for (const auto& line : input.lines()) {
      if (line.text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
      auto draft = draft_from_json(line.text);
      if (draft) {
        if (auto checked = check_draft(*draft); !checked) draft = tl::make_unexpected(std::move(checked).error());
      }
      if (!draft) return tl::make_unexpected(at(input.place(line.number), std::move(draft).error()));
      read.drafts.push_back(std::move(*draft));
      read.lines.push_back(line.number);
      read.json.push_back(line.text);
      if (read.drafts.size() > limits::batch_events_max) {
        return fail(Fault::too_large, fmt::format("{}: more than {} events do not fit one batch: split the file, or use `fodspor import`",
                                                  input.place(line.number), limits::batch_events_max));
      }
    }
    if (read.drafts.empty())
      return fail(Fault::invalid, fmt::format("{}: there is no event in it: write one JSON object a line", input.name()));
    return read;
  }

  // check_batch counts events ("event 3 of 12: …"); a person counts lines.
  static Failure with_line(const Input& input, const Read& read, Failure failure) {
    constexpr std::string_view before = "event ";
    const std::string& message = failure.message;
    std::size_t number = 0;
    const std::size_t colon = message.find(": ");
    if (!message.starts_with(before) || colon == std::string::npos) return at(input.name(), std::move(failure));
    std::from_chars(message.data() + before.size(), message.data() + colon, number);
    if (number == 0 || number > read.lines.size()) return at(input.name(), std::move(failure));
    return {failure.fault, fmt::format("{}: {}", input.place(read.lines[number - 1]), message.substr(colon + 2))};
  }

  static void answer(Console& console, const engine::Appended& appended, const std::string& request_id) {
    const auto count = static_cast<std::int64_t>(appended.last.value - appended.first.value + 1);
    Report report;
    report = appended.repeated ? Report("Appended before: this is the first answer again", "Tilføjet før: dette er det første svar igen")
                               : Report("Appended", "Tilføjet");
    report.fact("events", {"Events", "Hændelser"}, Cell::number(count));
    report.fact("first", {"First position", "Første plads"}, Cell::number(static_cast<std::int64_t>(appended.first.value)));
    report.fact("last", {"Last position", "Sidste plads"}, Cell::number(static_cast<std::int64_t>(appended.last.value)));
    report.fact("recorded_at", {"Recorded at", "Registreret"}, Cell::text(text(appended.recorded_at)));
    report.fact("request_id", {"Request id", "Anmodnings-id"}, Cell::text(request_id));
    report.data("repeated", appended.repeated);
    console.print(report);
  }

  std::optional<std::string> file_;
  std::optional<std::string> request_id_;
  std::vector<std::string> expect_;
};

}  // namespace

std::unique_ptr<Command> append_command() {
  return std::make_unique<Append>();
}

}  // namespace fodspor::server
