// fodspor serve: the socket, until a signal ends it.
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <thread>

#include "server/certificates.h"
#include "server/cli/commands.h"
#include "server/cli/input.h"
#include "server/journal.h"
#include "server/listener.h"
#include "server/reloads.h"
#include "server/supervision.h"
#include "server/tokens.h"
#include "server/version.h"

namespace fodspor::server {

namespace {

// Files of the ledger, and what else a process has open.
constexpr rlim_t own_descriptors = 1'024;

// About every ten seconds the service manager hears how far the log has come.
constexpr unsigned ticks_a_status = 40;

// A connection is an open file. What the system allows is raised as far as it goes; if that is too few, the ledger must not be what
// suffers.
Status make_room_for_connections(const Bounds& bounds) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
  const rlim_t wanted = bounds.connections_max + own_descriptors;
  if (limit.rlim_cur >= wanted) return {};
  limit.rlim_cur = std::min(wanted, limit.rlim_max);
  if (limit.rlim_cur == wanted && ::setrlimit(RLIMIT_NOFILE, &limit) == 0) return {};
  return fail(Fault::invalid, "limits.connections: " + std::to_string(bounds.connections_max) + " connections take " +
                                  std::to_string(wanted) + " open files, and this process may have " + std::to_string(limit.rlim_max) +
                                  "; raise that (ulimit -n, LimitNOFILE=), or allow fewer connections");
}

// The rooms of a server that is run from here, for as long as it runs.
struct Running {
  explicit Running(const Config& config, const World& world) : journal(config), supervision(world.variable) {}

  Journal journal;
  Supervision supervision;
  Reloads reloads;
  std::atomic<bool> reload_wanted{false};
};

// An empty or missing folder becomes a ledger; one that is there stays as it is.
Status make_if_missing(Console& console, Journal& journal) {
  FODSPOR_DO(console.no_file_in_its_place());
  const auto& folder = console.settings().ledger;
  engine::Options options;
  options.access = engine::Access::read;
  options.now = console.world().now;
  if (const auto there = engine::Ledger::open(folder, options); there || there.error().fault != Fault::not_found) return {};
  options.access = engine::Access::write;
  options.create = true;
  FODSPOR_TRY(const auto made, engine::Ledger::open(folder, options));
  journal.tell(Journal::Level::info, "made a new ledger", {{"folder", folder.string()}});
  return {};
}

std::string standing(const engine::Ledger& ledger) {
  return "Serving; the last event is " + std::to_string(ledger.durable().value);
}

class ServeCommand : public Command {
 public:
  About about() const override {
    return {
        "serve",
        About::Group::care,
        {"Serve the ledger over a socket, until a signal ends it", "Stil registret til rådighed over en socket, til et signal slutter det"},
        "Clients say hello with a token (fodspor token add) and speak Cap'n Proto (server/protocol.capnp). Without --listen and without a "
        "configuration file it listens on the Unix socket fodspor.sock in the ledger's folder. What other machines can reach takes TLS and "
        "a certificate (fodspor certificate). SIGTERM answers what has come and ends; a second one ends at once. SIGHUP reads the tokens, "
        "the certificate, and [log] of the configuration file, again. Started by systemd (Type=notify) it says when it is ready, "
        "reloading, stopping and alive.",
        {{"fodspor serve", "on fodspor.sock in the ledger's folder"},
         {"fodspor serve --listen 127.0.0.1:7411 --listen unix:/run/fodspor/socket", "two doors"},
         {"fodspor serve --listen tls:0.0.0.0:7411 --certificate certificate.pem --key key.pem", "for other machines, over TLS"},
         {"fodspor serve --http 127.0.0.1:7480", "HTTP and JSON besides the socket"},
         {"fodspor serve --create --config fodspor.toml", "as that file says, on a new ledger if there is none"}}};
  }
  std::vector<Option> options() override {
    return {
        {"--listen", "ADDRESS", "Where, once for each: unix:/path, 127.0.0.1:7411, [::1]:7411, tls:0.0.0.0:7411", &listen_, false, {}},
        {"--http", "ADDRESS", "Where HTTP and JSON are spoken besides, once for each; /healthz, /readyz, /metrics too", &http_, false, {}},
        {"--certificate",
         "FILE",
         "For TLS: the certificate to show (PEM), with those between it and its authority",
         &certificate_,
         false,
         {}},
        {"--key", "FILE", "For TLS: its key", &key_, false, {}},
        {"--client-ca", "FILE", "For TLS: a client must show a certificate of one of these authorities", &client_ca_, false, {}},
        {"--config", "FILE", "A configuration file (TOML); what is typed goes before it", &config_, false, {}},
        {"--create", "", "Make the ledger if its folder is empty or missing", &create_, false, {}},
        {"--log", "FORMAT", "How to log on stderr", &log_, false, {"text", "json"}}};
  }

  std::optional<std::string> mistake() const override {
    if (certificate_.has_value() != key_.has_value()) return "--certificate and --key go together";
    if (client_ca_ && !certificate_) return "--client-ca goes with --certificate and --key";
    return std::nullopt;
  }

  Result<Exit> run(Console& console) override {
    FODSPOR_TRY(Config config, configured(console));
    FODSPOR_DO(make_room_for_connections(config.bounds));
    // A reload that is asked for too early is none; it must not be the end.
    std::signal(SIGHUP, SIG_IGN);
    Running running(config, console.world());
    Journal& journal = running.journal;
    if (create_) {
      FODSPOR_DO(make_if_missing(console, journal));
    }
    FODSPOR_TRY(const auto ledger, console.open(engine::Access::write));
    FODSPOR_TRY(const auto tokens, Tokens::open(console.settings().ledger));
    std::unique_ptr<Certificates> certificates;
    if (config.tls) {
      FODSPOR_TRY(certificates, Certificates::open(*config.tls));
    }
    FODSPOR_TRY(const auto listener, Listener::open(*ledger, options_for(config, console, *ledger, *tokens, certificates.get(), running)));
    running.reloads.add("tokens", [&] { return read_again(*tokens); });
    if (certificates) running.reloads.add("certificate", [&] { return read_again(*certificates); });
    running.reloads.add("journal", [&] { return follow_again(console, journal); });
    for (const std::string& address : listener->addresses()) journal.tell(Journal::Level::info, "listening", {{"address", address}});
    running.supervision.ready(standing(*ledger));
    listener->run();
    journal.tell(Journal::Level::info, "stopped", {{"position", ledger->durable().value}});
    return Exit::yes;
  }

 private:
  Result<Config> configured(const Console& console) const {
    Config config;
    if (config_) {
      FODSPOR_TRY(const Input file, Input::read(config_, console.world()));
      FODSPOR_TRY(config, Config::read(file.content(), file.name()));
    }
    if (!listen_.empty()) config.listen = listen_;
    if (!http_.empty()) config.http = http_;
    if (config.listen.empty()) config.listen = {"unix:" + (console.settings().ledger / "fodspor.sock").string()};
    if (certificate_) config.tls.emplace(CertificateFiles{*certificate_, *key_, client_ca_});
    if (log_) config.log_format = *log_ == "json" ? Config::LogFormat::json : Config::LogFormat::text;
    if (config.workers == 0) config.workers = std::max(2u, std::thread::hardware_concurrency());
    return config;
  }

  // Trouble is told once, as long as it stays the same; and its end.
  static void tell_refresh(Journal& journal, const Result<bool>& changed, std::string& told, std::string_view done,
                           std::string_view trouble) {
    if (changed) {
      if (*changed || !told.empty()) journal.tell(Journal::Level::info, done);
      told.clear();
    } else if (changed.error().message != told) {
      told = changed.error().message;
      journal.tell(Journal::Level::error, trouble, {{"reason", told}});
    }
  }

  static Status read_again(Tokens& tokens) {
    FODSPOR_DO(tokens.refresh());
    return {};
  }
  static Status read_again(Certificates& certificates) {
    certificates.ask_again();
    FODSPOR_DO(certificates.refresh());
    return {};
  }

  // Of what the file says, how to log holds at once; what listens, and within which bounds, from the next start on.
  Status follow_again(const Console& console, Journal& journal) const {
    if (!config_ || *config_ == "-") return {};
    FODSPOR_TRY(const Config config, configured(console));
    journal.follow(config);
    return {};
  }

  static void reload(const engine::Ledger& ledger, Running& running) {
    const std::size_t failed = running.reloads.run(running.journal);
    running.supervision.ready(failed == 0 ? standing(ledger) : "Serving; not all could be read again: see the log");
  }

  static Listener::Options options_for(const Config& config, const Console& console, const engine::Ledger& ledger, Tokens& tokens,
                                       Certificates* certificates, Running& running) {
    const auto now = console.world().now;
    Journal& journal = running.journal;
    Listener::Options options;
    options.addresses = config.listen;
    options.http = config.http;
    options.metrics_need_token = config.metrics_need_token;
    options.bounds = config.bounds;
    options.workers = config.workers;
    options.software = "fodspor " + std::string(version());
    options.admit = [&tokens, &journal, now](std::string_view token) {
      auto grant = tokens.find(token, now());
      if (!grant) {
        const auto verdict = tokens.judge(token, now());
        journal.tell(Journal::Level::warning, "token refused", {{"standing", name(verdict.standing)}, {"token", verdict.id}});
      }
      return grant;
    };
    options.still_valid = [&tokens, now](std::string_view id) { return tokens.still_valid(id, now()); };
    options.each_tick = [&ledger, &tokens, certificates, &running, &journal, tokens_told = std::string(), certificates_told = std::string(),
                         told = Position{}, tick = 0u]() mutable {
      tell_refresh(journal, tokens.refresh(), tokens_told, "tokens read again",
                   "the token file cannot be read; the tokens that were read last hold");
      if (certificates != nullptr) {
        tell_refresh(journal, certificates->refresh(), certificates_told, "certificate read again",
                     "the certificate cannot be read; the one that was read last holds");
      }
      if (running.reload_wanted.exchange(false)) reload(ledger, running);
      if (const Position last = ledger.durable(); ++tick % ticks_a_status == 0 && last != told) {
        running.supervision.status(standing(ledger));
        told = last;
      }
      // Here, because it takes both the network's thread and a worker to get here.
      running.supervision.alive(Supervision::Clock::now());
    };
    options.hung_up = [&running] {
      running.supervision.reloading();
      running.reload_wanted = true;
    };
    options.stopping = [&running] {
      running.supervision.stopping();
      running.journal.tell(Journal::Level::info, "stopping");
    };
    if (certificates != nullptr) options.tls = [certificates] { return certificates->current(); };
    options.dropped = [&journal](std::string_view peer, std::string_view reason) {
      journal.tell(Journal::Level::warning, "connection ended", {{"peer", peer}, {"reason", reason}});
    };
    options.views_trouble = [&journal](const Failure& failure) {
      journal.tell(Journal::Level::error, "the views cannot follow the log", {{"reason", failure.message}});
    };
    options.now = now;
    options.signals = true;
    return options;
  }

  std::vector<std::string> listen_, http_;
  std::optional<std::string> config_, log_, certificate_, key_, client_ca_;
  bool create_ = false;
};

}  // namespace

std::unique_ptr<Command> serve_command() {
  return std::make_unique<ServeCommand>();
}

}  // namespace fodspor::server
