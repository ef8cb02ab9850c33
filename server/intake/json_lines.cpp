#include <unordered_map>

#include "events/json.h"
#include "events/rules.h"
#include "server/intake/rows.h"
#include "server/intake/sentence.h"

namespace fodspor::server::intake {

Result<Delivery> json_delivery(std::string_view lines, std::string_view file, std::string_view space) {
  Delivery delivery;
  delivery.space = space;
  delivery.any_key = true;
  Problems problems;
  std::unordered_map<std::string, std::uint32_t> said;
  std::unordered_map<Id, std::size_t> keyed;
  std::size_t number = 0;
  while (!lines.empty() && !problems.many()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = trimmed(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
    ++number;
    if (line.empty()) continue;
    ++delivery.rows;
    const std::string place = std::string(file) + ":" + std::to_string(number);
    const auto refuse = [&](std::string_view reason) { problems.add(place + ": " + std::string(reason)); };
    auto draft = draft_from_json(line);
    if (!draft) {
      refuse(draft.error().message);
      continue;
    }
    if (const auto checked = check_draft(*draft); !checked) {
      refuse(checked.error().message);
      continue;
    }
    auto proposal = draft->proposal();
    DesiredFact fact{{}, {}, proposal.getRegisteredAt(), place};
    if (!proposal.hasCorrelation()) {
      // A line that says nothing of which fact it is, is known by all that it says; the second of two equal ones is another fact.
      FODSPOR_TRY(Draft copy, draft_from_json(line));
      FODSPOR_TRY(const Content content, Content::of(std::move(copy)));
      const std::uint32_t time = ++said[content.packed];
      fact.key = key_of(space, {content.packed, std::to_string(time)});
      auto correlation = proposal.initCorrelation();
      correlation.setHi(fact.key.hi);
      correlation.setLo(fact.key.lo);
    } else {
      fact.key = {proposal.getCorrelation().getHi(), proposal.getCorrelation().getLo()};
    }
    if (const auto [before, is_new] = keyed.emplace(fact.key, number); !is_new) {
      refuse("line " + std::to_string(before->second) + " has the same correlation id, which tells facts apart");
      continue;
    }
    auto content = Content::of(std::move(*draft));
    if (!content) {
      refuse(content.error().message);
      continue;
    }
    fact.content = *std::move(content);
    delivery.facts.push_back(std::move(fact));
  }
  FODSPOR_DO(problems.status());
  return delivery;
}

}  // namespace fodspor::server::intake
