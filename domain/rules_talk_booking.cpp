// Appointments and tables: what is offered is weighed, one is taken, repeated and noted.

#include <algorithm>
#include <utility>

#include "domain/rules_talk.hpp"
#include "domain/text.hpp"

namespace ringmaster::rules {

namespace {

constexpr std::string_view taken =
    " works well"; ///< by this the assistant's own choice is found again
constexpr std::string_view asked_number = "Is there a confirmation number";

/// What the assistant has taken, by its own last words about it.
std::optional<slot> taken_slot(const dialogue& d) {
  for (auto text = d.ours.rbegin(); text != d.ours.rend(); ++text)
    if (auto at = text->find(taken); at != std::string::npos) {
      auto begin = text->rfind(". ", at);
      auto from = begin == std::string::npos ? 0 : begin + 2;
      auto all = slots_in(std::string_view{*text}.substr(from, at - from), d.goal.dates);
      if (!all.empty())
        return all.back();
    }
  return std::nullopt;
}

/// "Tuesday" and "3 pm" are both of Tuesday at 3 pm.
bool is_part_of(const slot& part, const slot& whole) {
  bool same_day = !part.on || !whole.on || part.on == whole.on;
  bool same_time =
      !part.from || !whole.from || (*part.from <= *whole.from && *whole.from <= *part.to);
  return same_day && same_time;
}

/// "We are open from nine to five" is no offer.
bool tells_hours(const talk::spoken& s) {
  return s.has(
             {"open from|at|until|between|monday|every", "our hours", "opening hours",
              "we close|closed"}) &&
         !s.has({"i|we have", "available", "free", "how about", "could|can do|offer"});
}

std::vector<slot> offered(const dialogue& d) {
  if (tells_hours(d.words))
    return {};
  auto all = slots_in(d.heard, d.goal.dates);
  // A time alone is on the day that was spoken of last, else on the one that is wished for.
  std::optional<day> on;
  for (const auto& said : d.theirs)
    for (const auto& s : slots_in(said, d.goal.dates))
      on = s.on ? s.on : on;
  if (!on && !d.goal.hard.days.empty() && d.goal.hard.days.front().on == d.goal.hard.days.back().on)
    on = d.goal.hard.days.front().on;
  for (auto& s : all)
    if (!s.on)
      s.on = on;
  return all;
}

std::string repeated(const dialogue& d, const slot& s) {
  auto people = d.goal.party > 0 ? " for " + std::to_string(d.goal.party) +
                                       (d.goal.party == 1 ? " person" : " people")
                                 : "";
  return "So that is " + say_slot(s, true) + people + ".";
}

utterance close_with(const dialogue& d, const slot& s, const std::string& code) {
  auto text = d.said("So that is ") ? std::string{} : repeated(d, s);
  if (!code.empty())
    text += (text.empty() ? "" : " ") + std::string{"I have noted the number "} + code + ".";
  text += (text.empty() ? "" : " ") + goodbye_of(d);
  return {text, "the appointment was made", {}, {}, false};
}

/// Something was taken before: facts are given, and what was agreed is repeated.
utterance settle(const dialogue& d, const slot& chosen) {
  const auto& s = d.words;
  if (auto hindered = hindered_by_price(d))
    return *hindered;
  auto code = confirmation_in(d.heard, d.said(asked_number));
  if (!code.empty())
    return close_with(d, chosen, code);
  if (auto facts = answer_with_facts(d))
    return *facts;
  if (talk::says_goodbye(d.heard))
    return close_with(d, chosen, {});
  if (last_price(d.heard, d) && is_question(d))
    return {"That is fine, please go ahead.", {}, {}, {}, false};
  if (s.has(
          {"correct ?", "right ?", "is that right|correct|okay|fine|good|alright",
           "does that work|sound|suit", "shall i|we", "should i|we", "would you like me", "okay ?",
           "do you want me"}))
    return {"Yes, that is right, thank you.", {}, {}, {}, false};
  if (d.said(asked_number))
    return close_with(d, chosen, {});
  bool ends = s.has({"anything|something else", "is that all"});
  if (!ends && is_question(d))
    if (auto unknown = answer_unknown_question(d))
      return *unknown;
  return {repeated(d, chosen) + " " + std::string{asked_number} + " for it?", {}, {}, {}, false};
}

std::string unfit(const dialogue& d) {
  auto wish = d.goal.when;
  for (const auto& line : d.about.about.hard_constraints)
    if (wish.find(line) == std::string::npos && line.size() <= 80)
      wish += (wish.empty() ? "" : ", ") + line;
  return "I am afraid that does not work for my client. " +
         (wish.empty() ? "Is there another day or time?"
                       : "Is there anything that fits this: " + wish + "?");
}

maybe weigh(const dialogue& d, const std::vector<slot>& slots) {
  auto pick = choose(slots, d.goal.hard, d.goal.soft);
  if (!pick) {
    if (d.said("I am afraid that does not work for my client."))
      return utterance{
          "Then I will pass on what you could offer. " + goodbye_of(d),
          "nothing that was offered fits",
          {},
          {},
          false};
    return utterance{unfit(d), {}, {}, {}, false};
  }
  if (!pick->from)
    return utterance{
        "What times do you have on " + say_slot(*pick, false) + "?", {}, {}, {}, false};
  if (auto hindered = hindered_by_price(d))
    return hindered;
  auto text = say_slot(*pick, false) + std::string{taken} + ", please put that down.";
  if (auto facts = answer_with_facts(d);
      facts && facts->text.find("If possible") == std::string::npos)
    text += " " + facts->text;
  return utterance{text, {}, {}, {}, false};
}

} // namespace

maybe book(const dialogue& d) {
  auto chosen = taken_slot(d);
  auto slots = offered(d);
  bool takes_back = d.words.has(
      {"sorry", "unfortunately", "no longer", "not available|free|possible", "is|was gone",
       "is|was|are taken", "instead", "i only", "we only", "not have", "already", "can not",
       "made a mistake", "wait"});
  bool is_other =
      chosen && !slots.empty() && std::none_of(slots.begin(), slots.end(), [&](const slot& s) {
        return is_part_of(s, *chosen);
      });
  if (chosen && takes_back && is_other)
    return weigh(d, slots);
  if (chosen && takes_back && slots.empty() &&
      d.words.has({"taken", "gone", "no longer", "full", "not available|free|possible"}))
    return answer_refusal(d);
  if (chosen && is_other && is_question(d) && d.words.has({"correct", "right", "so"}) &&
      confirmation_in(d.heard, false).empty())
    return utterance{"No, please: " + say_slot(*chosen, true) + ".", {}, {}, {}, false};
  if (chosen)
    return settle(d, *chosen);
  if (!slots.empty())
    return weigh(d, slots);
  if (auto refused = answer_refusal(d))
    return refused;
  if (auto hindered = hindered_by_price(d); hindered && last_price(d.heard, d))
    return hindered;
  if (auto facts = answer_with_facts(d))
    return facts;
  bool asked = d.said(d.goal.question) || d.said("If possible: ");
  // "Yes, that is possible": to what was wished for, if that is a moment.
  if (asked && is_yes(d.words) && d.goal.hard.ideal && !d.goal.hard.days.empty() && !is_question(d))
    return weigh(
        d, {
               {d.goal.hard.days.front().on, d.goal.hard.ideal, d.goal.hard.ideal}
    });
  if (d.last.find("cannot agree to that price") != std::string::npos && is_no(d.words))
    return utterance{
        "I understand; I will pass that on. " + goodbye_of(d),
        "no price could be agreed to",
        {},
        {},
        false};
  if (last_price(d.heard, d) && asked)
    return utterance{"That is fine. Which day and time could you offer?", {}, {}, {}, false};
  if (!asked)
    return utterance{d.goal.question, {}, {}, {}, false};
  return answer_unknown_question(d);
}

} // namespace ringmaster::rules
