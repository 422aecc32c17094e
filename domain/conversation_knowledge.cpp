// What the other end asks and nobody knows: noted, and not made up.

#include <algorithm>
#include <utility>

#include "domain/conversation_mind.hpp"
#include "domain/speech_letters.hpp"
#include "domain/text.hpp"

namespace ringmaster::talk {

namespace {

constexpr std::string_view not_known = "I am sorry, I do not know that; I will pass it on.";

/// All that the assistant was told and what was said: from it everything may be repeated.
std::string told(
    const assistant::live_brief& b, const std::vector<segment>& pieces, const memory& known,
    std::string_view whisper) {
  std::string out;
  auto add = [&](std::string_view text) {
    if (!trimmed(text).empty())
      out += std::string{trimmed(text)} + "\n";
  };
  const auto& a = b.about;
  for (std::string_view text :
       {std::string_view{a.instruction}, std::string_view{a.title},
        std::string_view{a.contact_name}, std::string_view{a.company_name},
        std::string_view{a.phone_number}, std::string_view{a.business},
        std::string_view{b.disclosure}, std::string_view{b.so_far.goal},
        std::string_view{b.so_far.title}, std::string_view{b.words.introduction},
        std::string_view{b.words.price_negotiation}, std::string_view{b.words.closing},
        std::string_view{b.words.voicemail}, whisper})
    add(text);
  for (const auto* lines :
       {&a.hard_constraints, &a.soft_preferences, &b.so_far.steps, &b.so_far.hard_constraints,
        &b.so_far.soft_preferences, &b.words.key_questions})
    for (const auto& line : *lines)
      add(line);
  for (const auto* pairs : {&a.answers, &b.identity, &b.words.fallback_answers})
    for (const auto& [field, text] : *pairs)
      add(text);
  for (const auto& t : b.so_far.times)
    add(t.text + " " + t.meaning);
  for (const auto& q : known.questions)
    add(q.text + " " + q.note + (q.amount ? " " + spoken(*q.amount) : std::string{}));
  for (const auto& p : pieces)
    add(p.text);
  return out;
}

/// In a task's call days, hours and small numbers follow from the task in ways that only a model
/// sees: "tomorrow" becomes a date. Held are what cannot: long numbers and addresses.
bool weighs_in_task(const std::string& fact) {
  auto digits =
      std::count_if(fact.begin(), fact.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits >= 3 || fact.find('@') != std::string::npos || fact.find('.') != std::string::npos;
}

} // namespace

void conversation::mind::on(const looked_up& e) {
  if (!turn.is_running || e.turn != turn.id || turn.question.empty() || turn.has_text)
    return;
  turn.found = e.found;
  turn.is_uncovered = !knowledge::compose(knowledge::read(turn.question), turn.found).covered;
}

bool conversation::mind::is_invented(std::string_view sentence) const {
  if (!turn.is_uncovered)
    return false;
  auto strange = knowledge::ungrounded(sentence, turn.question, turn.found);
  if (strange.empty())
    return false;
  auto untold = knowledge::ungrounded(sentence, told(brief(), *pieces, *known, whisper), {});
  return std::any_of(strange.begin(), strange.end(), [&](const std::string& fact) {
    return std::find(untold.begin(), untold.end(), fact) != untold.end() &&
           (!brief().of_task || weighs_in_task(fact));
  });
}

void conversation::mind::admit_ignorance() {
  gap::draft asked;
  asked.question = turn.question;
  asked.from = brief().of_task ? gap::source::task : gap::source::call;
  // What was to follow builds on what was made up.
  stop_thinking();
  (void)filter.finish();
  speak(not_known);
  if (auto checked = gap::check(asked))
    note_gap(std::move(*checked));
  hand_over();
}

void conversation::mind::note_gap(gap::checked asked) {
  constexpr std::size_t gaps_most = 20;
  if (gaps.size() >= gaps_most || !gaps.insert(asked.read.asks).second)
    return;
  constexpr std::size_t answered_most = 2'000;
  if (own_piece != 0)
    asked.said.answered =
        plain((*pieces)[static_cast<std::size_t>(own_piece) - 1].text, answered_most);
  acts.push_back(log_gap{std::move(asked.said)});
}

} // namespace ringmaster::talk
