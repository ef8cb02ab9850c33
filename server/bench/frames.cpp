#include "server/bench/frames.h"

#include <capnp/message.h>

#include <array>
#include <cstring>
#include <unordered_map>

#include "server/bench/workload.h"
#include "server/frames.h"
#include "server/protocol.capnp.h"
#include "server/wire_stream.h"

namespace fodspor::server::bench {

namespace {

// Templates differ in days, hours and programmes; more of them would only be colder in the driver's caches.
constexpr std::uint64_t templates_of_one = 64;
constexpr std::uint64_t templates_of_many = 4;
constexpr std::uint32_t read_events = 16;

// Stands in a template where a number of each request's own goes, and nowhere else.
std::uint64_t mark(std::uint64_t which) {
  return drawn(0xf0d5'0000 + which, UINT64_MAX);
}
constexpr std::string_view request_mark = "lane-numbernumb";  // and the zero byte that ends it: two words

std::string bytes_of(capnp::MessageBuilder& message) {
  const auto bytes = framed(message);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Every number of eight bytes that a message holds, and where.
std::unordered_map<std::uint64_t, std::size_t> words_of(std::string_view bytes) {
  std::unordered_map<std::uint64_t, std::size_t> words;
  for (std::size_t at = 0; at + sizeof(std::uint64_t) <= bytes.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    words[word] = at;
  }
  return words;
}

void put(char* bytes, std::size_t place, std::uint64_t number) {
  std::memcpy(bytes + place, &number, sizeof number);
}

void put_hex(char* to, std::size_t digits, std::uint64_t number) {
  for (std::size_t i = digits; i-- > 0; number >>= 4) to[i] = "0123456789abcdef"[number & 15];
}

}  // namespace

Result<AppendFrames::Template> AppendFrames::template_of(std::uint64_t number, std::uint32_t events) {
  FODSPOR_TRY(auto drafts, drafts_of(0, number, events));
  capnp::MallocMessageBuilder message(64 * 1024);
  auto request = message.initRoot<server::wire::Request>();
  request.setId(mark(0));
  auto append = request.initAppend();
  append.setRequestId(std::string(request_mark));
  auto list = append.initProposals(events);
  for (std::uint32_t i = 0; i < events; ++i) {
    auto proposal = drafts[i].proposal();
    proposal.getStream().setHi(mark(1 + 4 * i));
    proposal.getStream().setLo(mark(2 + 4 * i));
    auto employer = proposal.getReferences()[0];
    employer.setHi(mark(3 + 4 * i));
    employer.setLo(mark(4 + 4 * i));
    list.setWithCaveats(i, proposal.asReader());
  }
  Template made;
  made.bytes = bytes_of(message);
  made.request = made.bytes.find(request_mark);
  FODSPOR_CHECK(made.request != std::string::npos);
  const auto words = words_of(made.bytes);
  made.id = words.at(mark(0));
  for (std::uint32_t i = 0; i < events; ++i) {
    made.events.push_back({words.at(mark(1 + 4 * i)), words.at(mark(2 + 4 * i)), words.at(mark(3 + 4 * i)), words.at(mark(4 + 4 * i))});
  }
  return made;
}

Result<AppendFrames> AppendFrames::make(const Streams& streams, std::uint32_t events) {
  AppendFrames frames(streams);
  for (std::uint64_t i = 0; i < (events == 1 ? templates_of_one : templates_of_many); ++i) {
    FODSPOR_TRY(frames.templates_.emplace_back(), template_of(i, events));
  }
  for (std::uint64_t i = 0; i < enterprises; ++i) frames.enterprises_.emplace_back(enterprise(i).id.hi, enterprise(i).id.lo);
  return frames;
}

void AppendFrames::write(std::size_t lane, std::uint64_t number, std::string& to) const {
  const Template& model = templates_[number % templates_.size()];
  const std::size_t begin = to.size();
  to.append(model.bytes);
  char* bytes = to.data() + begin;
  put(bytes, model.id, number + 1);
  put_hex(bytes + model.request, 4, lane);
  put_hex(bytes + model.request + 5, 10, number);
  std::uint64_t event = number * model.events.size();
  for (const Places& places : model.events) {
    const Id who = person(streams_.at(lane, event)).id;
    put(bytes, places.person_hi, who.hi);
    put(bytes, places.person_lo, who.lo);
    const auto& [hi, lo] = enterprises_[(event * 31 + lane) % enterprises_.size()];
    put(bytes, places.enterprise_hi, hi);
    put(bytes, places.enterprise_lo, lo);
    ++event;
  }
}

ReadFrames::ReadFrames(const Streams& streams) : streams_(streams) {
  capnp::MallocMessageBuilder message;
  auto request = message.initRoot<server::wire::Request>();
  request.setId(mark(0));
  auto read = request.initRead();
  fill(read.initStream(), {StreamKind::participant, {mark(1), mark(2)}});
  read.setMost(read_events);
  read.setForm(server::wire::Form::PACKED);
  bytes_ = bytes_of(message);
  const auto words = words_of(bytes_);
  id_ = words.at(mark(0));
  hi_ = words.at(mark(1));
  lo_ = words.at(mark(2));
}

void ReadFrames::write(std::size_t lane, std::uint64_t number, std::string& to) const {
  const std::size_t begin = to.size();
  to.append(bytes_);
  char* bytes = to.data() + begin;
  const Id who = person(streams_.at(lane, number)).id;
  put(bytes, id_, number + 1);
  put(bytes, hi_, who.hi);
  put(bytes, lo_, who.lo);
}

std::string hello_frame(std::string_view token) {
  capnp::MallocMessageBuilder message;
  auto request = message.initRoot<server::wire::Request>();
  request.setId(1);
  auto hello = request.initHello();
  hello.setVersion(server::wire::VERSION);
  hello.setToken(std::string(token));
  return bytes_of(message);
}

std::string ping_frame(std::uint64_t id) {
  capnp::MallocMessageBuilder message;
  auto request = message.initRoot<server::wire::Request>();
  request.setId(id);
  request.setPing();
  return bytes_of(message);
}

std::string subscribe_frame(std::uint64_t id, std::uint64_t from) {
  capnp::MallocMessageBuilder message;
  auto request = message.initRoot<server::wire::Request>();
  request.setId(id);
  auto subscribe = request.initSubscribe();
  subscribe.setFrom(from);
  subscribe.setForm(server::wire::Form::PACKED);
  subscribe.setCredit(std::uint64_t{1} << 62);
  return bytes_of(message);
}

}  // namespace fodspor::server::bench
