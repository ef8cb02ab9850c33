#include "tests/server/asked_fixture.h"

#include <sstream>

#include "tests/support/must.h"

namespace fodspor::server::tests {

using stories::must;

AskedLedger::AskedLedger(const std::string& scale) {
  program.must(scale.empty() ? "init" : "simulate --seed 3 --scale " + scale);
}

AskedLedger::~AskedLedger() {
  if (!thread_.joinable()) return;
  listener_->stop();
  listener_->stop();
  thread_.join();
}

std::string AskedLedger::token(Role role, const std::vector<std::string>& programmes, bool microdata) {
  const Secret secret = Secret::random();
  Token token;
  token.hash = secret.hash();
  token.role = role;
  token.microdata = microdata;
  std::vector<ProgrammeId> named;
  for (const std::string& programme : programmes) named.push_back(must(ProgrammeId::parse(programme)));
  if (!named.empty()) token.programmes = Programmes::only(std::move(named));
  token.issued_at = program.now;
  must(add_token(program.variables["FODSPOR_LEDGER"], token));
  if (tokens_) must(tokens_->refresh());
  return secret.text();
}

void AskedLedger::serve(const Bounds& bounds) {
  const std::filesystem::path folder = program.variables["FODSPOR_LEDGER"];
  engine::Options options;
  options.now = [this] { return program.now; };
  ledger_ = must(engine::Ledger::open(folder, std::move(options)));
  if (!std::filesystem::exists(folder / "tokens")) token(Role::admin);
  tokens_ = must(Tokens::open(folder));
  Listener::Options listening;
  listening.addresses = {address()};
  listening.bounds = bounds;
  listening.software = "tests";
  listening.admit = [this](std::string_view text) { return tokens_->find(text, program.now); };
  listening.still_valid = [this](std::string_view id) { return tokens_->still_valid(id, program.now); };
  listening.dropped = [](std::string_view, std::string_view) {};
  listening.now = [this] { return Timestamp{program.now.micros + seconds_.fetch_add(seconds_a_look_) * 1'000'000}; };
  listener_ = must(Listener::open(*ledger_, std::move(listening)));
  thread_ = std::thread([this] { listener_->run(); });
}

std::string AskedLedger::address() const {
  return "unix:" + (program.folder() / "socket").string();
}

std::unique_ptr<Client> AskedLedger::client(const std::string& token) {
  Client::Options options;
  options.address = address();
  options.token = token;
  options.answer_within = std::chrono::seconds(60);
  return must(Client::connect(std::move(options)));
}

Answer AskedLedger::at_server(const std::string& line, const std::string& token, const std::string& input) {
  program.variables["FODSPOR_SERVER"] = address();
  program.variables["FODSPOR_TOKEN"] = token;
  Answer answer = program.run(line, input);
  program.variables.erase("FODSPOR_SERVER");
  program.variables.erase("FODSPOR_TOKEN");
  return answer;
}

Question question(const std::string& line, Format form) {
  Question question;
  question.form = form;
  std::istringstream words(line);
  words >> question.command;
  for (std::string word; words >> word;) question.arguments.push_back(word);
  return question;
}

std::uint64_t send_question(Client& client, const Question& question) {
  return must(client.send([&](wire::Request::Builder request) { fill(request.initAsk(), question); }));
}

std::uint64_t send_cancel(Client& client, std::uint64_t which) {
  return must(client.send([&](wire::Request::Builder request) { request.setCancel(which); }));
}

Result<AnsweredQuestion> ask(Client& client, const Question& question) {
  AnsweredQuestion answered;
  FODSPOR_DO(client.ask([&](wire::Request::Builder request) { fill(request.initAsk(), question); },
                        [&](wire::Answer::Reader answer) -> Status {
                          if (!answer.isDocument()) return fail(Fault::corrupt, "this is no document");
                          answered = answered_by(answer.getDocument());
                          return {};
                        }));
  return answered;
}

Result<AnsweredQuestion> ask(Client& client, const std::string& line, Format form) {
  return ask(client, question(line, form));
}

}  // namespace fodspor::server::tests
