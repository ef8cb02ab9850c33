#include "projections/partitions.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <limits>
#include <system_error>
#include <utility>

namespace fodspor::projections {

namespace {

constexpr std::size_t size_at = 8;
constexpr std::size_t header_bytes = size_at + 4;
// Small enough that a partition and the index of its groups stay near the processor's caches.
constexpr std::size_t partition_bytes_max = 16u << 20;
constexpr std::size_t partition_bytes_min = 4u << 10;
constexpr std::size_t partitions_max = 512;
// Large writings take large folios of the system's page cache, which cost it less than many small ones; yet there are hundreds of buffers.
constexpr std::size_t buffer_bytes_max = 256u << 10;
constexpr std::size_t entry_bytes_usual = 512;

std::size_t partition_bytes_within(std::size_t memory_bytes) {
  return std::clamp(memory_bytes / 32, partition_bytes_min, partition_bytes_max);
}

class File {
 public:
  File() = default;
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

// How many bytes the entry at the front of `bytes` takes; its header is whole.
std::size_t whole_size(std::string_view bytes) {
  std::uint32_t size = 0;
  std::memcpy(&size, bytes.data() + size_at, 4);
  return header_bytes + size;
}

// The entry at the front of `bytes`, which were written here and are whole.
Entry front(std::string_view bytes) {
  FODSPOR_CHECK(bytes.size() >= header_bytes && bytes.size() >= whole_size(bytes));
  Entry entry;
  std::memcpy(&entry.hash, bytes.data(), 8);
  entry.bytes = bytes.substr(header_bytes, whole_size(bytes) - header_bytes);
  return entry;
}

void put(std::string& buffer, const Entry& entry) {
  const auto size = static_cast<std::uint32_t>(entry.bytes.size());
  char header[header_bytes];
  std::memcpy(header, &entry.hash, 8);
  std::memcpy(header + size_at, &size, 4);
  buffer.append(header, header_bytes);
  buffer.append(entry.bytes);
}

// Entries of one group lie all over their partition, and each would be waited for in turn. So the processor is told of those to come.
constexpr std::size_t fetched_ahead = 24;
constexpr std::size_t cache_line = 64;
void fetch(std::string_view entry) {
  for (std::size_t line = 0; line < 4; ++line) {
    if (line * cache_line < entry.size()) __builtin_prefetch(entry.data() + line * cache_line);
  }
}

}  // namespace

Scratch::~Scratch() {
  std::error_code ignored;  // somebody else's files may stand in it, and then it stays
  if (made_) std::filesystem::remove(folder_, ignored);
}

Result<int> Scratch::open_file() {
  const auto cannot = [&](std::string_view why) {
    return fail(Fault::unavailable,
                "cannot make a scratch file in " + folder_.string() + ": " + std::string(why) + "; name another folder with --scratch");
  };
  std::error_code error;
  if (std::filesystem::create_directories(folder_, error)) made_ = true;
  if (error) return cannot(error.message());
  int descriptor = ::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
    // A file system without nameless files: the name goes as soon as the file is open.
    std::string name = (folder_ / "partition.XXXXXX").string();
    descriptor = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor >= 0) ::unlink(name.c_str());
  }
  if (descriptor < 0) return cannot(std::strerror(errno));
  return descriptor;
}

struct Partitions::Partition {
  std::uint64_t first = 0;  // of its range of hashes
  std::string buffer;       // what is not in the file
  File file;
  std::uint64_t file_bytes = 0;
  std::uint64_t entries = 0;
  std::uint64_t hash_min = std::numeric_limits<std::uint64_t>::max();  // of those in it
  std::uint64_t hash_max = 0;
  std::uint64_t bytes() const { return file_bytes + buffer.size(); }
};

std::size_t Partitions::count_for(std::uint64_t bytes, std::size_t memory_bytes) {
  return std::clamp<std::size_t>(bytes / partition_bytes_within(memory_bytes) + 1, 1, partitions_max);
}

Partitions::Partitions(Scratch& scratch, std::vector<std::size_t> counts, std::size_t memory_bytes)
    : scratch_(scratch), memory_max_(memory_bytes / 4), partition_bytes_(partition_bytes_within(memory_bytes)) {
  std::size_t all = 0;
  for (const std::size_t count : counts) {
    std::vector<Partition>& partitions = ranks_.emplace_back();
    const std::uint64_t step = std::numeric_limits<std::uint64_t>::max() / count + 1;  // of one partition: 0, all of them
    for (std::size_t i = 0; i < count; ++i) partitions.emplace_back().first = i * step;
    all += count;
  }
  buffer_bytes_ = std::clamp<std::size_t>(memory_max_ / (all + 1), 256, buffer_bytes_max);
}

Partitions::~Partitions() = default;

tl::unexpected<Failure> Partitions::cannot(std::string_view what) const {
  return fail(Fault::unavailable, "cannot " + std::string(what) + " a scratch file in " + scratch_.folder().string() + ": " +
                                      std::strerror(errno) + "; free some space, or name another folder with --scratch");
}

Status Partitions::add(std::size_t rank, const Entry& entry) {
  // Until they are settled, the partitions of a rank have equal ranges.
  std::vector<Partition>& partitions = ranks_[rank];
  const std::uint64_t step = partitions.size() == 1 ? 0 : partitions[1].first;
  FODSPOR_DO(append(partitions[step == 0 ? 0 : entry.hash / step], entry));
  if (in_files_ || in_memory_ <= memory_max_) return {};
  in_files_ = true;
  for (auto& each_rank : ranks_) {
    for (Partition& partition : each_rank) FODSPOR_DO(write_out(partition));
  }
  return {};
}

Status Partitions::append(Partition& partition, const Entry& entry) {
  if (in_files_ && partition.buffer.capacity() < buffer_bytes_) partition.buffer.reserve(buffer_bytes_ + entry_bytes_usual);
  put(partition.buffer, entry);
  in_memory_ += header_bytes + entry.bytes.size();
  ++partition.entries;
  partition.hash_min = std::min(partition.hash_min, entry.hash);
  partition.hash_max = std::max(partition.hash_max, entry.hash);
  if (in_files_ && partition.buffer.size() >= buffer_bytes_) return write_out(partition);
  return {};
}

Status Partitions::write_out(Partition& partition) {
  if (partition.buffer.empty()) return {};
  if (!partition.file.is_open()) {
    FODSPOR_TRY(const int descriptor, scratch_.open_file());
    partition.file = File(descriptor);
  }
  std::string_view rest = partition.buffer;
  while (!rest.empty()) {
    const ssize_t written = ::write(partition.file.descriptor(), rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return cannot("write");
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  partition.file_bytes += partition.buffer.size();
  in_memory_ -= partition.buffer.size();
  // The buffer of a first writing out may be large; those that follow need not be.
  if (partition.buffer.capacity() > 2 * buffer_bytes_) partition.buffer = {};
  partition.buffer.clear();
  return {};
}

Status Partitions::read_at(const Partition& partition, std::uint64_t at, std::span<char> into) const {
  while (!into.empty()) {
    const ssize_t got = ::pread(partition.file.descriptor(), into.data(), into.size(), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot("read");
    if (got == 0) return fail(Fault::unavailable, "a scratch file in " + scratch_.folder().string() + " has become shorter; run it again");
    into = into.subspan(static_cast<std::size_t>(got));
    at += static_cast<std::uint64_t>(got);
  }
  return {};
}

Status Partitions::settle() {
  if (!in_files_) return {};
  for (std::vector<Partition>& partitions : ranks_) {
    std::vector<Partition> settled;
    for (Partition& partition : partitions) {
      FODSPOR_DO(write_out(partition));
      partition.buffer = {};
      FODSPOR_DO(divide(partition, settled));
    }
    partitions = std::move(settled);
  }
  return {};
}

Status Partitions::divide(Partition& partition, std::vector<Partition>& parts) {
  // One hash cannot be divided: that is one stream, and a stream is folded whole.
  if (partition.bytes() <= 4 * partition_bytes_ || partition.hash_min == partition.hash_max) {
    parts.push_back(std::move(partition));
    return {};
  }
  const std::size_t count = std::clamp<std::size_t>(partition.bytes() / partition_bytes_ + 1, 2, partitions_max);
  const std::uint64_t step = (partition.hash_max - partition.hash_min) / count + 1;
  std::vector<Partition> pieces(count);
  for (std::size_t i = 0; i < count; ++i) pieces[i].first = partition.hash_min + i * step;

  // The file is read in stretches, whose last entry may be cut.
  std::string stretch;
  std::uint64_t at = 0;
  while (at < partition.file_bytes) {
    const std::size_t kept = stretch.size();
    const auto more = static_cast<std::size_t>(std::min<std::uint64_t>(partition.file_bytes - at, 1u << 20));
    stretch.resize(kept + more);
    FODSPOR_DO(read_at(partition, at, std::span(stretch).subspan(kept)));
    at += more;
    std::string_view rest = stretch;
    while (rest.size() >= header_bytes && rest.size() >= whole_size(rest)) {
      const Entry entry = front(rest);
      rest.remove_prefix(whole_size(rest));
      FODSPOR_DO(append(pieces[(entry.hash - partition.hash_min) / step], entry));
    }
    stretch.erase(0, stretch.size() - rest.size());
  }
  FODSPOR_CHECK(stretch.empty());
  partition = {};
  for (Partition& piece : pieces) {
    if (piece.entries == 0) continue;
    FODSPOR_DO(write_out(piece));
    piece.buffer = {};
    FODSPOR_DO(divide(piece, parts));
  }
  return {};
}

// By hash, and then as they were added. Hashes are spread evenly over the partition's range, so the first bits of it sort nearly all.
void Partitions::sort_entries(std::string_view bytes, const Partition& partition, std::vector<Place>& order) {
  constexpr int shelf_bits = 12;
  const int shift = std::max(0, static_cast<int>(std::bit_width(partition.hash_max - partition.hash_min)) - shelf_bits);
  const auto shelf_of = [&](std::uint64_t hash) { return (hash - partition.hash_min) >> shift; };

  std::vector<Place> added;
  added.reserve(partition.entries);
  std::vector<std::size_t> shelf_ends(std::size_t{1} << shelf_bits);
  for (std::string_view rest = bytes; !rest.empty();) {
    FODSPOR_CHECK(rest.size() >= header_bytes && rest.size() >= whole_size(rest));
    Place place{0, static_cast<std::uint64_t>(rest.data() - bytes.data())};
    std::memcpy(&place.hash, rest.data(), 8);
    added.push_back(place);
    ++shelf_ends[shelf_of(place.hash)];
    rest.remove_prefix(whole_size(rest));
  }
  std::size_t sum = 0;
  for (std::size_t& end : shelf_ends)
    end = std::exchange(sum, sum + end);  // where each shelf begins, and after the next loop where it ends
  order.resize(added.size());
  for (const Place& place : added) order[shelf_ends[shelf_of(place.hash)]++] = place;
  std::size_t from = 0;
  for (const std::size_t end : shelf_ends) {
    std::sort(order.begin() + static_cast<std::ptrdiff_t>(from), order.begin() + static_cast<std::ptrdiff_t>(end));
    from = end;
  }
}

Status Partitions::each_group(std::size_t rank, bool last_time, const std::function<Status(std::span<const Entry>)>& visit) {
  std::string read;
  std::vector<Place> order;
  std::vector<Entry> group;
  for (Partition& partition : ranks_[rank]) {
    if (partition.entries == 0) continue;
    if (in_files_) {
      read.resize(partition.file_bytes);
      FODSPOR_DO(read_at(partition, 0, read));
    }
    const std::string_view bytes = in_files_ ? read : partition.buffer;

    sort_entries(bytes, partition, order);
    for (std::size_t i = 0; i < order.size();) {
      group.clear();
      const std::uint64_t hash = order[i].hash;
      for (; i < order.size() && order[i].hash == hash; ++i) {
        if (i + fetched_ahead < order.size()) fetch(bytes.substr(order[i + fetched_ahead].at));
        group.push_back(front(bytes.substr(order[i].at)));
      }
      FODSPOR_DO(visit(group));
    }
    if (last_time) partition = {};
  }
  return {};
}

}  // namespace fodspor::projections
