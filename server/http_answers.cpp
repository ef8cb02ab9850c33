#include "server/http_answers.h"

#include <capnp/serialize.h>
#include <kj/exception.h>

#include "events/calendar.h"
#include "server/cli/document.h"
#include "server/client.h"

namespace fodspor::server {

namespace {

HttpAnswer json(const Document& document) {
  HttpAnswer answer;
  answer.body = document.text() + "\n";
  return answer;
}

HttpAnswer of_refusal(wire::Refusal::Reader refusal) {
  const Failure failure = failure_of(refusal);
  return http_answer(http_status(failure.fault), failure, std::chrono::milliseconds(refusal.getRetryMs()));
}

HttpAnswer of_appended(wire::Appended::Reader appended) {
  Document document = Document::object();
  document["first"] = std::uint64_t{appended.getFirst()};
  document["last"] = std::uint64_t{appended.getLast()};
  document["repeated"] = appended.getRepeated();
  if (appended.getRecordedAt() != 0) document["recorded_at"] = text(Timestamp{appended.getRecordedAt()});
  return json(document);
}

HttpAnswer of_recorded(wire::Recorded::Reader recorded) {
  Document events = Document::list();
  for (const auto event : recorded.getEvents()) {
    const auto text = event.getJson();
    events.push(Document::raw({text.begin(), text.size()}));
  }
  Document document = Document::object();
  document["events"] = std::move(events);
  if (recorded.getNext() != 0) document["next"] = std::uint64_t{recorded.getNext()};
  document["position"] = std::uint64_t{recorded.getPosition()};
  return json(document);
}

HttpAnswer of_stats(wire::Stats::Reader stats) {
  Document document = Document::object();
  document["position"] = std::uint64_t{stats.getPosition()};
  document["log_bytes"] = std::uint64_t{stats.getLogBytes()};
  document["derived_bytes"] = std::uint64_t{stats.getDerivedBytes()};
  document["connections"] = std::uint32_t{stats.getConnections()};
  document["requests"] = std::uint64_t{stats.getRequests()};
  return json(document);
}

// In JSON it stands within a document that says the rest too; in the other forms it is the whole body.
HttpAnswer of_document(wire::Document::Reader said, wire::DocumentForm form) {
  const auto content = said.getContent();
  std::string text(reinterpret_cast<const char*>(content.begin()), content.size());
  if (form != wire::DocumentForm::JSON) {
    HttpAnswer answer;
    answer.type = form == wire::DocumentForm::CSV ? "text/csv; charset=utf-8" : "text/plain; charset=utf-8";
    answer.body = std::move(text);
    return answer;
  }
  while (!text.empty() && text.back() == '\n') text.pop_back();
  Document remarks = Document::list();
  for (const auto remark : said.getRemarks()) remarks.push(std::string(remark.begin(), remark.size()));
  Document document = Document::object();
  document["answer"] = text.empty() ? Document() : Document::raw(std::move(text));
  document["position"] = std::uint64_t{said.getPosition()};
  document["remarks"] = std::move(remarks);
  document["status"] = std::uint32_t{said.getStatus()};
  return json(document);
}

}  // namespace

unsigned http_status(Fault fault) noexcept {
  switch (fault) {
    case Fault::invalid:
      return 422;
    case Fault::denied:
      return 403;
    case Fault::not_found:
      return 404;
    case Fault::conflict:
      return 409;
    case Fault::too_large:
      return 413;
    case Fault::unsupported:
      return 501;
    case Fault::busy:
    case Fault::poisoned:
    case Fault::unavailable:
    case Fault::stopped:
    case Fault::cancelled:
      return 503;
    case Fault::corrupt:
      break;
  }
  return 500;
}

HttpAnswer http_answer(unsigned status, const Failure& failure, std::chrono::milliseconds busy_retry) {
  Document document = Document::object();
  document["fault"] = name(failure.fault);
  document["message"] = failure.message;
  if (busy_retry.count() > 0) document["retry_ms"] = std::int64_t{busy_retry.count()};
  HttpAnswer answer = json(document);
  answer.status = status;
  // HTTP counts whole seconds.
  if (busy_retry.count() > 0) answer.come_again = std::chrono::ceil<std::chrono::seconds>(busy_retry);
  answer.ask_for_token = status == 401;
  return answer;
}

HttpAnswer http_answer(const HttpRefusal& refusal) {
  HttpAnswer answer = http_answer(refusal.status, refusal.failure);
  answer.allow = refusal.allow;
  return answer;
}

HttpAnswer http_metrics(const Outgoing& stats, const Metrics& metrics, Metrics::Gauges gauges) {
  const kj::ArrayPtr words(reinterpret_cast<const capnp::word*>(stats.own.data()), stats.own.size() / sizeof(capnp::word));
  static_cast<void>(kj::runCatchingExceptions([&] {
    capnp::FlatArrayMessageReader message(words);
    const auto said = message.getRoot<wire::Answer>();
    if (!said.isStats()) return;  // the disk cannot be asked; the rest is worth telling
    gauges.position = said.getStats().getPosition();
    gauges.log_bytes = said.getStats().getLogBytes();
    gauges.derived_bytes = said.getStats().getDerivedBytes();
  }));
  HttpAnswer answer = http_text(200, metrics.text(gauges));
  answer.type = "text/plain; version=0.0.4; charset=utf-8";
  return answer;
}

HttpAnswer http_text(unsigned status, std::string text) {
  HttpAnswer answer;
  answer.status = status;
  answer.type = "text/plain; charset=utf-8";
  answer.body = std::move(text);
  return answer;
}

std::optional<HttpAnswer> http_answer(const Outgoing& bytes, wire::DocumentForm form) {
  std::optional<HttpAnswer> answer;
  const auto read = [&] {
    const kj::ArrayPtr words(reinterpret_cast<const capnp::word*>(bytes.own.data()), bytes.own.size() / sizeof(capnp::word));
    capnp::ReaderOptions options;
    options.traversalLimitInWords = words.size() * Bounds::traversal_factor + 1'024;
    capnp::FlatArrayMessageReader message(words, options);
    const auto said = message.getRoot<wire::Answer>();
    switch (said.which()) {
      case wire::Answer::REFUSAL:
        answer = of_refusal(said.getRefusal());
        return;
      case wire::Answer::APPENDED:
        answer = of_appended(said.getAppended());
        return;
      case wire::Answer::RECORDED:
        answer = of_recorded(said.getRecorded());
        return;
      case wire::Answer::STATS:
        answer = of_stats(said.getStats());
        return;
      case wire::Answer::DOCUMENT:
        answer = of_document(said.getDocument(), form);
        return;
      case wire::Answer::PROGRESS:
        return;
      case wire::Answer::PONG:
      case wire::Answer::KEPT:
      case wire::Answer::DONE:
      case wire::Answer::WELCOME:
      case wire::Answer::FOLLOWED:
        answer = json(Document::object());
        return;
    }
  };
  // Our own answer: that it cannot be read is our own bug.
  KJ_IF_MAYBE (thrown, kj::runCatchingExceptions(read)) {
    return http_answer(500,
                       {Fault::corrupt, "the server's own answer cannot be read (" + std::string(thrown->getDescription().cStr()) + ")"});
  }
  return answer;
}

}  // namespace fodspor::server
