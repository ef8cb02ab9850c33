#include "server/self_signed.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <memory>

#include "server/openssl_owned.h"

namespace fodspor::server {

namespace {

using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;

constexpr std::size_t host_name_bytes_max = 253;
// What a certificate's common name may hold; the names that count stand among the alternative names.
constexpr std::size_t common_name_bytes_max = 64;
constexpr std::int64_t micros_a_second = 1'000'000;
constexpr long an_hour = 3'600;

bool is_address(const std::string& name) {
  boost::system::error_code error;
  boost::asio::ip::make_address(name, error);
  return !error;
}

bool is_host_name(const std::string& name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return !name.empty() && name.size() <= host_name_bytes_max && name.front() != '.' && name.front() != '-' &&
         name.find("..") == std::string::npos && std::all_of(name.begin(), name.end(), allowed);
}

Result<std::string> alternative_names(const std::vector<std::string>& names) {
  if (names.empty() || names.size() > certificate_names_max) {
    return fail(Fault::invalid, "a certificate is for 1 to " + std::to_string(certificate_names_max) + " names");
  }
  std::string text;
  for (const std::string& name : names) {
    const bool address = is_address(name);
    if (!address && !is_host_name(name)) {
      return fail(Fault::invalid, "'" + name + "' is neither a host name nor an IP address; write it as clients will, without a port");
    }
    text += (text.empty() ? "" : ",") + std::string(address ? "IP:" : "DNS:") + name;
  }
  return text;
}

bool extend(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool number(X509* certificate) {
  std::array<unsigned char, 16> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) return false;
  random[0] &= 0x7f;  // above 0
  random[0] |= 0x01;
  const std::unique_ptr<BIGNUM, Freed<BN_free>> number(BN_bin2bn(random.data(), static_cast<int>(random.size()), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

std::string written(const Bio& bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace

Result<SelfSigned> self_signed(const std::vector<std::string>& names, Timestamp from, std::uint32_t days) {
  FODSPOR_TRY(const std::string alternatives, alternative_names(names));
  const auto cannot = [] {
    ERR_clear_error();
    return fail(Fault::unavailable, "the certificate cannot be made: the cryptography library failed");
  };
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  if (!key || !certificate) return cannot();
  X509* made = certificate.get();
  const std::string common = names.front().substr(0, common_name_bytes_max);
  auto begin = static_cast<std::time_t>(from.micros / micros_a_second);
  X509_NAME* subject = X509_get_subject_name(made);
  const bool described =
      X509_set_version(made, X509_VERSION_3) == 1 && number(made) &&
      X509_time_adj_ex(X509_getm_notBefore(made), 0, -an_hour, &begin) != nullptr &&
      X509_time_adj_ex(X509_getm_notAfter(made), static_cast<int>(days), 0, &begin) != nullptr && X509_set_pubkey(made, key.get()) == 1 &&
      X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(common.data()),
                                 static_cast<int>(common.size()), -1, 0) == 1 &&
      X509_set_issuer_name(made, subject) == 1 && extend(made, NID_subject_alt_name, alternatives) &&
      extend(made, NID_basic_constraints, "critical,CA:FALSE") && extend(made, NID_key_usage, "critical,digitalSignature") &&
      extend(made, NID_ext_key_usage, "serverAuth,clientAuth") && extend(made, NID_subject_key_identifier, "hash");
  if (!described || X509_sign(made, key.get(), EVP_sha256()) == 0) return cannot();

  const Bio certificate_text(BIO_new(BIO_s_mem()));
  const Bio key_text(BIO_new(BIO_s_secmem()));
  if (!certificate_text || !key_text || PEM_write_bio_X509(certificate_text.get(), made) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return cannot();
  }
  return SelfSigned{written(certificate_text), written(key_text)};
}

}  // namespace fodspor::server
