#include "server/cli/sight.h"

namespace fodspor::server {

std::span<const ProgrammeId> Sight::programmes() const noexcept {
  if (grant_ == nullptr) return {};
  return grant_->programmes.named();
}

bool Sight::sees(ProgrammeId programme) const noexcept {
  return grant_ == nullptr || grant_->programmes.contain(programme);
}

Result<bool> Sight::sees(const Event& event, Operation operation) {
  if (!is_limited()) return true;
  FODSPOR_TRY(const auto concerned, concerns_.of(event));
  return may_about(*grant_, operation, concerned).has_value();
}

Result<bool> Sight::sees(const EventId& id, Operation operation) {
  if (!is_limited()) return true;
  FODSPOR_TRY(const auto position, ledger_.find(id));
  if (!position) return false;
  FODSPOR_TRY(const Event event, ledger_.read(*position));
  return sees(event, operation);
}

Result<bool> Sight::sees(const StreamId& stream, Operation operation) {
  if (!is_limited()) return true;
  FODSPOR_TRY(const auto concerned, concerns_.of_stream(stream));
  return may_about(*grant_, operation, concerned).has_value();
}

Status Sight::may_read(const StreamId& stream, Operation operation) {
  if (!is_limited()) return {};
  FODSPOR_TRY(const auto concerned, concerns_.of_stream(stream));
  return may_about(*grant_, operation, concerned);
}

Status Sight::may_read(const Event& event, Operation operation) {
  if (!is_limited()) return {};
  FODSPOR_TRY(const auto concerned, concerns_.of(event));
  return may_about(*grant_, operation, concerned);
}

Status Sight::may(Operation operation, std::optional<ProgrammeId> programme) const {
  return grant_ == nullptr ? Status() : server::may(*grant_, operation, programme);
}

}  // namespace fodspor::server
