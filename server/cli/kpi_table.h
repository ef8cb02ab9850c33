// KPI lines as tables, one a programme; and what several commands say of programmes and targets. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "projections/kpi.h"
#include "server/cli/report.h"

namespace fodspor::server {

using namespace fodspor::events;

// `hides_few`: counts of few people are left out, and with them the line's figure and answer.
void add_kpi_tables(Report& report, const std::vector<projections::KpiLine>& lines, const projections::Context& context,
                    bool hides_few = false);
// Whether a line's figure tells of no few people.
bool shows_figure(const projections::KpiLine& line);

// What a target counts, in words: of its further readings only how they are read, where the first stands right above.
Cell reading_words(const std::string& reading, const projections::Bilingual& title, bool same_target);
// "R2" before "R10".
bool naturally_less(std::string_view a, std::string_view b);
// "at least 30 %", "about 50 (± 10 %)".
std::string wanted(const projections::Target& target, Language language);
Cell wanted_cell(const projections::Target& target);
Cell both(const projections::Bilingual& words, Tone tone = Tone::plain);
// "Plads til Flere (kalundborg)"
std::string title_of(const projections::Context& context, ProgrammeId programme, Language language);
// Fault::not_found, naming the programmes that there are.
Status known_programme(const projections::Context& context, ProgrammeId programme);

}  // namespace fodspor::server
