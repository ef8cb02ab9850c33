// An answer, framed, on its way to a connection. Most are bytes of their own; what many connections get at the same time is a small head of
// its own and a rest that they share, so that who is slow to take it holds a reference and no copy. A value.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace fodspor::server {

struct Outgoing {
  using Bytes = std::vector<std::byte>;

  Outgoing() = default;
  Outgoing(Bytes bytes) : own(std::move(bytes)) {}

  Bytes own;
  std::shared_ptr<const Bytes> shared;  // none: `own` is all
  std::size_t shared_from = 0;          // what of it comes after `own`
  std::function<void()> taken;          // called when the connection has really taken it; never, if that ends before

  std::span<const std::byte> rest() const noexcept {
    return shared ? std::span<const std::byte>(*shared).subspan(shared_from) : std::span<const std::byte>();
  }
  std::size_t size() const noexcept { return own.size() + rest().size(); }
};

}  // namespace fodspor::server
