// The configuration file of a server: what it may say, and how a mistake in it is told.
#include "server/config.h"

#include <catch2/catch.hpp>

#include "tests/support/must.h"

namespace fodspor::server::tests {

using stories::must;

SCENARIO("a configuration that says nothing is the default, and what it says is taken") {
  const Config usual = must(Config::read("", "fodspor.toml"));
  CHECK(usual.listen.empty());
  CHECK(usual.bounds.connections_max == Bounds{}.connections_max);
  CHECK(usual.log_format == Config::LogFormat::text);

  const Config config = must(Config::read(R"(
listen = ["unix:/run/fodspor/socket", "127.0.0.1:7411", "[::1]:7411", "localhost:0"]
http = "127.0.0.1:7480"
metrics_need_token = true
workers = 3
[limits]
connections = 10
memory_mib = 64
requests_in_flight = 5
queued_kib = 2048
hello_seconds = 1
message_seconds = 2
answer_seconds = 3
[tls]
certificate = "cert.pem"
key = "key.pem"
client_ca = "clients.pem"
[log]
format = "json"
level = "warning"
)",
                                          "fodspor.toml"));
  CHECK(config.listen.size() == 4);
  CHECK(config.http == std::vector<std::string>{"127.0.0.1:7480"});
  CHECK(config.metrics_need_token);
  REQUIRE(config.tls);
  CHECK(config.tls->key == "key.pem");
  CHECK(config.tls->client_ca == "clients.pem");
  CHECK(config.workers == 3);
  CHECK(config.bounds.connections_max == 10);
  CHECK(config.bounds.memory_bytes_max == 64u << 20);
  CHECK(config.bounds.requests_in_flight_max == 5);
  CHECK(config.bounds.queued_bytes_max == 2u << 20);
  CHECK(config.bounds.hello_within == std::chrono::seconds(1));
  CHECK(config.bounds.frame_within == std::chrono::seconds(2));
  CHECK(config.bounds.taken_within == std::chrono::seconds(3));
  CHECK(config.log_format == Config::LogFormat::json);
  CHECK(config.log_level == Config::LogLevel::warning);
}

SCENARIO("each mistake in a configuration is told with its line, all of them at once") {
  const auto refused = [](std::string_view text) {
    const auto config = Config::read(text, "fodspor.toml");
    REQUIRE_FALSE(config);
    CHECK(config.error().fault == Fault::invalid);
    return config.error().message;
  };
  CHECK(refused("listen = [").starts_with("fodspor.toml:1:"));
  CHECK(refused("port = 7411\n").find("port") != std::string::npos);
  CHECK(refused("listen = \"example.org:7411\"\n").find("no IP address") != std::string::npos);
  CHECK(refused("[tls]\ncertificate = \"c.pem\"\n").find("tls.key") != std::string::npos);
  CHECK(refused("workers = 0\n").find("from 1 to 256") != std::string::npos);
  CHECK(refused("workers = \"many\"\n").find("fodspor.toml:1:") != std::string::npos);
  const std::string both = refused("[limits]\nconnections = -1\nidle = 3\n[log]\nlevel = \"loud\"\n");
  CHECK(both.find("fodspor.toml:2:") != std::string::npos);
  CHECK(both.find("idle") != std::string::npos);
  CHECK(both.find("fodspor.toml:5:") != std::string::npos);
}

}  // namespace fodspor::server::tests
