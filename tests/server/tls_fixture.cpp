#include "tests/server/tls_fixture.h"

#include <sys/stat.h>

#include <chrono>
#include <fstream>

#include "server/self_signed.h"
#include "tests/support/must.h"
#include "tests/support/scratch.h"

namespace fodspor::server::tests {

using stories::must;

TlsFolder::TlsFolder() : folder_(fodspor::tests::new_scratch_directory("tls")) {
  make("server", {"localhost", "127.0.0.1"});
}

TlsFolder::~TlsFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void TlsFolder::make(const std::string& name, const std::vector<std::string>& hosts, int from_days_ago, std::uint32_t days) const {
  const auto from = std::chrono::system_clock::now().time_since_epoch() - std::chrono::hours(24) * from_days_ago;
  const auto made = must(self_signed(hosts, {std::chrono::duration_cast<std::chrono::microseconds>(from).count()}, days));
  write(name + ".pem", made.certificate);
  write(name + ".key.pem", made.key);
}

void TlsFolder::write(const std::string& file, const std::string& content) const {
  const auto path = folder_ / file;
  std::filesystem::remove(path);
  std::ofstream(path) << content;
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
}

Doors tls_doors(Certificates& certificates) {
  Doors doors;
  doors.addresses = {"tls:127.0.0.1:0"};
  doors.tls = [&certificates] { return certificates.current(); };
  return doors;
}

Result<std::unique_ptr<Client>> tls_client(const std::string& address, const std::string& token, const TrustFiles& trust,
                                           const std::string& host) {
  Client::Options options;
  options.address = address;
  options.token = token;
  options.trust = trust;
  options.host = host;
  options.answer_within = std::chrono::seconds(20);
  return Client::connect(std::move(options));
}

}  // namespace fodspor::server::tests
