#include <algorithm>

#include "events/body_rules.h"
#include "events/json_text.h"
#include "events/limits.h"

namespace fodspor::events {

namespace {

using Kind = FieldForm::Kind;

bool digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

// Six digits that are a day, month and year, and four more: a CPR number. Replacement numbers have 60 added to the day. There is no test
// by modulus 11, as numbers without it are given since 2007.
bool cpr_digits(std::string_view date, std::string_view serial) noexcept {
  if (!std::all_of(date.begin(), date.end(), digit) || !std::all_of(serial.begin(), serial.end(), digit)) return false;
  int day = (date[0] - '0') * 10 + (date[1] - '0');
  const int month = (date[2] - '0') * 10 + (date[3] - '0');
  if (day > 60) day -= 60;
  return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

bool looks_like_cpr(std::string_view text) noexcept {
  if (text.size() == 10) return cpr_digits(text.substr(0, 6), text.substr(6));
  return text.size() == 11 && text[6] == '-' && cpr_digits(text.substr(0, 6), text.substr(7));
}

// In running text only the form with a dash is looked for: ten digits alone are often something else.
bool holds_cpr(std::string_view text) noexcept {
  for (std::size_t dash = text.find('-'); dash != std::string_view::npos; dash = text.find('-', dash + 1)) {
    if (dash < 6 || dash + 5 > text.size()) continue;
    const bool alone = (dash == 6 || !digit(text[dash - 7])) && (dash + 5 == text.size() || !digit(text[dash + 5]));
    if (alone && looks_like_cpr(text.substr(dash - 6, 11))) return true;
  }
  return false;
}

tl::unexpected<Failure> cpr_refused() {
  return fail(Fault::unsupported,
              "this looks like a CPR number: personal data are refused until they can be sealed, and none may enter the log in the clear");
}

// The length of the code character at the start of the text, or 0.
std::size_t code_character(std::string_view text) noexcept {
  const char c = text.front();
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || digit(c)) return 1;
  if (std::string_view("._:/+-").find(c) != std::string_view::npos) return 1;
  for (const std::string_view letter : {"æ", "ø", "å", "Æ", "Ø", "Å"}) {
    if (text.starts_with(letter)) return letter.size();
  }
  return 0;
}

Status check_prose(std::string_view text) {
  if (text.size() > limits::prose_bytes_max) {
    return fail(Fault::too_large,
                "the text has " + std::to_string(text.size()) + " bytes, and may have " + std::to_string(limits::prose_bytes_max));
  }
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n' && c != '\t' && c != '\r') || byte == 0x7f)
      return fail(Fault::invalid, "the text holds a control character");
  }
  if (!valid_utf8(text)) return fail(Fault::invalid, "the text is not UTF-8");
  if (holds_cpr(text)) return cpr_refused();
  return {};
}

Status check_value(const capnp::DynamicValue::Reader& value, const FieldForm& form) {
  switch (form.kind) {
    case Kind::date:
      if (const auto stored = value.as<std::uint32_t>(); stored > static_cast<std::uint32_t>(Date::days_max)) {
        return fail(Fault::invalid, "day " + std::to_string(stored) + " is outside of the calendar, which ends with 2399");
      }
      return {};
    case Kind::count:
    case Kind::decimal:
      if (value.as<std::uint64_t>() > form.most + (form.plus_one ? 1 : 0)) {
        return fail(Fault::invalid,
                    "the number is larger than " + std::to_string(form.most) + ", and would not be read exactly everywhere");
      }
      return {};
    case Kind::hash:
      if (const auto size = value.as<capnp::Data>().size(); size != 32) {
        return fail(Fault::invalid, "a SHA-256 hash has 32 bytes, not " + std::to_string(size));
      }
      return {};
    case Kind::code: {
      const auto text = value.as<capnp::Text>();
      return check_code({text.begin(), text.size()});
    }
    case Kind::prose: {
      const auto text = value.as<capnp::Text>();
      return check_prose({text.begin(), text.size()});
    }
    case Kind::choice: {
      const auto choice = value.as<capnp::DynamicEnum>().getRaw();
      if (choice == 0) return fail(Fault::invalid, "it is not specified");
      if (choice >= form.choices->size())
        return fail(Fault::invalid, std::to_string(choice) + " is none of the choices that this version knows");
      return {};
    }
    case Kind::id:
    case Kind::event: {
      const auto id = value.as<capnp::DynamicStruct>();
      if ((id.get("hi").as<std::uint64_t>() | id.get("lo").as<std::uint64_t>()) == 0) return fail(Fault::invalid, "the id is all zeros");
      return {};
    }
    case Kind::object:
      return check_fields(value.as<capnp::DynamicStruct>(), *form.object);
    case Kind::moment:
    case Kind::flag:
    case Kind::event_type:
    case Kind::body:
      break;
  }
  return {};
}

Status check_list(capnp::DynamicList::Reader list, const FieldForm& form) {
  if (list.size() > limits::list_items_max) {
    return fail(Fault::too_large,
                "the list has " + std::to_string(list.size()) + " items, and may have " + std::to_string(limits::list_items_max));
  }
  for (unsigned i = 0; i < list.size(); ++i) {
    if (auto checked = check_value(list[i], form); !checked) {
      return tl::make_unexpected(at("item " + std::to_string(i), std::move(checked).error()));
    }
  }
  return {};
}

// A path grows outwards: "frame" in front of "starts: …" is "frame.starts: …".
Failure inside(const FieldForm& form, Failure failure) {
  const bool nested = form.kind == Kind::object && !form.list;
  failure.message = form.name + (nested ? "." : ": ") + failure.message;
  return failure;
}

}  // namespace

Status check_code(std::string_view text) {
  if (text.empty()) return fail(Fault::invalid, "the code is empty");
  if (text.size() > limits::code_bytes_max) {
    return fail(Fault::invalid,
                "a code has at most " + std::to_string(limits::code_bytes_max) + " bytes, and this one has " + std::to_string(text.size()));
  }
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t length = code_character(rest);
    if (length == 0) {
      // The text itself may be what must not be told on, so the message says where and not what.
      return fail(Fault::invalid, "character " + std::to_string(text.size() - rest.size() + 1) +
                                      " may not stand in a code: letters, digits and . _ : / + - may; free text is not kept");
    }
    rest.remove_prefix(length);
  }
  if (looks_like_cpr(text)) return cpr_refused();
  return {};
}

Status check_fields(capnp::DynamicStruct::Reader body, const StructForm& form) {
  for (const FieldForm& field : form.fields) {
    if (!body.has(field.field, capnp::HasMode::NON_DEFAULT)) {
      if (field.required) return fail(Fault::invalid, field.name + ": it is missing, and " + a(form.name) + " needs it");
      continue;
    }
    const auto value = body.get(field.field);
    auto checked = field.list ? check_list(value.as<capnp::DynamicList>(), field) : check_value(value, field);
    if (!checked) return tl::make_unexpected(inside(field, std::move(checked).error()));
  }
  return {};
}

}  // namespace fodspor::events
