#include "server/http_session.h"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <exception>
#include <utility>

#include "server/http_errors.h"

namespace fodspor::server {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::string_view bearer = "Bearer ";

auto told_in(boost::system::error_code& error) {
  return asio::redirect_error(asio::use_awaitable, error);
}

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

HttpSession::HttpSession(Stream stream, std::string peer, Service& service, bool metrics_open)
    : stream_(std::move(stream)),
      peer_(std::move(peer)),
      service_(service),
      metrics_open_(metrics_open),
      buffer_(Bounds::http_head_bytes_max + Bounds::http_chunk_bytes) {}

void HttpSession::start(std::function<void()> ended) {
  ended_ = std::move(ended);
  wait_at_most(service_.bounds.hello_within, "no request came in time");
  asio::co_spawn(
      stream_.get_executor(), [self = shared_from_this()] { return self->serve(); },
      [self = shared_from_this()](const std::exception_ptr& thrown) {
        // Nothing of ours throws here; memory may be short.
        if (thrown) self->drop("out of memory");
        self->close();
        self->hold(0);
        if (const auto tell = std::move(self->ended_)) tell();
      });
}

asio::awaitable<void> HttpSession::serve() {
  for (bool more = true; more;) {
    more = co_await wait_for_request();
    if (more) more = co_await exchange();
    idle_ = true;
    // Nothing is held for who asks nothing.
    if (buffer_.size() == 0) buffer_.shrink_to_fit();
    wait_at_most(service_.bounds.http_idle_within, "");
    more = more && !closed_ && !draining_;
  }
  close();
}

// For the first byte of one; what comes after it has less time.
asio::awaitable<bool> HttpSession::wait_for_request() {
  boost::system::error_code error;
  if (buffer_.size() == 0) {
    const std::size_t bytes = co_await stream_.async_read_some(buffer_.prepare(Bounds::http_read_bytes), told_in(error));
    if (!error) buffer_.commit(bytes);
  }
  if (closed_) co_return false;
  idle_ = false;
  wait_at_most(service_.bounds.http_head_within, "a request was begun, and its head not ended in time");
  if (stream_.turned_plain()) {
    service_.dropped(peer_, stream_.trouble());
    HttpAnswer answer = http_answer(400, {Fault::invalid, stream_.trouble() + "; write https: in front of it"});
    const bool sent = co_await send(std::move(answer), false);
    if (sent) co_await linger();
    co_return false;
  }
  if (error && !closed_ && !stream_.trouble().empty()) {
    // What TLS has told the client about it is on its way.
    service_.dropped(peer_, stream_.trouble());
    stream_.give_up_tls();
    co_await linger();
    co_return false;
  }
  if (error || closed_) co_return false;
  const auto first = buffer_.data();
  if (looks_like_tls({static_cast<const std::byte*>(first.data()), first.size()})) {
    drop("the client speaks TLS, and this address takes none");
    co_return false;
  }
  co_return true;
}

asio::awaitable<bool> HttpSession::exchange() {
  auto parser = std::make_unique<Parser>();
  parser->header_limit(static_cast<std::uint32_t>(Bounds::http_head_bytes_max));
  parser->body_limit(Bounds::http_body_bytes_max);
  boost::system::error_code error;
  co_await http::async_read_header(stream_, buffer_, *parser, told_in(error));
  if (closed_ || http_gone(error)) co_return false;
  HttpAnswer answer;
  if (error) {
    service_.dropped(peer_, "what came is no HTTP request: " + error.message());
    answer = http_unreadable(error);
  } else {
    answer = co_await answer_to(*parser);
  }
  const bool whole = !error && parser->is_done();
  const bool keep = whole && parser->keep_alive() && !draining_;
  parser.reset();
  caller_.reset();
  hold(answer.body.size());
  const bool sent = co_await send(std::move(answer), keep);
  hold(0);
  if (sent && !whole) co_await linger();
  co_return sent&& keep;
}

asio::awaitable<HttpAnswer> HttpSession::answer_to(Parser& parser) {
  const auto route = http_route(view(parser.get().method_string()), view(parser.get().target()));
  if (!route) co_return http_answer(route.error());
  if (!route->takes_body && !parser.is_done()) co_return http_answer(400, {Fault::invalid, "this request takes no body"});
  if (route->place == HttpPlace::health) co_return http_text(200, "ok\n");
  if (route->place == HttpPlace::ready) co_return ready();
  if (route->place == HttpPlace::wire && service_.draining) {
    co_return http_answer(503, {Fault::unavailable, "the server is ending and takes no further request; ask again in a moment"});
  }
  if (route->place == HttpPlace::wire || !metrics_open_) {
    if (const auto admitted = admit(parser); !admitted) co_return http_answer(admitted.error());
  }
  if (route->place == HttpPlace::metrics) co_return co_await metrics();
  co_return co_await answer_on_wire(parser, *route);
}

HttpResult<void> HttpSession::admit(const Parser& parser) {
  const auto refused = [](Failure failure) { return tl::unexpected<HttpRefusal>(HttpRefusal{401, std::move(failure), {}}); };
  const std::string_view said = view(parser.get()[http::field::authorization]);
  if (!said.starts_with(bearer)) {
    return refused({Fault::denied, "who asks shows a token, in the header `Authorization: Bearer TOKEN`; `fodspor token add` issues one"});
  }
  auto grant = service_.admit(said.substr(bearer.size()));
  if (!grant) return refused(grant.error());
  caller_ = std::make_shared<Caller>(*std::move(grant));
  return {};
}

asio::awaitable<tl::expected<std::string, HttpAnswer>> HttpSession::body_of(Parser& parser) {
  boost::system::error_code error;
  wait_at_most(service_.bounds.frame_within, "a request was begun, and its body not ended in time");
  if (boost::beast::iequals(parser.get()[http::field::expect], "100-continue")) {
    http::response<http::empty_body> go_on{http::status::continue_, 11};
    co_await http::async_write(stream_, go_on, told_in(error));
  }
  std::string body;
  std::string chunk(Bounds::http_chunk_bytes, '\0');
  while (!error && !closed_ && !parser.is_done()) {
    parser.get().body().data = chunk.data();
    parser.get().body().size = chunk.size();
    co_await http::async_read(stream_, buffer_, parser, told_in(error));
    if (error == http::error::need_buffer) error = {};
    body.append(chunk.data(), chunk.size() - parser.get().body().size);
    // Read into an event's slices and a message, it takes as much again.
    if (!hold(2 * body.capacity())) co_return tl::make_unexpected(too_much());
  }
  if (error) co_return tl::make_unexpected(http_unreadable(error));
  co_return body;
}

asio::awaitable<HttpAnswer> HttpSession::answer_on_wire(Parser& parser, const HttpRoute& route) {
  tl::expected<std::string, HttpAnswer> body;
  if (route.takes_body) body = co_await body_of(parser);
  if (!body) co_return body.error();
  auto request = http_request(route, *body);
  if (!request) co_return http_answer(request.error());
  body->clear();
  body->shrink_to_fit();
  if (!hold(request->frame->bytes())) co_return too_much();
  const auto form = request->form;
  Told told = [form](const Outgoing& bytes) { return http_answer(bytes, form); };
  co_return co_await dispatched(*std::move(request), std::move(told));
}

asio::awaitable<HttpAnswer> HttpSession::dispatched(HttpRequest request, Told told) {
  deadline_.reset();  // the server's own time
  const auto initiate = [this](auto handler, std::shared_ptr<Frame> frame, Told tell) {
    const auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
    asio::post(service_.workers,
               [self = shared_from_this(), waiting, frame, tell = std::move(tell), caller = caller_, connections = service_.connections()] {
                 self->service_.dispatch.take(*frame, *caller, connections, [self, waiting, tell, caller](const Outgoing& bytes) {
                   auto answer = tell(bytes);
                   if (!answer) return;  // it is not the answer yet
                   asio::post(self->stream_.get_executor(),
                              [waiting, answer = *std::move(answer)]() mutable { std::move (*waiting)(std::move(answer)); });
                 });
               });
  };
  // Everything that the call takes has a name: g++ 12 destroys some temporaries of a co_await twice.
  std::shared_ptr<Frame> frame = std::move(request.frame);
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(HttpAnswer)>(initiate, asio::use_awaitable, std::move(frame),
                                                                                           std::move(told));
}

// What the ledger knows of itself comes as everybody's stats do, asked by a witness, who may ask for little else.
asio::awaitable<HttpAnswer> HttpSession::metrics() {
  if (!caller_) caller_ = std::make_shared<Caller>(Grant{});
  Metrics::Gauges gauges;
  gauges.connections = service_.connections();
  gauges.connections_max = service_.bounds.connections_max;
  gauges.held_bytes = service_.held_bytes;
  gauges.held_bytes_max = service_.bounds.memory_bytes_max;
  gauges.draining = service_.draining;
  gauges.software = service_.dispatch.software();
  auto request = http_request(*http_route("GET", "/v1/stats"), {});
  FODSPOR_CHECK(request.has_value());
  Told told = [this, gauges](const Outgoing& bytes) { return http_metrics(bytes, service_.dispatch.metrics(), gauges); };
  co_return co_await dispatched(*std::move(request), std::move(told));
}

HttpAnswer HttpSession::ready() const {
  if (service_.draining) return http_text(503, "the server is ending\n");
  if (service_.dispatch.metrics().poisoned())
    return http_text(503, "a sync failed; nothing can be appended until the server is started again\n");
  return http_text(200, "ready\n");
}

HttpAnswer HttpSession::too_much() const {
  return http_answer(503, {Fault::busy, "the server has as many requests under way as its memory allows; send this one again in a moment"},
                     service_.bounds.busy_retry);
}

asio::awaitable<bool> HttpSession::send(HttpAnswer answer, bool keep) {
  if (closed_) co_return false;
  http::response<http::string_body> response;
  response.version(11);
  response.result(answer.status);
  response.set(http::field::server, service_.dispatch.software());
  response.set(http::field::content_type, answer.type);
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  if (!answer.allow.empty()) response.set(http::field::allow, answer.allow);
  if (answer.come_again) response.set(http::field::retry_after, std::to_string(answer.come_again->count()));
  if (answer.ask_for_token) response.set(http::field::www_authenticate, "Bearer");
  response.keep_alive(keep);
  response.body() = std::move(answer.body);
  response.prepare_payload();
  wait_at_most(service_.bounds.taken_within, "it does not take its answers");
  boost::system::error_code error;
  co_await http::async_write(stream_, response, told_in(error));
  co_return !error && !closed_;
}

// A socket that is closed before everything was read takes back what was written to it; see Session::linger.
asio::awaitable<void> HttpSession::linger() {
  if (closed_) co_return;
  wait_at_most(Bounds::linger_for, "");
  stream_.shut_down_send();
  std::array<std::byte, Bounds::http_read_bytes> thrown_away;
  boost::system::error_code error;
  while (!error && !closed_) co_await stream_.async_read_some(asio::buffer(thrown_away), told_in(error));
}

bool HttpSession::hold(std::size_t bytes) {
  service_.held_bytes += bytes;
  service_.held_bytes -= std::exchange(held_bytes_, bytes);
  return bytes == 0 || service_.held_bytes <= service_.bounds.memory_bytes_max;
}

void HttpSession::wait_at_most(std::chrono::milliseconds time, std::string_view late) {
  deadline_ = Clock::now() + time;
  late_ = late;
}

void HttpSession::tick(Clock::time_point now) {
  if (caller_ && !caller_->grant.token.empty() && !service_.still_valid(caller_->grant.token))
    return drop("its token is not good any more");
  if (!deadline_ || now <= *deadline_) return;
  late_.empty() ? close() : drop(late_);
}

void HttpSession::drain() {
  draining_ = true;
  if (idle_) close();
}

void HttpSession::drop(std::string_view reason) {
  if (closed_) return;
  service_.dropped(peer_, reason);
  close();
}

void HttpSession::close() {
  if (std::exchange(closed_, true)) return;
  if (caller_) caller_->under_way.cancel_all();
  stream_.close();
}

}  // namespace fodspor::server
