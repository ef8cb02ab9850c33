// A question that a server is asked, and what it answers: values on both sides of the wire, and their ways onto it and off it. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "server/cli/command.h"
#include "server/protocol.capnp.h"

namespace fodspor::server {

// A command of the program, as somebody typed it somewhere else.
struct Question {
  std::string command;
  std::vector<std::string> arguments;  // its own
  Format form = Format::json;
  Language language = Language::english;
  std::uint16_t columns = 100;
  std::string called = "fodspor";  // by which name, for commands that are suggested
  bool terminal = false;           // whether text goes to one, where lines that do not fit are cut
  bool colour = false;
  Position at_least;
  bool progress = false;
};

struct AnsweredQuestion {
  std::string content;
  std::vector<std::string> remarks;
  Exit status = Exit::yes;
  Position position;
};

// Fault::invalid or too_large (Bounds): it cannot be a question.
Result<Question> question_from(wire::Ask::Reader ask);
void fill(wire::Ask::Builder ask, const Question& question);

AnsweredQuestion answered_by(wire::Document::Reader document);
std::vector<std::byte> document_answer(std::uint64_t id, const AnsweredQuestion& answered);
std::vector<std::byte> progress_answer(std::uint64_t id, std::uint64_t done, std::uint64_t of);

}  // namespace fodspor::server
