// The digest of a view: SHA-256 over each row as 'r', size and bytes of key and value, then each sum that is not zero as 's', size and
// bytes of its key, and its value; sizes and values as row_codec.h writes them; both in order of key.
#include <openssl/evp.h>

#include <array>
#include <memory>

#include "projections/row_codec.h"
#include "projections/runner.h"

namespace fodspor::projections {

Result<std::string> digest(const Rows& rows) {
  constexpr std::size_t buffered_bytes = 1u << 16;
  constexpr std::size_t digest_bytes = 32;
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> hash(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  FODSPOR_CHECK(hash && EVP_DigestInit_ex(hash.get(), EVP_sha256(), nullptr) == 1);
  std::string pending;
  const auto flush = [&] {
    FODSPOR_CHECK(EVP_DigestUpdate(hash.get(), pending.data(), pending.size()) == 1);
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
  std::array<unsigned char, digest_bytes> result{};
  FODSPOR_CHECK(EVP_DigestFinal_ex(hash.get(), result.data(), nullptr) == 1);
  return std::string(reinterpret_cast<const char*>(result.data()), result.size());
}

}  // namespace fodspor::projections
