// The appends that are ordered, written and answered together.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "engine/gate.h"
#include "engine/ledger.h"

namespace fodspor::engine {

// One append on its way. Owned by the thread that waits for it, or by its group if nobody does.
struct Item {
  Batch batch;
  std::function<void(Result<Appended>)> done;  // empty: its thread waits at the group's gate
  Result<Appended> answer{Appended{}};
};

struct Group {
  std::vector<Item*> items;
  std::vector<std::unique_ptr<Item>> owned;
  std::size_t events = 0;
  std::size_t bytes = 0;
  Gate gate;

  // Everybody is, also who was refused already: that may have been a conflict with what is refused now.
  void refuse(const Failure& failure) {
    for (Item* item : items) item->answer = tl::make_unexpected(failure);
  }
  // Everybody gets the answer. The items that are not owned are gone after this.
  void answer() {
    for (const std::unique_ptr<Item>& item : owned) item->done(std::move(item->answer));
    gate.open();
  }
};

}  // namespace fodspor::engine
