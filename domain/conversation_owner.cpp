// The one for whom the call is made: questions to them, and what they say and do meanwhile.

#include <algorithm>
#include <utility>

#include "domain/conversation_mind.hpp"
#include "domain/speech_letters.hpp"
#include "domain/text.hpp"

namespace ringmaster::talk {

std::string spoken(const money& m) { return to_decimal(m.micros) + " " + m.currency; }

bool conversation::mind::may_ask() const {
  bool is_asking = std::any_of(known->questions.begin(), known->questions.end(), [](const auto& q) {
    return q.now == owner_question::state::open;
  });
  return !is_asking && known->questions.size() < questions_most;
}

void conversation::mind::ask(std::string text, std::optional<money> amount) {
  owner_question q;
  q.n = static_cast<std::int32_t>(known->questions.size()) + 1;
  q.text = plain(text, 500);
  q.amount = std::move(amount);
  known->questions.push_back(q);
  acts.push_back(ask_owner{std::move(q)});
  at = phase::asking;
  asked_at = now;
  phrase_at = now + about->numbers.owner_phrase;
  closing = hold_the_line{};
}

owner_question* conversation::mind::open_question() {
  for (auto& q : known->questions)
    if (q.now == owner_question::state::open)
      return &q;
  return nullptr;
}

void conversation::mind::close_open_question() {
  if (auto* q = open_question()) {
    q->now = owner_question::state::timeout;
    acts.push_back(close_question{q->n});
  }
}

void conversation::mind::be_patient() {
  if (!open_question() || now >= asked_at + about->numbers.owner_patience) {
    close_open_question();
    return think();
  }
  if (now >= phrase_at) {
    constexpr std::string_view phrases_of_patience[] = {
        "I am still waiting for an answer. One more moment, please.",
        "Thank you for your patience. I am still asking.",
        "It will not take much longer. One moment, please."};
    speak(phrases_of_patience[static_cast<std::size_t>(phrases++) % 3]);
    phrase_at = now + about->numbers.owner_phrase;
  }
  closing = hold_the_line{};
}

void conversation::mind::asked_meanwhile(const std::string& text) {
  const auto* q = open_question();
  bool is_settled = q && q->amount && table && is_covered(*table);
  if (!q || is_settled || says_goodbye(text)) {
    // Another price was named, or they do not wait.
    close_open_question();
    return think();
  }
  constexpr milliseconds too_soon{4'000};
  if (now >= asked_at + too_soon && phrase_at > now + too_soon)
    phrase_at = now;
  be_patient();
}

void conversation::mind::decline() {
  constexpr std::int32_t declined_most = 3;
  if (++declined > declined_most)
    return end(
        "I am sorry, I cannot agree to that. Thank you for your time. Goodbye.",
        "no price could be agreed to");
  speak("I am sorry, I cannot agree to that price. Is there anything else that you could offer?");
  countered.reset();
  hints.emplace_back(
      "You were about to agree to a price that is not allowed; it was not said. Decline politely.");
  hand_over();
}

void conversation::mind::on(const owner_answer& e) {
  auto q = std::find_if(known->questions.begin(), known->questions.end(), [&](const auto& x) {
    return x.n == e.question;
  });
  if (q == known->questions.end() || q->now != owner_question::state::open)
    return;
  q->now = e.yes ? owner_question::state::yes : owner_question::state::no;
  q->note = plain(e.note, 500);
  if (at == phase::asking)
    think();
}

void conversation::mind::on(const owner_says& e) {
  if (!is_open || at == phase::ending || !known->ended.empty() || trimmed(e.text).empty())
    return;
  auto text = plain(e.text, about->numbers.text_most);
  if (!known->disclosed && known->who != listener::menu)
    greet();
  auto before = at;
  bool thinks_anew = at == phase::thinking && !turn.has_said;
  speak(text);
  if (thinks_anew)
    return think();
  switch (before) {
  case phase::asking:
    closing = hold_the_line{};
    return;
  case phase::holding:
  case phase::greeted:
    closing = listen{about->numbers.silence_after};
    return;
  default:
    hand_over();
  }
}

void conversation::mind::on(const owner_whispers& e) { whisper = plain(e.text, 1'000); }

void conversation::mind::on(const owner_hangs_up&) {
  if (at == phase::ending || !known->ended.empty())
    return;
  end({}, "the owner ended the call");
}

void conversation::mind::on(const owner_transfers& e) {
  const auto& allowed = about->transfers;
  bool is_allowed = std::find(allowed.begin(), allowed.end(), e.to) != allowed.end();
  if (!is_allowed || !is_open || at == phase::ending || !known->ended.empty())
    return;
  end("One moment, please. I am connecting you.", "handed over");
  add(speaker::system, "connected to " + e.to.masked());
  closing = connect{e.to};
}

} // namespace ringmaster::talk
