// The digest of a view: SHA-256 over each row as 'r', size and bytes of key and value, then each sum that is not zero as 's', size and
// bytes of its key, and its value; sizes and values as row_codec.h writes them; both in order of key.
#include <sodium/crypto_hash_sha256.h>

#include <array>
#include <string>

#include "projections/row_codec.h"
#include "projections/runner.h"

namespace fodspor::projections {

Result<std::string> digest(const Rows& rows) {
  constexpr std::size_t buffered_bytes = 1u << 16;
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  std::string pending;
  const auto flush = [&] {
    crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(pending.data()), pending.size());
    pending.clear();
  };
  FODSPOR_DO(rows.each_row({}, [&](std::string_view key, std::string_view value) {
    RowWriter(pending).byte('r').text(key).text(value);
    if (pending.size() >= buffered_bytes) flush();
    return true;
  }));
  FODSPOR_DO(rows.each_sum({}, [&](std::string_view key, std::int64_t value) {
    if (value != 0) RowWriter(pending).byte('s').text(key).signed_number(value);
    if (pending.size() >= buffered_bytes) flush();
    return true;
  }));
  flush();
  std::array<unsigned char, crypto_hash_sha256_BYTES> result{};
  crypto_hash_sha256_final(&state, result.data());
  return std::string(reinterpret_cast<const char*>(result.data()), result.size());
}

}  // namespace fodspor::projections
