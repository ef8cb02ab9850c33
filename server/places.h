// The places in the log that clients keep: held in memory, and in the file `places` in the ledger's folder. Whoever is answered yes finds
// the place again after any crash; keeps that come together share one write. Owned by the server, which alone writes the file; any thread.
// Writes on a thread of its own.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "server/place_lines.h"

namespace fodspor::server {

std::filesystem::path places_file(const std::filesystem::path& ledger);

class Places {
 public:
  // No file: no place. Fault::corrupt (file and line; nothing is overwritten), unsupported (newer), unavailable.
  static Result<std::unique_ptr<Places>> open(const std::filesystem::path& ledger);
  ~Places();  // what was asked for is written and answered
  Places(const Places&) = delete;
  Places& operator=(const Places&) = delete;

  // As it is on disk; none: nothing is kept under that name.
  std::optional<Position> find(const PlaceName& place) const;

  // `done` is called once, on the thread that writes: the place is on disk. Position 0 forgets it. Fault::too_large (as many places as
  // there may be, of all or of this client), unavailable (the disk); what was kept before then stands.
  using Done = std::function<void(Status)>;
  void keep(PlaceName place, Position position, Done done);

 private:
  struct Wish {
    PlaceName place;
    Position position;
    Done done;
  };

  Places(std::filesystem::path ledger, PlaceList list);
  void run();
  void write(std::vector<Wish>& wishes);

  const std::filesystem::path ledger_;
  mutable std::mutex mutex_;  // over what is below
  std::condition_variable wished_;
  PlaceList list_;
  std::vector<Wish> wishes_;
  bool stopping_ = false;
  std::thread thread_;
};

// Whether a client may call a place so. Fault::invalid.
Status check_place_name(std::string_view name);

}  // namespace fodspor::server
