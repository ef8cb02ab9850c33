#include "tests/engine/fixture.h"

#include <catch2/catch.hpp>

#include "engine/record.h"
#include "events/course.capnp.h"
#include "tests/support/scratch.h"

namespace fodspor::tests {

Place::Place() : path_(new_scratch_directory("engine")) {}

Place::~Place() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

engine::Options writing(rocksdb::Env* env) {
  engine::Options options;
  options.create = true;
  options.memory_bytes = 8u << 20;
  options.env = env;
  options.now = [] { return noon; };
  return options;
}

engine::Options reading() {
  engine::Options options = writing();
  options.access = engine::Access::read;
  options.create = false;
  return options;
}

std::unique_ptr<Ledger> opened(const std::filesystem::path& directory, engine::Options options) {
  auto ledger = Ledger::open(directory, std::move(options));
  if (!ledger) FAIL(ledger.error().message);
  return std::move(*ledger);
}

StreamId person(std::uint64_t number) {
  return {StreamKind::participant, Id{0x9f00, number}};
}
StreamId enterprise(std::uint64_t number) {
  return {StreamKind::enterprise, Id{0xe000, number}};
}
ProgrammeId programme(std::string_view slug) {
  auto id = ProgrammeId::parse(slug);
  if (!id) FAIL(id.error().message);
  return *id;
}

Batch batch(std::string_view request_id, const std::vector<Fact>& facts, std::string_view client) {
  std::vector<Draft> drafts;
  for (const Fact& fact : facts) {
    Draft& draft = drafts.emplace_back(EventType::course_started, fact.stream);
    draft.on(*Date::from_ymd(2021, 3, 1)).by(wire::Source::STAFF);
    if (!fact.in.empty()) draft.in(programme(fact.in));
    if (fact.about) {
      const std::pair<wire::Role, StreamId> references[] = {{wire::Role::ENTERPRISE, *fact.about}};
      draft.refer(references);
    }
    auto body = draft.facts<wire::CourseStarted>();
    body.setCourse(fact.number);
    body.setKind(wire::CourseKind::INDSLUSNING);
  }
  Batch made;
  made.request = {std::string(client), std::string(request_id)};
  auto proposals = encode_batch(made.request, drafts);
  if (!proposals) FAIL(proposals.error().message);
  made.proposals = std::move(*proposals);
  return made;
}

Batch single(std::string_view request_id, std::uint64_t person_number, std::uint32_t number) {
  return batch(request_id, {{person(person_number), number, {}}});
}

Appended accepted(Ledger& ledger, Batch batch) {
  auto appended = ledger.append(std::move(batch));
  if (!appended) FAIL(appended.error().message);
  return *appended;
}

Failure refused(Ledger& ledger, Batch batch) {
  auto appended = ledger.append(std::move(batch));
  if (appended) FAIL("it was accepted as event " + std::to_string(appended->first.value));
  return appended.error();
}

std::vector<Position> positions(engine::Cursor cursor) {
  std::vector<Position> found;
  while (true) {
    auto next = cursor.next();
    if (!next) FAIL(next.error().message);
    if (!*next) return found;
    found.push_back((*next)->placement.position);
  }
}

std::vector<Position> positions(Result<engine::Cursor> cursor) {
  if (!cursor) FAIL(cursor.error().message);
  return positions(std::move(*cursor));
}

std::vector<std::string> stored(const Ledger& ledger) {
  auto cursor = ledger.read_log();
  if (!cursor) FAIL(cursor.error().message);
  std::vector<std::string> values;
  while (true) {
    auto next = cursor->next();
    if (!next) FAIL(next.error().message);
    if (!*next) return values;
    values.emplace_back(engine::view((*next)->bytes));
  }
}

}  // namespace fodspor::tests
