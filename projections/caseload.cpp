#include "projections/caseload.h"

#include <algorithm>
#include <tuple>

namespace fodspor::projections {

namespace {

bool is_on_the_caseload(const PersonLine& line) {
  return line.entry && !line.compared && !line.exit && !line.died && !line.emigrated;
}

CaseloadLine due(const PersonLine& line, int check_in_days, Date today) {
  CaseloadLine due;
  due.person = line;
  // A contact before the last entry says nothing about the participation that runs now.
  due.counted_from = line.last_entry ? line.last_entry->on : line.entry->on;
  if (line.last_contact && line.last_contact->on > due.counted_from) due.counted_from = line.last_contact->on;
  if (check_in_days > 0) {
    due.due = due.counted_from.plus_days(check_in_days);
    due.overdue_days = today - *due.due;
  }
  return due;
}

}  // namespace

Result<std::vector<CaseloadLine>> read_caseload(const Rows& people, const Context& context, std::optional<ProgrammeId> programme,
                                                Date today) {
  if (programme && context.find(*programme) == nullptr) {
    return fail(Fault::not_found, "there is no programme " + programme->slug() + " in this ledger");
  }
  std::vector<CaseloadLine> lines;
  for (const auto& [id, one] : context.programmes) {
    if (programme && id != *programme) continue;
    const int check_in_days = one.frame ? one.frame->check_in_days : 0;
    FODSPOR_DO(each_person(people, id, [&](const PersonLine& line) {
      if (is_on_the_caseload(line)) lines.push_back(due(line, check_in_days, today));
      return true;
    }));
  }
  const auto order = [](const CaseloadLine& line) {
    return std::tuple(!line.due.has_value(), -line.overdue_days, line.counted_from, line.person.programme, line.person.person);
  };
  std::sort(lines.begin(), lines.end(), [&](const CaseloadLine& a, const CaseloadLine& b) { return order(a) < order(b); });
  return lines;
}

}  // namespace fodspor::projections
