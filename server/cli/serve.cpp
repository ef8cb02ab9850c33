// fodspor serve: the socket, until a signal ends it.
#include <sys/resource.h>

#include <algorithm>
#include <thread>

#include "server/cli/commands.h"
#include "server/cli/input.h"
#include "server/journal.h"
#include "server/listener.h"
#include "server/tokens.h"
#include "server/version.h"

namespace fodspor::server {

namespace {

// Files of the ledger, and what else a process has open.
constexpr rlim_t own_descriptors = 1'024;

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

class ServeCommand : public Command {
 public:
  About about() const override {
    return {
        "serve",
        About::Group::care,
        {"Serve the ledger over a socket, until a signal ends it", "Stil registret til rådighed over en socket, til et signal slutter det"},
        "Clients say hello with a token (fodspor token add) and speak Cap'n Proto (server/protocol.capnp). Without --listen and without a "
        "configuration file it listens on the Unix socket fodspor.sock in the ledger's folder. SIGTERM answers what has come and ends; a "
        "second "
        "one ends at once.",
        {{"fodspor serve", "on fodspor.sock in the ledger's folder"},
         {"fodspor serve --listen 127.0.0.1:7411 --listen unix:/run/fodspor/socket", "two doors"},
         {"fodspor serve --config fodspor.toml", "as that file says"}}};
  }
  std::vector<Option> options() override {
    return {{"--listen", "ADDRESS", "Where, once for each: unix:/path, 127.0.0.1:7411, [::1]:7411", &listen_, false, {}},
            {"--config", "FILE", "A configuration file (TOML); what is typed goes before it", &config_, false, {}},
            {"--log", "FORMAT", "How to log on stderr", &log_, false, {"text", "json"}}};
  }

  Result<Exit> run(Console& console) override {
    FODSPOR_TRY(Config config, configured(console));
    FODSPOR_DO(make_room_for_connections(config.bounds));
    Journal journal(config);
    FODSPOR_TRY(const auto ledger, console.open(engine::Access::write));
    FODSPOR_TRY(const auto tokens, Tokens::open(console.settings().ledger));
    FODSPOR_TRY(const auto listener, Listener::open(*ledger, options_for(config, console, *tokens, journal)));
    for (const std::string& address : listener->addresses()) journal.tell(Journal::Level::info, "listening", {{"address", address}});
    listener->run();
    journal.tell(Journal::Level::info, "stopped", {{"position", ledger->durable().value}});
    return Exit::yes;
  }

 private:
  Result<Config> configured(Console& console) const {
    Config config;
    if (config_) {
      FODSPOR_TRY(const Input file, Input::read(config_, console.world()));
      FODSPOR_TRY(config, Config::read(file.content(), file.name()));
    }
    if (!listen_.empty()) config.listen = listen_;
    if (config.listen.empty()) config.listen = {"unix:" + (console.settings().ledger / "fodspor.sock").string()};
    if (log_) config.log_format = *log_ == "json" ? Config::LogFormat::json : Config::LogFormat::text;
    if (config.workers == 0) config.workers = std::max(2u, std::thread::hardware_concurrency());
    return config;
  }

  static Listener::Options options_for(const Config& config, const Console& console, Tokens& tokens, Journal& journal) {
    const auto now = console.world().now;
    Listener::Options options;
    options.addresses = config.listen;
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
    options.each_tick = [&tokens, &journal, trouble = std::string()]() mutable {
      const auto changed = tokens.refresh();
      if (changed) {
        if (*changed || !trouble.empty()) journal.tell(Journal::Level::info, "tokens read again");
        trouble.clear();
      } else if (changed.error().message != trouble) {
        trouble = changed.error().message;
        journal.tell(Journal::Level::error, "the token file cannot be read; the tokens that were read last hold", {{"reason", trouble}});
      }
    };
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

  std::vector<std::string> listen_;
  std::optional<std::string> config_, log_;
};

}  // namespace

std::unique_ptr<Command> serve_command() {
  return std::make_unique<ServeCommand>();
}

}  // namespace fodspor::server
