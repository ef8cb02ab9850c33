#include "server/metrics.h"

#include <capnp/serialize.h>
#include <fmt/format.h>
#include <kj/exception.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "server/client.h"
#include "server/protocol.capnp.h"

namespace fodspor::server {

namespace {

constexpr std::array<std::string_view, Metrics::kinds> kind_names{"hello",  "ping", "append", "read",   "stats", "subscribe",
                                                                  "credit", "keep", "ask",    "cancel", "",      "unknown"};

// One metric: its help and type, then its lines.
class Page {
 public:
  void metric(std::string_view name, std::string_view type, std::string_view help) {
    fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
  }
  template <class Value>
  void line(std::string_view name, std::string_view labels, Value value) {
    if (labels.empty()) {
      fmt::format_to(std::back_inserter(text_), "{} {}\n", name, value);
    } else {
      fmt::format_to(std::back_inserter(text_), "{}{{{}}} {}\n", name, labels, value);
    }
  }
  template <class Value>
  void single(std::string_view name, std::string_view type, std::string_view help, Value value) {
    metric(name, type, help);
    line(name, "", value);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

double seconds(std::uint64_t nanoseconds) {
  return static_cast<double>(nanoseconds) / 1e9;
}

}  // namespace

std::size_t Metrics::kind_of(Frame& request) noexcept {
  std::size_t kind = kinds - 1;
  static_cast<void>(
      kj::runCatchingExceptions([&] { kind = static_cast<std::size_t>(request.message().getRoot<wire::Request>().which()); }));
  return kind < kinds && !kind_names[kind].empty() ? kind : kinds - 1;
}

void Metrics::answered(std::size_t kind, std::span<const std::byte> answer, std::chrono::nanoseconds took) noexcept {
  std::size_t fault = 0;
  static_cast<void>(kj::runCatchingExceptions([&] {
    const kj::ArrayPtr words(reinterpret_cast<const capnp::word*>(answer.data()), answer.size() / sizeof(capnp::word));
    capnp::FlatArrayMessageReader message(words);
    const auto said = message.getRoot<wire::Answer>();
    if (said.isRefusal()) fault = static_cast<std::size_t>(failure_of(said.getRefusal()).fault);
    if (!said.isAppended()) return;
    const auto appended = said.getAppended();
    if (appended.getFirst() != 0 && !appended.getRepeated()) count(appended_, appended.getLast() - appended.getFirst() + 1);
  }));
  count(requests_[std::min(kind, kinds - 1)][std::min(fault, faults - 1)]);
  const auto bucket = std::lower_bound(bucket_bounds.begin(), bucket_bounds.end(), took);
  count(took_[static_cast<std::size_t>(bucket - bucket_bounds.begin())]);
  count(took_nanoseconds_, static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0)));
}

bool Metrics::poisoned() const noexcept {
  const auto poisoned = static_cast<std::size_t>(events::Fault::poisoned);
  return std::any_of(requests_.begin(), requests_.end(),
                     [&](const auto& faults_of) { return faults_of[poisoned].load(std::memory_order_relaxed) > 0; });
}

std::string Metrics::text(const Gauges& gauges) const {
  const auto value = [](const Count& counter) { return counter.load(std::memory_order_relaxed); };
  Page page;
  page.metric("fodspor_info", "gauge", "The software; always 1.");
  page.line("fodspor_info", fmt::format("software=\"{}\"", gauges.software), 1);
  page.single("fodspor_position", "gauge", "Position of the last event that is durable.", gauges.position);
  page.single("fodspor_appended_events_total", "counter", "Events that were appended through this server.", value(appended_));

  page.metric("fodspor_requests_total", "counter", "Requests that were answered, by kind and by the fault that they were refused with.");
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    for (std::size_t fault = 0; fault < faults; ++fault) {
      const std::uint64_t count = value(requests_[kind][fault]);
      if (kind_names[kind].empty() || (count == 0 && fault != 0)) continue;
      const std::string_view fault_name = fault == 0 ? "none" : events::name(static_cast<events::Fault>(fault));
      page.line("fodspor_requests_total", fmt::format("kind=\"{}\",fault=\"{}\"", kind_names[kind], fault_name), count);
    }
  }

  page.metric("fodspor_request_seconds", "histogram", "From a worker taking a request to its answer.");
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < bucket_bounds.size(); ++i) {
    so_far += value(took_[i]);
    const double bound = static_cast<double>(bucket_bounds[i].count()) / 1e6;
    page.line("fodspor_request_seconds_bucket", fmt::format("le=\"{}\"", bound), so_far);
  }
  so_far += value(took_.back());
  page.line("fodspor_request_seconds_bucket", "le=\"+Inf\"", so_far);
  page.line("fodspor_request_seconds_sum", "", seconds(value(took_nanoseconds_)));
  page.line("fodspor_request_seconds_count", "", so_far);

  page.single("fodspor_connections", "gauge", "Connections that are open.", gauges.connections);
  page.single("fodspor_connections_max", "gauge", "Connections that there may be.", gauges.connections_max);
  page.single("fodspor_connections_refused_total", "counter", "Connections that were closed at once, as there were too many.",
              value(refused_));
  page.single("fodspor_connections_dropped_total", "counter", "Connections that the server ended for a reason that stands in its log.",
              value(dropped_));
  page.single("fodspor_tokens_refused_total", "counter", "Requests and connections with a token that is not good.", value(tokens_refused_));
  page.single("fodspor_held_bytes", "gauge", "Bytes of messages that are coming in or being answered.", gauges.held_bytes);
  page.single("fodspor_held_bytes_max", "gauge", "Bytes of messages that there may be.", gauges.held_bytes_max);
  page.single("fodspor_log_bytes", "gauge", "Bytes of the log on disk.", gauges.log_bytes);
  page.single("fodspor_derived_bytes", "gauge", "Bytes on disk of what is derived from the log.", gauges.derived_bytes);
  page.single("fodspor_draining", "gauge", "1 while the server ends.", gauges.draining ? 1 : 0);
  page.single("fodspor_poisoned", "gauge", "1 after a failed sync, until the ledger is opened again.", poisoned() ? 1 : 0);
  return page.take();
}

}  // namespace fodspor::server
