// fodspor token: who may ask a server of this ledger, and for what.
#include <fmt/format.h>

#include <charconv>

#include "replay/clocks.h"
#include "server/cli/commands.h"
#include "server/cli/kpi_table.h"
#include "server/token_file.h"

namespace fodspor::server {

namespace {

constexpr auto left = Column::Align::left;
constexpr std::int64_t day_micros = 86'400'000'000;
constexpr std::uint64_t days_most = 36'500;

// The day on which that was, for people; the moment for programs.
Result<Cell> day_cell(Timestamp time, Timestamp shown) {
  FODSPOR_TRY(const Date day, day_of(shown, replay::default_zone));
  return Cell::shown(day.text(), day.text(), text(time));
}

// The last day on which it is good.
Result<Cell> expiry_cell(const Token& token) {
  if (!token.expires_at) return Cell();
  return day_cell(*token.expires_at, {token.expires_at->micros - 1});
}

Result<Cell> revoked_cell(const Token& token) {
  if (!token.revoked_at) return Cell();
  return day_cell(*token.revoked_at, *token.revoked_at);
}

Cell programmes_cell(const Programmes& programmes) {
  if (programmes.are_all()) return Cell::shown("all", "alle", "all");
  Document named = Document::list();
  for (const ProgrammeId programme : programmes.named()) named.push(programme.slug());
  return Cell::shown(programmes.text(), programmes.text(), std::move(named));
}

Cell microdata_cell(bool microdata) {
  return microdata ? Cell::shown("yes", "ja", true) : Cell::shown("", "", false);
}

Cell standing_cell(Standing standing) {
  switch (standing) {
    case Standing::valid:
      return Cell::words({"✓ good", "✓ gælder"}, "valid", Tone::good);
    case Standing::expired:
      return Cell::words({"expired", "udløbet"}, "expired", Tone::faint);
    case Standing::revoked:
      return Cell::words({"revoked", "trukket tilbage"}, "revoked", Tone::faint);
    case Standing::unknown:
      break;
  }
  return {};
}

class TokenCommand : public Command {
 public:
  About about() const override {
    return {
        "token",
        About::Group::care,
        {"Who may ask, and for what: add, list and revoke tokens",
         "Hvem der må spørge, og om hvad: udsted, vis og tilbagekald adgangsbeviser"},
        "A token is shown once, by add, and only its hash is kept. Its role says what may be asked; the programmes, of which. microdata "
        "lets a role that sees figures see small cells and persons one by one. revoke takes the id, its first digits, or the token "
        "itself; a revoked one stays in the list.",
        {{"fodspor token add --role caseworker --programme roskilde --name jobcentre-desk-1", "appends to and reads one programme"},
         {"fodspor token add --role evaluator --expires 2025-12-31", "figures of all programmes, to the end of that day"},
         {"fodspor token list", "what has been given, and whether it still is good"},
         {"fodspor token revoke 5f0c2a", "ends that one"}}};
  }
  std::vector<Option> options() override {
    return {{"ACTION", "", "What to do", &action_, true, {"add", "list", "revoke"}},
            {"ID", "", "revoke: which", &id_, false, {}},
            {"--role", "ROLE", "add: what may be asked", &role_, false, {role_names.begin(), role_names.end()}},
            {"--programme",
             "PROGRAMME",
             "add: of which, once for each; without it, of all that there are and will be",
             &programmes_,
             false,
             {}},
            {"--microdata", "", "add: small cells and persons one by one as well", &microdata_, false, {}},
            {"--name", "NAME", "add: what it is for (never whom)", &name_, false, {}},
            {"--expires", "WHEN", "add: its last day, as 2025-12-31, or for how many days", &expires_, false, {}}};
  }
  std::optional<std::string> mistake() const override {
    const bool described = role_ || !programmes_.empty() || microdata_ || name_ || expires_;
    if (action_ != "add" && described) return "--role, --programme, --microdata, --name and --expires go with `fodspor token add`";
    if (action_ != "revoke" && id_) return action_ + " takes no ID";
    if (action_ == "revoke" && !id_) return "revoke takes the ID of a token: `fodspor token list` shows them";
    if (action_ != "add") return std::nullopt;
    if (!role_) return fmt::format("add needs --role: one of {}", fmt::join(role_names, ", "));
    for (const auto& programme : programmes_) {
      if (const auto parsed = ProgrammeId::parse(programme); !parsed) return "--programme: " + parsed.error().message;
    }
    if (const auto checked = check_token(described_token()); !checked) return checked.error().message;
    if (expires_ && !days() && !Date::parse(*expires_)) {
      return fmt::format("--expires: '{}' is neither a day, as 2025-12-31, nor a number of days from 1 to {}", *expires_, days_most);
    }
    return std::nullopt;
  }

  Result<Exit> run(Console& console) override {
    if (action_ == "add") return add(console);
    // Of a ledger that cannot be opened tokens can be revoked all the same.
    if (!std::filesystem::exists(token_file(console.settings().ledger))) {
      FODSPOR_TRY(const auto ledger, console.open(engine::Access::read));
    }
    return action_ == "list" ? list(console) : revoke(console);
  }

 private:
  Token described_token() const {
    Token token;
    token.name = name_.value_or("");
    token.role = *find_role(*role_);
    token.microdata = microdata_;
    std::vector<ProgrammeId> named;
    for (const auto& programme : programmes_) named.push_back(*ProgrammeId::parse(programme));
    if (!named.empty()) token.programmes = Programmes::only(std::move(named));
    return token;
  }

  std::optional<std::uint64_t> days() const {
    std::uint64_t days = 0;
    const char* end = expires_->data() + expires_->size();
    const auto [read_to, error] = std::from_chars(expires_->data(), end, days);
    if (error != std::errc() || read_to != end || days == 0 || days > days_most) return std::nullopt;
    return days;
  }

  // From when on it is no longer good: after so many days, or when its last day has ended in Denmark.
  Result<Timestamp> expiry(Timestamp now) const {
    if (const auto count = days()) return Timestamp{now.micros + static_cast<std::int64_t>(*count) * day_micros};
    FODSPOR_TRY(const Date last, Date::parse(*expires_));
    FODSPOR_TRY(const Timestamp end, end_of_day(last, replay::default_zone));
    if (end <= now) return fail(Fault::invalid, fmt::format("--expires: {} has passed, so nobody could use it", last.text()));
    return Timestamp{end.micros + 1};
  }

  Result<Exit> add(Console& console) const {
    FODSPOR_TRY(const auto ledger, console.open(engine::Access::read));
    FODSPOR_TRY(const auto context, projections::load_context(*ledger, {ledger->durable(), {}}));
    Token token = described_token();
    for (const ProgrammeId programme : token.programmes.named()) FODSPOR_DO(known_programme(context, programme));
    token.issued_at = console.world().now();
    if (expires_) {
      FODSPOR_TRY(token.expires_at, expiry(token.issued_at));
    }
    const Secret secret = Secret::random();
    token.hash = secret.hash();
    FODSPOR_DO(add_token(console.settings().ledger, token));
    return tell_once(console, token, secret);
  }

  static Result<Exit> tell_once(Console& console, const Token& token, const Secret& secret) {
    const bool programs = console.settings().format != Format::text;  // they get every key
    Report report("A new token", "Et nyt adgangsbevis");
    report.fact("id", {"Id", "Id"}, Cell::text(token.id(), Tone::strong));
    report.fact("role", {"Role", "Rolle"}, Cell::text(std::string(name(token.role))));
    report.fact("programmes", {"Programmes", "Indsatser"}, programmes_cell(token.programmes));
    if (token.microdata || programs) report.fact("microdata", {"Microdata", "Mikrodata"}, microdata_cell(token.microdata));
    if (!token.name.empty() || programs) report.fact("name", {"Name", "Navn"}, Cell::text(token.name));
    if (token.expires_at || programs) {
      FODSPOR_TRY(auto last, expiry_cell(token));
      report.fact("expires_at", {"Last day", "Sidste dag"}, std::move(last));
    }
    if (programs) report.fact("token", {}, Cell::text(secret.text()));
    report.note("This is the token. It is not shown again, and kept nowhere: put it where it will be used.",
                "Dette er adgangsbeviset. Det vises ikke igen og gemmes ingen steder: læg det, hvor det skal bruges.");
    console.print(report);
    // On a line of its own, which no narrow screen breaks.
    if (!programs) console.line(secret.text());
    return Exit::yes;
  }

  static Result<Exit> list(Console& console) {
    FODSPOR_TRY(const auto list, read_tokens(console.settings().ledger));
    Report report;
    Table& table = report.table("tokens", Words{},
                                {{"id", {"id", "id"}},
                                 {"role", {"role", "rolle"}},
                                 {"programmes", {"programmes", "indsatser"}, left, true},
                                 {"microdata", {"microdata", "mikrodata"}},
                                 {"name", {"name", "navn"}},
                                 {"issued_at", {"issued", "udstedt"}},
                                 {"expires_at", {"last day", "sidste dag"}},
                                 {"revoked_at", {"revoked", "trukket tilbage"}},
                                 {"standing", {"answer", "svar"}}});
    for (const Token& token : list.tokens) {
      FODSPOR_TRY(auto issued, day_cell(token.issued_at, token.issued_at));
      FODSPOR_TRY(auto expires, expiry_cell(token));
      FODSPOR_TRY(auto revoked, revoked_cell(token));
      table.add({Cell::text(token.id(), Tone::strong), Cell::text(std::string(name(token.role))), programmes_cell(token.programmes),
                 microdata_cell(token.microdata), Cell::text(token.name), std::move(issued), std::move(expires), std::move(revoked),
                 standing_cell(token.standing(console.world().now()))});
    }
    console.print(report);
    return Exit::yes;
  }

  Result<Exit> revoke(Console& console) const {
    FODSPOR_TRY(const auto revoked, revoke_token(console.settings().ledger, *id_, console.world().now()));
    Report report("Revoked", "Trukket tilbage");
    report.fact("id", {"Id", "Id"}, Cell::text(revoked.token.id(), Tone::strong));
    report.fact("role", {"Role", "Rolle"}, Cell::text(std::string(name(revoked.token.role))));
    if (!revoked.token.name.empty()) report.fact("name", {"Name", "Navn"}, Cell::text(revoked.token.name));
    FODSPOR_TRY(auto since, revoked_cell(revoked.token));
    report.fact("revoked_at", {"Since", "Siden"}, std::move(since));
    if (revoked.before) report.note("It had been revoked before.", "Det var trukket tilbage i forvejen.");
    console.print(report);
    return Exit::yes;
  }

  std::string action_;
  std::optional<std::string> id_, role_, name_, expires_;
  std::vector<std::string> programmes_;
  bool microdata_ = false;
};

}  // namespace

std::unique_ptr<Command> token_command() {
  return std::make_unique<TokenCommand>();
}

}  // namespace fodspor::server
