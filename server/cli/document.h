// A JSON value under construction, and its canonical text (RFC 8785: keys sorted, no white space). Numbers are integers; what has
// decimals is a decimal string. A value; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fodspor::server {

class Document {
 public:
  Document() = default;  // null
  Document(bool value) : Document(Kind::scalar, value ? "true" : "false") {}
  Document(std::int64_t value) : Document(Kind::scalar, std::to_string(value)) {}
  Document(std::uint64_t value) : Document(Kind::scalar, std::to_string(value)) {}
  Document(int value) : Document(std::int64_t{value}) {}
  Document(std::uint32_t value) : Document(std::uint64_t{value}) {}
  Document(std::string value) : Document(Kind::string, std::move(value)) {}
  Document(std::string_view value) : Document(std::string(value)) {}
  Document(const char* value) : Document(std::string(value)) {}
  static Document list() { return {Kind::list, {}}; }
  static Document object() { return {Kind::object, {}}; }
  // Text that is canonical JSON already, such as events/json.h writes.
  static Document raw(std::string json) { return {Kind::scalar, std::move(json)}; }

  // The value under that key, made if it is not there. Only of an object or null.
  Document& operator[](std::string_view key);
  void push(Document item);     // only to a list or null
  void append(Document items);  // the items of another list, to a list or null

  bool is_null() const noexcept { return kind_ == Kind::null; }
  std::string text() const;   // as JSON
  std::string plain() const;  // a string as it is, anything else as JSON: what CSV holds

 private:
  enum class Kind : std::uint8_t { null, scalar, string, list, object };
  Document(Kind kind, std::string text) : kind_(kind), text_(std::move(text)) {}
  void write(std::string& out) const;

  Kind kind_ = Kind::null;
  std::string text_;               // of a scalar its JSON, of a string its characters
  std::vector<std::string> keys_;  // of an object: sorted, each beside its item. Our keys are ASCII, where bytes sort as UTF-16 does
  std::vector<Document> items_;
};

}  // namespace fodspor::server
