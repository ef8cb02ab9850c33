// The socket's server: accepts connections, keeps their sessions, watches their deadlines, and drains them at the end. One thread of the
// caller's runs the network; workers of its own ask the ledger. Outlived by its ledger.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ledger.h"
#include "server/bounds.h"
#include "server/dispatch.h"
#include "server/tls.h"

namespace fodspor::server {

class Listener {
 public:
  struct Options {
    std::vector<std::string> addresses;  // as endpoint.h reads them; at least one
    std::vector<std::string> http;       // the same, where HTTP is spoken
    bool metrics_need_token = false;     // on this machine too; what others can reach needs one always
    Bounds bounds;
    // What TLS is spoken with from now on; empty: it is not spoken. On the network's thread.
    std::function<TlsContext()> tls;
    std::size_t workers = 2;
    std::string software;  // what welcome says
    // What a token lets its bearer do, and whether the one with that public id still does; on the network's thread.
    std::function<Result<Grant>(std::string_view token)> admit;
    std::function<bool(std::string_view id)> still_valid;
    // Four times a second, on a thread for it and never twice at once: reads the tokens again, say.
    std::function<void()> each_tick;
    // A connection that was refused or dropped, with the reason; on the network's thread. Nothing of what it sent is in it.
    std::function<void(std::string_view peer, std::string_view reason)> dropped;
    // What keeps the views from following the log, once for each new reason; on a thread of theirs. May be empty.
    std::function<void(const Failure&)> views_trouble;
    std::function<Timestamp()> now;  // the clock that questions are answered by; empty: the machine's
    bool signals = false;            // SIGTERM and SIGINT call stop()
    // May be empty; on the network's thread. The first: once, when stop() takes hold. The second: with each SIGHUP, where there are
    // signals.
    std::function<void()> stopping;
    std::function<void()> hung_up;
  };

  // Bound and listening when it returns. Fault::invalid and unavailable as of Door::open, and those of the file of kept places (places.h).
  static Result<std::unique_ptr<Listener>> open(engine::Ledger& ledger, Options options);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // With the ports that they really have; those of HTTP last.
  std::vector<std::string> addresses() const;
  // Serves until everything is drained after stop().
  void run();
  // Any thread. The first time: no new connection, no new request, and run() returns when what was taken is answered. The second:
  // connections end at once, and run() returns when the ledger has done what was asked of it.
  void stop();

 private:
  class Impl;
  explicit Listener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace fodspor::server
