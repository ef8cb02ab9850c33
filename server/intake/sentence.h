// One fact of a row, put together as events/json.h reads it. A value; one thread.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "events/calendar.h"
#include "server/intake/delivery.h"
#include "server/intake/mapping.h"

namespace fodspor::server::intake {

struct Sentence {
  const TypeInfo* type = nullptr;
  StreamId stream;
  std::optional<Date> from, to, registered;
  boost::json::array references;
  boost::json::object facts;

  // Fault::invalid with the field, if the vocabulary does not take it.
  Result<DesiredFact> fact(const Mapping& mapping, const Id& key, std::string place) &&;
};

// A failure of events/json.h without the offset, which speaks of a text that nobody wrote.
std::string without_offset(std::string message);

}  // namespace fodspor::server::intake
