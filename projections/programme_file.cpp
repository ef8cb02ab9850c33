#include "projections/programme_file.h"

#include <array>

#include "projections/programme_table.h"

namespace fodspor::projections {

namespace {

using Comparator = wire::TargetPinned::Comparator;

constexpr std::int64_t million = 1'000'000;

Result<FileFrame> read_frame(ProgrammeTable& table, const Node& node) {
  FileFrame read;
  read.place = node.place;
  Frame& frame = read.frame;
  FODSPOR_TRY(frame.title, table.both("title"));
  FODSPOR_TRY(frame.operator_name, table.text("operator"));
  FODSPOR_TRY(frame.starts, table.needed_date("starts"));
  FODSPOR_TRY(frame.ends, table.needed_date("ends"));
  if (frame.ends < frame.starts) return refuse(node.place, table.at("ends"), "it lies before starts");
  FODSPOR_TRY(const std::optional<Date> from, table.date("from"));
  frame.from = from.value_or(frame.starts);
  FODSPOR_TRY(frame.industries, table.texts("industries"));
  FODSPOR_TRY(frame.check_in_days, table.count_of("check_in", "days", 366));
  FODSPOR_TRY(frame.retention_years, table.count_of("retention", "years", 100));
  FODSPOR_TRY(frame.zone, table.text("zone"));
  if (frame.zone.empty()) frame.zone = "Europe/Copenhagen";
  if (const auto known = end_of_day(frame.starts, frame.zone); !known) return refuse(node.place, table.at("zone"), known.error().message);
  FODSPOR_TRY(frame.target_group, table.both("target_group"));
  FODSPOR_TRY(frame.document, table.text("document"));
  FODSPOR_TRY(read.reason, table.text("reason"));
  return read;
}

Result<wire::FundingGranted::Kind> read_funding_kind(ProgrammeTable& table) {
  using Kind = wire::FundingGranted::Kind;
  FODSPOR_TRY(const Node* node, table.need("kind", Node::Kind::string));
  static constexpr std::array<std::pair<std::string_view, Kind>, 5> kinds{{{"total_cost", Kind::TOTAL_COST},
                                                                           {"eu", Kind::EU},
                                                                           {"decentralised", Kind::DECENTRALISED},
                                                                           {"grant", Kind::GRANT},
                                                                           {"foundation", Kind::FOUNDATION}}};
  for (const auto& [word, kind] : kinds) {
    if (node->text == word) return kind;
  }
  return refuse(node->place, table.at("kind"), "'" + node->text + "' is none of total_cost, eu, decentralised, grant, foundation");
}

Result<FileFunding> read_funding(ProgrammeTable& table, const Node& node) {
  FileFunding read;
  read.place = node.place;
  FODSPOR_TRY(read.funding.on, table.needed_date("on"));
  FODSPOR_TRY(read.funding.kind, read_funding_kind(table));
  FODSPOR_TRY(read.funding.funder, table.text("funder"));
  FODSPOR_TRY(read.funding.oere, table.oere("kroner"));
  if (read.funding.oere == 0) return refuse(node.place, table.at("kroner"), "it is missing");
  FODSPOR_TRY(read.funding.document, table.text("document"));
  return read;
}

// "30 %" in millionths; none if it is no share.
std::optional<std::int64_t> share_of(const std::string& text) {
  std::string_view left = text;
  if (!left.ends_with('%')) return std::nullopt;
  left.remove_suffix(1);
  while (left.ends_with(' ')) left.remove_suffix(1);
  std::int64_t value = 0;
  std::int64_t unit = million / 100;
  bool point = false, digits = false;
  for (const char c : left) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9' || value > 1'000'000'000 || (point && unit < 10)) return std::nullopt;
    digits = true;
    if (point) {
      unit /= 10;
      value += (c - '0') * unit;
    } else {
      value = value * 10 + (c - '0') * unit;
    }
  }
  return digits ? std::optional(value) : std::nullopt;
}

struct Amount {
  std::int64_t millionths = 0;
  bool share = false;
};

Result<Amount> read_amount(const Node& node, const std::string& path) {
  if (node.kind == Node::Kind::number && node.millionths > 0) return Amount{node.millionths, false};
  if (node.kind == Node::Kind::string) {
    const auto share = share_of(node.text);
    if (share && *share > 0) return Amount{*share, true};
  }
  return refuse(node.place, path, "a count above 0 is meant, or a share as \"30 %\"");
}

Status read_comparison(ProgrammeTable& table, const Node& node, Target& target) {
  static constexpr std::array<std::pair<std::string_view, Comparator>, 5> comparators{{{"at_least", Comparator::AT_LEAST},
                                                                                       {"more_than", Comparator::MORE_THAN},
                                                                                       {"at_most", Comparator::AT_MOST},
                                                                                       {"up_to", Comparator::UP_TO},
                                                                                       {"about", Comparator::ABOUT}}};
  for (const auto& [word, comparator] : comparators) {
    const Node* value = table.find(word);
    if (value == nullptr) continue;
    if (target.comparator != Comparator::UNSPECIFIED) return refuse(value->place, table.at(word), "a target compares in one way only");
    FODSPOR_TRY(const Amount amount, read_amount(*value, table.at(word)));
    target.comparator = comparator;
    target.value_millionths = amount.millionths;
    target.share = amount.share;
  }
  if (target.comparator == Comparator::UNSPECIFIED) {
    return refuse(node.place, table.at("at_least"), "one of at_least, more_than, at_most, up_to, about is missing");
  }
  if (const Node* tolerance = table.find("tolerance")) {
    FODSPOR_TRY(const Amount amount, read_amount(*tolerance, table.at("tolerance")));
    if (target.comparator != Comparator::ABOUT || !amount.share) {
      return refuse(tolerance->place, table.at("tolerance"), "it goes with `about`, as a share of the value: \"10 %\"");
    }
    target.tolerance_millionths = amount.millionths;
  } else if (target.comparator == Comparator::ABOUT) {
    return refuse(node.place, table.at("tolerance"), "`about` needs it, as a share of the value: \"10 %\"");
  }
  if (const Node* baseline = table.find("baseline")) {
    FODSPOR_TRY(const Amount amount, read_amount(*baseline, table.at("baseline")));
    target.baseline_millionths = amount.millionths;
  }
  return {};
}

// A target stands once for each of its readings; the first has no name.
Status read_target(ProgrammeTable& table, const Node& node, std::vector<FileTarget>& targets) {
  FileTarget read;
  read.place = node.place;
  FODSPOR_TRY(read.target.id, table.needed_text("id"));
  FODSPOR_TRY(read.target.title, table.both("title"));
  FODSPOR_DO(read_comparison(table, node, read.target));
  FODSPOR_TRY(read.target.document, table.needed_text("document"));
  FODSPOR_TRY(read.target.from, table.needed_date("from"));
  FODSPOR_TRY(read.withdrawn, table.date("withdrawn"));
  if (read.withdrawn && *read.withdrawn <= read.target.from) {
    return refuse(node.place, table.at("withdrawn"), "it must lie after `from`");
  }
  const std::size_t before = targets.size();
  FODSPOR_DO(table.each("reading", [&](ProgrammeTable& reading, const Node& at) -> Status {
    FileTarget one = read;
    one.place = at.place;
    FODSPOR_TRY(one.target.reading, reading.text("name"));
    FODSPOR_TRY(const std::string definition, reading.needed_text("definition"));
    const std::size_t sign = definition.find('@');
    if (sign == std::string::npos || sign == 0 || sign + 1 == definition.size()) {
      return refuse(at.place, reading.at("definition"), "a definition and its version are meant, as \"kalundborg.k4@1.0.0\"");
    }
    one.target.definition = definition.substr(0, sign);
    one.target.definition_version = definition.substr(sign + 1);
    for (const FileTarget& other : targets) {
      if (other.target.id != one.target.id || other.target.reading != one.target.reading) continue;
      return refuse(at.place, reading.at("name"), "this reading of " + one.target.id + " stands in the file already; give it another name");
    }
    targets.push_back(std::move(one));
    return {};
  }));
  if (targets.size() == before)
    return refuse(node.place, table.at("reading"), "a target needs a [[target.reading]] that names its definition");
  return {};
}

Result<FileMember> read_member(ProgrammeTable& table, const Node& node, const ProgrammeId& portfolio) {
  FileMember read;
  read.place = node.place;
  FODSPOR_TRY(read.programme, table.slug("programme"));
  read.membership.portfolio = portfolio.id;
  FODSPOR_TRY(read.membership.when.from, table.needed_date("from"));
  FODSPOR_TRY(read.membership.when.to, table.date("to"));
  FODSPOR_TRY(read.membership.oere, table.oere("kroner"));
  FODSPOR_TRY(read.membership.document, table.text("document"));
  if (const Node* frame = table.find("frame")) {
    ProgrammeTable inner(*frame, table.at("frame"));
    FODSPOR_DO(inner.is_table());
    FODSPOR_TRY(read.frame, read_frame(inner, *frame));
    FODSPOR_DO(inner.finish());
  }
  return read;
}

}  // namespace

Result<FileContent> read_programme_file(std::string_view toml, std::string_view file_name) {
  FODSPOR_TRY(const Node root, read_toml(toml, file_name));
  ProgrammeTable file(root, "");
  FileContent content;
  content.place = root.place;
  const Node* programme = file.find("programme");
  const Node* portfolio = file.find("portfolio");
  if ((programme == nullptr) == (portfolio == nullptr)) {
    return refuse(root.place, "programme", "a file is of one [programme] or of one [portfolio]");
  }
  content.portfolio = portfolio != nullptr;
  const Node& head_node = content.portfolio ? *portfolio : *programme;
  ProgrammeTable head(head_node, content.portfolio ? "portfolio" : "programme");
  FODSPOR_DO(head.is_table());
  FODSPOR_TRY(content.id, head.slug("id"));
  FODSPOR_DO(head.finish());

  FODSPOR_DO(file.each("frame", [&](ProgrammeTable& table, const Node& node) -> Status {
    FODSPOR_TRY(FileFrame frame, read_frame(table, node));
    if (!content.frames.empty() && frame.frame.from <= content.frames.back().frame.from) {
      return refuse(node.place, table.at("from"), "frames stand in order of the day from which they say so, one a day");
    }
    content.frames.push_back(std::move(frame));
    return {};
  }));
  if (content.frames.empty()) return refuse(head_node.place, "frame", "a [[frame]] is missing: when it starts and ends");
  FODSPOR_DO(file.each("funding", [&](ProgrammeTable& table, const Node& node) -> Status {
    FODSPOR_TRY(FileFunding funding, read_funding(table, node));
    content.funding.push_back(std::move(funding));
    return {};
  }));
  if (content.portfolio) {
    FODSPOR_DO(file.each("member", [&](ProgrammeTable& table, const Node& node) -> Status {
      FODSPOR_TRY(FileMember member, read_member(table, node, content.id));
      content.members.push_back(std::move(member));
      return {};
    }));
  } else {
    FODSPOR_DO(file.each("target", [&](ProgrammeTable& table, const Node& node) { return read_target(table, node, content.targets); }));
  }
  FODSPOR_DO(file.finish());
  return content;
}

}  // namespace fodspor::projections
