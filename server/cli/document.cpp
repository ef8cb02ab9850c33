#include "server/cli/document.h"

#include <fmt/format.h>

#include <algorithm>

#include "events/failure.h"

namespace fodspor::server {

namespace {

void write_string(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

}  // namespace

Document& Document::operator[](std::string_view key) {
  if (is_null()) kind_ = Kind::object;
  FODSPOR_CHECK(kind_ == Kind::object);
  const auto at = std::lower_bound(keys_.begin(), keys_.end(), key);
  const auto item = items_.begin() + (at - keys_.begin());
  if (at != keys_.end() && *at == key) return *item;
  keys_.insert(at, std::string(key));
  return *items_.insert(item, Document());
}

void Document::push(Document item) {
  if (is_null()) kind_ = Kind::list;
  FODSPOR_CHECK(kind_ == Kind::list);
  items_.push_back(std::move(item));
}

void Document::append(Document items) {
  FODSPOR_CHECK(items.kind_ == Kind::list);
  for (auto& item : items.items_) push(std::move(item));
}

std::string Document::text() const {
  std::string out;
  write(out);
  return out;
}

std::string Document::plain() const {
  return kind_ == Kind::string ? text_ : text();
}

void Document::write(std::string& out) const {
  switch (kind_) {
    case Kind::null:
      out += "null";
      return;
    case Kind::scalar:
      out += text_;
      return;
    case Kind::string:
      write_string(text_, out);
      return;
    case Kind::list:
    case Kind::object:
      break;
  }
  const bool object = kind_ == Kind::object;
  out += object ? '{' : '[';
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (i > 0) out += ',';
    if (object) {
      write_string(keys_[i], out);
      out += ':';
    }
    items_[i].write(out);
  }
  out += object ? '}' : ']';
}

}  // namespace fodspor::server
