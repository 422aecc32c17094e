// Who picked up, and what binds at once: by tables of phrases.

#include "domain/listener.hpp"

#include <algorithm>

#include "domain/listener_menu.hpp"
#include "domain/spoken.hpp"
#include "domain/words.hpp"

namespace ringmaster::talk {

namespace {

constexpr auto listeners =
    vocabulary_of<listener>("unknown", "human", "voicemail", "menu", "screening", "fax", "silence");
static_assert(listeners.words.size() == static_cast<std::size_t>(listener::silence) + 1);

constexpr std::chrono::milliseconds silence_least{8'000}; ///< then nobody is there

// -- what a single utterance is -------------------------------------------------------------------

/// A tone is announced: what speaks records what follows.
bool names_tone(const spoken& s) {
  return s.has(
      {"after|at|following the? short? tone|beep|signal", "hear the? tone|beep",
       "record your? message", "wait for the tone|beep", "tone|beep to leave|record"});
}

/// "Would you like to leave a message?": only a person asks so.
bool offers_to_note(const spoken& s) {
  return s.has(
      {"would|do|did you want|care|wish|like to leave", "would you leave",
       "can|may|could|shall i take a message", "take a message", "want me to"});
}

bool is_greeting_of_machine(const spoken& s) {
  if (names_tone(s))
    return true;
  if (offers_to_note(s))
    return false;
  return s.has(
      {"leave me|us? a|your .. message",
       "leave your .. name",
       "leave your .. number",
       "leave a|your? voicemail",
       "leave a .. message",
       "reached the? .. voicemail|mailbox|voicemailbox",
       "reached .. voice mail",
       "the|this|his|her|my|our mailbox|voicemail is",
       "mailbox is full",
       "voice mailbox",
       "voice messaging system",
       "automatic|automated voice message",
       "forwarded to .. voice|voicemail|messaging",
       "can|could not come|get to the phone",
       "can not take your call",
       "unable to take your call",
       "not available to take your call",
       "missed your call",
       "i will get back to you as soon",
       "we will get back to you as soon",
       "will return your call",
       "person you are .. is not available",
       "person you have called is",
       "number you have dialed is not",
       "office is .. closed .. call back|again"});
}

bool asks_for_name_first(const spoken& s) {
  return s.has(
      {"state|say|record your name and|before|after|so|then", "state your name",
       "say your name after|at|when|now", "name and .. reason for .. call|calling and i",
       "call screening", "screening service|assistant|calls", "using a? .. screening",
       "your name and why you are calling", "see if this|that|the person is available",
       "record your name", "will try to connect you", "tell me .. name .. reason .. see if"});
}

bool is_menu(const spoken& s) {
  return !keys_in(s).empty() ||
         s.has(
             {"menu options have", "listen .. to the following options", "following menu",
              "main menu", "our menu has", "options have .. changed", "your? party's? extension",
              "enter the? .. extension", "how can i help you today you can say",
              "in a few words tell"});
}

bool is_person(const spoken& s) {
  return s.has(
      {"how can|may i .. help",
       "how can|may i direct",
       "can|may i help you",
       "who is this",
       "who is calling",
       "who are you",
       "who am i speaking",
       "what is this .. about|regarding",
       "what do you want",
       "what can i do for you",
       "this is .. speaking",
       "speaking ?",
       "speaking .",
       "can you hear me",
       "are you there",
       "is anybody|anyone there",
       "sorry i was",
       "i am here",
       "what did you say",
       "say that again",
       "are you a .. robot|machine|computer",
       "take a message",
       "like to leave a message",
       "want to leave a message"});
}

/// "Hello?", "yes, speaking", "sure": what only somebody who is there says.
bool is_short_answer(const spoken& s) {
  return s.count() <= 6 &&
         s.is_one_of(
             0, {"hello", "hi", "hey", "yes", "no", "sure", "okay", "what", "who", "sorry",
                 "speaking", "alright", "right", "huh", "pardon", "why"});
}

enum class hint { none, person, voicemail, menu, screening };

hint hint_of(const spoken& s) {
  if (asks_for_name_first(s))
    return hint::screening;
  if (names_tone(s))
    return hint::voicemail;
  if (is_menu(s))
    return hint::menu;
  if (is_greeting_of_machine(s))
    return hint::voicemail;
  return is_person(s) || is_short_answer(s) ? hint::person : hint::none;
}

bool is_machine_word(std::string_view detected) { return detected.starts_with("machine"); }

} // namespace

std::string_view to_string(listener l) { return listeners[l]; }
std::optional<listener> parse_listener(std::string_view text) { return listeners.find(text); }

listener judge(const impression& of) {
  auto verdict = listener::unknown;
  bool spoke = false;
  for (const auto& utterance : of.heard) {
    spoken s{utterance};
    if (s.count() == 0)
      continue;
    spoke = true;
    switch (hint_of(s)) {
    case hint::screening:
      verdict = listener::screening;
      break;
    case hint::voicemail:
      verdict = listener::voicemail;
      break;
    case hint::menu:
      verdict = listener::menu;
      break;
    case hint::person:
      verdict = listener::human;
      break;
    case hint::none: {
      // A machine goes on with its text, and may be slow; the one behind a screening is a person
      // as soon as it says anything else than to wait.
      bool is_first = verdict == listener::unknown;
      bool greets = s.has({"you have reached", "thank you for calling", "this is the"});
      if (is_first && greets && is_machine_word(of.detected))
        verdict = listener::voicemail;
      else if (is_first || (verdict == listener::screening && !asks_to_hold(utterance)))
        verdict = listener::human;
      break;
    }
    }
  }
  if (spoke)
    return verdict;
  if (of.detected == "fax")
    return listener::fax;
  if (is_machine_word(of.detected))
    return listener::voicemail;
  if (of.detected == "human")
    return listener::human;
  return of.silent_for >= silence_least ? listener::silence : listener::unknown;
}

bool may_leave_message(std::string_view detected) {
  return detected == "machine_end_beep" || detected == "machine_end_silence" ||
         detected == "machine_end_other";
}

// -- what binds at once ---------------------------------------------------------------------------

namespace {

/// "One moment", as long as no answer follows it in the same breath.
bool is_wait(const spoken& s, std::size_t i, std::size_t length) {
  auto end = i + length;
  auto last = s[end - 1];
  if (last == "moment" || last == "second" || last == "sec" || last == "minute" || last == "min" ||
      last == "hold") {
    if (s.is_one_of(
            i - 1, {"have", "got", "takes", "take", "only", "within", "last", "spare", "not", "at",
                    "had", "for", "is", "been"}) &&
        !s.is_one_of(i - 1, {"is"}))
      return false;
    if (!s.is_end(end) &&
        !s.is_one_of(end, {"while", "let",  "i",     "okay",  "sir",    "madam",   "and",
                           "for",   "here", "now",   "thank", "thanks", "to",      "till",
                           "until", "so",   "sorry", "we",    "on",     "alright", "be"}))
      return false;
  }
  if (s.is_one_of(i - 1, {"not", "never", "to"}) && !s.is_one_of(i - 1, {"to"}))
    return false;
  if (s[i] == "hold" && s.is_one_of(i - 1, {"a", "the", "to"}))
    return false;
  // What follows is an answer or a question: nobody waits then.
  for (auto k = end; k < s.size(); ++k) {
    if (s[k] == "?" || key_at(s, k))
      return false;
    if (s.is_end(k - 1) && s.is_one_of(
                               k, {"who", "what", "when", "why", "how", "which", "yes", "no",
                                   "okay", "hello", "it", "there"}))
      return false;
    if (s.fits(k, "we|i have|got|found|see") ||
        s.fits(k, "who|what|why|how|which is|are|was|do|did") || s.fits(k, "it|that is") ||
        (k == end && s.is_one_of(k, {"who", "what", "why", "which"})))
      return false;
    if (!s[k].empty() && s[k][0] >= '0' && s[k][0] <= '9')
      return false;
  }
  return true;
}

} // namespace

bool asks_to_hold(std::string_view heard) {
  spoken s{heard};
  for (std::size_t i = 0; i < s.size(); ++i)
    for (auto pattern :
         {"hold on",
          "hang on",
          "hold the line|phone",
          "stay on the line|phone",
          "remain on the line",
          "bear with me|us",
          "one|1|a|another moment|second|sec|minute|min",
          "a|one|1 quick|short second|moment",
          "wait a|one|1 moment|second|sec|minute|min",
          "wait for me",
          "wait here",
          "hold for? a|one|1 moment|second|sec|minute|min",
          "can|could|would|will you wait",
          "i will be right|back back?",
          "be right back",
          "be right with you",
          "be with you in|shortly",
          "put|place|putting|placing you on? hold|through",
          "you are on hold",
          "your call is important",
          "agents|representatives|lines|operators are .. busy",
          "connect|transfer|connecting|transferring you",
          "let me check|ask|transfer|connect|look|find|grab|pull",
          "i will check|ask|find|look|go",
          "checking now"})
      if (auto n = s.fits(i, pattern); n > 0 && is_wait(s, i, n))
        return true;
  // "Hold", by itself: not "hold the pickles", not "can you hold the table".
  for (std::size_t i = 0; i < s.size(); ++i) {
    bool alone = s[i] == "hold" && s.is_end(i + 1) &&
                 (i == 0 || s.is_end(i - 1) ||
                  s.is_one_of(i - 1, {"you", "thanks", "okay", "sir", "madam", "sure"}));
    bool asked = s.fits(i, "can|could|would|will you hold") > 0 &&
                 (s.is_end(i + 3) || s.is_one_of(i + 3, {"for", "while"}));
    if (alone || (asked && !s.is_one_of(i + 4, {"us", "me", "the", "two", "three", "four"})))
      return true;
    if (s[i] == "wait" && s.is_end(i + 1) && (i == 0 || s.is_end(i - 1)))
      return true;
  }
  return false;
}

namespace {

/// "Stop calling" is not meant in "don't stop calling me back", but in "if you don't stop calling".
bool is_turned(const spoken& s, std::size_t i) {
  if (s.is_one_of(i - 1, {"not", "never"}))
    return !(s.is_one_of(i - 3, {"you"}) && s.is_one_of(i - 4, {"if", "unless", "until"}));
  return s[i - 1] == "to" &&
         (s.fits(i - 3, "not want to") > 0 || s.fits(i - 4, "not want you to") > 0 ||
          s.fits(i - 3, "not mean to") > 0 || s.fits(i - 3, "not have to") > 0);
}

/// "Do not call me" is a wish; "if you do not call me by five", "I do not call you" and "do not
/// call us before nine" are none.
bool forbids_calls(const spoken& s) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    // "Would you not ring this number?"
    auto asks =
        s.fits(i, "would|could|can|will you not|never ever? call|phone|ring|contact|bother|dial");
    auto n = std::max(
        {s.fits(i, "do not|never ever? call|phone|ring|contact|bother|dial"),
         s.fits(i, "never ever? call|phone|ring|contact|bother|dial"), asks});
    if (n == 0)
      continue;
    if (asks > 0 && !s.fits(i + n, "me|us|here|again|ever") && !s.fits(i + n, "any more") &&
        !s.fits(i + n, "this|my|our number|phone|line|house|home|place|office|any"))
      continue;
    if (s.is_one_of(
            i - 1,
            {"i", "we", "they", "he", "she", "who", "people", "customers", "have", "has", "had"}))
      continue;
    if (s[i - 1] == "you" && s.is_one_of(i - 2, {"if", "when", "that", "since", "because", "as"}))
      continue;
    auto k = i + n;
    if (s.fits(k, "me|us|him|her|here|back|this|my|our|the"))
      k += s.fits(k, "this|my|our|the") ? 2 : 1;
    if (s[k] == "back")
      ++k;
    // "Could you not call me back?" wants to be called.
    if (asks > 0 && (s[k - 1] == "back" ||
                     s.is_one_of(k, {"for", "instead", "first", "directly", "from", "about"})))
      continue;
    // A time or a way, not a refusal of every call.
    if (s.is_one_of(k, {"before",  "after", "until", "between", "today", "tonight", "tomorrow",
                        "during",  "so",    "now",   "unless",  "if",    "too",     "later",
                        "earlier", "past",  "a",     "doctor",  "dr",    "mr",      "mrs"}))
      continue;
    if (s.is_one_of(k, {"on", "at", "in"}) &&
        !s.is_one_of(k + 1, {"this", "my", "work", "home", "all", "our", "here"}))
      continue;
    return true;
  }
  return false;
}

} // namespace

bool asks_to_stop(std::string_view heard) {
  spoken s{heard};
  if ((s.fits(0, "stop") || s.fits(0, "stop it")) && s.count() <= 2)
    return true;
  for (std::size_t i = 0; i < s.size(); ++i) {
    bool stop = s.fits(
                    i, "stop|quit|cease "
                       "calling|phoning|ringing|bothering|contacting|harassing|texting|dialing|"
                       "pestering") ||
                s.fits(i, "stop|end these|the|your|all .. calls") ||
                s.fits(i, "lose|delete|forget|erase my|this|our number") ||
                s.fits(i, "leave me|us alone") || s.fits(i, "opt me|us? out") ||
                s.fits(i, "unsubscribe") ||
                s.fits(i, "take|remove|get|strike|scratch me|us off|from") ||
                s.fits(i, "take|remove|delete|strike my|this|our number|name") ||
                s.fits(i, "put|add me|us|this .. do not call") ||
                s.fits(i, "on|to your|the do not call list");
    // "Can you take me off hold?", "take my name down", "remove my name from the waiting list".
    bool other = s.has(
        {"off hold", "off .. speaker", "take my|this|our name|number down", "take my|our name for",
         "waiting list", "wait list", "waitlist"});
    if (stop && !is_turned(s, i) &&
        !(other && s.is_one_of(i, {"take", "get", "remove", "put", "add"})))
      return true;
  }
  if (forbids_calls(s))
    return true;
  return s.has(
      {"not to call|phone|ring|contact me|us|here|again|this|back|any", "no more calls",
       "no more of? these|your calls", "not want any|these|your|more|further|such .. calls",
       "not want you to call|phone|contact|ring", "not want you calling|phoning|contacting",
       "not want to be called|contacted|phoned", "not want to get|receive|have .. calls",
       "not call again", "not call here", "do not ever call", "told you .. not to call",
       "rather|prefer if? you do|did not call|phone|ring|contact me|us|here|again|any",
       "rather|prefer if? you do|did not call|phone|ring|contact this|my|our number"});
}

bool says_wrong_number(std::string_view heard) {
  spoken s{heard};
  for (auto i = s.find({"wrong number|person"}); i < s.size();
       i = s.find({"wrong number|person"}, i + 1)) {
    bool turned = s.is_one_of(i - 1, {"not"}) || s.is_one_of(i - 2, {"not"}) ||
                  s.has({"is|was not a|the wrong"});
    bool ours = s.fits(i - 3, "gave|give|giving you|him|her|them the|a") ||
                s.fits(i - 4, "do|did i have|dial|call the|a") ||
                s.fits(i - 3, "i dialed|called|had the|a") ||
                s.fits(i - 4, "i have dialed|called the|a");
    bool asked =
        (s.fits(i - 3, "is|was this|that|it the|a") || s.fits(i - 2, "is|was this|that")) &&
        s[i + 2] == "?";
    if (!turned && !ours && !asked)
      return true;
  }
  // "Not any more, she moved out last year": not a company that "moved out of that building".
  for (std::size_t i = 0; i < s.size(); ++i)
    if (auto n = s.fits(i, "he|she|they has|have|had? moved out|away");
        n > 0 && !s.is_one_of(i + n, {"of", "from", "to", "the", "with"}) &&
        s[s.size() - 1] != "?" &&
        !s.is_one_of(i - 1, {"if", "when", "until", "before", "after", "since", "that"}))
      return true;
  return s.has(
      {"nobody|none here? by|with|of that|this name",
       "no one here? by|with|of that|this name",
       "nobody here? named|called",
       "no one here? named|called",
       "nobody .. by that name",
       "no one .. by that name",
       "no such person|patient|customer here",
       "have dialed|called the? wrong|incorrectly",
       "you misdialed",
       "have misdialed",
       "you have the wrong",
       "you have got the wrong",
       "you got the wrong",
       "you called the wrong",
       "you dialed wrong",
       "does not live here",
       "do not live here",
       "not live|lives here any",
       "no longer lives here",
       "does not work here",
       "no longer works here",
       "there is nobody named|called",
       "there is no one named|called",
       "not have a number|person by that",
       "never heard of him|her|them|that person"});
}

bool says_goodbye(std::string_view heard) {
  spoken s{heard};
  std::size_t end = s.size();
  while (end > 0 && s.is_end(end - 1))
    --end;
  for (std::size_t i = 0; i < end; ++i)
    for (auto pattern :
         {"bye", "goodbye", "good bye", "bye bye",
          "have|enjoy a|an? "
          "nice|good|great|lovely|wonderful|pleasant|blessed|awesome|excellent|fantastic|beautiful "
          "day|evening|one|weekend|night|afternoon|morning|week|time",
          "have a good", "enjoy your day|evening|weekend", "take care",
          "see you then|soon|tomorrow|later|there|again", "see you .", "good night",
          "talk to you soon|later|then|tomorrow", "talk soon|later", "speak soon|later", "so long",
          "until then|tomorrow|next"})
      if (auto n = s.fits(i, pattern); n > 0 && i + n + 3 >= end &&
                                       !s.is_one_of(i - 1, {"not", "say", "said", "to"}) &&
                                       s[end] != "?")
        return true;
  return false;
}

} // namespace ringmaster::talk
