#include "events/soundness.h"

#include <capnp/schema.h>

#include <array>
#include <map>
#include <vector>

#include "events/control.capnp.h"
#include "events/envelope.capnp.h"
#include "events/limits.h"
#include "events/vocabulary.h"

namespace fodspor::events {

namespace {

// What the schemas say about one pointer.
struct Slot {
  enum class Kind : std::uint8_t { any, text, data, structure, structs, texts, datas, scalars, body };
  Kind kind = Kind::any;
  std::uint8_t element = 0;  // of scalars: the code of their size
  std::uint16_t about = 0;   // of structure and structs: the shape. Of body: which 16 bits of the struct's data hold its type
};

struct Shape {
  std::size_t data = 0;  // words
  std::vector<Slot> slots;
};

// All that the walk needs of the schemas, as small tables. Made once.
class Shapes {
 public:
  static const Shapes& get() {
    static const Shapes shapes;
    return shapes;
  }

  const Shape& shape(std::uint16_t index) const noexcept { return shapes_[index]; }
  std::uint16_t proposal() const noexcept { return proposal_; }
  const Shape* body(std::uint16_t type) const noexcept {
    const TypeInfo* info = find_type(static_cast<EventType>(type));
    return info ? &shapes_[bodies_[static_cast<std::size_t>(info - all_types().data())]] : nullptr;
  }

 private:
  Shapes() {
    proposal_ = add(capnp::Schema::from<wire::Proposal>());
    for (const TypeInfo& info : all_types()) bodies_.push_back(add(info.schema));
  }

  std::uint16_t add(capnp::StructSchema schema) {
    const auto id = schema.getProto().getId();
    if (const auto found = known_.find(id); found != known_.end()) return found->second;
    const auto index = static_cast<std::uint16_t>(shapes_.size());
    known_.emplace(id, index);
    shapes_.emplace_back();
    Shape shape;
    shape.data = schema.getProto().getStruct().getDataWordCount();
    shape.slots.resize(schema.getProto().getStruct().getPointerCount());
    add_fields(schema, shape);
    // The two bodies are the only pointers whose kind the data name.
    for (Slot& slot : shape.slots) {
      if (slot.kind == Slot::Kind::body)
        slot.about = static_cast<std::uint16_t>(schema.getFieldByName("type").getProto().getSlot().getOffset());
    }
    shapes_[index] = std::move(shape);
    return index;
  }

  void add_fields(capnp::StructSchema schema, Shape& shape) {
    for (const auto field : schema.getFields()) {
      if (field.getProto().isGroup()) {
        add_fields(field.getType().asStruct(), shape);
      } else if (const auto slot = slot_for(field.getType()); slot.kind != Slot::Kind::any) {
        shape.slots[field.getProto().getSlot().getOffset()] = slot;
      }
    }
  }

  Slot slot_for(capnp::Type type) {
    using capnp::schema::Type;
    switch (type.which()) {
      case Type::TEXT:
        return {Slot::Kind::text};
      case Type::DATA:
        return {Slot::Kind::data};
      case Type::STRUCT:
        return {Slot::Kind::structure, 0, add(type.asStruct())};
      case Type::ANY_POINTER:
        return {Slot::Kind::body};
      case Type::LIST:
        break;
      default:
        return {};  // not a pointer
    }
    const capnp::Type element = type.asList().getElementType();
    switch (element.which()) {
      case Type::TEXT:
        return {Slot::Kind::texts};
      case Type::DATA:
        return {Slot::Kind::datas};
      case Type::STRUCT:
        return {Slot::Kind::structs, 0, add(element.asStruct())};
      case Type::BOOL:
        return {Slot::Kind::scalars, 1};
      case Type::INT8:
      case Type::UINT8:
        return {Slot::Kind::scalars, 2};
      case Type::INT16:
      case Type::UINT16:
      case Type::ENUM:
        return {Slot::Kind::scalars, 3};
      case Type::INT32:
      case Type::UINT32:
        return {Slot::Kind::scalars, 4};
      case Type::INT64:
      case Type::UINT64:
        return {Slot::Kind::scalars, 5};
      default:
        // Lists of lists and floating point have no place in this vocabulary.
        FODSPOR_CHECK(element.which() == Type::BOOL);
        return {};
    }
  }

  std::map<std::uint64_t, std::uint16_t> known_;
  std::vector<Shape> shapes_;
  std::vector<std::uint16_t> bodies_;  // as all_types() has them
  std::uint16_t proposal_ = 0;
};

class Walk {
 public:
  enum class Unknown : std::uint8_t { passes, fails };  // what no schema here has
  Walk(std::span<const std::uint64_t> words, const Shapes& shapes, Unknown unknown = Unknown::passes) noexcept
      : words_(words), shapes_(shapes), unknown_(unknown) {}

  bool run(const Slot& root) noexcept {
    if (words_.empty() || words_.size() > limits::event_words_max || words_[0] == 0 || (words_[0] & 3) != 0) return false;
    return pointer(0, root, limits::nesting_max) && end_ == words_.size();
  }

 private:
  bool passes(const Shape* shape, std::size_t data, std::size_t pointers) const noexcept {
    return unknown_ == Unknown::passes || (shape && data <= shape->data && pointers <= shape->slots.size());
  }

  // In preorder everything begins where the last thing ended. So nothing is reached twice, and nothing lies between.
  bool take(std::size_t pointer_at, std::uint64_t pointer, std::size_t words) noexcept {
    const std::int32_t offset = static_cast<std::int32_t>(static_cast<std::uint32_t>(pointer)) >> 2;
    if (static_cast<std::int64_t>(pointer_at) + 1 + offset != static_cast<std::int64_t>(end_)) return false;
    if (words > words_.size() - end_) return false;
    end_ += words;
    return true;
  }

  bool pointer(std::size_t at, const Slot& slot, int depth) noexcept {
    const std::uint64_t pointer = words_[at];
    if (pointer == 0) return true;
    if (depth == 0) return false;
    switch (pointer & 3) {
      case 0:
        return structure(at, pointer, slot, depth);
      case 1:
        return list(at, pointer, slot, depth);
      default:
        return false;  // far pointers and capabilities have no place in one segment
    }
  }

  bool structure(std::size_t at, std::uint64_t pointer, const Slot& slot, int depth) noexcept {
    const std::size_t data = (pointer >> 32) & 0xffff;
    const std::size_t pointers = pointer >> 48;
    const Shape* shape = nullptr;
    if (slot.kind == Slot::Kind::structure) {
      shape = &shapes_.shape(slot.about);
    } else if (slot.kind == Slot::Kind::body) {
      shape = shapes_.body(slot.about);
    } else if (slot.kind != Slot::Kind::any) {
      return false;
    }
    if (!passes(shape, data, pointers)) return false;
    // An empty struct that is no null pointer leads to its own pointer, by an offset of -1, and takes nothing.
    if (data + pointers == 0) return (pointer & 0xffff'ffff) == 0xffff'fffc;
    const std::size_t body = end_;
    return take(at, pointer, data + pointers) && inside(body, data, pointers, shape, depth);
  }

  bool inside(std::size_t at, std::size_t data, std::size_t pointers, const Shape* shape, int depth) noexcept {
    for (std::size_t i = 0; i < pointers; ++i) {
      const std::size_t pointer_at = at + data + i;
      if (words_[pointer_at] == 0) continue;
      Slot slot = shape && i < shape->slots.size() ? shape->slots[i] : Slot{};
      if (slot.kind == Slot::Kind::body) {
        // From here on a body's `about` is the type itself.
        const std::size_t word = slot.about / 4u;
        slot.about = word < data ? static_cast<std::uint16_t>(words_[at + word] >> (slot.about % 4u * 16)) : std::uint16_t{0};
      }
      if (!pointer(pointer_at, slot, depth - 1)) return false;
    }
    return true;
  }

  bool list(std::size_t at, std::uint64_t pointer, const Slot& slot, int depth) noexcept {
    constexpr std::array<unsigned, 6> element_bits{0, 1, 8, 16, 32, 64};
    const unsigned element = static_cast<unsigned>(pointer >> 32) & 7;
    const std::size_t count = pointer >> 35;
    const std::size_t body = end_;
    switch (slot.kind) {
      case Slot::Kind::text:
        // The zero byte at the end is what makes it text.
        if (element != 2 || count == 0 || !take(at, pointer, (count + 7) / 8)) return false;
        return (words_[body + (count - 1) / 8] >> ((count - 1) % 8 * 8) & 0xff) == 0;
      case Slot::Kind::data:
        return element == 2 && take(at, pointer, (count + 7) / 8);
      case Slot::Kind::scalars:
        return element == slot.element && take(at, pointer, (count * element_bits[element] + 63) / 64);
      case Slot::Kind::structs:
        return element == 7 && structs(at, pointer, &shapes_.shape(slot.about), depth);
      case Slot::Kind::texts:
        return element == 6 && pointer_list(at, pointer, {Slot::Kind::text}, depth);
      case Slot::Kind::datas:
        return element == 6 && pointer_list(at, pointer, {Slot::Kind::data}, depth);
      case Slot::Kind::any:
        if (element == 7) return structs(at, pointer, nullptr, depth);
        if (element == 6) return pointer_list(at, pointer, {}, depth);
        return take(at, pointer, (count * element_bits[element] + 63) / 64);
      case Slot::Kind::body:
      case Slot::Kind::structure:
        return false;
    }
    return false;
  }

  bool pointer_list(std::size_t at, std::uint64_t pointer, const Slot& element, int depth) noexcept {
    const std::size_t count = pointer >> 35;
    const std::size_t body = end_;
    if (!take(at, pointer, count)) return false;
    for (std::size_t i = 0; i < count; ++i) {
      if (!this->pointer(body + i, element, depth - 1)) return false;
    }
    return true;
  }

  bool structs(std::size_t at, std::uint64_t pointer, const Shape* shape, int depth) noexcept {
    const std::size_t words = pointer >> 35;
    const std::size_t tag_at = end_;
    if (!take(at, pointer, words + 1)) return false;
    const std::uint64_t tag = words_[tag_at];
    const std::size_t count = (tag & 0xffff'ffff) >> 2;
    const std::size_t data = (tag >> 32) & 0xffff;
    const std::size_t pointers = tag >> 48;
    // Elements without a word of their own would cost nothing to claim and much to read, so their number is bounded too.
    if ((tag & 3) != 0 || count > limits::event_words_max || count * (data + pointers) != words) return false;
    if (!passes(shape, data, pointers)) return false;
    for (std::size_t i = 0; i < count && pointers > 0; ++i) {
      if (!inside(tag_at + 1 + i * (data + pointers), data, pointers, shape, depth)) return false;
    }
    return true;
  }

  std::span<const std::uint64_t> words_;
  const Shapes& shapes_;
  Unknown unknown_;
  std::size_t end_ = 1;
};

}  // namespace

bool sound_proposal(std::span<const std::uint64_t> words) noexcept {
  const Shapes& shapes = Shapes::get();
  return Walk(words, shapes).run({Slot::Kind::structure, 0, shapes.proposal()});
}

bool sound_and_known(std::span<const std::uint64_t> words) noexcept {
  const Shapes& shapes = Shapes::get();
  return Walk(words, shapes, Walk::Unknown::fails).run({Slot::Kind::structure, 0, shapes.proposal()});
}

bool sound_body(std::span<const std::uint64_t> words, EventType type) noexcept {
  return Walk(words, Shapes::get()).run({Slot::Kind::body, 0, static_cast<std::uint16_t>(type)});
}

}  // namespace fodspor::events
