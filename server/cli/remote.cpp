#include "server/cli/remote.h"

#include <fmt/format.h>

#include <ostream>

#include "server/cli/input.h"

namespace fodspor::server {

namespace {

// A question takes as long as it takes; who asked can interrupt it.
constexpr std::chrono::milliseconds without_end{0};

std::string trimmed(std::string text) {
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  text.erase(0, std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text;
}

Question question_of(const Console& console, Command& command, std::vector<std::string> arguments) {
  Question question;
  question.command = command.about().name;
  question.arguments = std::move(arguments);
  question.form = console.settings().format;
  question.language = console.settings().language;
  question.columns = static_cast<std::uint16_t>(std::clamp(console.world().columns, 0, 65'535));
  question.called = console.called();
  question.terminal = console.world().out_is_terminal;
  question.colour = console.layout().colour;
  question.progress = console.world().err_is_terminal && !console.settings().quiet;
  return question;
}

}  // namespace

Result<std::optional<ServerNamed>> server_named(const World& world, const std::optional<std::string>& server,
                                                const std::optional<std::string>& token_file, const std::optional<std::string>& trust,
                                                bool ledger_typed) {
  if (server && ledger_typed) return fail(Fault::invalid, "--ledger and --server together: choose one");
  if (server && server->empty()) return fail(Fault::invalid, "--server: the address is empty");
  const auto variable = world.variable("FODSPOR_SERVER");
  const bool by_variable = !server && !ledger_typed && variable && !variable->empty();
  if (!server && !by_variable) {
    if (token_file) return fail(Fault::invalid, "--token-file goes with --server");
    if (trust) return fail(Fault::invalid, "--trust goes with --server");
    return std::nullopt;
  }
  ServerNamed named{server ? *server : *variable, {}, trust ? trust : world.variable("FODSPOR_TRUST")};
  if (token_file) {
    auto file = Input::read(token_file, world);
    if (!file) return tl::make_unexpected(at("--token-file", std::move(file).error()));
    named.token = trimmed(file->content());
  } else {
    named.token = trimmed(world.variable("FODSPOR_TOKEN").value_or(""));
  }
  if (named.token.empty()) {
    return fail(Fault::invalid,
                "a server is asked with a token: put it into $FODSPOR_TOKEN, or name the file that it stands in with --token-file");
  }
  return named;
}

Result<Connection> Connection::open(const ServerNamed& server) {
  Client::Options options;
  options.address = server.address;
  options.token = server.token;
  if (server.trust && !server.trust->empty()) options.trust.trusted = *server.trust;
  options.answer_within = without_end;
  const bool told_whom_to_trust = options.trust.trusted.has_value();
  auto client = Client::connect(std::move(options));
  if (!client) {
    Failure failure = std::move(client).error();
    if (server.address.starts_with("tls:") && !told_whom_to_trust && failure.fault == Fault::unavailable) {
      failure.message += "; --trust FILE names the certificate to trust, if the server has one of its own";
    }
    return tl::make_unexpected(std::move(failure));
  }
  return Connection(*std::move(client));
}

Result<AnsweredQuestion> Connection::ask(const Question& question,
                                         const std::function<void(std::uint64_t done, std::uint64_t of)>& progress) {
  FODSPOR_TRY(const std::uint64_t id, client_->send([&](wire::Request::Builder request) { fill(request.initAsk(), question); }));
  std::optional<Result<AnsweredQuestion>> answered;
  while (!answered) {
    FODSPOR_DO(client_->receive([&](wire::Answer::Reader answer) -> Status {
      if (answer.isRefusal()) return tl::make_unexpected(failure_of(answer.getRefusal()));
      if (answer.getId() != id) return fail(Fault::corrupt, "the server answered another request than the one that was asked");
      if (answer.isProgress()) {
        progress(answer.getProgress().getDone(), answer.getProgress().getOf());
      } else if (answer.isDocument()) {
        answered = answered_by(answer.getDocument());
      } else {
        return fail(Fault::corrupt, "the server answered a question with something else than a document");
      }
      return {};
    }));
  }
  return *std::move(answered);
}

Result<Exit> run_at_server(Command& command, Console& console, const ServerNamed& server, std::vector<std::string> arguments) {
  FODSPOR_TRY(Connection connection, Connection::open(server));
  if (command.speaks_to_servers()) return command.run_at(console, connection);
  Question question = question_of(console, command, std::move(arguments));
  question.at_least = connection.position();
  const auto answered = [&] {
    Meter meter(console, {"the server is answering", "serveren svarer"});
    return connection.ask(question, meter.function());
  }();
  if (!answered) return tl::make_unexpected(answered.error());
  console.world().out << answered->content;
  if (!console.settings().quiet) {
    for (const std::string& remark : answered->remarks) console.world().err << remark << '\n';
  }
  return answered->status;
}

std::string not_at_a_server(const Command& command) {
  const std::string_view name = command.about().name;
  return fmt::format(
      "`fodspor {}` works on a ledger's own folder and is not asked of a server: run it where the ledger is, without --server", name);
}

}  // namespace fodspor::server
