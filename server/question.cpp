#include "server/question.h"

#include <algorithm>

#include "server/bounds.h"
#include "server/outbound.h"

namespace fodspor::server {

namespace {

constexpr std::uint16_t columns_usual = 100, columns_min = 40, columns_max = 1'000;

std::string text_of(capnp::Text::Reader text) {
  return {text.begin(), text.size()};
}

Result<Format> format_of(wire::DocumentForm form) {
  switch (form) {
    case wire::DocumentForm::JSON:
      return Format::json;
    case wire::DocumentForm::CSV:
      return Format::csv;
    case wire::DocumentForm::TEXT:
      return Format::text;
  }
  return fail(Fault::unsupported, "form: a question is answered as json, csv or text");
}

wire::DocumentForm form_of(Format format) {
  switch (format) {
    case Format::json:
      break;
    case Format::csv:
      return wire::DocumentForm::CSV;
    case Format::text:
      return wire::DocumentForm::TEXT;
  }
  return wire::DocumentForm::JSON;
}

}  // namespace

Result<Question> question_from(wire::Ask::Reader ask) {
  Question question;
  question.command = text_of(ask.getCommand());
  std::size_t bytes = question.command.size() + ask.getCalled().size();
  for (const auto argument : ask.getArguments()) {
    bytes += argument.size() + 1;
    if (bytes > Bounds::question_bytes_max) break;
    question.arguments.push_back(text_of(argument));
  }
  if (bytes > Bounds::question_bytes_max) {
    return fail(Fault::too_large, "a question takes at most " + std::to_string(Bounds::question_bytes_max) + " bytes");
  }
  FODSPOR_TRY(question.form, format_of(ask.getForm()));
  if (const auto language = ask.getLanguage(); language.size() > 0) {
    const auto found = find_language(text_of(language));
    if (!found) return fail(Fault::invalid, "language: answers come in en and da");
    question.language = *found;
  }
  question.columns = ask.getColumns() == 0 ? columns_usual : std::clamp(ask.getColumns(), columns_min, columns_max);
  if (ask.getCalled().size() > 0) question.called = text_of(ask.getCalled());
  question.terminal = ask.getTerminal();
  question.colour = ask.getColour();
  question.at_least = {ask.getAtLeast()};
  question.progress = ask.getProgress();
  return question;
}

void fill(wire::Ask::Builder ask, const Question& question) {
  ask.setCommand(question.command);
  auto arguments = ask.initArguments(static_cast<unsigned>(question.arguments.size()));
  for (unsigned i = 0; i < arguments.size(); ++i) arguments.set(i, question.arguments[i]);
  ask.setForm(form_of(question.form));
  ask.setLanguage(question.language == Language::danish ? "da" : "en");
  ask.setColumns(question.columns);
  ask.setCalled(question.called);
  ask.setTerminal(question.terminal);
  ask.setColour(question.colour);
  ask.setAtLeast(question.at_least.value);
  ask.setProgress(question.progress);
}

AnsweredQuestion answered_by(wire::Document::Reader document) {
  AnsweredQuestion answered;
  const auto content = document.getContent();
  answered.content.assign(reinterpret_cast<const char*>(content.begin()), content.size());
  for (const auto remark : document.getRemarks()) answered.remarks.push_back(text_of(remark));
  answered.status = document.getStatus() == 0 ? Exit::yes : Exit::no;
  answered.position = {document.getPosition()};
  return answered;
}

std::vector<std::byte> document_answer(std::uint64_t id, const AnsweredQuestion& answered) {
  AnswerWriter answer(id);
  auto document = answer.root().initDocument();
  document.setContent({reinterpret_cast<const kj::byte*>(answered.content.data()), answered.content.size()});
  auto remarks = document.initRemarks(static_cast<unsigned>(answered.remarks.size()));
  for (unsigned i = 0; i < remarks.size(); ++i) remarks.set(i, answered.remarks[i]);
  document.setStatus(static_cast<std::uint8_t>(answered.status));
  document.setPosition(answered.position.value);
  return answer.bytes();
}

std::vector<std::byte> progress_answer(std::uint64_t id, std::uint64_t done, std::uint64_t of) {
  AnswerWriter answer(id);
  auto progress = answer.root().initProgress();
  progress.setDone(done);
  progress.setOf(of);
  return answer.bytes();
}

}  // namespace fodspor::server
