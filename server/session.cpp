#include "server/session.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <exception>
#include <utility>

namespace fodspor::server {

namespace {

namespace asio = boost::asio;

// Pieces of memory that go out in one write; an answer is one or two.
constexpr std::size_t gathered_max = 64;

Failure too_much() {
  return {Fault::busy, "the server has as many requests under way as its memory allows; send this one again in a moment"};
}

Failure stops() {
  return {Fault::unavailable, "the server stops; subscribe again, after the last event that came, when it is there again"};
}

}  // namespace

Session::Session(Stream stream, std::string peer, Service& service)
    : stream_(std::move(stream)), peer_(std::move(peer)), service_(service), work_(asio::make_strand(service.workers)) {}

void Session::start(std::function<void()> ended) {
  ended_ = std::move(ended);
  deadline_ = Clock::now() + service_.bounds.hello_within;
  late_ = "no hello came in time";
  start_reading();
}

void Session::start_reading() {
  asio::co_spawn(
      stream_.get_executor(), [self = shared_from_this()] { return self->read(); },
      [self = shared_from_this()](const std::exception_ptr& thrown) {
        // Nothing of ours throws here; memory may be short.
        if (thrown) self->drop("out of memory");
      });
}

asio::awaitable<void> Session::read() {
  const auto self = shared_from_this();
  while (reading_ && !closed_) {
    const auto room = frames_.room();
    boost::system::error_code error;
    const std::size_t bytes =
        co_await stream_.async_read_some(asio::buffer(room.data(), room.size()), asio::redirect_error(asio::use_awaitable, error));
    if (closed_) co_return;
    if (stream_.turned_plain()) co_return refuse_and_end(0, {Fault::invalid, stream_.trouble() + "; write tls: in front of it"});
    if (!stream_.trouble().empty()) co_return end_of_tls();
    if (error) {
      // The client has gone, or has sent all that it will: what it asked for is still answered if it listens.
      reading_ = false;
      // But nobody works on for who may be gone, nor can be told to stop.
      if (caller_) caller_->under_way.cancel_all();
      end_if_done();
      co_return;
    }
    if (!caller_ && looks_like_tls(room.first(bytes))) {
      co_return refuse_and_end(0, {Fault::invalid, "the client speaks TLS, and this address takes none"});
    }
    frames_.got(bytes);
    const bool more = take_frames();
    count_input();
    if (!more) co_return;
  }
}

// What TLS has told the client about it is on its way; see linger().
void Session::end_of_tls() {
  if (caller_) return drop(stream_.trouble());
  service_.dropped(peer_, stream_.trouble());
  reading_ = false;
  stream_.give_up_tls();
  linger();
}

bool Session::has_room_for(std::size_t answer_bytes) const {
  if (in_flight_ == 0 && outgoing_.empty()) return true;
  return in_flight_ < service_.bounds.requests_in_flight_max &&
         outgoing_bytes_ + promised_bytes_ + answer_bytes <= service_.bounds.queued_bytes_max;
}

// Takes what is whole; stops where the connection has as much under way as it may.
bool Session::take_frames() {
  const bool more = take_whole_frames();
  hand_over();
  return more;
}

bool Session::take_whole_frames() {
  bool took = false;
  while (reading_ && !closed_) {
    if (!held_) {
      auto frame = frames_.next(caller_ ? Bounds::frame_bytes_max : Bounds::hello_bytes_max);
      if (!frame) {
        refuse_and_end(0, frame.error());
        return false;
      }
      if (!*frame) break;
      held_ = *std::move(frame);
      took = true;
    }
    if (!caller_) {
      if (!greet(*std::exchange(held_, nullptr))) return false;
      continue;
    }
    const std::size_t answer_bytes = Dispatch::answer_bytes_of(*held_);
    if (!has_room_for(answer_bytes)) {
      deadline_.reset();
      return false;
    }
    if (!service_.has_room_for(held_->bytes(), answer_bytes)) {
      const auto frame = std::exchange(held_, nullptr);
      answer(service_.dispatch.refusal(Dispatch::id_of(*frame), too_much()));
      continue;
    }
    take(std::exchange(held_, nullptr), answer_bytes);
  }
  // From a message's first byte on, however many of its bytes come meanwhile.
  if (caller_ && !frames_.in_a_frame()) deadline_.reset();
  if (caller_ && frames_.in_a_frame() && (took || !deadline_)) {
    deadline_ = Clock::now() + service_.bounds.frame_within;
    late_ = "a message was begun and not ended in time";
  }
  return reading_ && !closed_;
}

// Room may have come for a request that waits for it.
void Session::go_on() {
  if (!held_ || closed_ || !take_frames()) return;
  start_reading();
}

// What it has taken in and not made a request of.
void Session::count_input() {
  const std::size_t now = closed_ ? 0 : frames_.held_bytes();
  service_.held_bytes += now;
  service_.held_bytes -= std::exchange(input_bytes_, now);
  if (now > Bounds::input_bytes && service_.all_held_bytes() > service_.bounds.memory_bytes_max) refuse_and_end(0, too_much());
}

// What many share is counted by who made it.
void Session::count_answer(const Outgoing& answer) {
  outgoing_bytes_ += answer.size();
  answers_bytes_ += answer.own.size();
  service_.held_bytes += answer.own.size();
}

bool Session::greet(Frame& frame) {
  auto greeting = Dispatch::greeting(frame);
  if (!greeting) {
    refuse_and_end(Dispatch::id_of(frame), greeting.error());
    return false;
  }
  auto grant = service_.admit(greeting->token);
  if (!grant) {
    // Which token it was, and why, is told by whoever admits.
    refuse(greeting->id, grant.error());
    return false;
  }
  // Whatever tells holds this session: it runs for a request that is under way.
  caller_.emplace(*std::move(grant), weak_from_this(), [this](Outgoing bytes) {
    service_.deliveries.put({shared_from_this(), false, 0, 0, std::move(bytes)});
  });
  answer(service_.dispatch.welcome(greeting->id));
  return true;
}

void Session::take(std::unique_ptr<Frame> frame, std::size_t answer_bytes) {
  ++in_flight_;
  promised_bytes_ += answer_bytes;
  service_.promised_bytes += answer_bytes;
  service_.held_bytes += frame->bytes();
  taken_.push_back({std::move(frame), answer_bytes});
}

void Session::hand_over() {
  if (taken_.empty()) return;
  asio::post(work_, [self = shared_from_this(), taken = std::exchange(taken_, {})] {
    Service& service = self->service_;
    for (const Taken& one : taken) {
      // It lets go of the session when it has answered: nobody but the network's thread may be the last to hold one.
      auto answered = [held = self, answer_bytes = one.answer_bytes, request_bytes = one.frame->bytes()](Outgoing bytes) mutable {
        Deliveries& deliveries = held->service_.deliveries;
        deliveries.put({std::move(held), true, answer_bytes, request_bytes, std::move(bytes)});
      };
      // Nobody hears what a connection that has ended still asks.
      if (self->gone_.load(std::memory_order_relaxed)) {
        answered({});
      } else {
        service.dispatch.take(*one.frame, *self->caller_, service.connections(), answered);
      }
    }
  });
}

bool Session::deliver(Delivery& delivery) {
  if (delivery.last) {
    --in_flight_;
    promised_bytes_ -= delivery.answer_bytes;
    service_.promised_bytes -= delivery.answer_bytes;
    service_.held_bytes -= delivery.request_bytes;
  }
  if (!closed_) {
    count_answer(delivery.answer);
    outgoing_.push_back(std::move(delivery.answer));
  }
  return !std::exchange(delivered_, true);
}

void Session::go_on_after_delivery() {
  delivered_ = false;
  write();
  go_on();
  end_if_done();
  tell_end();
}

void Session::answer(Outgoing bytes) {
  if (closed_) return;
  count_answer(bytes);
  outgoing_.push_back(std::move(bytes));
  write();
}

// One that ends, for whichever reason, is done with what follows.
void Session::take_piece(Outgoing piece) {
  if (reading_) answer(std::move(piece));
}

void Session::write() {
  if (writing_ > 0 || outgoing_.empty() || closed_) return;
  std::array<asio::const_buffer, gathered_max> buffers;
  std::size_t gathered = 0;
  for (const Outgoing& answer : outgoing_) {
    const auto rest = answer.rest();
    if (gathered + (rest.empty() ? 1 : 2) > gathered_max) break;
    buffers[gathered++] = asio::buffer(answer.own);
    if (!rest.empty()) buffers[gathered++] = asio::buffer(rest.data(), rest.size());
    ++writing_;
  }
  write_began_ = Clock::now();
  asio::async_write(stream_, buffers, [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
    if (self->closed_) return;
    if (error) return self->close();
    for (; self->writing_ > 0; --self->writing_) {
      const Outgoing& gone = self->outgoing_.front();
      self->outgoing_bytes_ -= gone.size();
      self->answers_bytes_ -= gone.own.size();
      self->service_.held_bytes -= gone.own.size();
      const auto taken = std::move(self->outgoing_.front().taken);
      self->outgoing_.pop_front();
      if (taken) taken();
    }
    self->write();
    self->go_on();
    self->end_if_done();
  });
}

void Session::refuse_and_end(std::uint64_t id, const Failure& failure) {
  service_.dropped(peer_, failure.message);
  refuse(id, failure);
}

void Session::refuse(std::uint64_t id, const Failure& failure) {
  reading_ = false;
  refused_ = true;
  deadline_.reset();
  answer(service_.dispatch.refusal(id, failure));
  end_if_done();
}

// A socket that is closed before everything was read takes back what was written to it. So what the other side still sends is thrown away
// for a moment, and it can read why.
void Session::linger() {
  if (lingering_) return;
  lingering_ = true;
  deadline_ = Clock::now() + Bounds::linger_for;
  stream_.shut_down_send();
  frames_ = {};
  count_input();
  discard();
}

void Session::discard() {
  const auto room = frames_.room();
  stream_.async_read_some(asio::buffer(room.data(), room.size()),
                          [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
                            if (self->closed_) return;
                            if (error) return self->close();
                            self->discard();
                          });
}

void Session::tick(Clock::time_point now) {
  if (caller_ && !service_.still_valid(caller_->grant.token)) {
    return drop("its token is not good any more");
  }
  if (writing_ > 0 && now > write_began_ + service_.bounds.taken_within) return drop("it does not take its answers");
  if (!deadline_ || now <= *deadline_) return;
  lingering_ ? close() : drop(late_);
}

void Session::drain() {
  reading_ = false;
  if (!lingering_) deadline_.reset();
  if (caller_ && !closed_) end_subscriptions();
  end_if_done();
}

// Counts as a request that is under way until their clients are told.
void Session::end_subscriptions() {
  ++in_flight_;
  // As of an answer: nobody but the network's thread may be the last to hold a session.
  service_.followers.leave(*caller_, [held = shared_from_this()](const std::vector<std::uint64_t>& ids) mutable {
    const auto network = held->stream_.get_executor();
    asio::post(network, [self = std::move(held), ids] {
      for (const std::uint64_t id : ids) self->answer(self->service_.dispatch.refusal(id, stops()));
      --self->in_flight_;
      self->end_if_done();
      self->tell_end();
    });
  });
}

void Session::end_if_done() {
  if (closed_ || reading_ || in_flight_ > 0 || !outgoing_.empty()) return;
  refused_ ? linger() : close();
}

void Session::drop(std::string_view reason) {
  if (closed_) return;
  service_.dropped(peer_, reason);
  close();
}

void Session::close() {
  closed_ = true;
  gone_.store(true, std::memory_order_relaxed);
  if (caller_) caller_->under_way.cancel_all();
  count_input();
  service_.held_bytes -= std::exchange(answers_bytes_, 0);
  stream_.close();
  if (writing_ == 0) outgoing_.clear();  // else the write that is under way still looks at them
  tell_end();
}

// What is under way is waited for, so that nothing comes back to a session whose listener is gone.
void Session::tell_end() {
  if (!closed_ || in_flight_ > 0) return;
  if (!ended_) return;
  if (caller_) service_.followers.leave(*caller_, {});
  std::exchange(ended_, nullptr)();
}

}  // namespace fodspor::server
