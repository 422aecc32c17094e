// What leaves a chat: whole sentences that the sources bear.

#include "domain/brain.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "domain/conversation_arguments.hpp"
#include "domain/text.hpp"

namespace ringmaster::brain {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_white(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

/// The length of the first sentence with the white space behind it: what comes later cannot become
/// a part of it. 0: it may go on.
std::size_t whole_sentence(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n')
      return i + 1;
    if ((text[i] == '.' || text[i] == '!' || text[i] == '?') && i + 1 < text.size() &&
        is_white(text[i + 1]))
      return i + 2;
  }
  return 0;
}

/// "[2]", "[1, 3]" at `at`: its length and the numbers; 0: it is none.
std::size_t read_mark(std::string_view text, std::size_t at, std::vector<std::size_t>& numbers) {
  constexpr std::size_t mark_most = 24;
  numbers.clear();
  std::size_t n = 0;
  bool digits = false;
  for (auto k = at + 1; k < text.size() && k < at + mark_most; ++k) {
    char c = text[k];
    if (is_digit(c)) {
      n = n * 10 + static_cast<std::size_t>(c - '0');
      digits = true;
    } else if (c == ',' || c == ' ' || c == ']') {
      if (digits)
        numbers.push_back(n);
      n = 0;
      digits = false;
      if (c == ']')
        return numbers.empty() ? 0 : k + 1 - at;
    } else {
      return 0;
    }
  }
  return 0;
}

} // namespace

gate::gate(std::string question, std::vector<knowledge::passage> sources)
    : question_(std::move(question)), sources_(std::move(sources)) {}

std::string gate::push(std::string_view piece) {
  if (broken_)
    return {};
  held_ += piece;
  return release(false);
}

std::string gate::finish() { return broken_ ? std::string{} : release(true); }

std::string gate::release(bool all) {
  std::string shown;
  while (!broken_ && !held_.empty()) {
    auto length = whole_sentence(held_);
    if (length == 0 && !all)
      break;
    auto sentence = held_.substr(0, length == 0 ? held_.size() : length);
    held_.erase(0, sentence.size());
    // Marks go before the words are judged: what stands around them grows together.
    std::string plain;
    std::vector<std::size_t> named;
    for (std::size_t i = 0; i < sentence.size();) {
      auto mark = sentence[i] == '[' ? read_mark(sentence, i, named) : 0;
      if (mark == 0) {
        plain += sentence[i++];
        continue;
      }
      for (auto n : named)
        if (n >= 1 && n <= sources_.size() &&
            std::find(marked_.begin(), marked_.end(), n - 1) == marked_.end())
          marked_.push_back(n - 1);
      i += mark;
      while (!plain.empty() && plain.back() == ' ')
        plain.pop_back();
      constexpr std::string_view closing = " .,;:!?\n[";
      if (!plain.empty() && i < sentence.size() &&
          closing.find(sentence[i]) == std::string_view::npos)
        plain += ' ';
    }
    bool is_blank = trimmed(plain).empty();
    if (is_blank && (out_.empty() || is_white(out_.back())))
      continue;
    if (out_.empty())
      plain.erase(0, std::min(plain.find_first_not_of(" \n\r\t"), plain.size()));
    if (auto found = knowledge::ungrounded(plain, question_, sources_); !found.empty()) {
      strange_ = std::move(found);
      broken_ = true;
      held_.clear();
      break;
    }
    out_ += plain;
    shown += plain;
  }
  return shown;
}

std::vector<knowledge::citation> gate::sources() const {
  if (trimmed(out_).empty())
    return {};
  std::vector<knowledge::citation> out;
  for (auto at : marked_) {
    const auto& p = sources_[at];
    auto one = knowledge::sources_of(out_, std::span{&p, 1});
    // Marked, but said in other words: what it says stands for it.
    constexpr std::size_t quote_most = 300;
    out.push_back(
        one.empty()
            ? knowledge::
                  citation{p.reference, p.title, p.text.size() <= quote_most ? p.text : std::string{}}
            : std::move(one.front()));
  }
  return out.empty() ? knowledge::sources_of(out_, sources_) : out;
}

const assistant::tool& gap_tool() {
  static const assistant::tool tool{
      "log_knowledge_gap",
      "Note that something was asked that the given facts do not answer. Say beside it that you do "
      "not know.",
      R"({"type":"object","properties":{"question":{"type":"string","description":"What was asked, as a question."},"requested_info":{"type":"string","description":"What one would have to know to answer it."},"category":{"type":"string","enum":["hours","location","prices","payment","services","booking","policies","contact","people","other"]}},"required":["question"],"additionalProperties":false})"};
  return tool;
}

result<gap::draft> read_gap_arguments(std::string_view json) {
  auto all = talk::read_arguments(json);
  if (!all)
    return fail(errc::malformed, "the arguments of log_knowledge_gap are no flat JSON object");
  gap::draft out;
  auto text_of = [&](std::string_view name) {
    const auto* a = talk::find(*all, name);
    return a && a->what == talk::argument::kind::text ? std::string{trimmed(a->text)}
                                                      : std::string{};
  };
  out.question = text_of("question");
  out.requested_info = text_of("requested_info");
  out.category = text_of("category");
  return out;
}

} // namespace ringmaster::brain
