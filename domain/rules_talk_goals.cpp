// What a call is for, pursued one short turn at a time.

#include <algorithm>
#include <array>
#include <utility>

#include "domain/rules_talk.hpp"
#include "domain/text.hpp"

namespace ringmaster::rules {

using talk::spoken;

bool is_yes(const spoken& s) {
  return s.is_one_of(
             0,
             {"yes", "sure", "certainly", "absolutely", "definitely", "correct", "right", "exactly",
              "okay", "fine", "great", "perfect", "alright", "done", "gladly", "indeed"}) ||
         s.has({"of course",       "that works",        "that is right|correct|fine|possible|okay",
                "no problem",      "we can do that",    "go ahead",
                "will do",         "sounds good|great", "it does",
                "it is confirmed", "that stands",       "got it",
                "with pleasure",   "taken care of",     "all set",
                "have .. noted",   "noted .. down",     "wrote .. down",
                "is canceled",     "have canceled",     "been canceled"});
}

bool is_no(const spoken& s) {
  return (s[0] == "no" && s[1] != "problem" && s[1] != "worries") ||
         s.has(
             {"not really", "afraid not", "i|we do not", "i|we can not", "not possible",
              "unfortunately", "not interested"});
}

std::string confirmation_in(std::string_view text, bool was_asked) {
  reader r{std::string{text}};
  auto code_at = [&](std::size_t i) -> std::string {
    auto from = i;
    std::size_t to = from;
    bool has_digit = false;
    // Letters that stand alone, digits, and what joins them: "A-17", "A as in alpha 1 7".
    for (; to < r.size() && to < from + 16; ++to) {
      bool letters =
          r.is_word(to) &&
          (r.low(to).size() <= 3 || (r[to].capital && r.all().substr(r[to].begin, 1) != "I")) &&
          !r.is_one_of(to, {"and", "the", "for", "you",    "is",    "we",    "i",
                            "it",  "no",  "ok",  "yes",    "see",   "on",    "at",
                            "to",  "in",  "so",  "please", "thank", "thanks"});
      bool part = r.is_number(to) || letters || r.is_one_of(to, {"-", "/", "#"}) ||
                  r.says(to, "as in") > 0 || (to > from && r.says(to - 1, "as in") > 0) ||
                  (to > from + 1 && r.says(to - 2, "as in") > 0) ||
                  r.is_one_of(
                      to, {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight",
                           "nine", "dash"});
      if (!part)
        break;
      has_digit = has_digit || r.is_number(to) || read_count(r, to).has_value();
    }
    while (to > from && r.is_one_of(to - 1, {"-", "/", "as", "in"}))
      --to;
    return has_digit ? std::string{r.text(from, to)} : std::string{};
  };
  for (std::size_t i = 0; i < r.size(); ++i) {
    auto n = r.says_any(
        i, {"confirmation number", "confirmation code", "confirmation", "reference number",
            "reference", "booking number", "booking code", "reservation number", "order number",
            "code", "number"});
    if (n == 0)
      continue;
    // "Your phone number is 415", "the number of people is 4" are none.
    if ((r.low(i) == "number") &&
        (r.is_one_of(i - 1, {"phone", "cell", "contact", "callback", "account", "this", "our"}) ||
         r.low(i + 1) == "of" || !r.is_one_of(i + n, {"is", ":", "'s"})))
      continue;
    for (auto k = i + n; k < i + n + 4 && k < r.size() && !r.ends_sentence(k); ++k)
      if (!r.is_one_of(k, {"is", ":", "will", "be", "would", ",", "that", "'s", "it"})) {
        if (auto code = code_at(k); !code.empty())
          return code;
        break;
      }
  }
  if (was_asked)
    for (std::size_t i = 0; i < r.size(); ++i)
      if (r.is_number(i) || (r.is_word(i) && r.low(i).size() == 1 && !r.is_one_of(i, {"i", "a"})) ||
          (r[i].capital && (r.low(i + 1) == "-" || r.is_number(i + 1))))
        if (auto code = code_at(i); !code.empty())
          return code;
  return {};
}

maybe answer_refusal(const dialogue& d) {
  const auto& s = d.words;
  bool refuses = s.has(
                     {"we are|is full",
                      "fully|all booked",
                      "booked up|out|solid",
                      "nothing available|free|left|open|at",
                      "sold out",
                      "no .. "
                      "tables|table|appointments|appointment|slots|openings|availability|rooms|"
                      "space|times|time left?|available?|free?",
                      "not have any|anything|a|one|that|it|those|them|time",
                      "can not do|help|offer|take|make",
                      "not taking",
                      "not possible",
                      "not sell|carry|offer|do that",
                      "we are closed",
                      "out of stock",
                      "not available",
                      "unfortunately not",
                      "afraid not",
                      "no longer",
                      "is taken",
                      "is gone",
                      "that is all we have",
                      "are the only",
                      "not interested",
                      "only .. i|we have"}) ||
                 (s[0] == "no" && s.count() <= 5 &&
                  (s.count() == 1 || s.is_one_of(1, {"sorry", "we", "i", "unfortunately", "."})));
  if (!refuses)
    return std::nullopt;
  std::string other = "I understand. Is there another day or time that you could offer?";
  if (d.goal.what != goal::book && d.goal.what != goal::move) {
    other = "I understand. Is there anything else that you could offer?";
    for (const auto& [what, answer] : d.about.words.fallback_answers)
      if (what == "They say no" && answer.ends_with('?') && answer.size() <= 160)
        other = answer;
  }
  if (!d.said(other))
    return utterance{other, {}, {}, {}, false};
  return utterance{
      "I see, and I will pass that on. " + goodbye_of(d), "they could not offer it", {}, {}, false};
}

namespace {

utterance ends_with(const dialogue& d, const std::string& text, const char* why) {
  return {text + (text.empty() ? "" : " ") + goodbye_of(d), why, {}, {}, false};
}

/// A question of theirs, answered as far as it can be.
maybe answer(const dialogue& d) {
  if (auto facts = answer_with_facts(d))
    return facts;
  return answer_unknown_question(d);
}

maybe ask_price(const dialogue& d) {
  reader r{d.heard};
  auto prices = find_prices(r, d.about.about.region, {});
  bool is_open = d.words.has({"from", "between", "depends", "starts at", "starting at"});
  if (!prices.empty() && !is_question(d)) {
    std::string text;
    for (std::size_t i = 0; i < std::min<std::size_t>(prices.size(), 3); ++i)
      text += (i == 0 ? "" : is_open ? " to " : " and ") + say_money(prices[i].amount);
    if (prices.size() > 1 && d.words.has({"sorry", "correction", "i mean", "not"}))
      text = say_money(prices.back().amount);
    return ends_with(d, "So that is " + text + ".", "the price was told");
  }
  if (!prices.empty())
    return ends_with(
        d, "So that is " + say_money(prices.back().amount) + ".", "the price was told");
  if (!d.said(d.goal.question)) {
    auto facts = answer_with_facts(d);
    return facts ? facts : utterance{d.goal.question, {}, {}, {}, false};
  }
  for (std::size_t i = 0; i < r.size(); ++i)
    if (auto n = read_count(r, i); n && n->value > 1 && !is_question(d) &&
                                   d.words.has({"it is", "that is", "costs", "would be", "for"}))
      return ends_with(
          d, "So that is " + std::string{r.text(i, i + n->length)} + ".", "the price was told");
  if (auto known = answer(d))
    return known;
  if (is_no(d.words) || answer_refusal(d))
    return ends_with(d, "I see, thank you for telling me.", "they have no price for it");
  return std::nullopt;
}

maybe ask_hours(const dialogue& d) {
  reader r{d.heard};
  std::string when;
  for (const auto& t : find_times(r, d.goal.dates))
    when += (when.empty() ? "" : ", ") + t.said.text;
  bool speaks = d.words.has(
      {"open", "opens", "close", "closes", "closed", "hours", "until", "to", "from", "24"});
  if (d.said(d.goal.question) && !is_question(d) && (!when.empty() || d.words.has({"closed"})) &&
      (speaks || d.words.count() <= 6)) {
    bool closed = d.words.has({"closed"});
    auto text = when.empty() ? "So you are closed."
                : closed     ? "I have noted that: closed, " + when + "."
                             : "So that is " + when + ".";
    return ends_with(d, text, "the hours were told");
  }
  if (!d.said(d.goal.question)) {
    auto facts = answer_with_facts(d);
    return facts ? facts : utterance{d.goal.question, {}, {}, {}, false};
  }
  if (d.words.has({"24 hours", "around the clock", "twenty four hours", "day and night"}))
    return ends_with(d, "So you are always open.", "the hours were told");
  return answer(d);
}

maybe pass_message(const dialogue& d) {
  if (!d.said(d.goal.question)) {
    auto facts = answer_with_facts(d);
    return facts ? facts : utterance{d.goal.question, {}, {}, {}, false};
  }
  if (auto known = answer(d))
    return known;
  if (is_no(d.words) && d.times_said("My message is this") < 2)
    return utterance{d.goal.question, {}, {}, {}, false};
  return ends_with(d, "", "the message was passed on");
}

maybe cancel(const dialogue& d) {
  if (!d.said(d.goal.question)) {
    auto facts = answer_with_facts(d);
    return facts ? facts : utterance{d.goal.question, {}, {}, {}, false};
  }
  if (auto hindered = hindered_by_price(d))
    return hindered;
  bool asked = d.said("Is there a confirmation number");
  auto code = confirmation_in(d.heard, asked);
  if (!code.empty())
    return ends_with(d, "I have noted the number " + code + ".", "it was canceled");
  if (auto facts = answer_with_facts(d))
    return facts;
  if (asked)
    return ends_with(d, "", "it was canceled");
  bool is_done = is_yes(d.words) || d.words.has({"canceled", "removed", "taken .. off", "deleted"});
  if (is_done && !d.words.has({"not been? canceled", "can not", "could not"}))
    return utterance{"Thank you. Is there a confirmation number for that?", {}, {}, {}, false};
  if (is_question(d))
    return answer_unknown_question(d);
  return answer_refusal(d);
}

maybe confirm(const dialogue& d) {
  if (!d.said(d.goal.question)) {
    auto facts = answer_with_facts(d);
    return facts ? facts : utterance{d.goal.question, {}, {}, {}, false};
  }
  if (auto facts = answer_with_facts(d))
    return facts;
  auto slots = slots_in(d.heard, d.goal.dates);
  bool differs = std::any_of(slots.begin(), slots.end(), [&](const slot& s) {
    return !fits(s, d.goal.hard) || (d.goal.hard.ideal && s.from && *s.from != *d.goal.hard.ideal);
  });
  if (differs || (is_no(d.words) && !slots.empty()))
    return ends_with(
        d, "I see: " + say_slot(slots.back(), false) + ". I will pass that on.",
        "it stands otherwise");
  if (is_question(d))
    return answer_unknown_question(d);
  if (is_yes(d.words) || !slots.empty())
    return ends_with(d, "Thank you for confirming that.", "it was confirmed");
  if (is_no(d.words))
    return ends_with(d, "I see, and I will pass that on.", "it does not stand");
  return std::nullopt;
}

/// The question by which a script haggles: the first in quotation marks.
std::string haggling(const dialogue& d) {
  const auto& text = d.about.words.price_negotiation;
  auto open = text.find('"');
  auto close = open == std::string::npos ? open : text.find('"', open + 1);
  if (close != std::string::npos && close - open > 5 && close - open < 120 &&
      text[close - 1] == '?')
    return text.substr(open + 1, close - open - 1);
  return "Is that the best you can do?";
}

maybe deal(const dialogue& d) {
  if (!d.said(d.goal.question)) {
    auto facts = answer_with_facts(d);
    return facts && d.ours.size() > 1 ? facts : utterance{d.goal.question, {}, {}, {}, false};
  }
  auto code = confirmation_in(d.heard, d.said("Is there a confirmation number"));
  bool agreed = d.said(" it is, we will take that.");
  auto price = price_on_table(d);
  bool haggles = d.goal.purpose == "about a price";
  if (haggles && last_price(d.heard, d) && !d.said(haggling(d)))
    return utterance{haggling(d), {}, {}, {}, false};
  if (auto hindered = hindered_by_price(d))
    return hindered;
  if (auto facts = answer_with_facts(d))
    return facts;
  if (agreed || !code.empty()) {
    if (!code.empty())
      return ends_with(d, "I have noted the number " + code + ".", "it was agreed");
    if (is_question(d))
      return answer_unknown_question(d);
    return ends_with(d, "", "it was agreed");
  }
  if (auto refused = answer_refusal(d); refused && !last_price(d.heard, d))
    return refused;
  if (price)
    return utterance{
        say_money(*price) + " it is, we will take that. Is there a confirmation number?",
        {},
        {},
        {},
        false};
  if (is_question(d))
    return answer_unknown_question(d);
  const std::string cost = "What will it cost in total?";
  if (!d.said(cost))
    return utterance{cost, {}, {}, {}, false};
  return ends_with(d, "I will pass that on.", "no price was told");
}

/// Any other matter: its question, then those of the script that are no formalities.
maybe inquire(const dialogue& d) {
  if (!d.said(d.goal.question)) {
    auto facts = answer_with_facts(d);
    return facts ? facts : utterance{d.goal.question, {}, {}, {}, false};
  }
  if (auto known = answer(d))
    return known;
  constexpr std::size_t more_most = 2;
  std::size_t asked = 0;
  const auto& all = d.about.words.key_questions;
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (d.said(all[i])) {
      ++asked;
      continue;
    }
    bool formal = all[i].find("confirmation number") != std::string::npos ||
                  all[i].find("cost in total") != std::string::npos;
    if (!formal && asked < more_most && all[i].size() <= 300)
      return utterance{"Thank you. " + all[i], {}, {}, {}, false};
  }
  return ends_with(d, "I have noted that and will pass it on.", "the question was answered");
}

} // namespace

maybe pursue(const dialogue& d) {
  switch (d.goal.what) {
  case goal::book:
  case goal::move:
    return book(d);
  case goal::cancel:
    return cancel(d);
  case goal::confirm:
    return confirm(d);
  case goal::price:
    return ask_price(d);
  case goal::hours:
    return ask_hours(d);
  case goal::tell:
    return pass_message(d);
  case goal::deal:
    return deal(d);
  case goal::ask:
    break;
  }
  return inquire(d);
}

} // namespace ringmaster::rules
