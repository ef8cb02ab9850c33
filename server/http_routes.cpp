#include "server/http_routes.h"

#include <capnp/message.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <limits>
#include <optional>
#include <set>

#include "events/ids.h"
#include "events/vocabulary.h"
#include "server/http_append.h"
#include "server/protocol.capnp.h"
#include "server/wire_stream.h"

namespace fodspor::server {

namespace {

struct Known {
  std::string_view step;  // after /v1
  std::size_t more;       // further steps
  std::string_view method;
};
constexpr std::array<Known, 8> known_steps{{{"append", 0, "POST"},
                                            {"log", 0, "GET"},
                                            {"streams", 2, "GET"},
                                            {"subjects", 2, "GET"},
                                            {"types", 1, "GET"},
                                            {"stats", 0, "GET"},
                                            {"ping", 0, "GET"},
                                            {"ask", 1, "GET"}}};

struct System {
  std::string_view step;
  HttpPlace place;
};
constexpr std::array<System, 3> system_steps{
    {{"healthz", HttpPlace::health}, {"readyz", HttpPlace::ready}, {"metrics", HttpPlace::metrics}}};

tl::unexpected<HttpRefusal> refused(unsigned status, Fault fault, std::string message, std::string allow = {}) {
  return tl::unexpected<HttpRefusal>(HttpRefusal{status, {fault, std::move(message)}, std::move(allow)});
}

HttpResult<void> check_method(std::string_view method, std::string_view wanted) {
  if (method == wanted) return {};
  return refused(405, Fault::invalid, "this address takes " + std::string(wanted) + ", not " + std::string(method), std::string(wanted));
}

// The options of a request, each of which may be asked for once; what nobody asked for is refused.
class Options {
 public:
  explicit Options(const HttpTarget& target) : target_(target) {}

  const std::string* find(std::string_view key) {
    known_.insert(key);
    const std::string* found = nullptr;
    for (const auto& [name, value] : target_.options) {
      if (name != key) continue;
      if (found != nullptr) twice_ = name;
      found = &value;
    }
    return found;
  }

  Result<std::uint64_t> number(std::string_view key, std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) {
    const std::string* text = find(key);
    if (text == nullptr) return 0;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (text->empty() || error != std::errc() || end != text->data() + text->size() || value > most) {
      return fail(Fault::invalid, std::string(key) + ": '" + *text + "' is not a whole number from 0 to " + std::to_string(most));
    }
    return value;
  }

  // To be called last.
  Status refuse_others() const {
    if (twice_) return fail(Fault::invalid, *twice_ + ": may be given once");
    for (const auto& [name, value] : target_.options) {
      if (known_.contains(name)) continue;
      std::string list;
      for (const std::string_view known : known_) list += (list.empty() ? "" : ", ") + std::string(known);
      return fail(Fault::invalid, "there is no option '" + name + "' here; there " + (list.empty() ? "are none" : "is " + list));
    }
    return {};
  }

 private:
  const HttpTarget& target_;
  std::set<std::string_view, std::less<>> known_;
  std::optional<std::string> twice_;
};

Status fill_stream(wire::Stream::Builder stream, const std::vector<std::string>& steps) {
  FODSPOR_TRY(const StreamId id, StreamId::parse(steps[2] + "/" + steps[3]));
  fill(stream, id);
  return {};
}

Status fill_read(wire::Read::Builder read, const HttpTarget& target) {
  const std::string& what = target.steps[1];
  Options options(target);
  read.setForm(wire::Form::JSON);
  FODSPOR_TRY(const std::uint64_t from, options.number("from"));
  FODSPOR_TRY(const std::uint64_t most, options.number("most", std::numeric_limits<std::uint32_t>::max()));
  read.setFrom(from);
  read.setMost(static_cast<std::uint32_t>(most));
  if (what == "log") {
    FODSPOR_TRY(const std::uint64_t to, options.number("to"));
    read.setTo(to);
    read.setLog();
  } else if (what == "types") {
    const TypeInfo* type = find_type(std::string_view(target.steps[2]));
    if (type == nullptr) return fail(Fault::not_found, "there is no event type '" + target.steps[2] + "'; they are written as Enrolled");
    read.setType(static_cast<std::uint16_t>(type->type));
  } else {
    FODSPOR_DO(fill_stream(what == "streams" ? read.initStream() : read.initSubject(), target.steps));
  }
  return options.refuse_others();
}

// A question's own options become what would be typed; those of the wire are told apart by their names, which no command has.
Status fill_ask(wire::Ask::Builder ask, const HttpTarget& target) {
  static const std::set<std::string_view, std::less<>> of_the_wire{"language", "at_least", "columns", "form"};
  Options options(target);
  ask.setCommand(target.steps[2]);
  if (const std::string* form = options.find("form"); form == nullptr || *form == "json") {
    ask.setForm(wire::DocumentForm::JSON);
  } else if (*form == "csv" || *form == "text") {
    ask.setForm(*form == "csv" ? wire::DocumentForm::CSV : wire::DocumentForm::TEXT);
  } else {
    return fail(Fault::invalid, "form: '" + *form + "' is not one of json, csv, text");
  }
  FODSPOR_TRY(const std::uint64_t at_least, options.number("at_least"));
  FODSPOR_TRY(const std::uint64_t columns, options.number("columns", std::numeric_limits<std::uint16_t>::max()));
  ask.setAtLeast(at_least);
  ask.setColumns(static_cast<std::uint16_t>(columns));
  if (const std::string* language = options.find("language")) ask.setLanguage(*language);
  std::vector<std::string> arguments;
  for (const auto& [name, value] : target.options) {
    if (of_the_wire.contains(name)) continue;
    if (name == "argument") {
      if (value.starts_with('-'))
        return fail(Fault::invalid, "argument: what begins with a dash is an option, and is written OPTION=VALUE");
      arguments.push_back(value);
      continue;
    }
    const bool plain = !name.empty() && name.front() != '-' &&
                       std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
    if (!plain)
      return fail(Fault::invalid,
                  "'" + name + "' is no option's name; write it as `fodspor " + target.steps[2] + " --help` does, without the dashes");
    arguments.push_back("--" + name + (value.empty() ? "" : "=" + value));
  }
  auto list = ask.initArguments(static_cast<unsigned>(arguments.size()));
  for (unsigned i = 0; i < arguments.size(); ++i) list.set(i, arguments[i]);
  return {};
}

Status fill(wire::Request::Builder request, const HttpRoute& route, std::string_view body) {
  const std::string& what = route.target.steps[1];
  Options none(route.target);
  if (what == "append") {
    FODSPOR_DO(none.refuse_others());
    return fill_append(request.initAppend(), body);
  }
  if (what == "ask") return fill_ask(request.initAsk(), route.target);
  if (what == "ping" || what == "stats") {
    what == "ping" ? request.setPing() : request.setStats();
    return none.refuse_others();
  }
  return fill_read(request.initRead(), route.target);
}

// As it would have come over the socket, so that the same bounds hold for who reads it.
std::unique_ptr<Frame> frame_of(capnp::MessageBuilder& message) {
  const auto bytes = framed(message);
  std::vector<std::uint64_t> words(bytes.size() / sizeof(std::uint64_t));
  std::memcpy(words.data(), bytes.data(), bytes.size());
  const std::size_t segments = message.getSegmentsForOutput().size();
  return std::make_unique<Frame>(std::move(words), (segments + 2) / 2);
}

}  // namespace

HttpResult<HttpRoute> http_route(std::string_view method, std::string_view target) {
  auto parsed = HttpTarget::parse(target);
  if (!parsed) return refused(400, parsed.error().fault, parsed.error().message);
  HttpRoute route{HttpPlace::wire, false, *std::move(parsed)};
  const auto& steps = route.target.steps;
  for (const System& system : system_steps) {
    if (steps.size() != 1 || steps[0] != system.step) continue;
    if (auto checked = check_method(method, "GET"); !checked) return tl::make_unexpected(checked.error());
    route.place = system.place;
    if (const auto others = Options(route.target).refuse_others(); !others)
      return refused(400, others.error().fault, others.error().message);
    return route;
  }
  for (const Known& known : known_steps) {
    if (steps.size() != 2 + known.more || steps[0] != "v1" || steps[1] != known.step) continue;
    if (auto checked = check_method(method, known.method); !checked) return tl::make_unexpected(checked.error());
    route.takes_body = known.method == "POST";
    return route;
  }
  return refused(
      404, Fault::not_found,
      "there is nothing at this address; see /v1/append, log, streams/KIND/ID, types/NAME, subjects/KIND/ID, ask/COMMAND, stats, "
      "ping, and /healthz, /readyz, /metrics");
}

HttpResult<HttpRequest> http_request(const HttpRoute& route, std::string_view body) {
  FODSPOR_CHECK(route.place == HttpPlace::wire);
  // In one piece, as a rule.
  capnp::MallocMessageBuilder message(static_cast<unsigned>(64 + body.size() / sizeof(capnp::word)));
  auto request = message.initRoot<wire::Request>();
  request.setId(1);
  if (const Status filled = fill(request, route, body); !filled) {
    const Fault fault = filled.error().fault;
    return refused(fault == Fault::not_found ? 404 : fault == Fault::too_large ? 413 : 400, fault, filled.error().message);
  }
  const auto form = request.isAsk() ? request.getAsk().getForm() : wire::DocumentForm::JSON;
  return HttpRequest{frame_of(message), form};
}

}  // namespace fodspor::server
