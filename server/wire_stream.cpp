#include "server/wire_stream.h"

#include <string>

namespace fodspor::server {

Result<StreamId> stream_of(std::uint8_t kind, std::uint64_t hi, std::uint64_t lo) {
  if (kind == 0 || kind > stream_kind_max) return fail(Fault::invalid, "stream.kind: " + std::to_string(kind) + " is not a kind of stream");
  return StreamId{static_cast<StreamKind>(kind), {hi, lo}};
}

Result<StreamId> stream_of(wire::Stream::Reader stream) {
  return stream_of(stream.getKind(), stream.getHi(), stream.getLo());
}

void fill(wire::Stream::Builder stream, const StreamId& id) {
  stream.setKind(static_cast<std::uint8_t>(id.kind));
  stream.setHi(id.id.hi);
  stream.setLo(id.id.lo);
}

}  // namespace fodspor::server
