// A stretch of the log as a subscription gets it: encoded once, and given to any number of subscriptions, each with a head of its own that
// carries its id. And the few pieces that are kept in case another subscription comes by. Pieces are values that nobody changes; Pieces
// belongs to the thread that serves subscriptions.
#pragma once

#include <atomic>
#include <deque>
#include <memory>

#include "engine/ledger.h"
#include "server/bounds.h"
#include "server/outbound.h"
#include "server/outgoing.h"

namespace fodspor::server {

// How many bytes of pieces are alive, wherever they are. Shared, as a connection may hold a piece longer than anybody else lives.
using PieceBytes = std::shared_ptr<std::atomic<std::size_t>>;

class Piece {
 public:
  // All up to and with `through` was looked at.
  Piece(EventList& events, Position through, PieceBytes alive);
  ~Piece();
  Piece(const Piece&) = delete;
  Piece& operator=(const Piece&) = delete;

  Position through() const noexcept { return through_; }
  std::size_t count() const noexcept { return count_; }
  std::size_t size() const noexcept { return bytes_.size(); }
  // For that subscription. `live`: nothing durable comes after it.
  static Outgoing outgoing(const std::shared_ptr<const Piece>& piece, std::uint64_t id, bool live);

 private:
  std::vector<std::byte> bytes_;
  std::size_t id_at_ = 0, live_at_ = 0;
  Position through_;
  std::size_t count_;
  PieceBytes alive_;
};

class Pieces {
 public:
  Pieces(const engine::Ledger& ledger, std::size_t bytes_max) : ledger_(ledger), bytes_max_(bytes_max) {}

  // All events from there up to `through`, or as many as fit. nullptr: pieces take as much memory as they may. Faults of reading the
  // ledger.
  Result<std::shared_ptr<const Piece>> get(Position from, Position through, wire::Form form);
  // Whether a piece more may be made; lets go of those that are only kept for others, if that helps.
  bool have_room();
  const PieceBytes& alive() const noexcept { return alive_; }

 private:
  struct Kept {
    Position from, wanted;
    wire::Form form;
    std::shared_ptr<const Piece> piece;
  };

  const engine::Ledger& ledger_;
  const std::size_t bytes_max_;
  const PieceBytes alive_ = std::make_shared<std::atomic<std::size_t>>(0);
  std::deque<Kept> kept_;  // the oldest first
  std::size_t kept_bytes_ = 0;
};

}  // namespace fodspor::server
