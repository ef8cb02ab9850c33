#include "tests/server/socket_fixture.h"

#include <capnp/message.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>

#include "server/endpoint.h"
#include "server/frames.h"
#include "tests/support/must.h"
#include "tests/support/scratch.h"

namespace fodspor::server::tests {

using stories::must;

namespace {

Timestamp now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::microseconds>(since).count()};
}

std::string registered(const std::string& programme) {
  return R"({"type":"ProgrammeRegistered","stream":"programme/)" + programme + R"(","programme":")" + programme +
         R"(","valid_from":"2020-10-20","source":"staff","facts":{"frame":{"title":{"en":"One","da":"En"},"starts":"2020-10-20",)"
         R"("ends":"2023-03-31","check_in_days":14,"document":"S0"}}})";
}

void fill_append(wire::Request::Builder request, const std::string& id, const std::vector<std::string>& events, bool dry_run) {
  auto append = request.initAppend();
  append.setRequestId(id);
  append.setDryRun(dry_run);
  auto list = append.initJson(static_cast<unsigned>(events.size()));
  for (unsigned i = 0; i < events.size(); ++i) list.set(i, events[i]);
}

}  // namespace

Served::Served(const Bounds& bounds, std::size_t workers, Doors doors)
    : directory_(fodspor::tests::new_scratch_directory("served")), bounds_(bounds), workers_(workers), doors_(std::move(doors)) {
  engine::Options options;
  options.create = true;
  ledger_ = must(engine::Ledger::open(directory_, options));
  admin_ = token(Role::admin, {}, true, "tests");
  tokens_ = must(Tokens::open(directory_));
  begin();
  const auto first = admin();
  must(append(*first, "programmes", {registered("roskilde"), registered("kalundborg")}));
}

Served::~Served() {
  end();
  ledger_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void Served::begin() {
  Listener::Options options;
  options.addresses = {"unix:" + socket_path().string()};
  options.addresses.insert(options.addresses.end(), doors_.addresses.begin(), doors_.addresses.end());
  options.tls = doors_.tls;
  options.http = doors_.http;
  options.metrics_need_token = doors_.metrics_need_token;
  options.bounds = bounds_;
  options.workers = workers_;
  options.software = "tests";
  options.admit = [this](std::string_view text) { return tokens_->find(text, now()); };
  options.still_valid = [this](std::string_view id) { return tokens_->still_valid(id, now()); };
  options.each_tick = [this] { static_cast<void>(tokens_->refresh()); };
  options.dropped = [this](std::string_view, std::string_view reason) {
    const std::lock_guard lock(mutex_);
    dropped_.emplace_back(reason);
  };
  listener_ = must(Listener::open(*ledger_, std::move(options)));
  thread_ = std::thread([this] { listener_->run(); });
}

void Served::end() {
  if (!thread_.joinable()) return;
  listener_->stop();
  listener_->stop();
  thread_.join();
  listener_.reset();
}

std::filesystem::path Served::socket_path() const {
  return directory_ / "socket";
}

std::vector<std::string> Served::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

std::string Served::token(Role role, const std::vector<std::string>& programmes, bool microdata, const std::string& name) {
  const Secret secret = Secret::random();
  Token token;
  token.hash = secret.hash();
  token.name = name;
  token.role = role;
  token.microdata = microdata;
  std::vector<ProgrammeId> named;
  for (const std::string& programme : programmes) named.push_back(must(ProgrammeId::parse(programme)));
  if (!named.empty()) token.programmes = Programmes::only(std::move(named));
  token.issued_at = now();
  must(add_token(directory_, token));
  if (tokens_) must(tokens_->refresh());
  return secret.text();
}

Result<std::unique_ptr<Client>> Served::try_client(const std::string& token) {
  Client::Options options;
  options.address = "unix:" + socket_path().string();
  options.token = token;
  options.answer_within = std::chrono::seconds(20);
  return Client::connect(std::move(options));
}

std::unique_ptr<Client> Served::client(const std::string& token) {
  return must(try_client(token));
}

Result<Told> append(Client& client, const std::string& request, const std::vector<std::string>& events, bool dry_run) {
  Told told;
  FODSPOR_DO(client.ask([&](wire::Request::Builder asked) { fill_append(asked, request, events, dry_run); },
                        [&](wire::Answer::Reader answer) -> Status {
                          const auto appended = answer.getAppended();
                          told = {appended.getFirst(), appended.getLast(), appended.getRepeated()};
                          return {};
                        }));
  return told;
}

std::uint64_t send_append(Client& client, const std::string& request, const std::vector<std::string>& events) {
  return must(client.send([&](wire::Request::Builder asked) { fill_append(asked, request, events, false); }));
}

Result<Page> read_log(Client& client, std::uint64_t from, std::uint32_t most) {
  Page page;
  FODSPOR_DO(client.ask(
      [&](wire::Request::Builder asked) {
        auto read = asked.initRead();
        read.setLog();
        read.setFrom(from);
        read.setMost(most);
        read.setForm(wire::Form::JSON);
      },
      [&](wire::Answer::Reader answer) -> Status {
        const auto recorded = answer.getRecorded();
        for (const auto event : recorded.getEvents()) {
          page.events.emplace_back(event.getJson().cStr());
          page.positions.push_back(event.getPosition());
        }
        page.next = recorded.getNext();
        page.position = recorded.getPosition();
        return {};
      }));
  return page;
}

std::string person(std::uint64_t number) {
  return StreamId{StreamKind::participant, {0x7e57, number}}.text();
}

std::string enrolled(const std::string& stream, const std::string& programme) {
  return R"({"type":"Enrolled","stream":")" + stream + R"(","programme":")" + programme +
         R"(","valid_from":"2021-03-08","source":"staff","facts":{"labour_status":"unemployed","gender":"female","birth_year":1984,"isced":3}})";
}

std::string completed(const std::string& stream, const std::string& programme) {
  return R"({"type":"Completed","stream":")" + stream + R"(","programme":")" + programme +
         R"(","valid_from":"2021-05-28","source":"staff","facts":{}})";
}

std::string educated(const std::string& stream) {
  return R"({"type":"EducationStarted","stream":")" + stream + R"(","valid_from":"2021-06-01","source":"staff","facts":{"education":1}})";
}

Wire::Wire(const std::filesystem::path& socket) : descriptor_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  REQUIRE(socket.string().size() < sizeof address.sun_path);
  std::memcpy(address.sun_path, socket.c_str(), socket.string().size());
  REQUIRE(::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
}

Wire::Wire(const std::string& address) {
  const Endpoint endpoint = must(Endpoint::parse(address));
  descriptor_ = ::socket(endpoint.address.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(::connect(descriptor_, endpoint.address.data(), static_cast<socklen_t>(endpoint.address.size())) == 0);
}

Wire::~Wire() {
  ::close(descriptor_);
}

void Wire::send(const std::vector<std::byte>& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t some = ::send(descriptor_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (some <= 0) return;  // it has closed, which closed_within tells
    sent += static_cast<std::size_t>(some);
  }
}

bool Wire::closed_within(int milliseconds) {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + std::chrono::milliseconds(milliseconds);
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0) return false;
    pollfd waiting{descriptor_, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(left)) <= 0) continue;
    std::array<std::byte, 4096> bytes;
    const ssize_t some = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
    if (some <= 0) return true;
    received.insert(received.end(), bytes.begin(), bytes.begin() + some);
  }
}

std::vector<std::byte> hello_bytes(const std::string& token, std::uint16_t version) {
  capnp::MallocMessageBuilder message;
  auto request = message.initRoot<wire::Request>();
  request.setId(1);
  auto hello = request.initHello();
  hello.setVersion(version);
  hello.setToken(token);
  return framed(message);
}

std::vector<std::byte> read_bytes(std::uint64_t id, std::uint32_t most) {
  capnp::MallocMessageBuilder message;
  auto request = message.initRoot<wire::Request>();
  request.setId(id);
  auto read = request.initRead();
  read.setLog();
  read.setMost(most);
  read.setForm(wire::Form::JSON);
  return framed(message);
}

std::vector<std::byte> append_bytes(std::uint64_t id, const std::string& request_id, const std::vector<std::string>& events) {
  capnp::MallocMessageBuilder message;
  auto request = message.initRoot<wire::Request>();
  request.setId(id);
  fill_append(request, request_id, events, false);
  return framed(message);
}

}  // namespace fodspor::server::tests
