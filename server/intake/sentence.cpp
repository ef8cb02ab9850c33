#include "server/intake/sentence.h"

#include <boost/json/serialize.hpp>

#include "events/json.h"
#include "events/rules.h"

namespace fodspor::server::intake {

std::string without_offset(std::string message) {
  const auto at = message.rfind(" (byte ");
  if (at != std::string::npos && message.back() == ')') message.resize(at);
  return message;
}

Result<DesiredFact> Sentence::fact(const Mapping& mapping, const Id& key, std::string place) && {
  boost::json::object event;
  event["type"] = std::string(type->name);
  event["stream"] = stream.text();
  event["programme"] = mapping.programme.slug();
  event["source"] = mapping.source;
  event["correlation"] = key.hex();
  if (from) event["valid_from"] = from->text();
  if (to) event["valid_to"] = to->text();
  if (!references.empty()) event["references"] = std::move(references);
  event["facts"] = std::move(facts);
  auto draft = draft_from_json(boost::json::serialize(event));
  if (!draft) return fail(draft.error().fault, without_offset(draft.error().message));
  FODSPOR_DO(check_draft(*draft));
  DesiredFact fact{key, {}, 0, std::move(place)};
  // The source system knew it by the end of that day.
  if (registered) fact.registered_at = (std::int64_t{registered->days()} + 1 - Date::from_ymd(1970, 1, 1)->days()) * 86'400'000'000 - 1;
  FODSPOR_TRY(fact.content, Content::of(std::move(*draft)));
  return fact;
}

}  // namespace fodspor::server::intake
