#include "events/forms.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>

#include "events/control.capnp.h"
#include "events/envelope.capnp.h"

namespace fodspor::events {

namespace {

// The annotations of terms.capnp, by their ids there.
enum class Note : std::uint64_t {
  date = 0xe1f0a7c2b4d58302,
  minutes,
  number,
  millionths,
  microseconds,
  required,
  prose,
  hash,
};

template <class Owner>
bool noted(const Owner& field, Note note) {
  for (const auto annotation : field.getProto().getAnnotations()) {
    if (annotation.getId() == static_cast<std::uint64_t>(note)) return true;
  }
  return false;
}

std::string snake_case(kj::StringPtr camel) {
  std::string result;
  for (const char c : camel) {
    if (c >= 'A' && c <= 'Z') {
      if (!result.empty()) result += '_';
      result += static_cast<char>(c - 'A' + 'a');
    } else {
      result += c;
    }
  }
  return result;
}

std::string short_name(capnp::StructSchema schema) {
  const std::string whole = schema.getShortDisplayName().cStr();
  return whole.substr(whole.rfind('.') + 1);
}

class Forms {
 public:
  static const Forms& get() {
    static const Forms forms;
    return forms;
  }
  const StructForm& of(const TypeInfo& type) const { return *bodies_[static_cast<std::size_t>(&type - all_types().data())]; }
  const StructForm& evidence() const { return *evidence_; }
  const std::vector<std::string>& choices(capnp::EnumSchema list) const {
    const auto found = choices_.find(list.getProto().getId());
    FODSPOR_CHECK(found != choices_.end());
    return found->second;
  }

 private:
  Forms() {
    for (const TypeInfo& type : all_types()) bodies_.push_back(add(type.schema));
    evidence_ = add(capnp::Schema::from<wire::Evidence>());
    add_choices(capnp::Schema::from<wire::Role>());
    add_choices(capnp::Schema::from<wire::Source>());
  }

  const StructForm* add(capnp::StructSchema schema) {
    auto& place = structs_[schema.getProto().getId()];
    if (place) return place.get();
    place = std::make_unique<StructForm>();
    StructForm& form = *place;  // stays where it is while `structs_` grows
    form.name = short_name(schema);
    form.schema = schema;
    form.known_bits.resize(schema.getProto().getStruct().getDataWordCount());
    form.known_pointers = schema.getProto().getStruct().getPointerCount();
    for (const auto field : schema.getFields()) {
      form.fields.push_back(field_form(schema, field));
      own_bits(form, field);
    }
    std::sort(form.fields.begin(), form.fields.end(), [](const FieldForm& a, const FieldForm& b) { return a.name < b.name; });
    return &form;
  }

  FieldForm field_form(capnp::StructSchema owner, capnp::StructSchema::Field field) {
    FODSPOR_CHECK(field.getProto().isSlot());  // bodies have no groups
    FieldForm form;
    form.name = snake_case(field.getProto().getName());
    form.field = field;
    form.required = noted(field, Note::required);
    form.plus_one = noted(field, Note::minutes) || noted(field, Note::number);
    capnp::Type type = field.getType();
    if (type.isList()) {
      form.list = true;
      type = type.asList().getElementType();
    }
    set_kind(form, type, owner);
    return form;
  }

  void set_kind(FieldForm& form, capnp::Type type, capnp::StructSchema owner) {
    using capnp::schema::Type;
    using Kind = FieldForm::Kind;
    const bool in_correction = owner == capnp::Schema::from<wire::Corrected>();
    switch (type.which()) {
      case Type::BOOL:
        form.kind = Kind::flag;
        return;
      case Type::UINT8:
        return set_number(form, 0xff);
      case Type::UINT16:
        set_number(form, 0xffff);
        if (in_correction) form.kind = Kind::event_type;
        return;
      case Type::UINT32:
        return set_number(form, 0xffff'ffff);
      case Type::UINT64:
        return set_number(form, exact_max);
      case Type::TEXT:
        form.kind = noted(form.field, Note::prose) ? Kind::prose : Kind::code;
        return;
      case Type::DATA:
        FODSPOR_CHECK(noted(form.field, Note::hash));
        form.kind = Kind::hash;
        return;
      case Type::ENUM:
        form.kind = Kind::choice;
        form.choices = add_choices(type.asEnum());
        return;
      case Type::STRUCT:
        if (type.asStruct() == capnp::Schema::from<wire::Id>()) {
          form.kind = Kind::id;
        } else if (type.asStruct() == capnp::Schema::from<wire::EventRef>()) {
          form.kind = Kind::event;
        } else {
          form.kind = Kind::object;
          form.object = add(type.asStruct());
        }
        return;
      case Type::ANY_POINTER:
        FODSPOR_CHECK(in_correction);
        form.kind = Kind::body;
        return;
      default:
        FODSPOR_CHECK(type.which() == Type::UINT64);  // nothing signed, nothing floating, no list in a list
    }
  }

  static void set_number(FieldForm& form, std::uint64_t storable) {
    form.most = storable - (form.plus_one ? 1 : 0);
    if (noted(form.field, Note::date)) {
      form.kind = FieldForm::Kind::date;
    } else if (noted(form.field, Note::millionths)) {
      form.kind = FieldForm::Kind::decimal;
    } else if (noted(form.field, Note::microseconds)) {
      form.kind = FieldForm::Kind::moment;
    }
  }

  const std::vector<std::string>* add_choices(capnp::EnumSchema list) {
    auto& names = choices_[list.getProto().getId()];
    if (names.empty()) {
      for (const auto choice : list.getEnumerants()) names.push_back(snake_case(choice.getProto().getName()));
    }
    return &names;
  }

  static void own_bits(StructForm& form, capnp::StructSchema::Field field) {
    using capnp::schema::Type;
    unsigned bits = 0;
    switch (field.getType().which()) {
      case Type::BOOL:
        bits = 1;
        break;
      case Type::UINT8:
        bits = 8;
        break;
      case Type::UINT16:
      case Type::ENUM:
        bits = 16;
        break;
      case Type::UINT32:
        bits = 32;
        break;
      case Type::UINT64:
        bits = 64;
        break;
      default:
        return;  // a pointer
    }
    const std::size_t at = std::size_t{field.getProto().getSlot().getOffset()} * bits;
    const std::uint64_t mask = bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
    form.known_bits[at / 64] |= mask << at % 64;
  }

  std::map<std::uint64_t, std::unique_ptr<StructForm>> structs_;
  std::map<std::uint64_t, std::vector<std::string>> choices_;
  std::vector<const StructForm*> bodies_;  // as all_types() has them
  const StructForm* evidence_ = nullptr;
};

// The bits [16 * offset, 16 * offset + 16) of a struct's data; 0 past its end.
std::uint16_t sixteen_bits(capnp::AnyStruct::Reader body, std::size_t offset) {
  const auto data = body.getDataSection();
  std::uint16_t value = 0;
  if (offset * 2 + 2 <= data.size()) std::memcpy(&value, data.begin() + offset * 2, 2);
  return value;
}

bool newer_in_list(capnp::AnyPointer::Reader list, const FieldForm& form) {
  if (form.kind == FieldForm::Kind::choice) {
    for (const std::uint16_t item : list.getAs<capnp::List<std::uint16_t>>()) {
      if (item >= form.choices->size()) return true;
    }
  }
  if (!form.object) return false;
  for (const auto item : list.getAs<capnp::AnyList>().as<capnp::List<capnp::AnyStruct>>()) {
    if (holds_more(item, *form.object)) return true;
  }
  return false;
}

bool newer_in_field(capnp::AnyStruct::Reader body, const FieldForm& form) {
  using Kind = FieldForm::Kind;
  const unsigned offset = form.field.getProto().getSlot().getOffset();
  if (form.kind == Kind::choice && !form.list) return sixteen_bits(body, offset) >= form.choices->size();
  if (!form.list && form.kind != Kind::object && form.kind != Kind::body) return false;
  const auto pointers = body.getPointerSection();
  if (offset >= pointers.size() || pointers[offset].isNull()) return false;
  if (form.list) return newer_in_list(pointers[offset], form);
  if (form.kind == Kind::object) return holds_more(pointers[offset].getAs<capnp::AnyStruct>(), *form.object);
  const TypeInfo* type = find_type(static_cast<EventType>(body.as<wire::Corrected>().getType()));
  return !type || holds_more(pointers[offset].getAs<capnp::AnyStruct>(), form_of(*type));
}

}  // namespace

const FieldForm* StructForm::find(std::string_view field) const noexcept {
  const auto found =
      std::lower_bound(fields.begin(), fields.end(), field, [](const FieldForm& a, std::string_view b) { return a.name < b; });
  return found != fields.end() && found->name == field ? &*found : nullptr;
}

const StructForm& form_of(const TypeInfo& type) {
  return Forms::get().of(type);
}
const StructForm& evidence_form() {
  return Forms::get().evidence();
}
const std::vector<std::string>& choices_of(capnp::EnumSchema list) {
  return Forms::get().choices(list);
}

bool holds_more(capnp::AnyStruct::Reader body, const StructForm& form) {
  const auto data = body.getDataSection();
  for (std::size_t at = 0; at + 8 <= data.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, data.begin() + at, 8);
    const std::uint64_t known = at / 8 < form.known_bits.size() ? form.known_bits[at / 8] : 0;
    if ((word & ~known) != 0) return true;
  }
  const auto pointers = body.getPointerSection();
  for (unsigned i = static_cast<unsigned>(form.known_pointers); i < pointers.size(); ++i) {
    if (!pointers[i].isNull()) return true;
  }
  return std::any_of(form.fields.begin(), form.fields.end(), [&](const FieldForm& field) { return newer_in_field(body, field); });
}

}  // namespace fodspor::events
