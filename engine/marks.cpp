#include "engine/marks.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

namespace fodspor::engine {
namespace {

constexpr std::uint64_t magic = 0x31726f7073646f66;  // "fodspor1" in memory, least significant byte first
constexpr std::uint64_t position_mask = (std::uint64_t{1} << 48) - 1;

std::uint64_t check_bits(std::uint64_t position) noexcept {
  std::uint64_t x = (position + 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 29)) * 0x94d049bb133111ebu;
  return x & ~position_mask;
}
std::uint64_t seal(Position position) noexcept {
  FODSPOR_CHECK(position.value <= position_mask);
  return position.value | check_bits(position.value);
}
std::optional<Position> unseal(std::uint64_t word) noexcept {
  const std::uint64_t position = word & position_mask;
  if ((word & ~position_mask) != check_bits(position)) return std::nullopt;
  return Position{position};
}

}  // namespace

struct Marks::Page {
  std::atomic<std::uint64_t> magic_word;
  std::atomic<std::uint64_t> durable;
  std::atomic<std::uint64_t> wal_count;
  struct Slot {
    std::atomic<std::uint64_t> number;
    std::atomic<std::uint64_t> last;
  } slots[wal_slots];

  void start() noexcept {
    durable.store(seal({}));
    wal_count.store(0);
    magic_word.store(magic);
  }
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "other processes read these words");

Result<std::unique_ptr<Marks>> Marks::open(const std::filesystem::path& directory, bool write) {
  const std::filesystem::path path = directory / "marks";
  auto refused = [&](Fault fault, const std::string& what) { return fail(fault, path.string() + ": " + what); };
  const int file = ::open(path.c_str(), (write ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC, 0644);
  if (file < 0) return refused(errno == ENOENT ? Fault::not_found : Fault::unavailable, std::strerror(errno));
  struct stat info {};
  const bool ready = ::fstat(file, &info) == 0 && (info.st_size >= static_cast<off_t>(sizeof(Page)) ||
                                                   (write && ::ftruncate(file, static_cast<off_t>(sizeof(Page))) == 0));
  void* address = MAP_FAILED;
  if (ready) address = ::mmap(nullptr, sizeof(Page), write ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, file, 0);
  const int error = errno;
  ::close(file);
  if (!ready && !write) return refused(Fault::not_found, "is not complete yet");
  if (address == MAP_FAILED) return refused(Fault::unavailable, std::strerror(error));
  auto* page = static_cast<Page*>(address);
  std::unique_ptr<Marks> marks(new Marks(page, true));
  const std::uint64_t word = page->magic_word.load();
  if (word == 0 && write) page->start();
  if (word == 0 && !write) return refused(Fault::not_found, "is not complete yet");
  if ((word != 0 && word != magic) || !unseal(page->durable.load()) || page->wal_count.load() > wal_slots) {
    return refused(Fault::corrupt, "is damaged; `fodspor doctor --recover` writes it anew from the log");
  }
  return marks;
}

std::unique_ptr<Marks> Marks::in_memory() {
  auto* page = new Page{};
  page->start();
  return std::unique_ptr<Marks>(new Marks(page, false));
}

Marks::~Marks() {
  if (mapped_) {
    ::munmap(page_, sizeof(Page));
  } else {
    delete page_;
  }
}

Position Marks::durable() const noexcept {
  return unseal(page_->durable.load(std::memory_order_acquire)).value_or(Position{});
}
void Marks::publish(Position durable) noexcept {
  page_->durable.store(seal(durable), std::memory_order_release);
}

std::vector<Marks::Wal> Marks::wals() const {
  std::vector<Wal> wals;
  const std::uint64_t count = std::min<std::uint64_t>(page_->wal_count.load(), wal_slots);
  for (std::size_t i = 0; i < count; ++i) {
    wals.push_back({page_->slots[i].number.load(), unseal(page_->slots[i].last.load()).value_or(Position{})});
  }
  return wals;
}

void Marks::set_wals(const std::vector<Wal>& wals) noexcept {
  const std::size_t skipped = wals.size() > wal_slots ? wals.size() - wal_slots : 0;
  page_->wal_count.store(0);
  for (std::size_t i = skipped; i < wals.size(); ++i) {
    page_->slots[i - skipped].number.store(wals[i].number);
    page_->slots[i - skipped].last.store(seal(wals[i].last));
  }
  page_->wal_count.store(wals.size() - skipped);
}

void Marks::extend_last_wal(Position last) noexcept {
  const std::uint64_t count = page_->wal_count.load();
  if (count > 0) page_->slots[count - 1].last.store(seal(last));
}

void Marks::sync() noexcept {
  if (mapped_) static_cast<void>(::msync(page_, sizeof(Page), MS_SYNC));
}

}  // namespace fodspor::engine
