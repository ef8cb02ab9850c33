#include "server/cli/manual.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/cli/help.h"
#include "server/version.h"

namespace fodspor::server {

namespace {

bool by_place(const Option& option) {
  return option.name.front() != '-';
}

// Text as roff takes it: a hyphen that is typed is no hyphenation, a line does not begin with a request, and what stands between backticks
// is set as what is typed.
std::string roff(std::string_view text) {
  std::string out;
  bool typed = false;
  bool begins = true;
  for (const char c : text) {
    if (begins && (c == '.' || c == '\'')) out += "\\&";
    begins = c == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '`') {
      out += typed ? "\\fR" : "\\fB";
      typed = !typed;
    } else {
      out += c;
    }
  }
  return out;
}

class Page {
 public:
  Page(std::string_view name, int section, std::string_view does) {
    std::string upper(name);
    std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    text_ = fmt::format(".TH {} {} \"\" \"fodspor {}\" \"fodspor\"\n.nh\n.ad l\n", roff(upper), section, version());
    heading("NAME");
    text_ += fmt::format("{} \\- {}\n", roff(name), roff(does));
  }

  void heading(std::string_view title) { text_ += fmt::format(".SH \"{}\"\n", roff(title)); }
  void part(std::string_view title) { text_ += fmt::format(".SS \"{}\"\n", roff(title)); }
  void paragraph(std::string_view text) {
    if (!text.empty()) text_ += fmt::format(".PP\n{}\n", roff(text));
  }
  void term(std::string_view term, std::string_view text) { text_ += fmt::format(".TP\n\\fB{}\\fR\n{}\n", roff(term), roff(text)); }
  void option(const Option& option) {
    std::string left = fmt::format("\\fB{}\\fR", roff(option.name));
    if (by_place(option)) left = fmt::format("\\fI{}\\fR", roff(option.name));
    if (!option.value.empty()) left += fmt::format(" \\fI{}\\fR", roff(option.value));
    std::string help(option.help);
    if (!option.choices.empty()) help += fmt::format(" ({})", fmt::join(option.choices, ", "));
    text_ += fmt::format(".TP\n{}\n{}\n", left, roff(help));
  }
  void verbatim(std::string_view text) {
    text_ += ".PP\n.nf\n";
    text_ += roff(text);
    if (!text.ends_with('\n')) text_ += '\n';
    text_ += ".fi\n";
  }

  const std::string& text() const noexcept { return text_; }

 private:
  std::string text_;
};

void write_command(Page& page, Command& command) {
  const About about = command.about();
  page.paragraph(std::string(about.summary.en) + ".");
  page.paragraph(about.details);
  for (const Option& option : command.options()) page.option(option);
  for (const Example& example : about.examples) {
    page.verbatim("    " + std::string(example.line));
    page.paragraph(std::string("(") + std::string(example.does) + ")");
  }
}

// Words for a shell's case: each quoted alone.
std::string words(const std::vector<std::string_view>& all) {
  return fmt::format("'{}'", fmt::join(all, " "));
}

std::vector<std::string_view> dashed(const std::vector<Option>& options) {
  std::vector<std::string_view> names;
  for (const Option& option : options) {
    if (!by_place(option)) names.push_back(option.name);
  }
  return names;
}

std::vector<std::string_view> with_values(const std::vector<Option>& options) {
  std::vector<std::string_view> names;
  for (const Option& option : options) {
    if (!by_place(option) && !option.value.empty()) names.push_back(option.name);
  }
  return names;
}

// What may stand behind each option, as lines of a case over "<command> <the word before>".
std::string value_cases(std::string_view command, const std::vector<Option>& options) {
  std::string out;
  for (const Option& option : options) {
    if (by_place(option) || option.value.empty()) continue;
    const std::string pattern = fmt::format("    {}\\ {})", command, option.name);
    if (!option.choices.empty()) {
      out += fmt::format("{} words={} ;;\n", pattern, words(option.choices));
    } else {
      // A folder, a file, or a word that only the user knows: the shell completes names of files.
      out += fmt::format("{} files={} ;;\n", pattern, option.value == "DIR" ? "-d" : "-f");
    }
  }
  return out;
}

}  // namespace

std::string manual_of_program(const Commands& commands, const std::vector<Option>& of_every_command) {
  Page page("fodspor", 1, "what happened to people on their way into work, kept as events and read back as figures");
  page.heading("SYNOPSIS");
  page.paragraph("`fodspor` COMMAND [options]");
  page.heading("DESCRIPTION");
  page.paragraph(
      "fodspor keeps what happened to people on their way into work as events in a ledger, which is a folder. Events are appended and "
      "never "
      "changed. Figures, lists and audit trails are folded from them, so that each can be rebuilt, explained and read as it was known on "
      "any earlier day.");
  page.heading("OPTIONS OF EVERY COMMAND");
  for (const Option& option : of_every_command) page.option(option);
  page.term("--version", "The program's version");
  page.heading("COMMANDS");
  for (const auto& command : commands) {
    page.part(usage_of(*command));
    write_command(page, *command);
  }
  page.heading("EXIT STATUS");
  page.term("0", "Yes.");
  page.term("1", "The answer is no: a target missed, a digest that differs, nobody found.");
  page.term("2", "The command line is wrong; nothing was opened.");
  page.term("3", "The input was refused, and nothing was written.");
  page.term("4", "The ledger cannot be used: missing, in use, damaged, disk full.");
  page.heading("ENVIRONMENT");
  page.term("FODSPOR_LEDGER", "The ledger's folder, where --ledger does not name one.");
  page.term("FODSPOR_SERVER", "The server that commands ask where neither --server nor --ledger is given.");
  page.term("FODSPOR_TOKEN", "The token that a server is asked with, where no --token-file is given.");
  page.term("FODSPOR_TRUST", "What a server with tls: in front is trusted by, where no --trust is given.");
  page.term("FODSPOR_AS", "How the commands that are suggested begin.");
  page.term("LC_ALL, LC_MESSAGES, LANG", "The language of titles and column heads, where --lang does not name one.");
  page.term("NO_COLOR", "No colours on a terminal.");
  page.heading("SEE ALSO");
  page.paragraph("`fodspor-serve`(8), `fodspor.toml`(5)");
  return page.text();
}

std::string manual_of_serving(const Commands& commands) {
  Page page("fodspor-serve", 8, "serve a ledger over a socket");
  for (const auto& command : commands) {
    if (command->about().name != "serve") continue;
    page.heading("SYNOPSIS");
    page.paragraph("`fodspor` " + usage_of(*command));
    page.heading("DESCRIPTION");
    write_command(page, *command);
  }
  page.heading("SIGNALS");
  page.term("SIGTERM, SIGINT",
            "No new connection and no new request; what was taken is answered, then it ends with status 0. The second one "
            "ends every connection at once.");
  page.term("SIGHUP",
            "Reads again: the tokens, the certificate, and [log] of the configuration file. Tokens and certificates are also read by "
            "themselves when their files change. What cannot be read is told in the log, and what was read last holds. All else that the "
            "configuration file "
            "says holds from the next start on.");
  page.heading("UNDER SYSTEMD");
  page.paragraph(
      "The unit fodspor.service serves the ledger /var/lib/fodspor/ledger as the user fodspor, and makes it if it is missing. A token "
      "for a client is made by root, while it runs:");
  page.verbatim("    fodspor token add --role caseworker --programme roskilde --ledger /var/lib/fodspor/ledger");
  page.heading("ENVIRONMENT");
  page.term("NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID",
            "Where to tell that it is ready, reloading, stopping and alive (`sd_notify`(3)). Nobody is told where they are not set.");
  page.heading("FILES");
  page.term("/etc/fodspor/fodspor.toml", "The configuration of the unit.");
  page.term("/var/lib/fodspor/ledger", "Its ledger. Removing the package leaves it alone.");
  page.term("/run/fodspor/socket", "Its socket, for members of the group fodspor.");
  page.term("/usr/share/fodspor/server/protocol.capnp", "What is spoken there.");
  page.heading("SEE ALSO");
  page.paragraph("`fodspor`(1), `fodspor.toml`(5), `systemctl`(1)");
  return page.text();
}

std::string manual_of_configuration(std::string_view example) {
  Page page("fodspor.toml", 5, "how fodspor serves a ledger");
  page.heading("DESCRIPTION");
  page.paragraph(
      "The file that `fodspor serve --config` reads, in TOML. Every key may be left out; one that is not known is refused, with its line. "
      "What is typed goes before what stands in the file. Below is every key with what holds where nothing is said.");
  page.heading("KEYS");
  page.verbatim(example);
  page.heading("SEE ALSO");
  page.paragraph("`fodspor-serve`(8)");
  return page.text();
}

std::string completion(const Commands& commands, const std::vector<Option>& of_every_command) {
  std::vector<std::string_view> names;
  for (const auto& command : commands) names.push_back(command->about().name);
  std::string options_of, values_of, places_of;
  for (const auto& command : commands) {
    const About about = command->about();
    const auto options = command->options();
    options_of += fmt::format("    {}) options={} ;;\n", about.name, words(dashed(options)));
    values_of += value_cases(about.name, options);
    for (const Option& option : options) {
      if (by_place(option) && !option.choices.empty()) places_of += fmt::format("    {}) words={} ;;\n", about.name, words(option.choices));
    }
  }
  std::string skipped;
  for (const std::string_view name : with_values(of_every_command))
    skipped += skipped.empty() ? std::string(name) : "|" + std::string(name);
  return fmt::format(R"(# Completion of fodspor's commands for bash, made by the program itself: fodspor manual bash
_fodspor() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} command='' words='' options='' files='' at
  for ((at = 1; at < COMP_CWORD; ++at)); do
    case ${{COMP_WORDS[at]}} in
      {skipped}) ((++at)) ;;
      -*) ;;
      *)
        command=${{COMP_WORDS[at]}}
        break
        ;;
    esac
  done
  case "$command $before" in
{values}    *) ;;
  esac
  case " $before" in
{global_values}    *) ;;
  esac
  COMPREPLY=()
  if [[ $files ]]; then
    mapfile -t COMPREPLY < <(compgen "$files" -- "$current")
    compopt -o filenames 2>/dev/null
    return
  fi
  if [[ ! $words ]]; then
    case $command in
      '') options={names} ;;
{options}      *) ;;
    esac
    case $command in
{places}      *) ;;
    esac
    [[ $current == -* || ! $command ]] && words+=" $options {global_options}"
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}}
complete -o default -F _fodspor fodspor
)",
                     fmt::arg("skipped", skipped), fmt::arg("values", values_of),
                     fmt::arg("global_values", value_cases("", of_every_command)), fmt::arg("names", words(names)),
                     fmt::arg("options", options_of), fmt::arg("places", places_of),
                     fmt::arg("global_options", fmt::format("{}", fmt::join(dashed(of_every_command), " "))));
}

}  // namespace fodspor::server
