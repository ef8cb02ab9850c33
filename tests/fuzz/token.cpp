// The text of a token file: refused, or byte for byte what is written for what was read. And tokens as they are typed.
#include "server/token.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "server/token_lines.h"

using namespace fodspor::server;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto secret = Secret::parse(text)) FODSPOR_CHECK(secret->text() == text);
  const auto tokens = read_token_lines(text, "tokens");
  if (tokens) {
    FODSPOR_CHECK(token_lines(*tokens) == text);
  } else {
    FODSPOR_CHECK(!tokens.error().message.empty());
  }
  return 0;
}
