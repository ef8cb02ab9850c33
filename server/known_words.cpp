#include "server/known_words.h"

#include <capnp/any.h>
#include <capnp/dynamic.h>

#include <algorithm>

#include "events/control.capnp.h"
#include "events/vocabulary.h"

namespace fodspor::server {

namespace {

tl::unexpected<Failure> unknown(capnp::StructSchema schema) {
  return fail(Fault::unsupported, std::string(schema.getShortDisplayName().cStr()) +
                                      " has a field that this server does not know: update the server, or leave the field out");
}

Status check_struct(capnp::DynamicStruct::Reader value);

Status check_value(const capnp::DynamicValue::Reader& value) {
  if (value.getType() == capnp::DynamicValue::STRUCT) return check_struct(value.as<capnp::DynamicStruct>());
  if (value.getType() != capnp::DynamicValue::LIST) return {};
  for (const auto& item : value.as<capnp::DynamicList>()) FODSPOR_DO(check_value(item));
  return {};
}

// What lies beyond the sections that the schema has: zeros are a newer writer who says nothing new.
Status check_sections(capnp::AnyStruct::Reader value, capnp::StructSchema schema) {
  const auto known = schema.getProto().getStruct();
  const auto data = value.getDataSection();
  const std::size_t known_bytes = std::size_t{known.getDataWordCount()} * sizeof(capnp::word);
  for (std::size_t i = known_bytes; i < data.size(); ++i) {
    if (data[i] != 0) return unknown(schema);
  }
  const auto pointers = value.getPointerSection();
  for (unsigned i = known.getPointerCount(); i < pointers.size(); ++i) {
    if (!pointers[i].isNull()) return unknown(schema);
  }
  return {};
}

Status check_struct(capnp::DynamicStruct::Reader value) {
  const capnp::StructSchema schema = value.getSchema();
  // A group's sections are those of the struct that it stands in.
  if (!schema.getProto().getStruct().getIsGroup()) FODSPOR_DO(check_sections(value.as<capnp::AnyStruct>(), schema));
  for (const auto field : schema.getNonUnionFields()) {
    if (value.has(field)) FODSPOR_DO(check_value(value.get(field)));
  }
  KJ_IF_MAYBE (field, value.which()) {
    if (value.has(*field)) FODSPOR_DO(check_value(value.get(*field)));
  }
  return {};
}

Status check_body(capnp::AnyPointer::Reader body, EventType type) {
  const TypeInfo* info = find_type(type);
  if (info == nullptr || body.isNull()) return {};
  return check_struct(body.getAs<capnp::DynamicStruct>(info->schema));
}

}  // namespace

Status check_known(events::wire::Proposal::Reader proposal) {
  FODSPOR_DO(check_struct(proposal));
  const auto type = static_cast<EventType>(proposal.getType());
  FODSPOR_DO(check_body(proposal.getFacts(), type));
  if (type != EventType::corrected) return {};
  const auto correction = proposal.getFacts().getAs<events::wire::Corrected>();
  return check_body(correction.getBody(), static_cast<EventType>(correction.getType()));
}

}  // namespace fodspor::server
