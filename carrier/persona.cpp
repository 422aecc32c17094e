#include "carrier/persona.hpp"

#include <algorithm>
#include <array>

namespace ringmaster::telco {

namespace {

bool is_word_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string filled(std::string text, const std::map<std::string, std::string>& values) {
  for (const auto& [name, value] : values) {
    const auto mark = "{" + name + "}";
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size()))
      text.replace(at, mark.size(), value);
  }
  return text;
}

} // namespace

std::string plain_words(std::string_view text) {
  std::string out = " ";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    // The typographic apostrophe (e2 80 99) goes as the plain one does: "don't" is one word.
    if (text.substr(i, 3) == "\xe2\x80\x99") {
      i += 2;
      continue;
    }
    if (c == '\'')
      continue;
    if (is_word_byte(c))
      out += lower(c);
    else if (out.back() != ' ')
      out += ' ';
  }
  if (out.back() != ' ')
    out += ' ';
  return out;
}

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> out;
  constexpr std::string_view blank = " \t\r\n";
  for (auto at = text.find_first_not_of(blank); at != std::string_view::npos;) {
    const auto end = std::min(text.find_first_of(blank, at), text.size());
    out.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(blank, end);
  }
  return out;
}

std::string some_words(std::string_view text, std::size_t begin, std::size_t end) {
  const auto words = split_words(text);
  std::string out;
  for (auto i = begin; i < std::min(end, words.size()); ++i) {
    if (!out.empty())
      out += ' ';
    out += words[i];
  }
  return out;
}

bool is_detection_word(std::string_view text) {
  static constexpr std::array<std::string_view, 7> known{
    "human",           "machine_start", "machine_end_beep", "machine_end_silence",
    "machine_end_other", "fax",         "unknown"};
  return std::find(known.begin(), known.end(), text) != known.end();
}

// -- phrases ---------------------------------------------------------------------------------------

result<phrase> phrase::read(std::string text) {
  phrase out;
  if (text.size() > 2 && text.front() == '/' && text.back() == '/') {
    try {
      out.expression_ = std::make_shared<const std::regex>(
        text.substr(1, text.size() - 2), std::regex::ECMAScript | std::regex::icase);
    } catch (const std::regex_error& why) {
      return fail(errc::invalid, text + " is no regular expression: " + why.what());
    }
  } else if (plain_words(text).size() < 3) {
    return fail(errc::invalid, "'" + text + "' has no words to listen for");
  }
  out.text_ = std::move(text);
  return out;
}

bool phrase::found_in(std::string_view plain, const std::map<std::string, std::string>& values) const {
  if (expression_)
    return std::regex_search(plain.begin(), plain.end(), *expression_);
  const auto text = text_.find('{') == std::string::npos ? text_ : filled(text_, values);
  auto wanted = plain_words(text);
  if (text.ends_with('*'))
    wanted.pop_back();
  return plain.find(wanted) != std::string_view::npos;
}

// -- personas --------------------------------------------------------------------------------------

const persona_state* persona::find(std::string_view state) const {
  auto found = std::find_if(states.begin(), states.end(), [&](const auto& s) { return s.name == state; });
  return found == states.end() ? nullptr : &*found;
}

milliseconds persona::greeting_time() const {
  auto time = timing.answer;
  for (const auto& line : greeting)
    time += line.pause + timing.word * static_cast<std::int64_t>(split_words(line.say).size());
  return time;
}

const persona_set& built_in_personas() {
  static const persona_set all = [] {
    persona_set out;
    for (const auto& file : embedded::personas())
      // A test reads every one of them; one that cannot be read is not there.
      if (auto read = parse_persona(file.text, file.name)) {
        auto who = std::make_shared<const persona>(*std::move(read));
        out[who->name] = who;
      }
    return out;
  }();
  return all;
}

} // namespace ringmaster::telco
