// The hash table of this room: flat, keyed by the ids of events/ids.h, whose hashes are well mixed already.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>

namespace fodspor::engine {

template <class Key>
struct MixedHash {
  using is_avalanching = void;  // Boost would mix it a second time
  std::size_t operator()(const Key& key) const noexcept { return std::hash<Key>{}(key); }
};

template <class Key, class Value>
using Table = boost::unordered_flat_map<Key, Value, MixedHash<Key>>;

}  // namespace fodspor::engine
