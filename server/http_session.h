// One connection that speaks HTTP: a request, its answer, and the next. Each becomes a Request of the wire and goes through the Dispatch of
// everybody. Lives on the network's thread; held by its listener until it ends. Every wait has a deadline, which tick() watches.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "server/connection.h"
#include "server/http_answers.h"
#include "server/http_routes.h"
#include "server/session.h"
#include "server/stream.h"

namespace fodspor::server {

class HttpSession : public Connection, public std::enable_shared_from_this<HttpSession> {
 public:
  // `metrics_open`: /metrics takes no token here.
  HttpSession(Stream stream, std::string peer, Service& service, bool metrics_open);

  void start(std::function<void()> ended) override;
  void tick(Clock::time_point now) override;
  void drain() override;
  void drop(std::string_view reason) override;

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::buffer_body>;

  boost::asio::awaitable<void> serve();
  boost::asio::awaitable<bool> wait_for_request();
  // False: nothing more is to be read.
  boost::asio::awaitable<bool> exchange();
  boost::asio::awaitable<HttpAnswer> answer_to(Parser& parser);
  boost::asio::awaitable<tl::expected<std::string, HttpAnswer>> body_of(Parser& parser);
  boost::asio::awaitable<HttpAnswer> answer_on_wire(Parser& parser, const HttpRoute& route);
  // `told`, on a thread of the server's: the answer of the wire as it goes out; none: it is not the last.
  using Told = std::function<std::optional<HttpAnswer>(const Outgoing&)>;
  boost::asio::awaitable<HttpAnswer> dispatched(HttpRequest request, Told told);
  boost::asio::awaitable<HttpAnswer> metrics();
  boost::asio::awaitable<bool> send(HttpAnswer answer, bool keep);
  boost::asio::awaitable<void> linger();

  HttpResult<void> admit(const Parser& parser);
  HttpAnswer ready() const;
  HttpAnswer too_much() const;
  // Counts what is held for this connection; false: that is more than the memory of all allows.
  bool hold(std::size_t bytes);
  void wait_at_most(std::chrono::milliseconds time, std::string_view late);
  void close();

  Stream stream_;
  const std::string peer_;
  Service& service_;
  const bool metrics_open_;
  std::function<void()> ended_;
  boost::beast::flat_buffer buffer_;
  std::shared_ptr<Caller> caller_;  // of the request that is being answered
  std::size_t held_bytes_ = 0;      // as they stand in Service::held_bytes
  bool idle_ = true;                // between two requests
  bool draining_ = false;
  bool closed_ = false;
  std::optional<Clock::time_point> deadline_;
  std::string_view late_;  // what to say when it has passed; nothing: that is usual
};

}  // namespace fodspor::server
