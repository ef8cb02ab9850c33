// Numbers as the schemas store them (terms.capnp): one is added, so that 0 is absent. Any thread.
#pragma once

#include <cstdint>
#include <optional>

namespace fodspor::projections {

inline std::optional<std::int32_t> stored_minutes(std::uint32_t stored) noexcept {
  if (stored == 0) return std::nullopt;
  return static_cast<std::int32_t>(stored - 1);
}

inline std::optional<std::uint8_t> stored_number(std::uint8_t stored) noexcept {
  if (stored == 0) return std::nullopt;
  return static_cast<std::uint8_t>(stored - 1);
}

}  // namespace fodspor::projections
