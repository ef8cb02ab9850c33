#include "server/follow.h"
#include "server/wire_stream.h"

#include <algorithm>

namespace fodspor::server {

namespace {

void fill_subscribe(wire::Subscribe::Builder subscribe, const Follow::Options& options) {
  if (options.from) {
    subscribe.setFrom(options.from->value);
  } else if (options.kept) {
    subscribe.setKept(*options.kept);
  } else {
    subscribe.setEnd();
  }
  auto types = subscribe.initTypes(static_cast<unsigned>(options.types.size()));
  for (unsigned i = 0; i < types.size(); ++i) types.set(i, static_cast<std::uint16_t>(options.types[i]));
  auto programmes = subscribe.initProgrammes(static_cast<unsigned>(options.programmes.size()));
  for (unsigned i = 0; i < programmes.size(); ++i) programmes.set(i, options.programmes[i]);
  if (options.stream) {
    fill(subscribe.initStream(), *options.stream);
  }
  subscribe.setForm(options.form);
  subscribe.setCredit(options.window);
}

}  // namespace

Result<std::unique_ptr<Follow>> Follow::begin(Client& client, const Options& options) {
  std::unique_ptr<Follow> follow(new Follow(client, std::max<std::uint64_t>(options.window, 1)));
  FODSPOR_TRY(follow->id_, client.send([&](wire::Request::Builder request) { fill_subscribe(request.initSubscribe(), options); }));
  follow->credit_ = follow->window_;
  FODSPOR_TRY(const Came came, follow->next([](wire::Event::Reader) { return Status(); }));
  follow->begun_at_ = came.through;
  return follow;
}

Result<Follow::Came> Follow::next(const Each& each) {
  while (waiting_.empty()) {
    bool ignored = false;
    FODSPOR_DO(receive(0, ignored));
  }
  const auto message = std::move(waiting_.front());
  waiting_.pop_front();
  const auto followed = message->getRoot<wire::Followed>().asReader();
  const Came came{followed.getEvents().size(), {followed.getThrough()}, followed.getLive()};
  for (const auto event : followed.getEvents()) FODSPOR_DO(each(event));
  FODSPOR_DO(top_up(came.events));
  return came;
}

Status Follow::top_up(std::size_t events) {
  credit_ -= std::min<std::uint64_t>(credit_, events);
  if (credit_ > window_ / 2) return {};
  FODSPOR_DO(client_.send([&](wire::Request::Builder request) {
    auto credit = request.initCredit();
    credit.setSubscription(id_);
    credit.setEvents(window_ - credit_);
  }));
  credit_ = window_;
  return client_.flush();
}

// One answer, whichever it is; `came`: it was that of `id`.
Status Follow::receive(std::uint64_t id, bool& came) {
  return client_.receive([&](wire::Answer::Reader answer) -> Status {
    if (answer.isRefusal() && (answer.getId() == id_ || answer.getId() == id || answer.getId() == 0)) {
      return tl::make_unexpected(failure_of(answer.getRefusal()));
    }
    came = answer.getId() == id;
    if (answer.getId() != id_ || !answer.isFollowed()) return {};
    auto message = std::make_unique<capnp::MallocMessageBuilder>();
    message->setRoot(answer.getFollowed());
    waiting_.push_back(std::move(message));
    return {};
  });
}

Status Follow::wait_for(std::uint64_t id) {
  for (bool came = false; !came;) FODSPOR_DO(receive(id, came));
  return {};
}

Status Follow::keep(const std::string& name, Position position) {
  FODSPOR_TRY(const std::uint64_t id, client_.send([&](wire::Request::Builder request) {
    auto keep = request.initKeep();
    keep.setName(name);
    keep.setPosition(position.value);
  }));
  return wait_for(id);
}

Status Follow::cancel() {
  FODSPOR_TRY(const std::uint64_t id, client_.send([&](wire::Request::Builder request) { request.setCancel(id_); }));
  FODSPOR_DO(wait_for(id));
  waiting_.clear();
  return {};
}

}  // namespace fodspor::server
