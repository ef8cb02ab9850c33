#include "projections/contribution_codec.h"

#include <algorithm>

#include "projections/row_codec.h"

namespace fodspor::projections {

namespace {

void write_key(RowWriter& writer, std::string_view before, std::string_view key) {
  const auto parted = std::mismatch(before.begin(), before.end(), key.begin(), key.end());
  const auto shared = static_cast<std::size_t>(parted.second - key.begin());
  writer.number(shared).text(key.substr(shared));
}

bool read_key(RowReader& reader, std::string& key) {
  const std::uint64_t shared = reader.number();
  const std::string_view added = reader.text();
  if (!reader.ok() || shared > key.size()) return false;
  key.resize(static_cast<std::size_t>(shared));
  key.append(added);
  return true;
}

Failure damaged() {
  return {Fault::corrupt, "what a subject contributed to a view cannot be read; `fodspor rebuild` makes the view anew"};
}

}  // namespace

void normalise(Contribution& contribution) {
  const auto by_key = [](const auto& a, const auto& b) { return a.first < b.first; };
  // Most views give their rows and sums in order.
  const auto sort = [&](auto& of) {
    if (!std::is_sorted(of.begin(), of.end(), by_key)) std::sort(of.begin(), of.end(), by_key);
  };
  sort(contribution.rows);
  const auto same_key = [](const auto& a, const auto& b) { return a.first == b.first; };
  FODSPOR_CHECK(std::adjacent_find(contribution.rows.begin(), contribution.rows.end(), same_key) == contribution.rows.end());

  auto& sums = contribution.sums;
  sort(sums);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < sums.size();) {
    std::int64_t total = 0;
    const std::size_t first = i;
    for (; i < sums.size() && sums[i].first == sums[first].first; ++i) total += sums[i].second;
    if (total == 0) continue;
    if (kept != first) sums[kept].first = std::move(sums[first].first);
    sums[kept].second = total;
    ++kept;
  }
  sums.resize(kept);
}

void keep(const Contribution& contribution, std::string& out) {
  RowWriter writer(out);
  std::string_view before;
  writer.number(contribution.rows.size());
  for (const auto& [key, value] : contribution.rows) {
    write_key(writer, before, key);
    before = key;
  }
  before = {};
  writer.number(contribution.sums.size());
  for (const auto& [key, value] : contribution.sums) {
    write_key(writer, before, key);
    writer.signed_number(value);
    before = key;
  }
}

Result<KeptContribution> read_kept(std::string_view bytes) {
  RowReader reader(bytes);
  KeptContribution kept;
  std::string key;
  for (std::uint64_t left = reader.number(); left > 0; --left) {
    if (!read_key(reader, key)) return tl::make_unexpected(damaged());
    kept.row_keys.push_back(key);
  }
  key.clear();
  for (std::uint64_t left = reader.number(); left > 0; --left) {
    if (!read_key(reader, key)) return tl::make_unexpected(damaged());
    kept.sums.emplace_back(key, reader.signed_number());
  }
  if (!reader.finish("(contributions)")) return tl::make_unexpected(damaged());
  return kept;
}

}  // namespace fodspor::projections
