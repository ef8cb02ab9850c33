// What whoever asks may see of an answer: on a command line everything; of a server, what their token lets them (access.h). Commands leave
// out what it does not see, line by line. Made for one command; one thread.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "server/access.h"
#include "server/concern.h"

namespace fodspor::server {

class Sight {
 public:
  // Borrows both; no grant: everything.
  Sight(const Grant* grant, const engine::Ledger& ledger) : grant_(grant), concerns_(ledger), ledger_(ledger) {}

  // Whether the token speaks for some programmes only.
  bool is_limited() const noexcept { return grant_ != nullptr && !grant_->programmes.are_all(); }
  // Its programmes; none if it is not limited.
  std::span<const ProgrammeId> programmes() const noexcept;
  // A line about that programme. No id: what belongs to none.
  bool sees(ProgrammeId programme) const noexcept;
  // One event, and the one of that id.
  Result<bool> sees(const Event& event, Operation operation);
  Result<bool> sees(const EventId& id, Operation operation);
  // What stands in that stream: a person, say.
  Result<bool> sees(const StreamId& stream, Operation operation);
  // Fault::denied if this person, or what stands in that stream, is not the asker's to read.
  Status may_read(const StreamId& stream, Operation operation);
  Status may_read(const Event& event, Operation operation);
  Status may(Operation operation, std::optional<ProgrammeId> programme) const;
  // Whether counts of few have to be left out, and lines that stand for one person.
  bool hides_few(Operation operation) const noexcept { return grant_ != nullptr && suppressed(*grant_, operation); }

 private:
  const Grant* grant_;
  Concerns concerns_;
  const engine::Ledger& ledger_;
};

}  // namespace fodspor::server
