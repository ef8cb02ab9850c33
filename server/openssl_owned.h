// What OpenSSL makes and its caller has to free, owned. Values that move; one thread each.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>

namespace fodspor::server {

template <auto free>
struct Freed {
  template <class T>
  void operator()(T* thing) const noexcept {
    free(thing);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

}  // namespace fodspor::server
