// A life under construction: the happenings of one subject, each with the moment of its recording. Owned by whoever tells the life; one
// thread.
#pragma once

#include <optional>
#include <vector>

#include "replay/simulation/world.h"

namespace fodspor::replay::simulation {

class Life {
 public:
  Life(const World& world, const Subject& subject)
      : world_(world),
        rates_(world.rates(subject.programme)),
        subject_(subject),
        stream_(world.stream(subject)),
        draw_(world.draw(subject)) {
    happenings_.reserve(40);
  }

  const World& world() const noexcept { return world_; }
  const ProgrammeRates& rates() const noexcept { return rates_; }
  const Subject& subject() const noexcept { return subject_; }
  Draw& draw() noexcept { return draw_; }
  bool chance(Rate rate) noexcept { return draw_.chance(rate); }
  // A person whose history began in another programme goes on under the same name.
  void goes_by(StreamId stream) noexcept { stream_ = stream; }
  StreamId stream() const noexcept { return stream_; }

  // What happened on `from`, or over [from, to). An aggregate, because the clauses of a braced list are evaluated in order and the
  // arguments of a call are not: a history must not depend on the compiler.
  struct Told {
    Facts facts;
    Date from;
    std::optional<Date> to = {};
    wire::Source source = wire::Source::STAFF;
  };
  // Recorded some days later, and now and then weeks later.
  Happening& tell(const Told& told);
  // The same, recorded within a stated number of days.
  Happening& tell_within(const Facts& facts, Date from, std::int32_t days_least, std::int32_t days_most,
                         wire::Source source = wire::Source::STAFF);

  // What was mistyped is corrected later; what never happened is entered and retracted. Last of all.
  void make_mistakes();

  std::vector<Happening> told() && { return std::move(happenings_); }
  std::vector<Happening>& happenings() noexcept { return happenings_; }

 private:
  Happening& add(const Facts& facts, Date from, std::optional<Date> to, wire::Source source, std::int32_t known_day, std::int32_t delay);
  void correct(std::size_t index);

  const World& world_;
  const ProgrammeRates& rates_;
  Subject subject_;
  StreamId stream_;
  Draw draw_;
  std::vector<Happening> happenings_;
};

}  // namespace fodspor::replay::simulation
