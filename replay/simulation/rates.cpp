#include "replay/simulation/rates.h"

#include <toml++/toml.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <numeric>
#include <optional>
#include <variant>

namespace fodspor::replay::simulation {
namespace {

using Field = std::variant<Rate ProgrammeRates::*, Span ProgrammeRates::*, std::uint32_t ProgrammeRates::*, Date ProgrammeRates::*>;

struct Named {
  std::string_view name;
  Field field;
};

#define FIELD(name)              \
  Named {                        \
#name, &ProgrammeRates::name \
  }
constexpr std::array fields{
    FIELD(participants),
    FIELD(commercial),
    FIELD(social),
    FIELD(ambassadors),
    FIELD(committed_before),
    FIELD(networks),
    FIELD(staff),
    FIELD(starts),
    FIELD(ends),
    FIELD(female),
    FIELD(inactive_at_entry),
    FIELD(long_term),
    FIELD(under_25),
    FIELD(over_54),
    FIELD(employed_at_entry),
    FIELD(migrant),
    FIELD(disability),
    FIELD(disadvantaged),
    FIELD(homeless),
    FIELD(rural),
    FIELD(incomplete_record),
    FIELD(died),
    FIELD(emigrated),
    FIELD(merged),
    FIELD(consent_withdrawn),
    FIELD(re_entered),
    FIELD(was_elsewhere),
    FIELD(late),
    FIELD(corrected),
    FIELD(retracted),
    FIELD(gap_in_coverage),
    FIELD(late_days),
    FIELD(usual_days),
    FIELD(days_in),
    FIELD(course_completed),
    FIELD(development),
    FIELD(retention),
    FIELD(upskilling),
    FIELD(job_club),
    FIELD(chosen_broker),
    FIELD(buddy),
    FIELD(match_declined),
    FIELD(placed),
    FIELD(social_placement),
    FIELD(stepping_stone),
    FIELD(mixed_hours),
    FIELD(small_jobs),
    FIELD(employed_social),
    FIELD(self_employed),
    FIELD(in_education),
    FIELD(employed_commercial),
    FIELD(seeking),
    FIELD(dropped_out),
    FIELD(seekers_inactive),
    FIELD(ordinary_job),
    FIELD(second_job),
    FIELD(job_before_exit),
    FIELD(hours_raised),
    FIELD(retained),
    FIELD(found_later),
    FIELD(changed_employer),
    FIELD(unreachable),
    FIELD(referred),
    FIELD(aftercare),
    FIELD(register_status),
    FIELD(withdrew),
};
#undef FIELD

constexpr std::uint32_t denominator_max = 1'000'000;

std::string place(std::string_view file, const toml::source_region& region, std::string_view section, std::string_view key) {
  std::string text{file};
  text += ":" + std::to_string(region.begin.line) + ":" + std::to_string(region.begin.column) + ": " + std::string(section);
  if (!key.empty()) text += "." + std::string(key);
  return text;
}

std::optional<std::uint32_t> whole(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > denominator_max) return std::nullopt;
  return value;
}

// "31/120", "15 %", "12.5 %".
std::optional<Rate> parse_rate(std::string_view text) {
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    const auto of = whole(text.substr(0, slash));
    const auto in = whole(text.substr(slash + 1));
    if (!of || !in || *in == 0 || *of > *in) return std::nullopt;
    return Rate{*of, *in};
  }
  if (!text.ends_with('%')) return std::nullopt;
  text.remove_suffix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  std::uint32_t in = 100;
  std::string digits{text};
  if (const auto point = digits.find('.'); point != std::string::npos) {
    const std::size_t decimals = digits.size() - point - 1;
    if (decimals == 0 || decimals > 3) return std::nullopt;
    for (std::size_t i = 0; i < decimals; ++i) in *= 10;
    digits.erase(point, 1);
  }
  const auto of = whole(digits);
  if (!of || *of > in) return std::nullopt;
  return Rate{*of, in};
}

class Reader {
 public:
  explicit Reader(std::string_view file) : file_(file) {}

  // One field's table, {rate|between|count|day, from}, into `rates`.
  Status read(std::string_view section, const Named& named, const toml::node& node, ProgrammeRates& rates) const {
    const toml::table* table = node.as_table();
    if (table == nullptr) return refuse(node, section, named.name, expected(named));
    for (const auto& [key, value] : *table) {
      if (key != "from" && key != word(named.field))
        return refuse(value, section, named.name, "'" + std::string(key) + "' is not known here; " + expected(named));
      if (key == "from" && !value.is_string()) return refuse(value, section, named.name, "from is a text: a document, or \"assumed\"");
    }
    const toml::node* value = table->get(word(named.field));
    if (value == nullptr) return refuse(node, section, named.name, expected(named));
    const bool read = std::visit([&](auto member) { return take(*value, rates.*member); }, named.field);
    if (!read) return refuse(*value, section, named.name, expected(named));
    return {};
  }

  tl::unexpected<Failure> refuse(const toml::node& node, std::string_view section, std::string_view key, std::string_view reason) const {
    return fail(Fault::invalid, place(file_, node.source(), section, key) + ": " + std::string(reason));
  }

 private:
  static std::string_view word(const Field& field) {
    constexpr std::array<std::string_view, 4> words{"rate", "between", "count", "day"};
    return words[field.index()];
  }

  static std::string expected(const Named& named) {
    constexpr std::array<std::string_view, 4> examples{"write { rate = \"31/120\", from = … } with a ratio or a share of at most 1",
                                                       "write { between = [14, 98], from = … } with two whole numbers in order",
                                                       "write { count = 120, from = … } with a whole number up to 1000000",
                                                       "write { day = 2020-10-20, from = … } with a day"};
    return std::string(examples[named.field.index()]);
  }

  static bool take(const toml::node& node, Rate& into) {
    const auto text = node.value_exact<std::string>();
    const auto rate = text ? parse_rate(*text) : std::nullopt;
    if (rate) into = *rate;
    return rate.has_value();
  }
  static bool take(const toml::node& node, Span& into) {
    const toml::array* two = node.as_array();
    if (two == nullptr || two->size() != 2) return false;
    const auto least = (*two)[0].value_exact<std::int64_t>();
    const auto most = (*two)[1].value_exact<std::int64_t>();
    if (!least || !most || *least < 0 || *most < *least || *most > 3650) return false;
    into = {static_cast<std::uint32_t>(*least), static_cast<std::uint32_t>(*most)};
    return true;
  }
  static bool take(const toml::node& node, std::uint32_t& into) {
    const auto count = node.value_exact<std::int64_t>();
    if (!count || *count < 0 || *count > denominator_max) return false;
    into = static_cast<std::uint32_t>(*count);
    return true;
  }
  static bool take(const toml::node& node, Date& into) {
    const auto day = node.value_exact<toml::date>();
    if (!day) return false;
    const auto date = Date::from_ymd(day->year, day->month, day->day);
    if (date) into = *date;
    return date.has_value();
  }

  std::string_view file_;
};

Result<toml::table> parse(std::string_view text, std::string_view file) {
  try {
    return toml::parse(text, std::string(file));
  } catch (const toml::parse_error& error) {
    return fail(Fault::invalid, place(file, error.source(), "", "") + std::string(error.description()));
  }
}

using Programmes = std::map<std::string, ProgrammeRates, std::less<>>;

const Named* find_field(std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Named& n) { return n.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

Status read_section(const Reader& reader, std::string_view section, const toml::node& node, std::span<ProgrammeRates*> into) {
  const toml::table* table = node.as_table();
  if (table == nullptr) return reader.refuse(node, section, "", "this is a section: write [" + std::string(section) + "] above its rates");
  for (const auto& [key, value] : *table) {
    const Named* named = find_field(key.str());
    if (named == nullptr) return reader.refuse(value, section, key.str(), "there is no such rate; default_rates.toml names them all");
    for (ProgrammeRates* rates : into) FODSPOR_DO(reader.read(section, *named, value, *rates));
  }
  return {};
}

// One file over what is there: [all] first, whatever its place in the file. Only the shipped file makes programmes.
Status lay_over(std::string_view text, std::string_view file, bool makes, ProgrammeRates& all, Programmes& programmes) {
  FODSPOR_TRY(const toml::table document, parse(text, file));
  const Reader reader(file);
  if (const toml::node* node = document.get("all")) {
    std::vector<ProgrammeRates*> into{&all};
    for (auto& [slug, rates] : programmes) into.push_back(&rates);
    FODSPOR_DO(read_section(reader, "all", *node, into));
  }
  for (const auto& [key, node] : document) {
    const std::string slug{key.str()};
    if (slug == "all") continue;
    const auto id = ProgrammeId::parse(slug);
    if (!id || (!makes && !programmes.contains(slug))) {
      return reader.refuse(node, slug, "",
                           "there is no such programme in the simulation; its sections are [all] and one of each programme");
    }
    auto [entry, made] = programmes.try_emplace(slug, all);
    entry->second.id = *id;
    std::array<ProgrammeRates*, 1> into{&entry->second};
    FODSPOR_DO(read_section(reader, slug, node, into));
  }
  return {};
}

Status check_programme(std::string_view file, const std::string& slug, const ProgrammeRates& r) {
  // Compared over one common denominator, so that rounding cannot let a sum above 1 through.
  std::uint64_t of = 0;
  std::uint64_t in = 1;
  for (const Rate rate : {r.employed_social, r.employed_commercial, r.self_employed, r.in_education, r.seeking, r.dropped_out}) {
    const std::uint64_t both = std::lcm(in, std::uint64_t{rate.in});
    if (both > (1ULL << 40))
      return fail(Fault::invalid, std::string(file) + ": [" + slug +
                                      "]: the outcomes' denominators have no small multiple in common; write them as shares in %");
    of = of * (both / in) + rate.of * (both / rate.in);
    in = both;
  }
  const auto refuse = [&](std::string_view reason) {
    return fail(Fault::invalid, std::string(file) + ": [" + slug + "]: " + std::string(reason));
  };
  if (of > in)
    return refuse(
        "employed_social, employed_commercial, self_employed, in_education, seeking and dropped_out add up to more than 1; lower one");
  if (r.participants == 0) return refuse("participants must be at least 1");
  if (r.commercial == 0 || r.committed_before == 0)
    return refuse("commercial and committed_before must be at least 1, so that somebody can be placed");
  if (r.committed_before > r.commercial) return refuse("committed_before is more than commercial");
  if (r.staff == 0) return refuse("staff must be at least 1");
  if (r.days_in.least < 60) return refuse("days_in starts below 60 days, too short for a course and a placement");
  if (r.ends - r.starts < static_cast<std::int32_t>(r.days_in.most) + 60)
    return refuse("ends is less than days_in and 60 days after starts");
  return {};
}

}  // namespace

Result<Rates> Rates::read(std::string_view toml, std::string_view file_name) {
  const auto shipped = shipped_rates();
  FODSPOR_CHECK(shipped.size() == 1);
  ProgrammeRates all;
  Programmes programmes;
  FODSPOR_DO(lay_over(shipped[0].second, shipped[0].first, true, all, programmes));
  if (!toml.empty()) FODSPOR_DO(lay_over(toml, file_name, false, all, programmes));
  Rates rates;
  for (auto& [slug, of_programme] : programmes) {
    FODSPOR_DO(check_programme(toml.empty() ? shipped[0].first : file_name, slug, of_programme));
    rates.programmes.push_back(of_programme);
  }
  std::stable_sort(rates.programmes.begin(), rates.programmes.end(),
                   [](const ProgrammeRates& a, const ProgrammeRates& b) { return a.starts < b.starts; });
  return rates;
}

}  // namespace fodspor::replay::simulation
