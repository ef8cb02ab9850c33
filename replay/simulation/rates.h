// What a simulation takes to be so, read from TOML: how many, how often, how late. default_rates.toml, which is compiled in, names each
// with its source. Values; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/calendar.h"
#include "events/failure.h"
#include "events/ids.h"
#include "replay/simulation/draw.h"

namespace fodspor::replay {

// The parameter files that ship, by name; the build writes its body.
std::span<const std::pair<std::string_view, std::string_view>> shipped_rates();

}  // namespace fodspor::replay

namespace fodspor::replay::simulation {

using namespace fodspor::events;

// Of one programme.
struct ProgrammeRates {
  ProgrammeId id;
  std::uint32_t participants = 0, commercial = 0, social = 0, ambassadors = 0, committed_before = 0, networks = 0, staff = 0;
  Date starts, ends;

  Rate female, inactive_at_entry, employed_at_entry, long_term, under_25, over_54, migrant, disability, disadvantaged, homeless, rural,
      incomplete_record, consent_withdrawn, died, emigrated, merged, re_entered, was_elsewhere;
  Rate late, corrected, retracted, gap_in_coverage;
  Span late_days, usual_days, days_in;
  Rate course_completed, development, retention, upskilling, job_club, chosen_broker, buddy, match_declined, placed, social_placement,
      stepping_stone, mixed_hours, small_jobs;
  Rate employed_social, employed_commercial, self_employed, in_education, seeking, dropped_out, seekers_inactive;
  Rate ordinary_job, second_job, job_before_exit, hours_raised, changed_employer, retained, found_later, unreachable, referred, aftercare,
      register_status, withdrew;
};

struct Rates {
  std::vector<ProgrammeRates> programmes;  // in the order of their start, then of their name

  // `toml` over what is shipped; empty: just that. Fault::invalid with file, line and column, and what to write instead.
  static Result<Rates> read(std::string_view toml = {}, std::string_view file_name = "rates");
};

}  // namespace fodspor::replay::simulation
