#include "carrier/xml.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace ringmaster::telco {

const std::string* element::attribute(std::string_view wanted) const {
  for (const auto& [name, value] : attributes)
    if (name == wanted)
      return &value;
  return nullptr;
}

namespace {

constexpr int depth_max = 32;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_name_char(char c, bool first) {
  const auto byte = static_cast<unsigned char>(c);
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
                      byte >= 0x80;
  return letter || (!first && ((c >= '0' && c <= '9') || c == '-' || c == '.'));
}

/// True if every byte belongs to well-formed UTF-8 of characters that XML 1.0 allows.
bool is_xml_text(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      if (lead < 0x20 && lead != '\t' && lead != '\n' && lead != '\r')
        return false;
      ++i;
      continue;
    }
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || i + length > text.size())
      return false;
    std::uint32_t code = lead & (0x7fu >> length);
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xc0) != 0x80)
        return false;
      code = (code << 6) | (next & 0x3f);
    }
    const std::uint32_t least = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
    if (
      code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) || code == 0xfffe ||
      code == 0xffff)
      return false;
    i += length;
  }
  return true;
}

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3f));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

/// A cursor over the document. Every reading function answers false after it has said what is
/// wrong in `wrong_`.
class reader {
 public:
  explicit reader(std::string_view text) : text_(text) {}

  result<element> read() {
    element root;
    take("\xef\xbb\xbf");
    if (text_.substr(at_).starts_with("<?xml") && !declaration())
      return refusal();
    if (!between() || !element_at(root, 0) || !between())
      return refusal();
    if (at_ != text_.size()) {
      fault("something follows the root element");
      return refusal();
    }
    return root;
  }

 private:
  tl::unexpected<error> refusal() const {
    return fail(errc::malformed, wrong_ + " at byte " + std::to_string(at_));
  }
  bool fault(std::string_view what) {
    wrong_ = what;
    return false;
  }
  bool take(std::string_view expected) {
    if (!text_.substr(at_).starts_with(expected))
      return false;
    at_ += expected.size();
    return true;
  }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_]))
      ++at_;
  }
  /// Moves behind the next `mark`; what stands before it goes to `skipped`.
  bool skip_to(std::string_view mark, std::string_view& skipped, std::string_view what) {
    auto end = text_.find(mark, at_);
    if (end == std::string_view::npos)
      return fault(what);
    skipped = text_.substr(at_, end - at_);
    at_ = end + mark.size();
    return true;
  }
  bool declaration() {
    std::string_view inside;
    return skip_to("?>", inside, "the XML declaration does not end");
  }
  bool comment() {
    std::string_view inside;
    if (!skip_to("-->", inside, "a comment does not end"))
      return false;
    return inside.find("--") == std::string_view::npos || fault("-- inside a comment");
  }
  /// Space and comments outside the root.
  bool between() {
    for (;;) {
      skip_space();
      if (!take("<!--"))
        return true;
      if (!comment())
        return false;
    }
  }
  bool name(std::string& out) {
    const auto begin = at_;
    while (at_ < text_.size() && is_name_char(text_[at_], at_ == begin))
      ++at_;
    out = std::string(text_.substr(begin, at_ - begin));
    return !out.empty() || fault("a name is missing");
  }
  bool entity(std::string_view body, std::string& out) {
    static constexpr std::pair<std::string_view, char> named[] = {
      {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    for (auto [known, character] : named)
      if (body == known)
        return out += character, true;
    if (!body.starts_with('#'))
      return fault("an unknown entity");
    body.remove_prefix(1);
    const bool hex = body.starts_with('x');
    body.remove_prefix(hex ? 1 : 0);
    std::uint32_t code = 0;
    auto [end, ec] = std::from_chars(body.data(), body.data() + body.size(), code, hex ? 16 : 10);
    if (body.empty() || ec != std::errc{} || end != body.data() + body.size() || code > 0x10ffff)
      return fault("a broken character reference");
    std::string character;
    append_utf8(character, code);
    if (!is_xml_text(character))
      return fault("a character that XML does not allow");
    out += character;
    return true;
  }
  bool resolve(std::string_view raw, std::string& out) {
    while (!raw.empty()) {
      auto amp = raw.find('&');
      out += raw.substr(0, amp);
      if (amp == std::string_view::npos)
        return true;
      raw.remove_prefix(amp + 1);
      auto end = raw.find(';');
      if (end == std::string_view::npos)
        return fault("an unescaped &");
      if (!entity(raw.substr(0, end), out))
        return false;
      raw.remove_prefix(end + 1);
    }
    return true;
  }
  bool attributes(element& into) {
    for (;;) {
      const auto before = at_;
      skip_space();
      if (at_ >= text_.size() || text_[at_] == '>' || text_[at_] == '/')
        return true;
      if (before == at_)
        return fault("no space before an attribute");
      std::string key, value;
      if (!name(key))
        return false;
      skip_space();
      if (!take("="))
        return fault("an attribute without a value");
      skip_space();
      const char quote = at_ < text_.size() ? text_[at_] : '\0';
      if (quote != '"' && quote != '\'')
        return fault("an attribute without quotes");
      ++at_;
      std::string_view raw;
      if (!skip_to(std::string_view(&quote, 1), raw, "an attribute does not end"))
        return false;
      if (raw.find('<') != std::string_view::npos)
        return fault("< inside an attribute");
      if (into.attribute(key))
        return fault("an attribute stands twice");
      if (!resolve(raw, value))
        return false;
      into.attributes.emplace_back(std::move(key), std::move(value));
    }
  }
  bool element_at(element& into, int depth) {
    if (depth > depth_max)
      return fault("elements are nested too deeply");
    if (!take("<"))
      return fault("an element is missing");
    if (!name(into.name) || !attributes(into))
      return false;
    if (take("/>"))
      return true;
    if (!take(">"))
      return fault("a tag does not end");
    return content(into, depth);
  }
  bool content(element& into, int depth) {
    for (;;) {
      const auto open = text_.find('<', at_);
      if (open == std::string_view::npos)
        return fault("an element does not end");
      const auto raw = text_.substr(at_, open - at_);
      if (raw.find("]]>") != std::string_view::npos)
        return fault("]]> outside CDATA");
      if (!resolve(raw, into.text))
        return false;
      at_ = open;
      if (take("</")) {
        std::string closing;
        if (!name(closing))
          return false;
        skip_space();
        if (closing != into.name)
          return fault("a closing tag does not match");
        return take(">") || fault("a closing tag does not end");
      }
      if (take("<!--")) {
        if (!comment())
          return false;
      } else if (take("<![CDATA[")) {
        std::string_view inside;
        if (!skip_to("]]>", inside, "CDATA does not end"))
          return false;
        into.text += inside;
      } else if (text_.substr(at_).starts_with("<!") || text_.substr(at_).starts_with("<?")) {
        return fault("a declaration inside the document");
      } else if (!element_at(into.children.emplace_back(), depth + 1)) {
        return false;
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string wrong_;
};

} // namespace

result<element> parse_xml(std::string_view document) {
  if (!is_xml_text(document))
    return fail(errc::malformed, "control characters or broken UTF-8");
  return reader(document).read();
}

} // namespace ringmaster::telco
