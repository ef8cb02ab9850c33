#include "server/intake/personal.h"

#include <algorithm>
#include <array>
#include <string>

#include "server/intake/table.h"

namespace fodspor::server::intake {

bool looks_like_cpr(std::string_view text) noexcept {
  text = trimmed(text);
  std::array<int, 10> digits{};
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c == '-' || c == ' ') && count == 6 && text[i - 1] >= '0' && text[i - 1] <= '9') continue;
    if (c < '0' || c > '9' || count == digits.size()) return false;
    digits[count++] = c - '0';
  }
  if (count != digits.size()) return false;
  int day = digits[0] * 10 + digits[1];
  if (day > 60) day -= 60;
  const int month = digits[2] * 10 + digits[3];
  return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

bool names_something_personal(std::string_view column) {
  std::string plain;
  for (const char c : column) {
    if (c >= 'A' && c <= 'Z') {
      plain += static_cast<char>(c - 'A' + 'a');
    } else if (c != ' ' && c != '-' && c != '_' && c != '.') {
      plain += c;
    }
  }
  constexpr std::array<std::string_view, 26> personal{
      "cpr",     "cprnr",    "cprnummer", "cprno",   "personnummer", "personnr", "navn",       "fornavn", "efternavn",
      "name",    "fuldnavn", "firstname", "surname", "lastname",     "fullname", "borgernavn", "adresse", "address",
      "telefon", "tlf",      "telefonnr", "phone",   "mobil",        "email",    "mail",       "epost"};
  return std::find(personal.begin(), personal.end(), plain) != personal.end();
}

}  // namespace fodspor::server::intake
