// What who follows over the socket is promised: every event once and in order, from the log into its live end, as fast as it takes them.
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "tests/server/follow_fixture.h"
#include "tests/support/must.h"

namespace fodspor::server::tests {

using stories::must;
using namespace std::chrono_literals;

namespace {

// What comes next for a subscription by hand, or the sentence of a refusal.
struct Next {
  std::uint64_t id = 0;
  std::vector<std::uint64_t> positions;
  std::uint64_t through = 0;
  bool live = false, done = false;
  std::optional<Fault> refused;
};
Next next_of(Client& client) {
  Next next;
  must(client.receive([&](wire::Answer::Reader answer) -> Status {
    next.id = answer.getId();
    next.done = answer.isDone();
    if (answer.isRefusal()) next.refused = failure_of(answer.getRefusal()).fault;
    if (!answer.isFollowed()) return {};
    for (const auto event : answer.getFollowed().getEvents()) next.positions.push_back(event.getPosition());
    next.through = answer.getFollowed().getThrough();
    next.live = answer.getFollowed().getLive();
    return {};
  }));
  return next;
}

std::uint64_t subscribe(Client& client, std::uint64_t from, std::uint64_t credit) {
  return must(client.send([&](wire::Request::Builder request) { fill_subscription(request, from, credit); }));
}

std::uint64_t give_credit(Client& client, std::uint64_t subscription, std::uint64_t events) {
  return must(client.send([&](wire::Request::Builder request) {
    auto credit = request.initCredit();
    credit.setSubscription(subscription);
    credit.setEvents(events);
  }));
}

}  // namespace

SCENARIO("catching up meets the live end without loss or duplicate while four writers append") {
  Served served({}, 4);
  enrol(*served.admin(), 1, 1'500);
  constexpr std::uint64_t writers = 4, each = 1'000;
  std::vector<std::thread> threads;
  for (std::uint64_t writer = 1; writer <= writers; ++writer) {
    threads.emplace_back([&, writer] { enrol(*served.admin(), writer * 10'000, writer * 10'000 + each - 1); });
  }
  const std::uint64_t last = 2 + 1'500 + writers * each;
  for (const wire::Form form : {wire::Form::PACKED, wire::Form::PROPOSAL, wire::Form::JSON}) {
    const auto client = served.admin();
    auto options = everything();
    options.form = form;
    const auto follow = must(Follow::begin(*client, options));
    CHECK(positions_until(*follow, last) == range(1, last));
  }
  for (std::thread& thread : threads) thread.join();
}

SCENARIO("what is followed is what is stored, in each form") {
  Served served;
  const auto client = served.admin();
  must(append(*client, "both", {enrolled(person(1)), completed(person(1))}));
  auto options = everything(3);
  options.form = wire::Form::JSON;
  const auto follow = must(Follow::begin(*client, options));
  std::vector<std::string> texts;
  must(follow->next([&](wire::Event::Reader event) -> Status {
    texts.emplace_back(event.getJson().cStr());
    return {};
  }));
  CHECK(texts == must(read_log(*served.admin(), 3)).events);
}

SCENARIO("who begins at the end sees only what is yet to come, and hears at once where that is") {
  Served served;
  const auto client = served.admin();
  Follow::Options options;
  options.form = wire::Form::PACKED;
  const auto follow = must(Follow::begin(*client, options));
  CHECK(follow->begun_at() == Position{2});
  enrol(*served.admin(), 1, 5);
  CHECK(positions_until(*follow, 7) == range(3, 7));
}

SCENARIO("no more events come than credit was given for, and they go on when more is given") {
  Served served;
  enrol(*served.admin(), 1, 50);
  const auto client = served.admin();
  const auto id = subscribe(*client, 1, 0);
  CHECK(next_of(*client).through == 0);  // where it begins
  std::vector<std::uint64_t> got;
  for (const std::uint64_t credit : {1u, 7u, 30u, 1'000u}) {
    const std::uint64_t wanted = std::min<std::uint64_t>(got.size() + credit, 52);
    const auto credited = give_credit(*client, id, credit);
    bool done = false;
    while (!done || got.size() < wanted) {
      const Next next = next_of(*client);
      REQUIRE_FALSE(next.refused);
      done = done || next.id == credited;
      got.insert(got.end(), next.positions.begin(), next.positions.end());
      CHECK(got.size() <= wanted);
    }
    // Nothing more is on its way: what answers a ping comes before any event.
    const auto ping = must(client->send([](wire::Request::Builder request) { request.setPing(); }));
    CHECK(next_of(*client).id == ping);
  }
  CHECK(got == range(1, 52));
}

SCENARIO("a subscription sees the types, the programmes and the stream that it names, and hears how far it has come") {
  Served served;
  const auto writer = served.admin();
  must(append(*writer, "a", {enrolled(person(1)), enrolled(person(2), "kalundborg"), completed(person(1)), educated(person(2))}));
  const auto client = served.admin();
  auto options = everything();

  options.types = {EventType::enrolled};
  CHECK(positions_until(*must(Follow::begin(*client, options)), 6) == std::vector<std::uint64_t>{3, 4});

  options = everything();
  options.programmes = {"kalundborg"};  // an event that names none concerns those of its person
  CHECK(positions_until(*must(Follow::begin(*served.admin(), options)), 6) == std::vector<std::uint64_t>{2, 4, 6});

  options = everything();
  options.stream = must(StreamId::parse(person(1)));
  CHECK(positions_until(*must(Follow::begin(*served.admin(), options)), 6) == std::vector<std::uint64_t>{3, 5});

  options.types = {EventType::retracted};
  const auto other = served.admin();
  const auto silent = must(Follow::begin(*other, options));
  CHECK(positions_until(*silent, 6).empty());
}

SCENARIO("a token for one programme never sees what concerns another, whatever its subscription asks for") {
  Served served;
  const auto writer = served.admin();
  const auto client = served.client(served.token(Role::caseworker, {"kalundborg"}));
  const auto follow = must(Follow::begin(*client, everything()));
  enrol(*writer, 1, 100);
  enrol(*writer, 101, 120, "kalundborg");
  enrol(*writer, 201, 300);
  std::vector<std::uint64_t> wanted = range(103, 122);
  wanted.insert(wanted.begin(), 2);
  CHECK(positions_until(*follow, 222) == wanted);

  auto other = everything();
  other.programmes = {"roskilde"};
  const auto refused = Follow::begin(*served.client(served.token(Role::caseworker, {"kalundborg"})), other);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().fault == Fault::denied);
  const auto manager = Follow::begin(*served.client(served.token(Role::manager, {"kalundborg"})), everything());
  REQUIRE_FALSE(manager);
  CHECK(manager.error().fault == Fault::denied);
}

SCENARIO("a subscription that is cancelled is silent from then on, and its id is free again") {
  Served served;
  enrol(*served.admin(), 1, 20);
  const auto client = served.admin();
  const auto follow = must(Follow::begin(*client, everything()));
  CHECK(positions_until(*follow, 22) == range(1, 22));
  must(follow->cancel());
  enrol(*served.admin(), 21, 30);
  must(client->ask([](wire::Request::Builder request) { request.setPing(); },
                   [](wire::Answer::Reader answer) -> Status {
                     CHECK(answer.isPong());
                     return {};
                   }));
}

SCENARIO("what names no subscription, begins beyond the end or asks for too many is refused") {
  Served served;
  const auto client = served.admin();
  const auto refused = [&](const Client::Fill& fill) {
    const auto status = client->ask(fill, [](wire::Answer::Reader) { return Status(); });
    return status ? std::optional<Fault>() : status.error().fault;
  };
  CHECK(refused([](wire::Request::Builder request) { request.initCredit().setSubscription(77); }) == Fault::not_found);
  CHECK(refused([](wire::Request::Builder request) { request.setCancel(77); }) == Fault::not_found);
  CHECK(refused([](wire::Request::Builder request) { fill_subscription(request, 4, 1); }) == Fault::invalid);
  CHECK(refused([](wire::Request::Builder request) {
          fill_subscription(request, 1, 1);
          request.getSubscribe().initTypes(1).set(0, 60'000);
        }) == Fault::unsupported);
  CHECK(refused([](wire::Request::Builder request) {
          fill_subscription(request, 1, 1);
          request.getSubscribe().initProgrammes(1).set(0, "Not a programme");
        }) == Fault::invalid);
  CHECK(refused([](wire::Request::Builder request) { request.initSubscribe().setKept(""); }) == Fault::invalid);
  CHECK(refused([](wire::Request::Builder request) {
          fill_subscription(request, 1, 1);
          request.getSubscribe().initProgrammes(Bounds::filter_programmes_max + 1);
        }) == Fault::too_large);

  // An id that is under way, which a decent client never says again.
  const auto id = subscribe(*client, 3, 1);
  CHECK(next_of(*client).live);
  must(client->send([&](wire::Request::Builder request) {
    fill_subscription(request, 1, 1);
    request.setId(id);
  }));
  CHECK(next_of(*client).refused == Fault::conflict);
  for (std::size_t i = 1; i < Bounds::subscriptions_max; ++i) {
    subscribe(*client, 3, 1);
    CHECK(next_of(*client).live);
  }
  subscribe(*client, 3, 1);
  CHECK(next_of(*client).refused == Fault::too_large);
}

SCENARIO("two hundred follow, ten of them stalled, and each gets every event once and in order") {
  Served served;
  constexpr std::size_t followers = 200, stalled = 10;
  // More than sockets hold by themselves.
  constexpr std::uint64_t people = 6'000, last = people + 2;
  std::vector<std::unique_ptr<Client>> clients;
  std::vector<std::unique_ptr<Follow>> follows;
  for (std::size_t i = 0; i < followers; ++i) {
    clients.push_back(served.admin());
    follows.push_back(must(Follow::begin(*clients.back(), everything())));
  }
  std::thread writer([&] { enrol(*served.admin(), 1, people); });
  for (std::size_t i = stalled; i < followers; ++i) {
    INFO("follower " << i);
    REQUIRE(positions_until(*follows[i], last) == range(1, last));
  }
  writer.join();
  for (std::size_t i = 0; i < stalled; ++i) {
    INFO("stalled follower " << i);
    REQUIRE(positions_until(*follows[i], last) == range(1, last));
  }
  CHECK(served.dropped().empty());
}

SCENARIO("a client that takes nothing of what it follows costs one piece, and is dropped with the reason") {
  Bounds bounds;
  bounds.taken_within = 500ms;
  Served served(bounds);
  const auto client = served.admin();
  const auto id = subscribe(*client, 1, 1'000'000'000);
  must(client->flush());
  enrol(*served.admin(), 1, 8'000);
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (served.dropped().empty() && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(10ms);
  REQUIRE(served.dropped() == std::vector<std::string>{"it does not take its answers"});
  // What it did get until then is in order.
  std::uint64_t seen = 0;
  for (;;) {
    const Status received = client->receive([&](wire::Answer::Reader answer) -> Status {
      CHECK(answer.getId() == id);
      for (const auto event : answer.getFollowed().getEvents()) CHECK(event.getPosition() == ++seen);
      return {};
    });
    if (!received) break;
  }
  CHECK(seen < 8'002);
}

SCENARIO("stalled followers that hold all the memory there is for pieces do not keep it from those who read") {
  Bounds bounds;
  bounds.memory_bytes_max = 2u << 20;  // of which pieces take a quarter: two of them
  bounds.taken_within = 1s;
  Served served(bounds);
  constexpr std::uint64_t people = 8'000;
  enrol(*served.admin(), 1, people);
  constexpr std::size_t stalled = 6;
  std::vector<std::unique_ptr<Client>> clients;
  for (std::size_t i = 0; i < stalled; ++i) {
    clients.push_back(served.admin());
    must(clients.back()->send([](wire::Request::Builder request) {
      fill_subscription(request, 1, 1'000'000'000);
      request.getSubscribe().initTypes(1).set(0, static_cast<std::uint16_t>(EventType::enrolled));  // so it shares with nobody
    }));
    must(clients.back()->flush());
  }
  const auto client = served.admin();
  const auto follow = must(Follow::begin(*client, everything()));
  CHECK(positions_until(*follow, people + 2) == range(1, people + 2));
  // Whoever writes never waited.
  CHECK(must(append(*served.admin(), "after", {enrolled(person(people + 1))})).first == people + 3);
}

SCENARIO("who follows with a token that is revoked hears nothing more within a second") {
  Served served;
  const auto secret = served.token(Role::caseworker, {"roskilde"});
  const auto client = served.client(secret);
  const auto follow = must(Follow::begin(*client, everything()));
  must(revoke_token(served.directory(), secret, {1}));
  const auto before = std::chrono::steady_clock::now();
  for (;;) {
    const auto came = follow->next([](wire::Event::Reader) { return Status(); });
    if (!came) break;
  }
  CHECK(std::chrono::steady_clock::now() - before < 1s);
}

SCENARIO("a server that is stopped tells its followers, and does not wait for them") {
  Served served;
  const auto client = served.admin();
  const auto follow = must(Follow::begin(*client, everything()));
  CHECK(positions_until(*follow, 2) == range(1, 2));
  served.listener().stop();
  const auto ended = follow->next([](wire::Event::Reader) { return Status(); });
  REQUIRE_FALSE(ended);
  CHECK(ended.error().fault == Fault::unavailable);
  CHECK(ended.error().message.find("the server stops") != std::string::npos);
  served.end();
}

}  // namespace fodspor::server::tests
