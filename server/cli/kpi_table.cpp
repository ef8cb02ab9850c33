#include "server/cli/kpi_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "server/cli/few.h"
#include "server/cli/library.h"

namespace fodspor::server {

namespace {

using projections::KpiLine;
using projections::TargetStanding;

constexpr auto right = Column::Align::right;
constexpr auto left = Column::Align::left;

std::vector<Column> kpi_columns() {
  return {{"programme", {"programme", "indsats"}, left, false, Column::For::programs},
          {"target", {"target", "mål"}},
          {"reading", {"reading", "læsning"}, left, false, Column::For::programs},
          {"title", {"what counts", "hvad der tæller"}, left, false, Column::For::programs},
          {"words", {"what counts", "hvad der tæller"}, left, true, Column::For::people},
          {"figure", {"figure", "tal"}, right, false, Column::For::people},
          {"numerator", {"counted", "talt"}, right},
          {"denominator", {"of", "af"}, right},
          {"unknown", {"unknown", "ukendt"}, right},
          {"wanted", {"wanted", "ønsket"}, right},
          {"standing", {"answer", "svar"}},
          {"definition", {"definition", "definition"}, left, false, Column::For::programs},
          {"definition_hash", {"hash", "hash"}, left, false, Column::For::programs},
          {"document", {"document", "dokument"}, left, false, Column::For::programs}};
}

Cell standing_cell(TargetStanding standing) {
  const std::string_view code = name(standing);
  switch (standing) {
    case TargetStanding::met:
      return Cell::words({"✓ met", "✓ nået"}, code, Tone::good);
    case TargetStanding::missed:
      return Cell::words({"✗ missed", "✗ ikke nået"}, code, Tone::bad);
    case TargetStanding::not_yet:
      return Cell::words({"… not yet", "… endnu ikke"}, code, Tone::faint);
    case TargetStanding::unknown_decides:
      return Cell::words({"? unknown decides", "? ukendte afgør"}, code, Tone::strong);
    case TargetStanding::unread:
      return Cell::words({"! unreadable", "! ulæselig"}, code, Tone::bad);
  }
  return {};
}

std::string bound(const KpiLine& line, const std::array<std::uint64_t, 2>& ratio, Language language) {
  return line.target.share ? percent(ratio[0], ratio[1], language) : grouped(static_cast<std::int64_t>(ratio[0]), language);
}

// "31", "31 – 36", "28.0 – 33.1 %".
std::string figure(const KpiLine& line, Language language) {
  std::string low = bound(line, line.bounds.as_no, language);
  const std::string high = bound(line, line.bounds.as_yes, language);
  if (low == high) return low;
  if (low.ends_with(" %")) low.resize(low.size() - 2);
  return low + " – " + high;
}

void add_line(Table& table, const KpiLine& line, bool same_target, bool hides_few) {
  const bool unread = line.standing == TargetStanding::unread;
  const bool shown = !hides_few || unread || shows_figure(line);
  const auto count = [&](std::uint64_t n) { return unread ? Cell() : FewInLine::cell(n, shown); };
  // People are not told what they have read already, nor that nobody is unknown.
  const auto count_if = [&](bool worth, std::uint64_t n) { return worth || unread || !shown ? count(n) : Cell::shown({}, {}, n); };
  const bool whole_shown = shown || !is_few(line.counts.denominator);
  const auto& title = line.target.title.en.empty() && line.target.title.da.empty() ? line.definition_title : line.target.title;
  table.add({Cell::text(line.programme.slug()),
             same_target ? Cell::shown({}, {}, line.target.id) : Cell::text(line.target.id, Tone::strong), Cell::text(line.target.reading),
             both(title), reading_words(line.target.reading, title, same_target),
             unread   ? Cell()
             : !shown ? FewInLine::hidden()
                      : Cell::shown(figure(line, Language::english), figure(line, Language::danish), {}),
             count_if(line.target.share, line.counts.numerator), unread ? Cell() : FewInLine::cell(line.counts.denominator, whole_shown),
             count_if(line.counts.unknown > 0, line.counts.unknown), wanted_cell(line.target),
             shown ? standing_cell(line.standing) : FewInLine::hidden(),
             Cell::text(line.target.definition + "@" + line.target.definition_version), Cell::text(hex_of(line.definition_hash)),
             Cell::text(line.target.document)});
}

}  // namespace

Cell reading_words(const std::string& reading, const projections::Bilingual& title, bool same_target) {
  if (reading.empty()) return both(title);
  if (same_target) return Cell::shown("· read as " + reading, "· læst som " + reading, {}, Tone::faint);
  return Cell::shown(title.in(false) + ", read as " + reading, title.in(true) + ", læst som " + reading, {});
}

bool naturally_less(std::string_view a, std::string_view b) {
  const auto split = [](std::string_view id) { return std::min(id.find_first_of("0123456789"), id.size()); };
  const std::size_t x = split(a), y = split(b);
  const auto digits = [](std::string_view id, std::size_t at) { return std::min(id.find_first_not_of("0123456789", at), id.size()) - at; };
  if (a.substr(0, x) != b.substr(0, y) || digits(a, x) == digits(b, y)) return a < b;
  return digits(a, x) < digits(b, y);
}

bool shows_figure(const KpiLine& line) {
  return FewInLine(true).shows_parts(line.counts.denominator, {line.counts.numerator, line.counts.unknown});
}

void add_kpi_tables(Report& report, const std::vector<KpiLine>& lines, const projections::Context& context, bool hides_few) {
  std::vector<const KpiLine*> ordered;
  for (const auto& line : lines) ordered.push_back(&line);
  // K10 comes after K9; within a target the readings stay as they are.
  std::stable_sort(ordered.begin(), ordered.end(), [](const KpiLine* a, const KpiLine* b) {
    return a->programme != b->programme ? a->programme < b->programme : naturally_less(a->target.id, b->target.id);
  });
  Table* table = nullptr;
  const KpiLine* previous = nullptr;
  for (const KpiLine* line : ordered) {
    const bool same_programme = previous != nullptr && previous->programme == line->programme;
    if (!same_programme) {
      table = &report.table("targets", title_of(context, line->programme, Language::english),
                            title_of(context, line->programme, Language::danish), kpi_columns());
    }
    add_line(*table, *line, same_programme && previous->target.id == line->target.id, hides_few);
    previous = line;
  }
  if (table == nullptr) report.table("targets", {"Targets", "Mål"}, kpi_columns());
  for (const auto& line : lines) {
    if (line.standing == TargetStanding::unread) {
      report.note(fmt::format("{} {}: {}", line.programme.slug(), line.target.id, line.problem));
    }
  }
}

std::string wanted(const projections::Target& target, Language language) {
  using Comparator = wire::TargetPinned::Comparator;
  const bool danish = language == Language::danish;
  const std::string value =
      target.share ? decimal(target.value_millionths * 100, language) + " %" : decimal(target.value_millionths, language);
  switch (target.comparator) {
    case Comparator::AT_LEAST:
      return (danish ? "mindst " : "at least ") + value;
    case Comparator::MORE_THAN:
      return (danish ? "over " : "more than ") + value;
    case Comparator::AT_MOST:
      return (danish ? "højst " : "at most ") + value;
    case Comparator::UP_TO:
      return (danish ? "op til " : "up to ") + value;
    case Comparator::ABOUT: {
      const std::string about = (danish ? "ca. " : "about ") + value;
      return target.tolerance_millionths == 0 ? about
                                              : fmt::format("{} ± {} %", about, decimal(target.tolerance_millionths * 100, language));
    }
    case Comparator::UNSPECIFIED:
      break;
  }
  return value;
}

Cell wanted_cell(const projections::Target& target) {
  return Cell::shown(wanted(target, Language::english), wanted(target, Language::danish), wanted(target, Language::english));
}

Cell both(const projections::Bilingual& words, Tone tone) {
  return Cell::shown(words.in(false), words.in(true), words.in(false), tone);
}

std::string title_of(const projections::Context& context, ProgrammeId programme, Language language) {
  const auto* found = context.find(programme);
  if (found == nullptr || !found->frame) return programme.slug();
  const auto& frame = *found->frame;
  return fmt::format("{} · {} · {} – {}", programme.slug(), frame.title.in(language == Language::danish), frame.starts.text(),
                     frame.ends.text());
}

Status known_programme(const projections::Context& context, ProgrammeId programme) {
  if (context.find(programme) != nullptr) return {};
  std::vector<std::string> slugs;
  for (const auto& [id, known] : context.programmes) slugs.push_back(id.slug());
  return fail(Fault::not_found,
              slugs.empty()
                  ? fmt::format("there is no programme '{}': none is registered in this ledger yet", programme.slug())
                  : fmt::format("there is no programme '{}' in this ledger; there are {}", programme.slug(), fmt::join(slugs, ", ")));
}

}  // namespace fodspor::server
