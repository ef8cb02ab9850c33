#include "server/bench/wire_connection.h"

#include <capnp/serialize.h>
#include <fcntl.h>
#include <kj/exception.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "server/client.h"

namespace fodspor::server::bench {

namespace {

constexpr std::size_t read_bytes = 64 * 1024;
constexpr std::size_t first_read_bytes = 512;  // of a connection that has said little yet: thousands may be idle
constexpr int patience_ms = 30'000;

Failure failure_of_call(std::string_view doing) {
  return {Fault::unavailable, std::string(doing) + " the server's socket: " + std::strerror(errno)};
}

class WireConversation : public Conversation {
 public:
  WireConversation(std::unique_ptr<WireConnection> connection, Asks asks) : connection_(std::move(connection)), asks_(std::move(asks)) {}
  int descriptor() const override { return connection_->descriptor(); }
  Status ask(std::uint64_t number) override {
    asks_(number, connection_->outgoing());
    return {};
  }
  Result<bool> flush() override { return connection_->flush(); }
  Status take(std::vector<std::uint64_t>& answered) override {
    return connection_->take([&](server::wire::Answer::Reader answer) -> Status {
      if (answer.isRefusal()) return tl::make_unexpected(failure_of(answer.getRefusal()));
      // A request that had been appended before would have cost the server nothing.
      FODSPOR_CHECK(!answer.isAppended() || !answer.getAppended().getRepeated());
      answered.push_back(answer.getId() - 1);
      return {};
    });
  }

 private:
  std::unique_ptr<WireConnection> connection_;
  Asks asks_;
};

}  // namespace

Result<std::unique_ptr<WireConnection>> WireConnection::open(const std::filesystem::path& socket_path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_path.native().size() >= sizeof address.sun_path) return fail(Fault::invalid, socket_path.string() + ": too long for a socket");
  std::memcpy(address.sun_path, socket_path.c_str(), socket_path.native().size());
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return tl::make_unexpected(failure_of_call("making"));
  std::unique_ptr<WireConnection> connection(new WireConnection(descriptor));
  if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return tl::make_unexpected(failure_of_call("connecting to"));
  }
  if (fcntl(descriptor, F_SETFL, O_NONBLOCK) != 0) return tl::make_unexpected(failure_of_call("setting up"));
  connection->outgoing_ = hello_frame("bench");
  FODSPOR_TRY([[maybe_unused]] const bool gone, connection->flush());
  FODSPOR_DO(connection->wait([&](server::wire::Answer::Reader answer) -> Status {
    if (answer.isRefusal()) return tl::make_unexpected(failure_of(answer.getRefusal()));
    FODSPOR_CHECK(answer.isWelcome());
    connection->position_ = answer.getWelcome().getPosition();
    return {};
  }));
  return connection;
}

WireConnection::~WireConnection() {
  close(descriptor_);
}

Result<bool> WireConnection::flush() {
  while (gone_ < outgoing_.size()) {
    const ssize_t sent = send(descriptor_, outgoing_.data() + gone_, outgoing_.size() - gone_, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) return false;
    if (sent < 0) return tl::make_unexpected(failure_of_call("writing to"));
    gone_ += static_cast<std::size_t>(sent);
  }
  outgoing_.clear();
  gone_ = 0;
  return true;
}

Status WireConnection::take(const Each& each) {
  for (;;) {
    if (incoming_.empty()) incoming_.resize(first_read_bytes / sizeof(std::uint64_t));
    if (incoming_.size() * sizeof(std::uint64_t) == held_)
      incoming_.resize(std::max(read_bytes / sizeof(std::uint64_t), incoming_.size() * 2));
    const std::size_t room = incoming_.size() * sizeof(std::uint64_t) - held_;
    const ssize_t got = recv(descriptor_, reinterpret_cast<char*>(incoming_.data()) + held_, room, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return {};
    if (got < 0) return tl::make_unexpected(failure_of_call("reading from"));
    if (got == 0) return fail(Fault::unavailable, "the server has closed a connection");
    held_ += static_cast<std::size_t>(got);
    Status status;
    const auto thrown = kj::runCatchingExceptions([&] { status = take_frames(each); });
    KJ_IF_MAYBE (exception, thrown) {
      return fail(Fault::corrupt, "what the server sent cannot be read: " + std::string(exception->getDescription().cStr()));
    }
    FODSPOR_DO(status);
    if (static_cast<std::size_t>(got) < room) return {};
  }
}

// What is whole of it; the rest is kept until more comes.
Status WireConnection::take_frames(const Each& each) {
  const std::size_t words = held_ / sizeof(std::uint64_t);
  std::size_t at = 0;
  while (at < words) {
    const std::uint64_t segments_less_one = incoming_[at] & 0xffff'ffffu;
    const std::size_t table_words = static_cast<std::size_t>((segments_less_one + 1) / 2 + 1);
    if (segments_less_one > 64) return fail(Fault::corrupt, "the server sends what is no message");
    if (at + table_words > words) break;
    std::size_t frame_words = table_words;
    for (std::size_t i = 0; i <= segments_less_one; ++i) {
      std::uint32_t segment_words = 0;
      std::memcpy(&segment_words, reinterpret_cast<const char*>(incoming_.data() + at) + 4 * (i + 1), sizeof segment_words);
      frame_words += segment_words;
    }
    if (at + frame_words > words) break;
    const capnp::ReaderOptions no_limit{UINT64_MAX, 64};
    capnp::FlatArrayMessageReader message(kj::arrayPtr(reinterpret_cast<const capnp::word*>(incoming_.data() + at), frame_words), no_limit);
    FODSPOR_DO(each(message.getRoot<server::wire::Answer>()));
    at += frame_words;
  }
  const std::size_t read = at * sizeof(std::uint64_t);
  std::memmove(incoming_.data(), incoming_.data() + at, held_ - read);
  held_ -= read;
  return {};
}

Status WireConnection::wait(const Each& each) {
  bool came = false;
  while (!came) {
    pollfd ready{descriptor_, POLLIN, 0};
    const int count = poll(&ready, 1, patience_ms);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return fail(Fault::unavailable, "the server did not answer within " + std::to_string(patience_ms / 1'000) + " s");
    FODSPOR_DO(take([&](server::wire::Answer::Reader answer) {
      came = true;
      return each(answer);
    }));
  }
  return {};
}

Result<std::unique_ptr<Conversation>> wire_conversation(const std::filesystem::path& socket, Asks asks) {
  FODSPOR_TRY(auto connection, WireConnection::open(socket));
  return std::make_unique<WireConversation>(std::move(connection), std::move(asks));
}

}  // namespace fodspor::server::bench
