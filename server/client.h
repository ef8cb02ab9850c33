// A client of the socket, for C++: connects, says hello, and has requests answered, one at a time or many under way. Blocking; one thread
// at a time. What a server sends is not trusted either: bytes that make no sense are a Failure.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "events/failure.h"
#include "events/ids.h"
#include "server/protocol.capnp.h"
#include "server/tls_context.h"

namespace fodspor::server {

using namespace fodspor::events;

class Client {
 public:
  struct Options {
    std::string address;  // as endpoint.h reads them; a host may be a name
    std::string token;
    // Of an address with tls: in front. The server has to show a certificate for the host of the address, or for `host` if that is given.
    TrustFiles trust;
    std::string host;
    std::chrono::milliseconds connect_within{10'000};
    std::chrono::milliseconds answer_within{60'000};  // 0: as long as it takes
  };
  struct Welcome {
    std::string software;
    Position position;
  };

  // Fault::unavailable (nobody listens, or the connection broke, or TLS with it failed), denied (the token), unsupported (another version
  // of the protocol), invalid (the address, or a file of `trust`).
  static Result<std::unique_ptr<Client>> connect(Options options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  const Welcome& welcome() const noexcept;

  using Fill = std::function<void(wire::Request::Builder request)>;
  using Read = std::function<Status(wire::Answer::Reader answer)>;

  // Sends a request and waits for its answer. A refusal is a Failure with the server's fault and sentence; Fault::unavailable: the
  // connection is gone, and whether the request was carried out is not known. Ask again with a new Client; an append with its request id.
  Status ask(const Fill& fill, const Read& read);

  // The same in two steps: the id under which the answer will come, and the next answer, of whichever request that is under way. What is
  // sent is held back until `flush` or `receive`, so that many small requests leave in one piece.
  Result<std::uint64_t> send(const Fill& fill);
  Status flush();
  // `read` is called with refusals as with all other answers.
  Status receive(const Read& read);

 private:
  class Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A refusal as the Failure that it was on the other side.
Failure failure_of(wire::Refusal::Reader refusal);

}  // namespace fodspor::server
