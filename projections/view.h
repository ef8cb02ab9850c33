// What a view is: a function from one subject to that subject's contribution, which is rows and numbers to add.
//
// Everything else follows from this and is written once, in runner.h: whatever arrives late, out of order or corrected, the subject is
// folded again and the view takes the difference of its contributions; a rebuild is the same fold over all subjects from nothing; as of
// another moment it is the same fold with a filter in front. So no view depends on the order of arrival.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "projections/subjects.h"

namespace fodspor::projections {

// Row keys are a subject's own: no two subjects give the same key. Sums under one key add up over subjects. Values carry event ids, never
// positions or times of recording, so that digests do not depend on the order of arrival.
struct Contribution {
  std::vector<std::pair<std::string, std::string>> rows;
  std::vector<std::pair<std::string, std::int64_t>> sums;
  void clear() {
    rows.clear();
    sums.clear();
  }
};

class View {
 public:
  virtual ~View() = default;
  virtual std::string_view name() const = 0;  // "kpi"
  virtual std::uint32_t version() const = 0;  // raised when the meaning of its rows changes: then it is rebuilt
  // Whether its rows come from definitions, which ask about days after the last one that a fact names.
  virtual bool measures() const { return false; }
  // Which streams it reads at all: subjects of other kinds are not given to it, nor do their faults stop it.
  virtual bool folds(StreamKind kind) const = 0;
  // Called with the context complete for the subjects that follow, and again when it changed.
  virtual Status prepare(const Context& context) = 0;
  virtual Status contribute(const Subject& subject, Contribution& out) const = 0;
};

// All of them, in a fixed order: kpi, people, enterprises, networks, quality, portfolio. `trail` is read from the history itself.
std::vector<std::unique_ptr<View>> all_views();

// What readers of a view see, wherever it is kept: on disk, or in memory as of another moment.
class Rows {
 public:
  virtual ~Rows() = default;
  virtual Result<std::optional<std::string>> row(std::string_view key) const = 0;
  // In order of key; `visit` returns false to stop.
  virtual Status each_row(std::string_view prefix,
                          const std::function<bool(std::string_view key, std::string_view value)>& visit) const = 0;
  virtual Result<std::int64_t> sum(std::string_view key) const = 0;
  virtual Status each_sum(std::string_view prefix, const std::function<bool(std::string_view key, std::int64_t value)>& visit) const = 0;
  virtual Position position() const = 0;  // the events it has seen
};

}  // namespace fodspor::projections
