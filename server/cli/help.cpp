#include "server/cli/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace fodspor::server {

namespace {

bool by_place(const Option& option) {
  return option.name.front() != '-';
}
bool repeats(const Option& option) {
  return std::holds_alternative<std::vector<std::string>*>(option.target);
}

std::string left_of(const Option& option) {
  if (by_place(option)) return std::string(option.name);
  return option.value.empty() ? std::string(option.name) : fmt::format("{} {}", option.name, option.value);
}

void write_entries(const std::vector<std::pair<std::string, std::string>>& entries, int columns, std::string& out) {
  int left = 0;
  for (const auto& [name, help] : entries) left = std::max(left, width(name));
  left = std::min(left, 26);
  for (const auto& [name, help] : entries) {
    std::string line = "  " + name;
    if (width(name) > left) {
      out += line + '\n';
      line.clear();
    }
    for (const auto& piece : wrapped(help, std::max(30, columns - left - 4))) {
      line.append(static_cast<std::size_t>(left + 4 - width(line)), ' ');
      out += line + piece + '\n';
      line.clear();
    }
  }
}

void write_options(const std::vector<Option>& options, const Layout& layout, std::string& out) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (const auto& option : options) {
    std::string help = as_called(option.help, layout.called);
    if (!option.choices.empty()) help += fmt::format(" ({})", fmt::join(option.choices, ", "));
    entries.emplace_back(left_of(option), std::move(help));
  }
  write_entries(entries, layout.columns, out);
}

// An example as the user can type it; the program may stand at the end of a pipe.
std::string typed(std::string_view line, std::string_view called) {
  constexpr std::string_view program = "fodspor ", piped = "| fodspor ";
  const std::size_t pipe = line.find(piped);
  const std::size_t at = line.starts_with(program) ? 0 : pipe == std::string_view::npos ? pipe : pipe + 2;
  if (at == std::string_view::npos) return std::string(line);
  return fmt::format("{}{} {}", line.substr(0, at), called, line.substr(at + program.size()));
}

struct Heading {
  About::Group group;
  Words words;
};
constexpr std::array headings{
    Heading{About::Group::start, {"Begin", "Kom i gang"}},
    Heading{About::Group::record, {"Record what happened", "Registrer hvad der er sket"}},
    Heading{About::Group::read, {"Read what happened", "Læs hvad der er sket"}},
    Heading{About::Group::figures, {"Figures", "Tal"}},
    Heading{About::Group::care, {"Care for the ledger", "Pas på journalen"}},
};

}  // namespace

std::string overview(const std::vector<std::unique_ptr<Command>>& commands, const Layout& layout) {
  const auto in = [&](Words words) { return std::string(words.in(layout.language)); };
  std::string out =
      in({"fodspor: what happened to people on their way into work, kept as events and read back as figures that can be "
          "explained.",
          "fodspor: hvad der skete med mennesker på vej i arbejde, gemt som hændelser og læst som tal, der kan forklares."});
  out = fmt::format("{0}\n\n  {1} COMMAND [options]     {1} COMMAND --help     {1} demo\n", fmt::join(wrapped(out, layout.columns), "\n"),
                    layout.called);
  for (const auto& heading : headings) {
    std::vector<std::pair<std::string, std::string>> entries;
    for (const auto& command : commands) {
      const About about = command->about();
      if (about.group == heading.group) entries.emplace_back(about.name, about.summary.in(layout.language));
    }
    if (entries.empty()) continue;
    out += '\n' + toned(heading.words.in(layout.language), Tone::strong, layout.colour) + '\n';
    for (auto& [name, help] : entries) name.resize(std::max<std::size_t>(name.size(), 12), ' ');
    write_entries(entries, layout.columns, out);
  }
  return out;
}

std::string usage_of(Command& command) {
  std::string out(command.about().name);
  bool named = false;
  for (const auto& option : command.options()) {
    if (!by_place(option)) {
      if (option.required) out += fmt::format(" {} {}", option.name, option.value);
      named = named || !option.required;
      continue;
    }
    const std::string name = repeats(option) ? fmt::format("{}…", option.name) : std::string(option.name);
    out += option.required ? " " + name : fmt::format(" [{}]", name);
  }
  return named ? out + " [options]" : out;
}

std::string help_of(Command& command, const std::vector<Option>& of_every_command, const Layout& layout) {
  const About about = command.about();
  const auto strong = [&](Words words) { return toned(words.in(layout.language), Tone::strong, layout.colour); };
  std::string out = fmt::format("{}\n\n", toned(layout.called + " " + usage_of(command), Tone::strong, layout.colour));
  for (const auto& line : wrapped(about.summary.in(layout.language), layout.columns)) out += line + '\n';
  if (!about.details.empty()) {
    out += '\n';
    for (const auto& line : wrapped(as_called(about.details, layout.called), layout.columns)) out += line + '\n';
  }
  const auto options = command.options();
  if (!options.empty()) {
    out += '\n';
    write_options(options, layout, out);
  }
  out += '\n' + strong({"With every command", "Ved alle kommandoer"}) + '\n';
  write_options(of_every_command, layout, out);
  out += '\n' + strong(about.examples.size() == 1 ? Words{"Example", "Eksempel"} : Words{"Examples", "Eksempler"}) + '\n';
  for (const auto& example : about.examples) {
    out += fmt::format("  {}\n", typed(example.line, layout.called));
    for (const auto& line : wrapped(example.does, layout.columns - 6))
      out += fmt::format("      {}\n", toned(line, Tone::faint, layout.colour));
  }
  return out;
}

std::string nearest(std::string_view given, const std::vector<std::string_view>& names) {
  std::string best;
  std::size_t best_edits = std::max<std::size_t>(given.size() / 3, 1) + 1;
  for (const std::string_view name : names) {
    // Edits of single letters, two swapped neighbours counting as one: what fingers do.
    std::vector<std::vector<std::size_t>> edits(given.size() + 1, std::vector<std::size_t>(name.size() + 1));
    for (std::size_t i = 0; i <= given.size(); ++i) {
      for (std::size_t j = 0; j <= name.size(); ++j) {
        if (i == 0 || j == 0) {
          edits[i][j] = i + j;
          continue;
        }
        edits[i][j] = std::min({edits[i - 1][j] + 1, edits[i][j - 1] + 1, edits[i - 1][j - 1] + (given[i - 1] == name[j - 1] ? 0 : 1)});
        const bool swapped = i > 1 && j > 1 && given[i - 1] == name[j - 2] && given[i - 2] == name[j - 1];
        if (swapped) edits[i][j] = std::min(edits[i][j], edits[i - 2][j - 2] + 1);
      }
    }
    if (edits[given.size()][name.size()] < best_edits) {
      best_edits = edits[given.size()][name.size()];
      best = name;
    }
  }
  return best;
}

}  // namespace fodspor::server
