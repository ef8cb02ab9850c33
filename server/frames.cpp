#include "server/frames.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace fodspor::server {

static_assert(std::endian::native == std::endian::little, "numbers of the framing are read as they lie in memory");

namespace {

constexpr std::size_t word_bytes = sizeof(std::uint64_t);

std::uint32_t number_at(const std::byte* at) {
  std::uint32_t number = 0;
  std::memcpy(&number, at, sizeof number);
  return number;
}

std::size_t table_bytes_of(std::size_t segments) {
  return ((1 + segments) * sizeof(std::uint32_t) + word_bytes - 1) / word_bytes * word_bytes;
}

// The size of the message whose first bytes these are, table and all; 0: they are too few to tell.
Result<std::size_t> size_of(std::span<const std::byte> bytes, std::size_t bytes_max) {
  if (bytes.size() < sizeof(std::uint32_t)) return 0;
  const std::size_t segments = std::size_t{number_at(bytes.data())} + 1;
  if (segments > Bounds::segments_max) {
    return fail(Fault::too_large, "a message of " + std::to_string(segments) + " segments is refused; at most " +
                                      std::to_string(Bounds::segments_max) + " are read");
  }
  const std::size_t table = table_bytes_of(segments);
  if (bytes.size() < table) return 0;
  std::uint64_t words = 0;
  for (std::size_t i = 0; i < segments; ++i) words += number_at(bytes.data() + (1 + i) * sizeof(std::uint32_t));
  if (words == 0) return fail(Fault::invalid, "a message without a word is refused; these bytes are not Cap'n Proto in the stream framing");
  if (table > bytes_max || words > (bytes_max - table) / word_bytes) {
    return fail(Fault::too_large, "a message of " + std::to_string(words * word_bytes) + " bytes is refused; at most " +
                                      std::to_string(bytes_max) + " are read here");
  }
  return table + words * word_bytes;
}

}  // namespace

Frame::Frame(std::vector<std::uint64_t> words, std::size_t table_words) : words_(std::move(words)) {
  const auto* table = reinterpret_cast<const std::byte*>(words_.data());
  const std::size_t segments = std::size_t{number_at(table)} + 1;
  const auto* at = reinterpret_cast<const capnp::word*>(words_.data()) + table_words;
  for (std::size_t i = 0; i < segments; ++i) {
    const std::size_t size = number_at(table + (1 + i) * sizeof(std::uint32_t));
    segments_.push_back(kj::arrayPtr(at, size));
    at += size;
  }
  capnp::ReaderOptions options;
  options.traversalLimitInWords = words_.size() * Bounds::traversal_factor;
  options.nestingLimit = Bounds::nesting_max;
  reader_ = std::make_unique<capnp::SegmentArrayMessageReader>(kj::arrayPtr(segments_.data(), segments_.size()), options);
}

std::span<const std::byte> FrameReader::unread() const noexcept {
  return {reinterpret_cast<const std::byte*>(buffer_.data()) + begin_, end_ - begin_};
}

std::span<std::byte> FrameReader::room() {
  // What is not read yet moves to the front, so that a message lies in one piece.
  if (begin_ > 0) {
    auto* bytes = reinterpret_cast<std::byte*>(buffer_.data());
    std::memmove(bytes, bytes + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  constexpr std::size_t usual = Bounds::input_bytes / word_bytes;
  if (end_ == 0 && buffer_.size() > usual) {
    buffer_.clear();
    buffer_.shrink_to_fit();
  }
  if (buffer_.empty()) buffer_.resize(usual);
  if (end_ == buffer_.size() * word_bytes) {
    // Full: twice as much, but no more than the message that has begun.
    const bool begun = frame_bytes_ > end_ - begin_;
    const std::size_t wanted = begun ? std::max(frame_bytes_ / word_bytes, buffer_.size() + 1) : buffer_.size() * 2;
    buffer_.resize(std::min(buffer_.size() * 2, wanted));
  }
  return {reinterpret_cast<std::byte*>(buffer_.data()) + end_, buffer_.size() * word_bytes - end_};
}

void FrameReader::got(std::size_t bytes) {
  FODSPOR_CHECK(end_ + bytes <= buffer_.size() * word_bytes);
  end_ += bytes;
}

Result<std::unique_ptr<Frame>> FrameReader::next(std::size_t bytes_max) {
  if (frame_bytes_ == 0) {
    FODSPOR_TRY(frame_bytes_, size_of(unread(), bytes_max));
  }
  if (frame_bytes_ == 0 || unread().size() < frame_bytes_) return nullptr;
  std::vector<std::uint64_t> words(frame_bytes_ / word_bytes);
  std::memcpy(words.data(), unread().data(), frame_bytes_);
  const std::size_t segments = std::size_t{number_at(unread().data())} + 1;
  begin_ += frame_bytes_;
  frame_bytes_ = 0;
  return std::make_unique<Frame>(std::move(words), table_bytes_of(segments) / word_bytes);
}

std::vector<std::byte> framed(capnp::MessageBuilder& message) {
  const auto segments = message.getSegmentsForOutput();
  std::size_t words = 0;
  for (const auto& segment : segments) words += segment.size();
  const std::size_t table = table_bytes_of(segments.size());
  std::vector<std::byte> bytes(table + words * word_bytes);
  const auto put = [&](std::size_t at, std::size_t number) {
    const auto narrow = static_cast<std::uint32_t>(number);
    std::memcpy(bytes.data() + at, &narrow, sizeof narrow);
  };
  put(0, segments.size() - 1);
  std::size_t at = table;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    put((1 + i) * sizeof(std::uint32_t), segments[i].size());
    std::memcpy(bytes.data() + at, segments[i].begin(), segments[i].size() * word_bytes);
    at += segments[i].size() * word_bytes;
  }
  return bytes;
}

}  // namespace fodspor::server
