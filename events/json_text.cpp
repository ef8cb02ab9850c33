#include "events/json_text.h"

#include <algorithm>

#include "events/limits.h"

namespace fodspor::events {

namespace {

// The length of the well-formed UTF-8 sequence at the start of `text` (Unicode 15, table 3-7), or 0.
std::size_t utf8_length(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xbf) { return byte(i) >= low && byte(i) <= high; };
  const unsigned first = byte(0);
  if (first < 0x80) return text.empty() ? 0 : 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned low = first == 0xe0 ? 0xa0 : 0x80;   // shorter forms exist
    const unsigned high = first == 0xed ? 0x9f : 0xbf;  // surrogates
    return follows(1, low, high) && follows(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned low = first == 0xf0 ? 0x90 : 0x80;
    const unsigned high = first == 0xf4 ? 0x8f : 0xbf;  // past U+10FFFF
    return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

void append_utf8(std::string& out, std::uint32_t point) {
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80 | (point >> shift & 0x3f)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xc0 | point >> 6);
    tail(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xe0 | point >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0 | point >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<JsonValue> document() {
    JsonValue value;
    FODSPOR_DO(read(value, limits::nesting_max));
    skip_space();
    if (at_ != text_.size()) return refuse(at_, "more follows after the end of the value");
    return value;
  }

 private:
  tl::unexpected<Failure> refuse(std::size_t offset, std::string_view what) const {
    return fail(Fault::invalid, "byte " + std::to_string(offset) + ": " + std::string(what));
  }

  char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) noexcept {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void skip_space() noexcept {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) ++at_;
  }

  Status read(JsonValue& value, int depth) {
    skip_space();
    value.offset = at_;
    if (at_ == text_.size()) return refuse(at_, "the text ends where a value should stand");
    if (depth == 0) return refuse(at_, "objects and lists are nested too deeply");
    const char c = peek();
    if (c == '{') return read_object(value, depth);
    if (c == '[') return read_list(value, depth);
    if (c == '"') {
      value.kind = JsonValue::Kind::text;
      return read_string(value.text);
    }
    if (c == '-' || (c >= '0' && c <= '9')) return read_number(value);
    return read_word(value);
  }

  Status read_word(JsonValue& value) {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("true") || rest.starts_with("false")) {
      value.kind = JsonValue::Kind::flag;
      value.flag = rest.front() == 't';
      at_ += value.flag ? 4 : 5;
    } else if (rest.starts_with("null")) {
      at_ += 4;
    } else {
      return refuse(at_, "this is not JSON: an object, a list, a string, an integer, true, false or null should stand here");
    }
    return {};
  }

  Status read_number(JsonValue& value) {
    value.kind = JsonValue::Kind::number;
    value.flag = take('-');
    const std::size_t digits = at_;
    bool fits = true;
    while (peek() >= '0' && peek() <= '9') {
      const auto digit = static_cast<std::uint64_t>(text_[at_++] - '0');
      fits = fits && !__builtin_mul_overflow(value.number, std::uint64_t{10}, &value.number) &&
             !__builtin_add_overflow(value.number, digit, &value.number);
    }
    if (at_ == digits) return refuse(value.offset, "a minus sign without a number");
    if (at_ - digits > 1 && text_[digits] == '0') return refuse(value.offset, "a number does not begin with 0");
    if (peek() == '.' || peek() == 'e' || peek() == 'E') {
      return refuse(value.offset, "a number with decimals or an exponent: write an integer, or the decimals as a string, \"1.59\"");
    }
    if (!fits) return refuse(value.offset, "the number is too large");
    return {};
  }

  Status read_list(JsonValue& value, int depth) {
    value.kind = JsonValue::Kind::list;
    ++at_;
    skip_space();
    if (take(']')) return {};
    while (true) {
      FODSPOR_DO(read(value.items.emplace_back(), depth - 1));
      skip_space();
      if (take(']')) return {};
      if (!take(',')) return refuse(at_, "a comma or ] should stand here");
    }
  }

  Status read_object(JsonValue& value, int depth) {
    value.kind = JsonValue::Kind::object;
    ++at_;
    skip_space();
    if (take('}')) return {};
    while (true) {
      skip_space();
      if (peek() != '"') return refuse(at_, "a key in quotes should stand here");
      JsonValue::Member member;
      member.offset = at_;
      FODSPOR_DO(read_string(member.key));
      if (value.members.size() >= members_max) return refuse(member.offset, "an object has more keys than any event needs");
      if (value.find(member.key)) return refuse(member.offset, "the key \"" + member.key + "\" stands twice in one object");
      skip_space();
      if (!take(':')) return refuse(at_, "a colon should stand here");
      FODSPOR_DO(read(member.value, depth - 1));
      value.members.push_back(std::move(member));
      skip_space();
      if (take('}')) return {};
      if (!take(',')) return refuse(at_, "a comma or } should stand here");
    }
  }

  Status read_string(std::string& out) {
    const std::size_t begin = at_++;
    while (at_ < text_.size()) {
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '"') {
        ++at_;
        return {};
      }
      if (c < 0x20) return refuse(at_, "a control character in a string: write it as \\u00XX");
      if (c == '\\') {
        FODSPOR_DO(read_escape(out));
        continue;
      }
      const std::size_t length = utf8_length(text_.substr(at_));
      if (length == 0) return refuse(at_, "a byte that is not UTF-8");
      out.append(text_.substr(at_, length));
      at_ += length;
    }
    return refuse(begin, "the string that begins here has no end");
  }

  Status read_escape(std::string& out) {
    const std::size_t begin = at_++;
    const char c = peek();
    ++at_;
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    if (const auto index = letters.find(c); index != std::string_view::npos) {
      out += meanings[index];
      return {};
    }
    if (c != 'u') return refuse(begin, "\\ stands before what needs none");
    FODSPOR_TRY(std::uint32_t point, read_unit(begin));
    if (point >= 0xdc00 && point <= 0xdfff) return refuse(begin, "half of a surrogate pair");
    if (point >= 0xd800 && point <= 0xdbff) {
      if (!text_.substr(std::min(at_, text_.size())).starts_with("\\u")) return refuse(begin, "half of a surrogate pair");
      at_ += 2;
      FODSPOR_TRY(const std::uint32_t low, read_unit(begin));
      if (low < 0xdc00 || low > 0xdfff) return refuse(begin, "half of a surrogate pair");
      point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
    }
    append_utf8(out, point);
    return {};
  }

  Result<std::uint32_t> read_unit(std::size_t begin) {
    std::uint32_t unit = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = peek();
      unit <<= 4;
      if (c >= '0' && c <= '9') {
        unit |= static_cast<std::uint32_t>(c - '0');
      } else if (c >= 'a' && c <= 'f') {
        unit |= static_cast<std::uint32_t>(c - 'a' + 10);
      } else if (c >= 'A' && c <= 'F') {
        unit |= static_cast<std::uint32_t>(c - 'A' + 10);
      } else {
        return refuse(begin, "\\u needs four hexadecimal digits");
      }
      ++at_;
    }
    return unit;
  }

  // Keys are compared pair by pair, which a hostile object could make slow.
  static constexpr std::size_t members_max = 256;

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

const JsonValue* JsonValue::find(std::string_view key) const noexcept {
  const auto found = std::find_if(members.begin(), members.end(), [&](const Member& member) { return member.key == key; });
  return found == members.end() ? nullptr : &found->value;
}

std::string_view JsonValue::kind_name() const noexcept {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::flag:
      return "true or false";
    case Kind::number:
      return "a number";
    case Kind::text:
      return "a string";
    case Kind::list:
      return "a list";
    case Kind::object:
      break;
  }
  return "an object";
}

Result<JsonValue> parse_json(std::string_view text) {
  if (text.size() > json_bytes_max) {
    return fail(Fault::too_large,
                "an event's JSON of " + std::to_string(text.size()) + " bytes is past the limit of " + std::to_string(json_bytes_max));
  }
  return Parser(text).document();
}

bool valid_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto c = static_cast<unsigned char>(text.front());
    if (length == 0) {
      append_utf8(out, 0xfffd);
      text.remove_prefix(1);
      continue;
    }
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c < 0x20) {
      constexpr std::string_view short_forms = "\b\t\n\f\r";
      constexpr std::string_view letters = "btnfr";
      constexpr std::string_view digits = "0123456789abcdef";
      out += '\\';
      if (const auto index = short_forms.find(static_cast<char>(c)); index != std::string_view::npos) {
        out += letters[index];
      } else {
        out += "u00";
        out += digits[c >> 4];
        out += digits[c & 15];
      }
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(length);
  }
  out += '"';
}

}  // namespace fodspor::events
