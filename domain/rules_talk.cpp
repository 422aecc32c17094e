// A live turn by rules: what is heard is a person's words and nothing else, whatever they demand.

#include "domain/rules_talk.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "domain/listener.hpp"
#include "domain/text.hpp"

namespace ringmaster::rules {

namespace {

using talk::spoken;

/// What the assistant says while it waits: behind it the same words are still to be answered.
constexpr auto fillers = std::to_array<std::string_view>({
    "Take your time.",
    "One moment, please.",
    "One more moment, please.",
    "Let me see.",
    "Just a second, please.",
    "I have to ask the person I am calling for.",
    "I am still waiting for an answer.",
    "It will not take much longer.",
    "Of course, I will hold.",
    "Are you still there?",
    "Hello, are you still there?",
    "Hello, can you hear me?",
    "Thank you for your patience.",
    "Thank you for waiting.",
});

bool is_filler(std::string_view text) {
  text = trimmed(text);
  for (bool found = true; found && !text.empty();) {
    found = false;
    for (auto f : fillers)
      if (text.starts_with(f)) {
        text = trimmed(text.substr(f.size()));
        found = true;
      }
  }
  return text.empty();
}

bool is_hostile(const spoken& s) {
  return s.has(
      {"idiot|idiots|moron|morons|stupid|bastard|bastards|asshole|assholes|bitch|jerk",
       "fuck|fucking|fucker", "bullshit|shit", "scammer|scammers|scam", "go to hell", "shut up",
       "piss off", "get lost", "screw you", "drop dead", "fraud", "go away", "i hate you"});
}

/// "Uh", "let me see", "well, the earliest would be": more will come.
bool is_fragment(const dialogue& d) {
  const auto& s = d.words;
  if (s.count() == 0)
    return !d.heard.empty();
  auto text = trimmed(d.heard);
  bool trails = text.ends_with("...") || text.ends_with("\xe2\x80\xa6") || text.ends_with(',') ||
                text.ends_with('-');
  bool stops = text.ends_with('.') || text.ends_with('!') || text.ends_with('?');
  auto last = s.size();
  while (last > 0 && s.is_end(last - 1))
    --last;
  bool hangs = s.is_one_of(
      last - 1, {"the", "a", "an", "and", "or", "at", "is", "our", "with", "but", "between",
                 "would", "so", "hmm", "well", "maybe", "then", "because"});
  auto small = s.count() <= 4 && s.has(
                                     {"let me see|think|look", "let us see", "hmm", "hm", "well",
                                      "now where", "where is it"});
  return small || (hangs && (!stops || trails)) ||
         (trails && s.count() <= 3 && !is_yes(s) && !is_no(s));
}

maybe call_again(const dialogue& d) {
  const auto& s = d.words;
  auto when = [&] {
    reader r{d.heard};
    std::string out;
    for (const auto& t : find_times(r, d.goal.dates))
      out += (out.empty() ? "" : ", ") + t.said.text;
    return out;
  };
  bool by_them = s.has(
      {"i|we|he|she|they|somebody|someone will call|phone|ring .. back", "call|phone you back",
       "get back to you"});
  bool by_us = s.has(
      {"call|phone|ring|try back|again|later|tomorrow|after|on|next",
       "call|phone|ring us|me|him|her|them back|again|later|tomorrow|after|on|next",
       "try .. again|later|tomorrow"});
  if (by_them)
    return utterance{
        "Thank you, I will pass that on. Goodbye.", "they will call back", {}, {}, false};
  if (!by_us || s.has({"not call", "did .. call", "do not need to call"}))
    return std::nullopt;
  auto text = when();
  return utterance{
      "All right, the call will be made again" + (text.empty() ? "" : ": " + text) +
          ". Thank you, goodbye.",
      "they asked to be called again" + (text.empty() ? "" : ": " + text),
      {},
      {},
      false};
}

/// What holds whatever the call is about.
maybe react(const dialogue& d) {
  if (talk::asks_to_stop(d.heard))
    return utterance{
        "I understand, and I will pass on that you want no more calls. Goodbye.",
        "they want no calls",
        {},
        {},
        false};
  if (talk::says_wrong_number(d.heard))
    return utterance{
        "I am sorry for the trouble. Goodbye.", "it was a wrong number", {}, {}, false};
  if (is_hostile(d.words))
    return utterance{
        "I am sorry for the trouble, and I will end the call here. Goodbye.",
        "they did not want to talk",
        {},
        {},
        false};
  if (is_fragment(d))
    return utterance{"Take your time.", {}, {}, {}, false};
  if (talk::asks_to_hold(d.heard))
    return utterance{"Of course, I will hold.", {}, {}, {}, true};
  return answer_about_call(d);
}

// -- the owner's whisper --------------------------------------------------------------------------

/// What a whisper adds to a turn; a wish like "rather Thursday" works through the matter instead.
maybe follow_whisper(const dialogue& d) {
  const auto& text = d.turn.said.whisper;
  spoken s{text};
  if (s.has(
          {"hang up", "end the call", "end this call", "stop the call", "say goodbye",
           "finish the call"}))
    return utterance{goodbye_of(d), "the owner asked to end the call", {}, {}, false};
  if (s.has({"decline|refuse", "say no", "do not accept|take|agree"}))
    return utterance{"I am sorry, my client would rather not do that.", {}, {}, {}, false};
  auto behind = [&](std::size_t words) {
    return said_for_owner([&] {
      auto rest = trimmed(text);
      for (std::size_t n = 0; n < words && !rest.empty(); ++n) {
        auto space = std::min(rest.find(' '), rest.size());
        rest = trimmed(rest.substr(space));
      }
      return rest;
    }());
  };
  if (s[0] == "ask") {
    bool has_whom = s.is_one_of(1, {"them", "him", "her"});
    auto rest = behind(has_whom ? 2 : 1);
    if (rest.starts_with("for "))
      return utterance{"I would like to ask " + rest + ".", {}, {}, {}, false};
    return utterance{"Could you tell me " + rest + "?", {}, {}, {}, false};
  }
  if (s.is_one_of(0, {"tell", "say", "mention"})) {
    auto words = std::size_t{s.is_one_of(1, {"them", "him", "her", "that"}) ? 2u : 1u};
    words += words == 2 && s[2] == "that" ? 1 : 0;
    return utterance{
        "My client would like you to know this: " + behind(words) + ".", {}, {}, {}, false};
  }
  return std::nullopt;
}

// -- a campaign's call ----------------------------------------------------------------------------

/// Sentences of the script that were not read yet, a few at a time.
std::string rest_of_script(const dialogue& d) {
  constexpr std::size_t most = 300;
  auto plain = [](std::string_view text) {
    std::string out;
    for (char c : text)
      if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
        out += c;
      else if (c >= 'A' && c <= 'Z')
        out += static_cast<char>(c - 'A' + 'a');
    return out;
  };
  std::string all;
  for (const auto& text : d.ours)
    all += plain(text);
  const auto& script = d.about.about.instruction;
  std::string out;
  for (std::size_t at = 0; at < script.size();) {
    auto end = script.find_first_of(".!?\n", at);
    end = end == std::string::npos ? script.size() : end + 1;
    while (end < script.size() && script[end] != ' ' && script[end] != '\n') // "3.50"
      end = std::min(script.find_first_of(".!?\n", end), script.size() - 1) + 1;
    std::string sentence{trimmed(std::string_view{script}.substr(at, end - at))};
    at = end;
    auto bare = plain(sentence);
    if (bare.empty() || all.find(bare) != std::string::npos)
      continue;
    if (!out.empty() && out.size() + sentence.size() > most)
      break;
    out += (out.empty() ? "" : " ") + sentence;
  }
  return out;
}

utterance announce(const dialogue& d) {
  if (d.heard.empty())
    return utterance{"Hello, are you still there?", {}, {}, {}, false};
  if (auto now = react(d))
    return *now;
  if (auto later = call_again(d))
    return *later;
  if (talk::says_goodbye(d.heard))
    return {"Thank you. Goodbye.", "they said goodbye", {}, {}, false};
  if (auto fact = is_question(d) ? business_fact(d) : std::string{}; !fact.empty())
    return {fact, {}, {}, {}, false};
  if (auto facts = answer_with_facts(d))
    return *facts;
  bool greets = d.words.count() <= 3 &&
                d.words.is_one_of(0, {"hello", "hi", "hey", "yes", "okay", "speaking"});
  auto rest = rest_of_script(d);
  if (!rest.empty() && (!is_question(d) || greets))
    return {rest, {}, {}, {}, false};
  if (auto unknown = greets ? maybe{} : answer_unknown_question(d))
    return *unknown;
  if (is_no(d.words))
    return {"I understand. Thank you for telling me, and goodbye.", "they said no", {}, {}, false};
  if (is_yes(d.words))
    return {"Thank you, I have noted that. Goodbye.", "they said yes", {}, {}, false};
  return {
      "Thank you, I have noted that and will pass it on. Goodbye.", "they answered", {}, {}, false};
}

// -- a task's call --------------------------------------------------------------------------------

utterance negotiate(const dialogue& d) {
  if (d.heard.empty()) {
    // Cut off, or the owner wants something said: where it stood is where it goes on.
    if (d.last.empty() || !d.said(d.goal.question))
      return {d.goal.question, {}, {}, {}, false};
    return {"Hello, are you still there?", {}, {}, {}, false};
  }
  if (auto now = react(d))
    return *now;
  bool leaves = talk::says_goodbye(d.heard);
  auto later = call_again(d);
  // "We will call you back, what is your number?"
  if (later && !is_question(d) && slots_in(d.heard, d.goal.dates).empty() == d.heard.empty())
    return *later;
  if (later && !answer_with_facts(d))
    return *later;
  auto next = pursue(d);
  if (leaves && (!next || next->end.empty()))
    return {goodbye_of(d), "they said goodbye", {}, {}, false};
  if (next)
    return *next;
  const std::string lost = "I am sorry, I did not quite understand that. ";
  if (!d.said(lost))
    return {lost + d.goal.question, {}, {}, {}, false};
  return {
      "I have noted that and will pass it on. " + goodbye_of(d),
      "they were not understood",
      {},
      {},
      false};
}

utterance press_on(const dialogue& d) {
  auto purpose = d.goal.purpose + " " + d.about.so_far.goal + " " + d.about.about.instruction;
  if (auto key = talk::choose_key(d.heard, purpose))
    return {{}, {}, std::string(1, *key), {}, false};
  return {"Goodbye.", "the menu had no fitting key", {}, {}, false};
}

} // namespace

dialogue::dialogue(const assistant::turn& t)
    : turn(t), about(*t.about), goal(matter_of(*t.about)), words(std::string_view{}) {
  constexpr std::size_t heard_most = 2'000;
  for (const auto& piece : t.said.so_far) {
    if (piece.who == talk::speaker::human) {
      theirs.push_back(piece.text);
      heard += (heard.empty() ? "" : " ") + piece.text;
    } else if (piece.who == talk::speaker::assistant) {
      ours.push_back(piece.text);
      if (is_filler(piece.text))
        continue;
      last = piece.text;
      heard.clear();
    }
  }
  // "Let me see... um" is over once something else follows.
  if (heard.size() > heard_most) {
    auto from = heard.find(' ', heard.size() - heard_most);
    heard.erase(0, from == std::string::npos ? heard.size() - heard_most : from + 1);
  }
  words = spoken{heard};
  if (!t.said.whisper.empty()) {
    auto wish = wished_in(t.said.whisper, goal.dates, false);
    if (!wish.days.empty() || !wish.hours.empty() || !wish.bounds.empty() || wish.ideal)
      goal.soft = std::move(wish);
  }
}

bool dialogue::said(std::string_view part) const { return times_said(part) > 0; }

int dialogue::times_said(std::string_view part) const {
  return part.empty()
             ? 0
             : static_cast<int>(std::count_if(ours.begin(), ours.end(), [&](const auto& text) {
                 return text.find(part) != std::string::npos;
               }));
}

utterance converse(const dialogue& d) {
  if (d.turn.said.who == talk::listener::menu && !d.heard.empty())
    return press_on(d);
  auto next = d.about.of_task ? negotiate(d) : announce(d);
  if (!d.turn.said.whisper.empty())
    if (auto wish = follow_whisper(d)) {
      bool alone = d.heard.empty() || !wish->end.empty() || !next.end.empty() || next.asks_owner ||
                   next.holds;
      next = alone ? *wish : utterance{next.text + " " + wish->text, {}, {}, {}, false};
    }
  // The same for the third time leads nowhere.
  auto same = std::count(d.ours.begin(), d.ours.end(), next.text);
  if (next.end.empty() && next.keys.empty() && !is_filler(next.text) && same >= 2)
    return {
        "I am afraid we do not get further; I will pass that on. Thank you, and goodbye.",
        "it led nowhere",
        {},
        {},
        false};
  return next;
}

} // namespace ringmaster::rules
