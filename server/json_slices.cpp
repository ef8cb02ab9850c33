#include "server/json_slices.h"

#include <algorithm>

#include "events/json_text.h"
#include "server/bounds.h"

namespace fodspor::server {

namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  tl::unexpected<Failure> wrong(std::string_view what) const {
    return fail(Fault::invalid, "byte " + std::to_string(at_ + 1) + ": " + std::string(what));
  }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  // Takes that character, if it is the next after white space.
  bool take(char c) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool at_end() {
    skip_space();
    return at_ == text_.size();
  }

  Result<std::string_view> string() {
    skip_space();
    const std::size_t begin = at_;
    if (at_ == text_.size() || text_[at_] != '"') return wrong("a text in quotes has to stand here");
    FODSPOR_DO(pass_string());
    return text_.substr(begin, at_ - begin);
  }

  Result<std::string_view> value() {
    skip_space();
    const std::size_t begin = at_;
    int depth = 0;
    do {
      if (at_ == text_.size()) return wrong("the text ends within a value");
      const char c = text_[at_];
      if (c == '"') {
        FODSPOR_DO(pass_string());
      } else if (c == '{' || c == '[') {
        if (++depth > Bounds::json_nesting_max) {
          return wrong("a value nests deeper than " + std::to_string(Bounds::json_nesting_max) + " levels");
        }
        ++at_;
      } else if (c == '}' || c == ']') {
        if (depth == 0) return wrong("a value is missing");
        --depth;
        ++at_;
      } else if (depth > 0) {
        ++at_;
      } else {
        pass_word();
        if (at_ == begin) return wrong("a value is missing");
      }
    } while (depth > 0);
    return text_.substr(begin, at_ - begin);
  }

 private:
  Status pass_string() {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '"') {
        ++at_;
        return {};
      }
    }
    at_ = text_.size();
    return wrong("a text is not closed with a quote");
  }
  void pass_word() {
    while (at_ < text_.size() && !is_space(text_[at_]) && std::string_view(",:{}[]\"").find(text_[at_]) == std::string_view::npos) ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::vector<JsonMember>> json_members(std::string_view object) {
  Scanner scanner(object);
  std::vector<JsonMember> members;
  if (!scanner.take('{')) return scanner.wrong("a JSON object has to stand here");
  if (!scanner.take('}')) {
    do {
      FODSPOR_TRY(const std::string_view quoted, scanner.string());
      FODSPOR_TRY(JsonValue key, parse_json(quoted));
      const bool known = std::any_of(members.begin(), members.end(), [&](const JsonMember& member) { return member.key == key.text; });
      if (known) return scanner.wrong("the key '" + key.text + "' comes twice");
      if (members.size() == Bounds::json_members_max) return scanner.wrong("the object has too many keys");
      if (!scanner.take(':')) return scanner.wrong("a colon has to follow the key");
      FODSPOR_TRY(const std::string_view value, scanner.value());
      members.push_back({std::move(key.text), value});
    } while (scanner.take(','));
    if (!scanner.take('}')) return scanner.wrong("a comma, or the end of the object, has to stand here");
  }
  if (!scanner.at_end()) return scanner.wrong("something follows the object");
  return members;
}

Result<std::vector<std::string_view>> json_items(std::string_view list) {
  Scanner scanner(list);
  std::vector<std::string_view> items;
  if (!scanner.take('[')) return scanner.wrong("a JSON list has to stand here");
  if (!scanner.take(']')) {
    do {
      FODSPOR_TRY(const std::string_view value, scanner.value());
      items.push_back(value);
    } while (scanner.take(','));
    if (!scanner.take(']')) return scanner.wrong("a comma, or the end of the list, has to stand here");
  }
  if (!scanner.at_end()) return scanner.wrong("something follows the list");
  return items;
}

}  // namespace fodspor::server
