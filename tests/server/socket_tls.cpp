// TLS under the socket: who is trusted, who is refused and in which words, and certificates that change while a server runs.
#include <openssl/ssl.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <random>
#include <thread>

#include "tests/server/cli_fixture.h"
#include "tests/server/tls_fixture.h"
#include "tests/support/must.h"

namespace fodspor::server::tests {

using stories::must;

namespace {

bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

bool listed(const Served& served, std::string_view part) {
  using Clock = std::chrono::steady_clock;
  for (const auto until = Clock::now() + std::chrono::seconds(10); Clock::now() < until;) {
    for (const std::string& reason : served.dropped()) {
      if (says(reason, part)) return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

std::string refused(const Result<std::unique_ptr<Client>>& client) {
  REQUIRE_FALSE(client);
  return client.error().message;
}

// What a client says first, as a library writes it.
std::vector<std::byte> client_hello(int newest) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  SSL_CTX_set_max_proto_version(context.get(), newest);
  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context.get()), SSL_free);
  SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_connect_state(ssl.get());
  SSL_do_handshake(ssl.get());
  std::vector<std::byte> bytes(4'096);
  const int size = BIO_read(SSL_get_wbio(ssl.get()), bytes.data(), static_cast<int>(bytes.size()));
  REQUIRE(size > 0);
  bytes.resize(static_cast<std::size_t>(size));
  return bytes;
}

}  // namespace

SCENARIO("a client that trusts the server's certificate has a whole conversation over TLS") {
  const TlsFolder folder;
  const auto certificates = must(Certificates::open(folder.files()));
  Served served({}, 2, tls_doors(*certificates));
  CHECK(served.door().starts_with("tls:127.0.0.1:"));
  const auto client = must(tls_client(served.door(), served.admin_token(), {folder.certificate(), {}, {}}));
  constexpr std::uint64_t requests = 300, each = 20;
  for (std::uint64_t i = 0; i < requests; ++i) {
    std::vector<std::string> events;
    for (std::uint64_t j = 0; j < each; ++j) events.push_back(enrolled(person(i * each + j)));
    send_append(*client, std::to_string(i), events);
  }
  for (std::uint64_t i = 0; i < requests; ++i) {
    must(client->receive([](wire::Answer::Reader answer) -> Status {
      if (answer.isRefusal()) return tl::make_unexpected(failure_of(answer.getRefusal()));
      return {};
    }));
  }
  // Answers of a MiB, so that a record is far from enough.
  std::uint64_t from = 1, count = 0;
  while (from != 0) {
    const auto page = must(read_log(*client, from, 4'096));
    count += page.events.size();
    from = page.next;
  }
  CHECK(count == 2 + requests * each);
}

SCENARIO("a client goes no further with a server whose certificate it does not trust, is for another host, or has expired") {
  const TlsFolder folder;
  folder.make("other", {"localhost"});
  folder.make("expired", {"127.0.0.1"}, 10, 3);
  const auto certificates = must(Certificates::open(folder.files()));
  Served served({}, 2, tls_doors(*certificates));
  const std::string token = served.admin_token();
  CHECK(says(refused(tls_client(served.door(), token, {folder.certificate("other"), {}, {}})), "not to be trusted"));
  CHECK(says(refused(tls_client(served.door(), token, {})), "not to be trusted"));
  CHECK(says(refused(tls_client(served.door(), token, {folder.certificate(), {}, {}}, "fodspor.example.org")), "ostname mismatch"));
  CHECK(says(refused(tls_client(served.door(), token, {folder.certificate(), {}, {}}, "127.0.0.2")), "mismatch"));
  must(tls_client(served.door(), token, {folder.certificate(), {}, {}}, "localhost"));
  CHECK(listed(served, "does not trust"));

  const auto old = must(Certificates::open(folder.files("expired")));
  Served outdated({}, 2, tls_doors(*old));
  CHECK(says(refused(tls_client(outdated.door(), outdated.admin_token(), {folder.certificate("expired"), {}, {}})), "expired"));
}

SCENARIO("a command asks a server over TLS by the certificate that it is given to trust") {
  const TlsFolder folder;
  const auto certificates = must(Certificates::open(folder.files()));
  Served served({}, 2, tls_doors(*certificates));
  Program program;
  program.variables["FODSPOR_TOKEN"] = served.admin_token();
  const std::string line = "programmes --csv --server " + served.door();
  const Answer trusted = program.run(line + " --trust " + folder.certificate().string());
  INFO(trusted.err);
  CHECK(trusted.status == 0);
  CHECK(says(trusted.out, "kalundborg"));
  const Answer strange = program.run(line);
  CHECK(strange.status >= 3);
  CHECK(says(strange.err, "--trust"));
  program.variables["FODSPOR_TRUST"] = folder.certificate().string();
  CHECK(program.run(line).out == trusted.out);
  CHECK(program.run("programmes --trust x.pem").status == 2);
}

SCENARIO("where client certificates are demanded, only who shows a good one is served") {
  const TlsFolder folder;
  folder.make("client", {"client"});
  folder.make("stranger", {"client"});
  folder.make("late", {"client"}, 10, 3);
  CertificateFiles files = folder.files();
  files.client_ca = folder.certificate("client");
  const auto certificates = must(Certificates::open(files));
  Served served({}, 2, tls_doors(*certificates));
  const auto with = [&](const std::string& name) {
    return tls_client(served.door(), served.admin_token(), {folder.certificate(), folder.certificate(name), folder.key(name)});
  };
  const auto client = must(with("client"));
  CHECK(must(append(*client, "one", {enrolled(person(1))})).first == 3);
  CHECK(says(refused(tls_client(served.door(), served.admin_token(), {folder.certificate(), {}, {}})), "demands a certificate"));
  CHECK(listed(served, "shows no certificate"));
  CHECK_FALSE(with("stranger"));
  CHECK(listed(served, "not to be trusted"));
  CHECK_FALSE(with("late"));
}

SCENARIO("TLS older than 1.3 is refused") {
  const TlsFolder folder;
  const auto certificates = must(Certificates::open(folder.files()));
  Served served({}, 2, tls_doors(*certificates));
  Wire old(served.door());
  old.send(client_hello(TLS1_2_VERSION));
  CHECK(old.closed_within(5'000));
  CHECK(listed(served, "no TLS 1.3"));
}

SCENARIO("who speaks plain where TLS is spoken, or TLS where it is not, is told so") {
  const TlsFolder folder;
  const auto certificates = must(Certificates::open(folder.files()));
  Doors doors = tls_doors(*certificates);
  doors.addresses.emplace_back("127.0.0.1:0");
  Served served({}, 2, doors);
  const std::string tls = served.door(0), plain = served.door(1);

  const auto to_tls = tls_client(tls.substr(4), served.admin_token(), {});
  CHECK(says(refused(to_tls), "does not speak TLS"));
  CHECK(says(refused(to_tls), "tls:"));
  CHECK(listed(served, "does not speak TLS"));

  const auto to_plain = tls_client("tls:" + plain, served.admin_token(), {folder.certificate(), {}, {}});
  CHECK(says(refused(to_plain), "does not speak TLS"));
  CHECK(listed(served, "this address takes none"));
  must(tls_client(plain, served.admin_token(), {}));
}

SCENARIO("an address that other machines can reach is refused without TLS, with the command that makes a certificate") {
  const TlsFolder folder;
  const auto certificates = must(Certificates::open(folder.files()));
  Served served;
  const auto opened = [&](const std::string& address, bool with_certificate) {
    Listener::Options options;
    options.addresses = {address};
    options.software = "tests";
    options.admit = [](std::string_view) -> Result<Grant> { return fail(Fault::denied, "nobody"); };
    options.still_valid = [](std::string_view) { return false; };
    options.dropped = [](std::string_view, std::string_view) {};
    if (with_certificate) options.tls = [&] { return certificates->current(); };
    return Listener::open(served.ledger(), std::move(options));
  };
  for (const std::string address : {"0.0.0.0:0", "[::]:0", "10.11.12.13:7411"}) {
    const auto refused = opened(address, false);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().fault == Fault::invalid);
    CHECK(says(refused.error().message, "fodspor certificate"));
    CHECK(says(refused.error().message, "tls:"));
  }
  CHECK_FALSE(opened("0.0.0.0:0", true));
  CHECK_FALSE(opened("tls:127.0.0.1:0", false));
  CHECK_FALSE(opened("tls:unix:/tmp/x", true));
  CHECK(must(opened("tls:0.0.0.0:0", true))->addresses().front().starts_with("tls:0.0.0.0:"));
}

SCENARIO("a certificate that is replaced is shown to new connections, and a bad one leaves the old in place") {
  const TlsFolder folder;
  const auto certificates = must(Certificates::open(folder.files()));
  Served served({}, 2, tls_doors(*certificates));
  const auto connected = [&](const std::string& trusted) {
    return tls_client(served.door(), served.admin_token(), {folder.certificate(trusted), {}, {}}).has_value();
  };
  const auto before = must(tls_client(served.door(), served.admin_token(), {folder.certificate(), {}, {}}));
  folder.write("first.pem", [&] {
    std::ifstream file(folder.certificate());
    return std::string(std::istreambuf_iterator<char>(file), {});
  }());
  CHECK_FALSE(must(certificates->refresh()));

  folder.write("server.pem", "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n");
  const auto bad = certificates->refresh();
  REQUIRE_FALSE(bad);
  CHECK(says(bad.error().message, "server.pem"));
  CHECK(connected("first"));

  folder.make("server", {"localhost", "127.0.0.1"});
  CHECK(must(certificates->refresh()));
  CHECK(connected("server"));
  CHECK_FALSE(connected("first"));
  CHECK(must(append(*before, "still served", {enrolled(person(1))})).first == 3);

  folder.make("another", {"localhost"});
  std::filesystem::copy_file(folder.key("another"), folder.key(), std::filesystem::copy_options::overwrite_existing);
  const auto mismatched = certificates->refresh();
  REQUIRE_FALSE(mismatched);
  CHECK(says(mismatched.error().message, "not that of the key"));
  CHECK(connected("server"));
}

SCENARIO("a key that everybody may read, takes a password or is none is refused by name") {
  const TlsFolder folder;
  const auto refused_with = [&](const std::string& part) {
    const auto opened = Certificates::open(folder.files());
    REQUIRE_FALSE(opened);
    CHECK(says(opened.error().message, "server.key.pem"));
    CHECK(says(opened.error().message, part));
  };
  std::filesystem::permissions(folder.key(), std::filesystem::perms::others_read, std::filesystem::perm_options::add);
  refused_with("chmod 600");
  folder.write("server.key.pem", "no key");
  refused_with("no private key");
  std::filesystem::remove(folder.key());
  refused_with("cannot be read");
  folder.write("server.key.pem", std::string(2u << 20, 'x'));
  refused_with("larger than");
}

SCENARIO("a handshake that is not ended in time, or is cut or damaged at any byte, ends its connection alone") {
  const TlsFolder folder;
  const auto certificates = must(Certificates::open(folder.files()));
  Bounds bounds;
  bounds.hello_within = std::chrono::milliseconds(500);
  Served served(bounds, 2, tls_doors(*certificates));
  const auto whole = client_hello(TLS1_3_VERSION);
  {
    Wire slow(served.door());
    slow.send({whole.begin(), whole.begin() + 20});
    CHECK(slow.closed_within(5'000));
    CHECK(listed(served, "no hello came in time"));
  }
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 200; ++round) {
    auto bytes = whole;
    const auto flips = 1 + random() % 4;
    for (unsigned i = 0; i < flips; ++i) bytes[random() % bytes.size()] ^= static_cast<std::byte>(1 + random() % 255);
    if (random() % 4 == 0) bytes.resize(1 + random() % bytes.size());
    if (random() % 4 == 0) bytes.insert(bytes.end(), whole.begin(), whole.end());
    Wire wire(served.door());
    wire.send(bytes);
  }
  must(tls_client(served.door(), served.admin_token(), {folder.certificate(), {}, {}}));
}

}  // namespace fodspor::server::tests
