#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "domain/conversation.hpp"

// A conversation with its world played by a test: what happens is told to it, and what it wants to
// be done is kept.

namespace ringmaster::talk {

class stage {
public:
  explicit stage(line_kind line = line_kind::turns) {
    brief.of_task = true;
    brief.disclosure = "I am an AI assistant.";
    brief.words.introduction = "Hello! I am an AI assistant. I am calling to book a table for two.";
    brief.words.voicemail = "I am calling about a table. Goodbye.";
    brief.so_far.goal = "Book a table";
    brief.about.instruction = "Book a table for two on Friday";
    brief.may_accept = money{50'000'000, "USD"};
    about.line = line;
  }

  /// Before the first event.
  assistant::live_brief brief;
  facts about;
  memory known;
  std::vector<segment> so_far;

  /// Tells what happens after `later`; brings back what is to be done.
  const std::vector<act>& take(const event& what, milliseconds later = milliseconds{1'000}) {
    begin();
    now += later;
    acts = talk->take(what, now);
    for (const auto& a : acts) {
      all.push_back(a);
      if (const auto* s = std::get_if<say>(&a))
        said += s->text + (s->last ? "\n" : "");
    }
    return acts;
  }
  const std::vector<act>& hear(const std::string& text) {
    return take(words{text, true}, milliseconds{12'000});
  }
  /// The model's answer to what it was asked last.
  const std::vector<act>&
  answer(const std::string& text, std::vector<assistant::tool_call> calls = {}) {
    auto turn = asked();
    if (!text.empty())
      take(thought{turn, text}, milliseconds{200});
    assistant::turn_end end;
    end.text = text;
    end.calls = std::move(calls);
    return take(thought_over{turn, end}, milliseconds{200});
  }
  /// The turn of the last question to the model; -1: none.
  std::int32_t asked() const {
    for (auto a = all.rbegin(); a != all.rend(); ++a)
      if (const auto* t = std::get_if<think>(&*a))
        return t->turn;
    return -1;
  }
  const think* last_question() const {
    for (auto a = all.rbegin(); a != all.rend(); ++a)
      if (const auto* t = std::get_if<think>(&*a))
        return t;
    return nullptr;
  }

  template <class Act>
  const Act* find() const {
    for (const auto& a : acts)
      if (const auto* x = std::get_if<Act>(&a))
        return x;
    return nullptr;
  }
  template <class Act>
  std::size_t count() const {
    std::size_t n = 0;
    for (const auto& a : all)
      n += std::holds_alternative<Act>(a) ? 1 : 0;
    return n;
  }
  template <class Act>
  bool ends_with() const {
    return !acts.empty() && std::holds_alternative<Act>(acts.back());
  }
  std::string spoken() const {
    std::string out;
    for (const auto& a : acts)
      if (const auto* s = std::get_if<say>(&a))
        out += s->text;
    return out;
  }
  bool has_said(const std::string& text) const { return said.find(text) != std::string::npos; }

  void begin() {
    if (talk)
      return;
    about.brief = std::make_shared<assistant::live_brief>(brief);
    talk = std::make_unique<conversation>(std::make_shared<facts>(about), known, so_far);
  }

  std::unique_ptr<conversation> talk;
  milliseconds now{0};
  std::vector<act> acts, all;
  std::string said;
};

} // namespace ringmaster::talk
