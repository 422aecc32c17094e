// What the other end says, presses or does not say.

#include <algorithm>
#include <utility>

#include "domain/conversation_mind.hpp"
#include "domain/speech_letters.hpp"
#include "domain/speech_parts.hpp"
#include "domain/text.hpp"

namespace ringmaster::talk {

namespace {

constexpr std::size_t words_characters_most = 4'000;
constexpr std::int32_t menus_most = 10;
constexpr std::int32_t screenings_most = 2;
/// Where the carrier does not tell the end of a greeting: silence for so long is one, and after
/// the second time no greeting is believed to go on.
constexpr milliseconds greeting_pause{5'000};
constexpr milliseconds greeting_most{45'000};

/// The group of keys for the n-th menu (from 0): "1,3,0".
std::string keys_for(std::string_view groups, std::int32_t n) {
  for (; n > 0 && !groups.empty(); --n) {
    auto comma = groups.find(',');
    groups = comma == std::string_view::npos ? std::string_view{} : groups.substr(comma + 1);
  }
  return std::string{trimmed(groups.substr(0, groups.find(',')))};
}

} // namespace

void conversation::mind::on(const words& e) {
  auto text = plain(e.text, words_characters_most);
  if (text.empty()) {
    if (in_turns())
      on(nothing{});
    return;
  }
  last_sound = now;
  if (!e.final)
    return;
  bool was_closed = !is_open && at == phase::closed;
  is_open = true;
  bool we_speak = voice_until > now;
  add(speaker::human, text);
  ++human_pieces;
  known->silences = 0;
  heard.push_back(text);
  if (at == phase::ending || !known->ended.empty())
    return heard_after_the_end(text);
  if (asks_to_stop(text)) {
    acts.insert(acts.begin(), suppress{text});
    known->opted_out = true;
    return end(
        "I understand. You will not be called again. I am sorry for the trouble. Goodbye.",
        "the other end wants no calls");
  }
  if (is_nearly_over())
    return tell_time_is_over();
  if (says_wrong_number(text)) {
    known->wrong_number = true;
    return end(
        "I am sorry, I have the wrong number. Please excuse the trouble. Goodbye.",
        "the wrong number");
  }
  if (was_closed)
    at = phase::listening;
  // "Mhm" while something is said or thought shows that somebody is there, and no more.
  bool is_heard_out = at == phase::thinking || (we_speak && !in_turns());
  if (is_heard_out && is_sign_of_life(text))
    return;
  note_prices(text);
  bool circles = goes_in_circles(text);
  if (answered_a_machine(text))
    return;
  if (circles)
    return end(
        "I am afraid we do not get further. Thank you, and goodbye.",
        "the same was said again and again");
  if (at == phase::asking)
    return asked_meanwhile(text);
  if (asks_to_hold(text)) {
    if (at == phase::holding) {
      closing = listen{about->numbers.hold_sign};
      return;
    }
    return begin_hold();
  }
  if (at == phase::holding) {
    count_hold();
    may_be_another = true;
  }
  said_goodbye = says_goodbye(text);
  if (!known->disclosed || must_meet) {
    greet();
    return hand_over();
  }
  think();
}

void conversation::mind::heard_after_the_end(const std::string& text) {
  if (asks_to_stop(text) && !known->opted_out) {
    acts.insert(acts.begin(), suppress{text});
    known->opted_out = true;
  }
  closing = hang_up{known->ended};
}

bool conversation::mind::is_sign_of_life(const std::string& text) const {
  if (is_backchannel(text))
    return true;
  return opening_is_spoken && voice_until > now && is_greeting(text);
}

bool conversation::mind::goes_in_circles(const std::string& text) {
  auto letters = letters_of(text);
  heard_again = letters == last_heard_letters ? heard_again + 1 : 1;
  last_heard_letters = std::move(letters);
  last_heard = text;
  // "Yes" answers many questions in a row.
  constexpr std::size_t short_answer = 3;
  auto most = about->numbers.repeats_most * (spoken_words(text).size() < short_answer ? 2 : 1);
  return heard_again >= most;
}

void conversation::mind::note_prices(const std::string& text) {
  auto prices = prices_in(text);
  if (prices.empty() && asked_for_price) {
    auto currency = brief().may_accept ? brief().may_accept->currency : std::string{"USD"};
    if (auto bare = bare_price_in(text, currency))
      prices.push_back(*bare);
  }
  if (prices.empty()) {
    // A price that the assistant asked for, and a yes to it.
    if (countered && agrees(text))
      table = countered;
    return;
  }
  // "95 and 20 for the parts": the bigger one is at stake, unless the later one replaces it.
  table = prices.back();
  if (!corrects(text))
    for (const auto& p : prices)
      if (compare(p, *table) != std::strong_ordering::less)
        table = p;
}

// -- machines -------------------------------------------------------------------------------------

listener conversation::mind::judged(const std::string&) {
  constexpr std::int32_t settled = 2;
  if (known->who == listener::human && human_pieces > settled && !may_be_another)
    return listener::human;
  may_be_another = false;
  auto who = judge({known->detected, heard, milliseconds{0}});
  return who == listener::silence ? listener::unknown : who;
}

bool conversation::mind::answered_a_machine(const std::string& text) {
  auto before = known->who;
  known->who = judged(text);
  switch (known->who) {
  case listener::fax:
    end({}, "a fax answered");
    return true;
  case listener::voicemail:
    if (before == listener::voicemail && at == phase::greeted) {
      // Still the greeting.
      message_at = std::min(now + greeting_pause, message_latest);
      closing = listen{greeting_pause};
    } else {
      meet_voicemail();
    }
    return true;
  case listener::menu:
    meet_menu(text);
    return true;
  case listener::screening:
    meet_screening();
    return true;
  default:
    break;
  }
  bool was_machine = before == listener::menu || before == listener::screening;
  must_meet = must_meet || was_machine;
  return false;
}

void conversation::mind::meet_voicemail() {
  stop_thinking();
  if (about->how.on_voicemail == machine_action::hang_up)
    return end({}, "a voicemail answered");
  if (may_leave_message(known->detected))
    return leave_message();
  if (at != phase::greeted)
    message_latest = now + greeting_most;
  at = phase::greeted;
  message_at = std::max(now, voice_until) + greeting_pause;
  closing = listen{greeting_pause};
}

void conversation::mind::leave_message() {
  const auto& b = brief();
  auto text = about->how.message;
  if (trimmed(text).empty())
    text = b.words.voicemail;
  if (trimmed(text).empty())
    text = opening();
  if (!b.disclosure.empty() && text.find(b.disclosure) == std::string::npos)
    text = b.disclosure + " " + text;
  speak(text, false);
  known->disclosed = true;
  known->message_left = true;
  end({}, "a message was left");
}

void conversation::mind::meet_menu(const std::string& text) {
  stop_thinking();
  // A machine was told who calls, if anything; the person behind it was not.
  known->disclosed = false;
  must_meet = true;
  heard.clear();
  if (about->how.on_menu == menu_action::hang_up)
    return end({}, "a menu answered");
  if (++known->menus > menus_most)
    return end({}, "the menus had no end");
  std::string digits;
  if (!about->how.menu_keys.empty()) {
    digits = keys_for(about->how.menu_keys, known->menus - 1);
  } else {
    const auto& b = brief();
    for (auto purpose :
         {std::string_view{b.so_far.goal}, std::string_view{b.about.title},
          std::string_view{b.about.instruction}})
      if (auto key = purpose.empty() ? std::nullopt : choose_key(text, purpose)) {
        digits = *key;
        break;
      }
    if (digits.empty())
      if (auto key = choose_key(text, "speak to someone"))
        digits = *key;
  }
  if (digits.empty())
    return end({}, "no key of the menu fits");
  keys_pressed += digits.size();
  acts.push_back(press{digits});
  add(speaker::system, "pressed " + digits);
  last_sound = now;
  hand_over();
}

void conversation::mind::meet_screening() {
  stop_thinking();
  heard.clear();
  if (++screenings > screenings_most)
    return end({}, "the call was screened");
  speak(opening(), false);
  known->disclosed = true;
  must_meet = true; // the person behind it hears it, too
  hand_over();
}

// -- waiting --------------------------------------------------------------------------------------

void conversation::mind::begin_hold() {
  stop_thinking();
  at = phase::holding;
  hold_since = now;
  sign_at = now + about->numbers.hold_sign;
  if (known->held >= about->numbers.hold_most)
    return wait_on();
  closing = listen{about->numbers.hold_sign};
}

void conversation::mind::count_hold() {
  known->held += std::max(now - hold_since, milliseconds{0});
  hold_since = now;
}

void conversation::mind::wait_on() {
  const auto& most = about->numbers;
  if (now - hold_since + known->held >= most.hold_most)
    return end(
        "I am sorry, I cannot wait any longer. We will call again. Goodbye.", "held too long");
  closing = listen{std::min(most.hold_sign, most.hold_most - known->held - (now - hold_since))};
  if (now < sign_at)
    return;
  sign_at = now + most.hold_sign;
  speak("I am still here.");
}

void conversation::mind::on(const nothing&) {
  is_open = true;
  if (at == phase::ending || !known->ended.empty()) {
    closing = hang_up{known->ended};
    return;
  }
  if (is_nearly_over())
    return tell_time_is_over();
  switch (at) {
  case phase::greeted:
    return leave_message();
  case phase::holding:
    return wait_on();
  case phase::asking:
    return be_patient();
  case phase::thinking:
    return;
  default:
    return wonder_at_silence();
  }
}

void conversation::mind::wonder_at_silence() {
  at = phase::listening;
  last_sound = now;
  if (known->who == listener::menu) {
    // Nobody is there who could be asked; a line that stays silent leads nowhere.
    if (++menu_silences > 2 * about->numbers.silences_most)
      return end({}, "nothing came after the menu");
    return hand_over();
  }
  if (known->who == listener::unknown && human_pieces == 0) {
    auto who = judge({known->detected, heard, about->numbers.silence_after});
    if (who == listener::voicemail) {
      known->who = who;
      return meet_voicemail();
    }
  }
  if (++known->silences > about->numbers.silences_most) {
    if (human_pieces == 0)
      known->who = listener::silence;
    return end("I cannot hear anybody. Goodbye.", "nobody spoke");
  }
  if (!known->disclosed || must_meet) {
    greet();
    return hand_over();
  }
  speak(known->silences == 1 ? "Are you still there?" : "Hello, can you hear me?");
  hand_over();
}

void conversation::mind::on(const keys& e) {
  std::string digits;
  constexpr std::size_t most = 32;
  for (char c : e.digits)
    if (digits.size() < most && ((c >= '0' && c <= '9') || c == '*' || c == '#'))
      digits += c;
  if (digits.empty()) {
    if (in_turns())
      on(nothing{});
    return;
  }
  last_sound = now;
  is_open = true;
  known->silences = 0;
  add(speaker::system, "the other end pressed " + digits);
  if (at == phase::ending || !known->ended.empty()) {
    closing = hang_up{known->ended};
    return;
  }
  if (is_nearly_over())
    return tell_time_is_over();
  if (at == phase::asking)
    return be_patient();
  if (at == phase::holding)
    count_hold();
  if (!known->disclosed || must_meet) {
    greet();
    return hand_over();
  }
  think();
}

} // namespace ringmaster::talk
