// The connections of postgres.h.
#include <array>
#include <charconv>
#include <string_view>

#include "server/bench/postgres.h"
#include "server/bench/workload.h"

namespace fodspor::server::bench {

namespace {

constexpr std::uint64_t bodies = 64;  // as many as there are templates of ours

// What a program that keeps such events in a column of JSON would write: about 130 bytes.
Result<std::vector<std::string>> bodies_by_number() {
  constexpr std::array<std::string_view, 4> names{"roskilde", "kalundborg", "esbjerg", "lf"};
  std::vector<std::string> made;
  for (std::uint64_t i = 0; i < bodies; ++i) {
    FODSPOR_TRY(const Date from, Date::from_ymd(2021, 1 + static_cast<int>(i % 12), 1 + static_cast<int>(i % 28)));
    made.push_back(R"({"from":")" + from.text() + R"(","programme":")" + std::string(names.at(i % names.size())) + R"(","enterprise":")" +
                   enterprise(i).id.hex() + R"(","employment":)" + std::to_string(1 + i % 5) + R"(,"kind":"ordinary","weekly":)" +
                   std::to_string(60 * (1 + i % 37)) + "}");
  }
  return made;
}

std::string quoted_in_array(const std::string& json) {
  std::string text = "\"";
  for (const char c : json) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

constexpr const char* table_text =
    "drop table if exists events;"
    "create table events (position bigserial primary key, stream uuid not null, version int not null, type int not null,"
    " recorded_at timestamptz not null default now(), body jsonb not null, unique (stream, version));"
    "checkpoint";
constexpr const char* insert_one = "insert into events (stream, version, type, body) values ($1, $2, $3, $4)";
constexpr const char* insert_many =
    "insert into events (stream, version, type, body) select * from unnest($1::uuid[], $2::int[], $3::int[], $4::jsonb[])";

class PostgresConversation : public Conversation {
 public:
  PostgresConversation(const Libpq& libpq, PGconn* connection, std::size_t lane, Postgres::Inserts inserts)
      : libpq_(libpq), connection_(connection), lane_(lane), inserts_(std::move(inserts)) {}
  ~PostgresConversation() override { libpq_.finish(connection_); }

  Status make_ready() {
    if (libpq_.status(connection_) != Libpq::connection_ok) return failed("connecting");
    FODSPOR_TRY(bodies_, bodies_by_number());
    if (inserts_.events > 1) {
      for (std::string& body : bodies_) body = quoted_in_array(body);
    }
    FODSPOR_DO(done(libpq_.prepare(connection_, "append", inserts_.events == 1 ? insert_one : insert_many, 4, nullptr), "preparing"));
    if (libpq_.set_nonblocking(connection_, 1) != 0) return failed("setting up");
    if (inserts_.pipelined && libpq_.enter_pipeline(connection_) != 1) return failed("setting up");
    return {};
  }

  int descriptor() const override { return libpq_.socket(connection_); }

  Status ask(std::uint64_t number) override {
    write_values(number);
    const std::array<const char*, 4> values{values_[0].c_str(), values_[1].c_str(), values_[2].c_str(),
                                            inserts_.events == 1 ? bodies_[number % bodies].c_str() : values_[3].c_str()};
    if (libpq_.send_prepared(connection_, "append", 4, values.data(), nullptr, nullptr, 0) != 1) return failed("inserting");
    // Each a transaction of its own: it is committed, and on disk, before its sync is answered.
    if (inserts_.pipelined && libpq_.sync_pipeline(connection_) != 1) return failed("inserting");
    ++under_way_;
    return {};
  }

  Result<bool> flush() override {
    const int left = libpq_.flush(connection_);
    if (left < 0) return tl::make_unexpected(failed("writing").error());
    return left == 0;
  }

  Status take(std::vector<std::uint64_t>& answered) override {
    if (libpq_.consume_input(connection_) != 1) return failed("reading");
    while (under_way_ > 0 && libpq_.is_busy(connection_) == 0) {
      PGresult* const result = libpq_.get_result(connection_);
      const int status = result == nullptr ? -1 : libpq_.result_status(result);
      if (result != nullptr) libpq_.clear(result);
      // The end of one request: its sync in a pipeline, else that nothing comes any more.
      if (inserts_.pipelined ? status == Libpq::pipeline_sync : result == nullptr) {
        answered.push_back(answered_++);
        --under_way_;
      } else if (result != nullptr && status != Libpq::command_ok) {
        return failed("inserting");
      }
    }
    return {};
  }

  Status done(PGresult* result, const char* doing) {
    const int status = libpq_.result_status(result);
    libpq_.clear(result);
    if (status == Libpq::command_ok || status == Libpq::tuples_ok) return {};
    return failed(doing);
  }

 private:
  Status failed(const char* doing) const {
    return fail(Fault::unavailable, "PostgreSQL, " + std::string(doing) + ": " + libpq_.error_message(connection_));
  }

  void write_values(std::uint64_t number) {
    const bool many = inserts_.events > 1;
    for (std::string& value : values_) value = many ? "{" : "";
    for (std::uint32_t i = 0; i < inserts_.events; ++i) {
      const std::uint64_t event = number * inserts_.events + i;
      if (i > 0) {
        for (std::string& value : values_) value += ',';
      }
      values_[0] += person(inserts_.streams.at(lane_, event)).id.hex();
      // Any number that no other event of the stream has: whatever lane it comes from.
      values_[1] += std::to_string(event * inserts_.lanes + lane_ + 1);
      values_[2] += std::to_string(static_cast<unsigned>(EventType::employment_started));
      if (many) values_[3] += bodies_[event % bodies];
    }
    if (many) {
      for (std::string& value : values_) value += '}';
    }
  }

  const Libpq& libpq_;
  PGconn* const connection_;
  const std::size_t lane_;
  const Postgres::Inserts inserts_;
  std::vector<std::string> bodies_;
  std::array<std::string, 4> values_;
  std::uint64_t under_way_ = 0, answered_ = 0;
};

}  // namespace

Status Postgres::make_table() const {
  PGconn* const connection = libpq_.connect(conninfo_.c_str());
  PGresult* const result = libpq_.exec(connection, table_text);
  const bool made = libpq_.result_status(result) == Libpq::command_ok;
  const std::string message = libpq_.error_message(connection);
  libpq_.clear(result);
  libpq_.finish(connection);
  if (!made) return fail(Fault::unavailable, "PostgreSQL, making a table: " + message);
  return {};
}

Result<std::unique_ptr<Conversation>> Postgres::conversation(std::size_t lane, const Inserts& inserts) const {
  auto made = std::make_unique<PostgresConversation>(libpq_, libpq_.connect(conninfo_.c_str()), lane, inserts);
  FODSPOR_DO(made->make_ready());
  return made;
}

}  // namespace fodspor::server::bench
