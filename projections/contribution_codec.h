// What a subject has contributed, as it is kept to be taken back: the keys of its rows, and its sums. Keys are sorted, and each is written
// as what it shares with the one before and what it adds, since a subject's keys resemble each other.
//
//   contribution := count key* count (key signed)*      key := shared size bytes      all numbers as in row_codec.h
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "projections/view.h"

namespace fodspor::projections {

struct KeptContribution {
  std::vector<std::string> row_keys;                       // sorted
  std::vector<std::pair<std::string, std::int64_t>> sums;  // sorted by key, each once, none zero
};

// Sorts rows and sums by key, adds up sums of one key and drops zeros. A row key given twice is the view's bug.
void normalise(Contribution& contribution);
// `contribution` must be normalised. Appends to `out`.
void keep(const Contribution& contribution, std::string& out);
Result<KeptContribution> read_kept(std::string_view bytes);

}  // namespace fodspor::projections
