#include "projections/kpi_row.h"

#include <algorithm>

#include "projections/row_codec.h"

namespace fodspor::projections {

namespace {

constexpr std::string_view view_name = "kpi";

std::uint8_t flags_of(const Verdict& verdict) {
  return static_cast<std::uint8_t>((verdict.in_population ? 1u : 0u) | static_cast<unsigned>(verdict.in_denominator) << 1 |
                                   static_cast<unsigned>(verdict.met) << 3 | (verdict.excluded ? 1u << 5 : 0u) |
                                   (verdict.censored ? 1u << 6 : 0u));
}

// The truth in two bits; 3 is none.
bool read_truth(unsigned bits, Truth& truth) {
  truth = static_cast<Truth>(bits);
  return bits <= static_cast<unsigned>(Truth::unknown);
}

}  // namespace

std::string kpi_row_key(ProgrammeId programme, const StreamId& subject) {
  std::string key;
  RowWriter(key).id(programme.id).stream(subject);
  return key;
}

Result<StreamId> kpi_row_subject(std::string_view key) {
  RowReader reader(key);
  static_cast<void>(reader.id());
  const StreamId subject = reader.stream();
  FODSPOR_DO(reader.finish(view_name));
  return subject;
}

std::string kpi_sum_key(ProgrammeId programme, const Target& target, KpiClass of) {
  std::string key;
  RowWriter(key).id(programme.id).raw(target.id).byte(0).raw(target.reading).byte(0).byte(static_cast<std::uint8_t>(of));
  return key;
}

KpiClass class_of(const Verdict& verdict) {
  if (!verdict.in_population) return KpiClass::outside;
  if (verdict.excluded) return KpiClass::excluded;
  if (verdict.in_denominator == Truth::no) return KpiClass::not_asked;
  if (verdict.met == Truth::unknown) return KpiClass::unknown;
  return verdict.met == Truth::yes ? KpiClass::yes : KpiClass::no;
}

void count(KpiClass of, std::uint64_t units, KpiCounts& counts) {
  counts.units += units;
  if (of != KpiClass::outside) counts.population += units;
  if (of == KpiClass::excluded) counts.excluded += units;
  if (of == KpiClass::no || of == KpiClass::yes || of == KpiClass::unknown) counts.denominator += units;
  if (of == KpiClass::yes) counts.numerator += units;
  if (of == KpiClass::unknown) counts.unknown += units;
}

void KpiRowWriter::add(std::uint32_t target, const Verdict& verdict) {
  ++count_;
  RowWriter writer(verdicts_);
  writer.number(target).number(verdict.unit_number).byte(flags_of(verdict)).number(verdict.steps_passed).number(verdict.reasons.size());
  for (const Reason& reason : verdict.reasons) {
    std::uint64_t event = 0;
    if (reason.because) {
      auto known = std::find(events_.begin(), events_.end(), reason.because);
      if (known == events_.end()) known = events_.insert(known, reason.because);
      event = static_cast<std::uint64_t>(known - events_.begin()) + 1;
    }
    writer.number(reason.clause).number(event << 2 | static_cast<std::uint64_t>(reason.truth));
  }
}

std::string KpiRowWriter::finish() const {
  std::string row;
  RowWriter writer(row);
  writer.number(events_.size());
  for (const EventId& event : events_) writer.event(event);
  writer.number(count_).raw(verdicts_);
  return row;
}

Result<std::vector<KpiVerdict>> decode_kpi_row(std::string_view row) {
  const auto damaged = [] { return fail(Fault::corrupt, "a row of the view kpi cannot be read; `fodspor rebuild` makes the view anew"); };
  RowReader reader(row);
  std::vector<EventId> events;
  for (std::uint64_t left = reader.number(); left > 0 && reader.ok(); --left) events.push_back(reader.event());
  std::vector<KpiVerdict> verdicts;
  for (std::uint64_t left = reader.number(); left > 0; --left) {
    KpiVerdict one;
    one.target = reader.number32();
    one.verdict.unit_number = reader.number32();
    const unsigned flags = reader.byte();
    one.verdict.in_population = (flags & 1u) != 0;
    if (!read_truth(flags >> 1 & 3u, one.verdict.in_denominator) || !read_truth(flags >> 3 & 3u, one.verdict.met)) return damaged();
    one.verdict.excluded = (flags >> 5 & 1u) != 0;
    one.verdict.censored = (flags >> 6 & 1u) != 0;
    one.verdict.steps_passed = static_cast<std::uint16_t>(reader.number32());
    for (std::uint64_t reasons = reader.number(); reasons > 0; --reasons) {
      Reason reason;
      reason.clause = static_cast<std::uint16_t>(reader.number32());
      const std::uint64_t packed = reader.number();
      if (!reader.ok() || !read_truth(packed & 3u, reason.truth) || packed >> 2 > events.size()) return damaged();
      if (packed >> 2 > 0) reason.because = events[static_cast<std::size_t>((packed >> 2) - 1)];
      one.verdict.reasons.push_back(reason);
    }
    if (!reader.ok()) return damaged();
    verdicts.push_back(std::move(one));
  }
  FODSPOR_DO(reader.finish(view_name));
  return verdicts;
}

}  // namespace fodspor::projections
