#include "server/deliveries.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "server/session.h"

namespace fodspor::server {

void Deliveries::put(Delivery delivery) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(delivery));
    if (waiting_.size() > 1) return;
  }
  boost::asio::post(network_, [this] { deliver(); });
}

void Deliveries::deliver() {
  {
    const std::lock_guard lock(mutex_);
    turn_.swap(waiting_);
  }
  for (Delivery& delivery : turn_) {
    // Who gets several keeps its place until the last of them.
    if (!delivery.session->deliver(delivery)) delivery.session.reset();
  }
  for (const Delivery& delivery : turn_) {
    if (delivery.session) delivery.session->go_on_after_delivery();
  }
  turn_.clear();
}

}  // namespace fodspor::server
