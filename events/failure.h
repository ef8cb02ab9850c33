// How a call can fail, as one `Fault` for each different thing that its caller can do about it.
//
// A broken promise of our own is not a Failure: it is a check(…) that ends the process. The world (bytes from disk or network, files,
// people's input) is a Result. A Failure's message is one sentence for a person: what is wrong, where, and what to do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace fodspor::events {

enum class Fault : std::uint8_t {
  invalid = 1,  // the input is not acceptable, ever; nothing was written: mend it
  conflict,     // a stream stands at another version, or a request id was used for other content: re-read and decide again
  busy,         // too much at once, or held by another process for the moment: try again later
  not_found,    // there is no such thing
  too_large,    // past a limit of limits.h
  corrupt,      // stored bytes are not what was written: see `fodspor doctor`
  poisoned,     // a sync failed: whether the last appends stand is unknown until the ledger is opened again
  unavailable,  // the disk or the ledger cannot be used (full, no permission, in use, lost files)
  unsupported,  // made by a newer version, or not built yet
  stopped,      // a view stopped at an event that it cannot apply
  cancelled,    // the caller asked for it
  denied,       // whoever asks may not: ask an admin of the ledger for a token that may
};

std::string_view name(Fault) noexcept;

struct Failure {
  Fault fault;
  std::string message;
};

template <class T>
using Result = tl::expected<T, Failure>;
using Status = Result<void>;

inline tl::unexpected<Failure> fail(Fault fault, std::string message) {
  return tl::unexpected<Failure>(Failure{fault, std::move(message)});
}

// A failure with a place put in front of its message: "line 3: facts.isced: …".
Failure at(std::string_view place, Failure failure);

[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace fodspor::events

// Our own promises, always on: the process ends, with the place on stderr.
#define FODSPOR_CHECK(condition) ((condition) ? static_cast<void>(0) : ::fodspor::events::check_failed(#condition, __FILE__, __LINE__))

#define FODSPOR_JOIN_(a, b) a##b
#define FODSPOR_JOIN(a, b) FODSPOR_JOIN_(a, b)
// FODSPOR_TRY(auto value, call()): the value of a Result, or return its Failure from here.
#define FODSPOR_TRY_(declaration, expression, result)                 \
  auto result = (expression);                                         \
  if (!result) return tl::make_unexpected(std::move(result).error()); \
  declaration = *std::move(result)
#define FODSPOR_TRY(declaration, expression) FODSPOR_TRY_(declaration, expression, FODSPOR_JOIN(result_, __LINE__))
// FODSPOR_DO(call()): the same for a Status.
#define FODSPOR_DO(expression) \
  if (auto status_ = (expression); !status_) return tl::make_unexpected(std::move(status_).error())
