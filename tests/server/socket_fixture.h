// A served ledger in a test: a ledger of its own with tokens, a listener on a Unix socket in its folder, and the thread that runs it. Owned
// by one scenario; it ends with it.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/ledger.h"
#include "server/client.h"
#include "server/listener.h"
#include "server/tokens.h"

namespace fodspor::server::tests {

// What a server has besides the Unix socket in its folder.
struct Doors {
  std::vector<std::string> addresses;
  std::function<TlsContext()> tls;
  std::vector<std::string> http;
  bool metrics_need_token = false;
};

class Served {
 public:
  // With two programmes, roskilde and kalundborg, in it: events 1 and 2.
  explicit Served(const Bounds& bounds = {}, std::size_t workers = 2, Doors doors = {});
  ~Served();
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  // A token's text.
  std::string token(Role role, const std::vector<std::string>& programmes = {}, bool microdata = false, const std::string& name = "");
  std::unique_ptr<Client> client(const std::string& token);
  std::unique_ptr<Client> admin() { return client(admin_); }
  const std::string& admin_token() const { return admin_; }
  Result<std::unique_ptr<Client>> try_client(const std::string& token);

  engine::Ledger& ledger() { return *ledger_; }
  Listener& listener() { return *listener_; }
  std::string address() const { return listener_->addresses().front(); }
  // Of the doors that were asked for, with the ports that they got.
  std::string door(std::size_t index = 0) const { return listener_->addresses().at(index + 1); }
  std::filesystem::path socket_path() const;
  const std::filesystem::path& directory() const { return directory_; }
  std::vector<std::string> dropped() const;  // the reasons, so far
  // Stops it, if it still runs, and waits for its end.
  void end();
  // As after a restart: listens again at the same place, on the same ledger.
  void begin();

 private:
  std::filesystem::path directory_;
  const Bounds bounds_;
  const std::size_t workers_;
  const Doors doors_;
  std::unique_ptr<engine::Ledger> ledger_;
  std::unique_ptr<Tokens> tokens_;
  std::unique_ptr<Listener> listener_;
  std::thread thread_;
  mutable std::mutex mutex_;  // over what is below
  std::vector<std::string> dropped_;
  std::string admin_;
};

struct Told {
  std::uint64_t first = 0, last = 0;
  bool repeated = false;
};

// One append of JSON lines.
Result<Told> append(Client& client, const std::string& request, const std::vector<std::string>& events, bool dry_run = false);
// Sends it and waits for nothing; its id.
std::uint64_t send_append(Client& client, const std::string& request, const std::vector<std::string>& events);
// The log from `from` on as JSON, one answer.
struct Page {
  std::vector<std::string> events;
  std::vector<std::uint64_t> positions;
  std::uint64_t next = 0, position = 0;
};
Result<Page> read_log(Client& client, std::uint64_t from = 1, std::uint32_t most = 0);

// "participant/" and that number as an id.
std::string person(std::uint64_t number);
std::string enrolled(const std::string& stream, const std::string& programme = "roskilde");
std::string completed(const std::string& stream, const std::string& programme = "roskilde");
std::string educated(const std::string& stream);  // names no programme

// A connection of bytes, for what a decent client does not do. Blocking, a few seconds at most.
class Wire {
 public:
  explicit Wire(const std::filesystem::path& socket);
  explicit Wire(const std::string& address);  // as endpoint.h reads them; no TLS is spoken, whatever it says
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  void send(const std::vector<std::byte>& bytes);
  // True when the other side has closed; false if it has not within that time. What comes until then is kept in `received`.
  bool closed_within(int milliseconds);
  std::vector<std::byte> received;

 private:
  int descriptor_ = -1;
};

// Requests as bytes.
std::vector<std::byte> hello_bytes(const std::string& token, std::uint16_t version = 1);
std::vector<std::byte> read_bytes(std::uint64_t id, std::uint32_t most);  // the log as JSON
std::vector<std::byte> append_bytes(std::uint64_t id, const std::string& request, const std::vector<std::string>& events);

}  // namespace fodspor::server::tests
