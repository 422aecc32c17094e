#include "domain/conversation_arguments.hpp"

#include <utility>

#include "domain/speech_letters.hpp"
#include "domain/text.hpp"

namespace ringmaster::talk {

namespace {

constexpr std::size_t most_bytes = 4'096;
constexpr std::size_t most_members = 16;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A text with the place up to which it was read. Every step says whether it found what it looked
/// for; after a "no" the rest does not matter.
class cursor {
public:
  explicit cursor(std::string_view text) : text_(text) {}

  void skip_white() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }
  bool is_done() const { return at_ == text_.size(); }
  bool takes(std::string_view word) {
    if (text_.substr(at_, word.size()) != word)
      return false;
    at_ += word.size();
    return true;
  }
  char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  std::optional<std::string> string() {
    if (!takes("\""))
      return std::nullopt;
    std::string out;
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (c == '"') {
        ++at_;
        return out;
      }
      if (static_cast<unsigned char>(c) < 0x20)
        return std::nullopt;
      ++at_;
      if (c != '\\')
        out += c;
      else if (!escaped(out))
        return std::nullopt;
    }
    return std::nullopt;
  }

  std::optional<std::string> number() {
    auto begin = at_;
    if (next() == '-')
      ++at_;
    auto whole = at_;
    if (!digits() || (text_[whole] == '0' && at_ - whole > 1))
      return std::nullopt;
    if (next() == '.' && (++at_, !digits()))
      return std::nullopt;
    if (next() == 'e' || next() == 'E')
      return std::nullopt; // nobody names a price so
    return std::string{text_.substr(begin, at_ - begin)};
  }

private:
  bool digits() {
    auto begin = at_;
    while (is_digit(next()))
      ++at_;
    return at_ > begin;
  }

  std::optional<std::uint32_t> hex() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      char c = next();
      std::uint32_t digit = 0;
      if (is_digit(c))
        digit = static_cast<std::uint32_t>(c - '0');
      else if (c >= 'a' && c <= 'f')
        digit = static_cast<std::uint32_t>(c - 'a') + 10;
      else if (c >= 'A' && c <= 'F')
        digit = static_cast<std::uint32_t>(c - 'A') + 10;
      else
        return std::nullopt;
      value = value * 16 + digit;
    }
    return value;
  }

  bool escaped(std::string& out) {
    if (at_ >= text_.size())
      return false;
    char c = text_[at_++];
    switch (c) {
    case '"':
    case '\\':
    case '/':
      out += c;
      return true;
    case 'n':
    case 't':
    case 'r':
    case 'b':
    case 'f':
      out += ' ';
      return true;
    case 'u':
      break;
    default:
      return false;
    }
    auto code = hex();
    if (!code || *code == 0)
      return false;
    if (*code >= 0xd800 && *code < 0xdc00) {
      if (!takes("\\u"))
        return false;
      auto low = hex();
      if (!low || *low < 0xdc00 || *low > 0xdfff)
        return false;
      code = 0x10000 + ((*code - 0xd800) << 10) + (*low - 0xdc00);
    } else if (*code >= 0xdc00 && *code <= 0xdfff) {
      return false;
    }
    append_utf8(out, *code);
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// Reads a member's value into `to`; false: broken. `is_null` members are left out.
bool read_value(cursor& c, argument& to, bool& is_null) {
  if (c.next() == '"') {
    auto text = c.string();
    if (!text)
      return false;
    to.text = std::move(*text);
    return true;
  }
  for (auto word : {"true", "false"})
    if (c.takes(word)) {
      to.what = argument::kind::boolean;
      to.text = word;
      return true;
    }
  if (c.takes("null")) {
    is_null = true;
    return true;
  }
  auto number = c.number();
  if (!number)
    return false;
  to.what = argument::kind::number;
  to.text = std::move(*number);
  return true;
}

} // namespace

std::optional<std::vector<argument>> read_arguments(std::string_view json) {
  std::vector<argument> out;
  if (trimmed(json).empty())
    return out;
  if (json.size() > most_bytes || !count_characters(json))
    return std::nullopt;
  cursor c{json};
  c.skip_white();
  if (!c.takes("{"))
    return std::nullopt;
  c.skip_white();
  std::vector<std::string> names;
  for (bool first = true; !c.takes("}"); first = false) {
    if (!first && !c.takes(","))
      return std::nullopt;
    c.skip_white();
    auto name = c.string();
    c.skip_white();
    if (!name || !c.takes(":") || names.size() == most_members)
      return std::nullopt;
    for (const auto& known : names)
      if (known == *name)
        return std::nullopt;
    names.push_back(*name);
    c.skip_white();
    argument a{std::move(*name), argument::kind::text, {}};
    bool is_null = false;
    if (!read_value(c, a, is_null))
      return std::nullopt;
    if (!is_null)
      out.push_back(std::move(a));
    c.skip_white();
  }
  c.skip_white();
  if (!c.is_done())
    return std::nullopt;
  return out;
}

const argument* find(const std::vector<argument>& all, std::string_view name) {
  for (const auto& a : all)
    if (a.name == name)
      return &a;
  return nullptr;
}

} // namespace ringmaster::talk
