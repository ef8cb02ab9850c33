#include "server/cli/input.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace fodspor::server {

using events::fail;
using events::Fault;

events::Result<Input> Input::read(const std::optional<std::string>& file, const World& world) {
  if (!world.has_files) {
    return fail(Fault::invalid, fmt::format("{}: a server reads no files for whoever asks it", file ? *file : "standard input"));
  }
  Input input;
  if (!file || *file == "-") {
    input.name_ = "standard input";
    std::ostringstream content;
    content << world.in.rdbuf();
    input.content_ = std::move(content).str();
    return input;
  }
  input.name_ = *file;
  std::error_code error;
  const auto status = std::filesystem::status(*file, error);
  if (!std::filesystem::exists(status)) return fail(Fault::invalid, fmt::format("{}: there is no such file", *file));
  if (std::filesystem::is_directory(status)) return fail(Fault::invalid, fmt::format("{}: this is a folder, not a file", *file));
  std::ifstream stream(*file, std::ios::binary);
  std::ostringstream content;
  if (stream && stream.peek() != std::ifstream::traits_type::eof()) content << stream.rdbuf();
  input.content_ = std::move(content).str();
  if (!stream.is_open() || stream.bad())
    return fail(Fault::invalid, fmt::format("{}: the file cannot be read: look at its permissions", *file));
  return input;
}

std::string Input::place(std::size_t line) const {
  return fmt::format("{}: line {}", name_, line);
}

std::vector<Input::Line> Input::lines() const {
  std::vector<Line> lines;
  std::string_view rest = content_;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    std::string_view text = rest.substr(0, end);
    if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
    lines.push_back({number, text});
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return lines;
}

}  // namespace fodspor::server
