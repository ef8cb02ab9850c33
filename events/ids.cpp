#include "events/ids.h"

#include <openssl/evp.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <optional>

namespace fodspor::events {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

std::optional<unsigned> digit_value(char c) noexcept {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return std::nullopt;
}

static_assert(std::endian::native == std::endian::little, "the most significant byte of a word is its last in memory");

std::uint64_t load_big_endian(const unsigned char* from) noexcept {
  std::uint64_t value = 0;
  std::memcpy(&value, from, sizeof value);
  return __builtin_bswap64(value);
}

void store_big_endian(std::uint64_t value, unsigned char* to) noexcept {
  const std::uint64_t swapped = __builtin_bswap64(value);
  std::memcpy(to, &swapped, sizeof swapped);
}

// SHA-256 as OpenSSL does it, on the processor's own instructions where it has them. Finding the algorithm and making room for its state
// cost more than a short hash does, so both are kept.
class Sha256 {
 public:
  static Sha256& of_this_thread() {
    thread_local Sha256 hash;
    return hash;
  }

  void begin() { FODSPOR_CHECK(EVP_DigestInit_ex2(state_.get(), algorithm(), nullptr) == 1); }
  void add(const void* bytes, std::size_t size) { FODSPOR_CHECK(EVP_DigestUpdate(state_.get(), bytes, size) == 1); }
  std::array<unsigned char, 32> end() {
    std::array<unsigned char, 32> digest;
    FODSPOR_CHECK(EVP_DigestFinal_ex(state_.get(), digest.data(), nullptr) == 1);
    return digest;
  }

 private:
  Sha256() : state_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) { FODSPOR_CHECK(state_ && algorithm() != nullptr); }
  static const EVP_MD* algorithm() {
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);  // for the life of the process
    return algorithm;
  }

  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> state_;
};

std::string quoted(std::string_view text) {
  std::string result = "\"";
  // A message is for a person: what is long is cut, what cannot be printed is left out.
  for (char c : text.substr(0, 80)) {
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) result += c;
  }
  if (text.size() > 80) result += "…";
  return result + "\"";
}

bool has_slug(StreamKind kind) noexcept {
  return kind == StreamKind::programme || kind == StreamKind::portfolio;
}

bool slug_character(char c, bool first) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (!first && (c == '-' || c == '_'));
}

// How many bytes of ASCII the slug has that the id holds; 0 if it holds anything else.
std::size_t slug_length(const std::array<unsigned char, 16>& bytes) noexcept {
  std::size_t length = 0;
  while (length < bytes.size() && slug_character(static_cast<char>(bytes[length]), length == 0)) ++length;
  return std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(length), bytes.end(), [](unsigned char byte) { return byte == 0; })
             ? length
             : 0;
}

std::optional<std::string> slug_of(const Id& id) {
  const auto bytes = id.bytes();
  const std::size_t length = slug_length(bytes);
  if (length == 0) return std::nullopt;
  return std::string(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
}

}  // namespace

std::array<unsigned char, 16> Id::bytes() const noexcept {
  std::array<unsigned char, 16> result;
  store_big_endian(hi, result.data());
  store_big_endian(lo, result.data() + 8);
  return result;
}

Id Id::from_bytes(const unsigned char* sixteen) noexcept {
  return {load_big_endian(sixteen), load_big_endian(sixteen + 8)};
}

std::string Id::hex() const {
  std::string result;
  result.reserve(32);
  for (unsigned char byte : bytes()) {
    result += digits[byte >> 4];
    result += digits[byte & 15];
  }
  return result;
}

Result<Id> Id::parse(std::string_view text) {
  const bool uuid = text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-';
  std::array<unsigned char, 16> bytes{};
  std::size_t nibbles = 0;
  bool good = uuid || text.size() == 32;
  for (std::size_t i = 0; good && i < text.size(); ++i) {
    if (uuid && (i == 8 || i == 13 || i == 18 || i == 23)) continue;
    const auto value = digit_value(text[i]);
    good = value.has_value();
    if (!good) break;
    bytes[nibbles / 2] = static_cast<unsigned char>(bytes[nibbles / 2] << 4 | *value);
    ++nibbles;
  }
  if (!good) return fail(Fault::invalid, quoted(text) + " is not an id: write 32 hexadecimal digits, or a UUID");
  return from_bytes(bytes.data());
}

Id Id::derived(std::initializer_list<std::string_view> parts) {
  Sha256& hash = Sha256::of_this_thread();
  hash.begin();
  for (std::string_view part : parts) {
    unsigned char length[8];
    store_big_endian(part.size(), length);
    hash.add(length, sizeof length);
    hash.add(part.data(), part.size());
  }
  return from_bytes(hash.end().data());
}

std::string_view name(StreamKind kind) noexcept {
  switch (kind) {
    case StreamKind::participant:
      return "participant";
    case StreamKind::enterprise:
      return "enterprise";
    case StreamKind::staff:
      return "staff";
    case StreamKind::network:
      return "network";
    case StreamKind::programme:
      return "programme";
    case StreamKind::portfolio:
      return "portfolio";
    case StreamKind::ledger:
      return "ledger";
    case StreamKind::unspecified:
      break;
  }
  return "unspecified";
}

bool StreamId::well_formed() const noexcept {
  const auto number = static_cast<std::uint8_t>(kind);
  return number > 0 && number <= stream_kind_max && id && (!has_slug(kind) || slug_length(id.bytes()) > 0);
}

std::string StreamId::text() const {
  std::string result(name(kind));
  result += '/';
  if (has_slug(kind)) {
    if (auto slug = slug_of(id)) return result + *slug;
  }
  return result + id.hex();
}

Result<StreamId> StreamId::parse(std::string_view text) {
  const auto slash = text.find('/');
  if (slash != std::string_view::npos) {
    const std::string_view kind_name = text.substr(0, slash);
    const std::string_view rest = text.substr(slash + 1);
    for (std::uint8_t number = 1; number <= stream_kind_max; ++number) {
      const auto kind = static_cast<StreamKind>(number);
      if (name(kind) != kind_name) continue;
      if (has_slug(kind)) {
        FODSPOR_TRY(const ProgrammeId programme, ProgrammeId::parse(rest));
        return StreamId{kind, programme.id};
      }
      FODSPOR_TRY(const Id id, Id::parse(rest));
      return StreamId{kind, id};
    }
  }
  return fail(Fault::invalid, quoted(text) +
                                  " is not a stream: write a kind, a slash and an id, as \"participant/\" and 32 "
                                  "hexadecimal digits, or \"programme/roskilde\"");
}

std::string ProgrammeId::slug() const {
  if (!id) return {};
  auto slug = slug_of(id);
  return slug ? *slug : id.hex();
}

Result<ProgrammeId> ProgrammeId::parse(std::string_view slug) {
  bool good = !slug.empty() && slug.size() <= 16;
  std::array<unsigned char, 16> bytes{};
  for (std::size_t i = 0; good && i < slug.size(); ++i) {
    good = slug_character(slug[i], i == 0);
    bytes[i] = static_cast<unsigned char>(slug[i]);
  }
  if (!good) {
    return fail(Fault::invalid, quoted(slug) + " is not a short name: write 1 to 16 of a-z, 0-9, - and _, a letter or digit first");
  }
  return ProgrammeId{Id::from_bytes(bytes.data())};
}

RequestKey RequestKey::of(std::string_view client, std::string_view request_id) {
  return {Id::derived({"request", client, request_id})};
}

std::string EventId::text() const {
  return request.id.hex() + "/" + std::to_string(index);
}

Result<EventId> EventId::parse(std::string_view text) {
  const auto slash = text.find('/');
  if (slash != std::string_view::npos) {
    if (auto id = Id::parse(text.substr(0, slash))) {
      const std::string_view number = text.substr(slash + 1);
      std::uint32_t index = 0;
      const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), index);
      const bool plain = number.size() == 1 || (!number.empty() && number.front() != '0');
      if (error == std::errc{} && end == number.data() + number.size() && plain) return EventId{{*id}, index};
    }
  }
  return fail(Fault::invalid, quoted(text) + " is not an event id: write 32 hexadecimal digits, a slash and the event's number");
}

std::uint64_t mixed(const Id& id) noexcept {
  // Two rounds of multiply and fold (the finaliser of splitmix64), so that ids that differ in one bit spread over the table.
  std::uint64_t x = id.hi * 0x9e3779b97f4a7c15u + id.lo;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

}  // namespace fodspor::events
