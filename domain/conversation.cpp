// One event after the other: dispatch, bookkeeping, notes and the alarm clock.

#include "domain/conversation.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "domain/conversation_mind.hpp"
#include "domain/speech_letters.hpp"
#include "domain/text.hpp"

namespace ringmaster::talk {

conversation::conversation(
    std::shared_ptr<const facts> about, memory known, std::vector<segment> so_far)
    : about_(std::move(about)), known_(std::move(known)), pieces_(std::move(so_far)),
      mind_(std::make_shared<mind>(*about_)) {
  auto& m = *mind_;
  m.noted = known_;
  // What was said before counts for what may be said after: a value may not be told in two halves.
  constexpr std::size_t look_back = 4;
  for (auto n = pieces_.size() - std::min(look_back, pieces_.size()); n < pieces_.size(); ++n) {
    const auto& p = pieces_[n];
    if (p.who == speaker::assistant) {
      (void)m.filter.push(p.text);
      (void)m.filter.finish();
    }
  }
  for (const auto& p : pieces_)
    if (p.who == speaker::human) {
      ++m.human_pieces;
      if (known_.who != listener::menu && known_.who != listener::screening)
        m.heard.push_back(p.text);
    }
  m.wants_turn = !pieces_.empty() && pieces_.back().who == speaker::human;
  m.must_meet = !known_.disclosed;
}

std::vector<act> conversation::take(const event& what, milliseconds at) {
  if (over_)
    return {};
  auto& m = *mind_;
  m.begin(*about_, known_, pieces_, at);
  std::visit([&](const auto& e) { m.on(e); }, what);
  over_ = std::holds_alternative<line_over>(what);
  return m.finish();
}

conversation::mind::mind(const facts& about) : filter(about.forbidden) {}

void conversation::mind::begin(
    const facts& of, memory& what, std::vector<segment>& all, milliseconds when) {
  about = &of;
  known = &what;
  pieces = &all;
  now = std::max(now, when);
  acts.clear();
  closing.reset();
  changed.clear();
}

const assistant::live_brief& conversation::mind::brief() const {
  static const assistant::live_brief nothing;
  return about->brief ? *about->brief : nothing;
}

/// Parts of a turn that follow each other become one.
void conversation::mind::join_what_is_said() {
  std::vector<act> joined;
  joined.reserve(acts.size());
  for (auto& a : acts) {
    auto* next = std::get_if<say>(&a);
    auto* before = joined.empty() ? nullptr : std::get_if<say>(&joined.back());
    bool fits = next && before && next->turn == before->turn && !before->last &&
                next->interruptible == before->interruptible;
    if (fits) {
      before->text += next->text;
      before->last = next->last;
    } else {
      joined.push_back(std::move(a));
    }
  }
  acts = std::move(joined);
}

std::vector<act> conversation::mind::finish() {
  join_what_is_said();
  if (in_turns() && closing && std::holds_alternative<listen>(*closing)) {
    // The number of the turn is the number of the document: each is given out once.
    if (known->turn == listened_turn)
      ++known->turn;
    listened_turn = known->turn;
  }
  if (!changed.empty() || noted != *known) {
    note n;
    for (auto number : changed) {
      auto piece = (*pieces)[static_cast<std::size_t>(number) - 1];
      piece.text = std::string{trimmed(piece.text)};
      n.pieces.push_back(std::move(piece));
    }
    n.now = *known;
    noted = *known;
    acts.push_back(std::move(n));
  }
  auto wanted = due();
  std::pair key{at, turn.id};
  // An alarm that only moves away need not be set again: it is looked at when it rings.
  bool rings_early = armed && wanted && *armed > now && *armed <= *wanted && armed_for == key;
  if (wanted != armed && !rings_early) {
    acts.push_back(wake{wanted.value_or(milliseconds{-1})});
    armed = wanted;
    armed_for = key;
  }
  if (in_turns() && closing)
    acts.push_back(std::move(*closing));
  else if (
      closing && !std::holds_alternative<listen>(*closing) &&
      !std::holds_alternative<hold_the_line>(*closing))
    acts.push_back(std::move(*closing));
  return std::exchange(acts, {});
}

void conversation::mind::add(speaker who, std::string text) {
  segment s;
  s.n = static_cast<std::int32_t>(pieces->size()) + 1;
  s.who = who;
  auto begin = now;
  if (who == speaker::human)
    begin = std::max(now - std::min(now, speaking_time(text)), milliseconds{0});
  if (!pieces->empty())
    begin = std::max(begin, milliseconds{pieces->back().start_ms});
  s.start_ms = static_cast<std::int32_t>(begin.count());
  s.end_ms = static_cast<std::int32_t>(std::max(begin, now).count());
  if (who == speaker::human)
    s.mood = read_sentiment(text);
  s.text = std::move(text);
  changed.insert(s.n);
  pieces->push_back(std::move(s));
}

bool conversation::mind::is_nearly_over() const {
  return now + goodbye_time >= about->numbers.time_most;
}

void conversation::mind::tell_time_is_over() {
  end("I am sorry, I have to end the call now. Thank you, and goodbye.", "the time is over");
}

// -- the alarm clock ------------------------------------------------------------------------------

std::optional<milliseconds> conversation::mind::due() const {
  const auto& most = about->numbers;
  if (!known->ended.empty() || at == phase::ending)
    return std::nullopt;
  if (!is_open)
    return at == phase::closed && pieces->empty() ? std::nullopt
                                                  : std::optional{most.time_most - goodbye_time};
  auto next = most.time_most - goodbye_time;
  auto also = [&](milliseconds when) { next = std::min(next, when); };
  switch (at) {
  case phase::thinking:
    if (!turn.has_said && !turn.filler_said)
      also(turn.asked_at + most.filler_after);
    also(std::max(turn.asked_at, turn.last_text) + most.thought_most);
    break;
  case phase::asking:
    also(phrase_at);
    also(asked_at + most.owner_patience);
    break;
  case phase::holding:
    if (!in_turns())
      also(sign_at);
    also(hold_since + most.hold_most - std::min(known->held, most.hold_most));
    break;
  case phase::listening:
    if (!in_turns())
      also(std::max(voice_until, last_sound) + most.silence_after);
    break;
  case phase::greeted:
    if (!in_turns())
      also(message_at);
    break;
  case phase::closed:
  case phase::ending:
    break;
  }
  return std::max(next, milliseconds{0});
}

void conversation::mind::on(const awake&) {
  armed.reset();
  if (at == phase::ending || !known->ended.empty())
    return;
  if (is_nearly_over())
    return tell_time_is_over();
  if (!is_open)
    return;
  const auto& most = about->numbers;
  switch (at) {
  case phase::thinking:
    if (now >= std::max(turn.asked_at, turn.last_text) + most.thought_most) {
      acts.push_back(forget{});
      turn.is_over = true;
      return fail();
    }
    if (in_turns() || now >= turn.asked_at + most.filler_after)
      say_filler();
    return;
  case phase::asking:
    return be_patient();
  case phase::holding:
    return wait_on();
  case phase::listening:
    if (!in_turns() && now >= std::max(voice_until, last_sound) + most.silence_after)
      wonder_at_silence();
    return;
  case phase::greeted:
    if (!in_turns() && now >= message_at)
      leave_message();
    return;
  case phase::closed:
  case phase::ending:
    return;
  }
}

// -- the line -------------------------------------------------------------------------------------

void conversation::mind::on(const line_open&) {
  is_open = true;
  last_sound = now;
  voice_until = std::max(voice_until, now);
  if (!known->ended.empty() || at == phase::ending) {
    closing = hang_up{known->ended};
    at = phase::ending;
    return;
  }
  if (is_nearly_over())
    return tell_time_is_over();
  if (known->who == listener::unknown && !known->detected.empty())
    known->who = judge({known->detected, heard, milliseconds{0}});
  if (known->who == listener::fax)
    return end({}, "a fax answered");
  if (known->who == listener::voicemail)
    return known->message_left ? end({}, "a message was left") : meet_voicemail();
  if (known->who == listener::menu) {
    at = phase::listening;
    closing = listen{about->numbers.silence_after};
    return;
  }
  if (!known->disclosed) {
    greet();
    return hand_over();
  }
  speak("I am sorry, we were cut off.");
  if (open_question()) {
    at = phase::asking;
    asked_at = now;
    phrase_at = now + about->numbers.owner_phrase;
    closing = hold_the_line{};
    return;
  }
  if (std::exchange(wants_turn, false))
    return think();
  hand_over();
}

void conversation::mind::on(const line_lost&) {
  if (at == phase::ending)
    return;
  wants_turn = wants_turn || at == phase::thinking || at == phase::asking;
  stop_thinking();
  if (at == phase::holding)
    count_hold();
  (void)filter.finish();
  is_open = false;
  at = phase::closed;
}

void conversation::mind::on(const line_over&) {
  if (turn.is_running)
    acts.push_back(forget{});
  turn.is_running = false;
  if (at == phase::holding)
    count_hold();
  close_open_question();
  if (known->who == listener::unknown && human_pieces == 0 && known->disclosed)
    known->who = judge({known->detected, heard, std::max(now - last_sound, milliseconds{0})});
  is_open = false;
  at = phase::ending;
  closing.reset();
  noted.reset(); // the last note is written whatever has changed
}

void conversation::mind::on(const detected& e) {
  auto word = plain(e.word, 64);
  if (word.empty())
    return;
  known->detected = word;
  if (at == phase::ending || !known->ended.empty())
    return;
  // The words weigh more; who has talked with us is no machine because a carrier says so.
  if (known->who == listener::human && human_pieces >= 2)
    return;
  if (known->who == listener::menu || known->who == listener::screening)
    return;
  auto before = known->who;
  auto who = judge({known->detected, heard, milliseconds{0}});
  known->who = who;
  if (!is_open || (at == phase::greeted && who == listener::voicemail && !may_leave_message(word)))
    return;
  if (who == listener::fax)
    return end({}, "a fax answered");
  if (who == listener::voicemail)
    return meet_voicemail();
  if (before == listener::voicemail && at == phase::greeted) {
    // A person after all.
    if (!known->disclosed || must_meet)
      greet();
    hand_over();
  }
}

} // namespace ringmaster::talk
