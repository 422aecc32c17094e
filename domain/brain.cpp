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

/// The end of the last whole sentence, behind the white space that follows it: what comes later
/// cannot become a part of it. 0: there is none.
std::size_t whole_sentences(std::string_view text) {
  std::size_t end = 0;
  for (std::size_t i = 0; i + 1 < text.size(); ++i)
    if (text[i] == '\n' ||
        ((text[i] == '.' || text[i] == '!' || text[i] == '?') && is_white(text[i + 1])))
      end = text[i] == '\n' ? i + 1 : i + 2;
  if (!text.empty() && text.back() == '\n')
    end = text.size();
  return end;
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
  auto end = all ? held_.size() : whole_sentences(held_);
  auto ready = held_.substr(0, end);
  held_.erase(0, end);
  // Marks go before the words are judged: what stands around them grows together.
  std::string plain;
  for (std::size_t i = 0; i < ready.size();) {
    if (ready[i] == '[') {
      auto k = i + 1;
      std::vector<std::size_t> named;
      std::size_t n = 0;
      bool digits = false, fits = false;
      for (; k < ready.size() && k < i + 24; ++k) {
        if (is_digit(ready[k])) {
          n = n * 10 + static_cast<std::size_t>(ready[k] - '0');
          digits = true;
        } else if ((ready[k] == ',' || ready[k] == ' ' || ready[k] == ']')) {
          if (digits)
            named.push_back(n);
          n = 0;
          digits = false;
          if (ready[k] == ']') {
            fits = !named.empty();
            break;
          }
        } else {
          break;
        }
      }
      if (fits) {
        for (auto m : named)
          if (m >= 1 && m <= sources_.size() &&
              std::find(marked_.begin(), marked_.end(), m - 1) == marked_.end())
            marked_.push_back(m - 1);
        while (!plain.empty() && plain.back() == ' ')
          plain.pop_back();
        i = k + 1;
        // "9 [1] o'clock" keeps one space.
        if (i < ready.size() &&
            (is_digit(ready[i]) ||
             (ready[i] != ' ' && ready[i] != '.' && ready[i] != ',' && ready[i] != '!' &&
              ready[i] != '?' && ready[i] != '\n' && ready[i] != '[')))
          plain += ' ';
        continue;
      }
    }
    plain += ready[i++];
  }
  if (trimmed(plain).empty())
    return {};
  // Sentence by sentence: those before a broken one were let out rightly.
  std::string shown;
  for (std::size_t from = 0; from < plain.size() && !broken_;) {
    auto rest = std::string_view{plain}.substr(from);
    std::size_t length = rest.size();
    for (std::size_t i = 0; i + 1 < rest.size(); ++i)
      if (rest[i] == '\n' ||
          ((rest[i] == '.' || rest[i] == '!' || rest[i] == '?') && is_white(rest[i + 1]))) {
        length = rest[i] == '\n' ? i + 1 : i + 2;
        break;
      }
    auto sentence = rest.substr(0, length);
    if (auto found = knowledge::ungrounded(sentence, question_, sources_); !found.empty()) {
      strange_ = std::move(found);
      broken_ = true;
      held_.clear();
    } else {
      shown += sentence;
    }
    from += length;
  }
  if (out_.empty())
    shown.erase(0, std::min(shown.find_first_not_of(" \n\r\t"), shown.size()));
  out_ += shown;
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
