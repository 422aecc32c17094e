// Answers to what the other end asks. Of the owner's facts only those that the brief gives.

#include <algorithm>
#include <array>
#include <utility>

#include "domain/people.hpp"
#include "domain/rules_talk.hpp"
#include "domain/text.hpp"

namespace ringmaster::rules {

namespace {

using talk::spoken;

const std::string*
value_of(const std::vector<std::pair<std::string, std::string>>& all, std::string_view field) {
  for (const auto& [name, value] : all)
    if (name == field && !trimmed(value).empty())
      return &value;
  return nullptr;
}

/// "What is ...", "can I have ...", "I need ...", or very short: they want to be told something.
bool wants_to_know(const spoken& s) {
  if (s.count() <= 4)
    return true;
  for (std::size_t i = 0; i < s.size(); ++i)
    if (s[i] == "?" ||
        ((i == 0 || s.is_end(i - 1) || s.is_one_of(i - 1, {"and", "okay", "sure", "yes"})) &&
         s.is_one_of(i, {"what", "which", "who",   "whose", "when", "where", "how",
                         "can",  "could", "may",   "do",    "does", "is",    "are",
                         "give", "tell",  "spell", "under", "will", "would", "shall"})) ||
        s.fits(i, "i|we will? need|require") || s.fits(i, "tell|give me|us") ||
        s.fits(i, "need|have|get|take your|the|a"))
      return true;
  return false;
}

/// The field of the owner's that is asked for; empty: none.
std::string_view field_asked(const spoken& s) {
  if (!wants_to_know(s))
    return {};
  if (s.has(
          {"date of birth", "birth date", "birthday", "birthdate", "were|was|are|is .. born",
           "how old"}))
    return "date_of_birth";
  if (s.has({"email", "e mail"}))
    return "email";
  if (s.has({"last four|4"}))
    return "last_four_of_card";
  if (s.has(
          {"card number", "credit card", "debit card", "card details", "security code",
           "social security", "password", "pin", "passport"}))
    return "never";
  if (s.has({"zip", "zip code", "postal code", "post code", "postcode"}))
    return "zip_code";
  if (s.has({"account number", "customer number", "client number"}))
    return "account_number";
  if (s.has({"member id", "member number", "membership", "policy number", "insurance number|id"}))
    return "member_id";
  if (s.has(
          {"phone|telephone|cell|mobile|contact|callback number", "call back number",
           "number .. reach|call|contact", "best number", "your number", "a number",
           "reach you|him|her|them at", "reach you|him|her|them ?"}) &&
      !s.has({"confirmation number", "number of"}))
    return "phone_number";
  if (s.has(
          {"your|the|home|street|mailing|client's|clients address",
           "where do|does you|he|she|they live"}))
    return "address";
  if (s.has(
          {"your|the|a|last|first|full|what|which|patient|guest|client name",
           "clients|clients' name", "name for|on the|this", "under what|which|whose", "name ?",
           "name .", "who is it|this|that for", "who is the|this .. for", "whose name",
           "who am i booking"}) &&
      !s.has({"my name is", "your name and .. reason"}))
    return "name";
  return {};
}

std::string spelled(std::string_view name) {
  std::string out;
  for (char c : name)
    if (c != ' ')
      out += (out.empty() ? "" : ", ") +
             std::string(1, c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  return out;
}

/// The beginning of a long word: enough to know "allergy" in "allergies".
std::string_view root(std::string_view word) { return word.substr(0, 6); }

/// Words of weight that both have.
bool shares_word(const spoken& a, std::string_view text) {
  spoken b{text};
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].size() < 5 ||
        a.is_one_of(i, {"their",    "there",     "about",    "would",        "could",  "which",
                        "where",    "client",    "calling",  "person",       "should", "other",
                        "anything", "something", "these",    "those",        "please", "asked",
                        "after",    "before",    "previous", "instructions", "matter", "details",
                        "question", "today",     "tomorrow", "right"}))
      continue;
    for (std::size_t k = 0; k < b.size(); ++k)
      if (b[k].size() >= 5 && root(a[i]) == root(b[k]))
        return true;
  }
  return false;
}

std::string sentence(std::string_view text) {
  std::string out{trimmed(text)};
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  if (!out.empty() && std::string_view{".?!"}.find(out.back()) == std::string_view::npos)
    out += '.';
  return out;
}

/// An answer of the owner's, a wish, or what the script says to such a question.
std::string known_answer(const dialogue& d) {
  const auto& a = d.about.about;
  const auto& secret = auth_fields();
  for (const auto& [field, text] : a.answers) {
    bool is_secret = std::find(secret.begin(), secret.end(), field) != secret.end();
    auto words = field;
    std::replace(words.begin(), words.end(), '_', ' ');
    if (!is_secret && field != "max_price" && shares_word(d.words, words))
      return "It is " + sentence(text);
  }
  for (const auto* lines : {&a.hard_constraints, &a.soft_preferences})
    for (const auto& line : *lines)
      if (shares_word(d.words, line))
        return "My client's wish is: " + sentence(line);
  for (const auto& [what, answer] : d.about.words.fallback_answers)
    if (answer.size() <= 400 && what.find("do not want to talk") == std::string::npos &&
        shares_word(d.words, what))
      return sentence(answer);
  return business_fact(d);
}

std::string moment_asked(const dialogue& d) {
  const auto& s = d.words;
  if (!s.has(
          {"what|which .. day|time|date", "when would|do|did|are|were|is|shall|should", "for when",
           "what works", "when .. like|want|come|prefer", "a day in mind", "a preferred|preference",
           "any preference"}))
    return {};
  if (d.goal.when.empty())
    return d.goal.what == goal::book || d.goal.what == goal::move
               ? "The earliest that you have, please."
               : "";
  return "If possible: " + d.goal.when + ".";
}

std::string party_asked(const dialogue& d) {
  if (!d.words.has(
          {"how many .. people|guests|persons|of you|will|are|in", "how many ?", "how many .",
           "party size", "size of the|your party", "number of people|guests|persons",
           "for how many", "how big", "how large"}))
    return {};
  if (d.goal.party == 0)
    return "I do not know that for certain; I will pass the question on.";
  return "For " + std::to_string(d.goal.party) + (d.goal.party == 1 ? " person" : " people") +
         ", please.";
}

} // namespace

bool is_question(const dialogue& d) {
  const auto& s = d.words;
  for (std::size_t i = 0; i < s.size(); ++i)
    if (s[i] == "?")
      return true;
  return s.is_one_of(
      0, {"what", "when", "where", "who", "why", "how", "which", "whose", "can", "could", "do",
          "does", "is", "are", "will", "would", "did", "may"});
}

std::string who_calls(const dialogue& d) {
  const auto* name = value_of(d.about.identity, "name");
  auto whom = name ? *name : std::string{"a client"};
  if (!d.about.of_task) {
    auto at = d.about.about.business.find("Name: ");
    if (at == 0)
      whom = d.about.about.business.substr(6, d.about.about.business.find('\n') - 6);
    return "I am an automated assistant calling for " + whom + ".";
  }
  return "I am an automated assistant calling for " + whom + " " + d.goal.purpose + ".";
}

std::string goodbye_of(const dialogue& d) {
  const auto& closing = d.about.words.closing;
  bool is_plain = closing.find_first_of("[]{}<>\"") == std::string::npos;
  auto at = std::min(closing.find("Thank you"), closing.find("Thanks"));
  if (is_plain && at != std::string::npos && closing.size() - at <= 160) {
    auto out = sentence(closing.substr(at));
    return out.find("oodbye") == std::string::npos ? out + " Goodbye." : out;
  }
  return d.about.about.tone == tone::friendly ? "Thank you so much for your help. Goodbye."
                                              : "Thank you for your help. Goodbye.";
}

std::string business_fact(const dialogue& d) {
  if (d.turn.said.consulted)
    return known_to_business(d).text;
  const auto& all = d.about.about.business;
  for (std::size_t at = 0; at < all.size();) {
    auto end = std::min(all.find('\n', at), all.size());
    auto line = std::string_view{all}.substr(at, end - at);
    at = end + 1;
    auto colon = line.find(": ");
    if (colon == std::string_view::npos || line.size() > 400)
      continue;
    auto name = line.substr(0, colon);
    bool is_own = name == "Email" || name == "Phone" || name == "Address" || name == "Name";
    // Of a task's owner these are given only as the brief allows it.
    if (is_own && d.about.of_task)
      continue;
    bool asked =
        shares_word(d.words, name) ||
        (name == "Hours" && d.words.has({"open", "hours", "close"})) ||
        (name == "Address" && d.words.has({"where are you", "where is", "located", "address"})) ||
        (name == "Phone" && d.words.has({"number", "call you", "reach you"})) ||
        (name == "Email" && d.words.has({"email", "write to"})) ||
        (name == "Website" && d.words.has({"website", "online", "web"}));
    if (asked)
      return sentence(line.substr(colon + 2));
  }
  return {};
}

maybe answer_about_call(const dialogue& d) {
  const auto& s = d.words;
  auto next = d.about.of_task && !d.goal.question.empty() && !d.said(d.goal.question)
                  ? " " + d.goal.question
                  : std::string{};
  if (s.has(
          {"robot", "a .. machine", "real person", "a bot", "computer", "artificial", "an ai",
           "a recording", "are you human", "a human", "are you real", "is this a person"}) &&
      (is_question(d) || s.count() <= 8))
    return utterance{
        "I am an automated assistant, not a person, and I call for a client." + next,
        {},
        {},
        {},
        false};
  if (s.has(
          {"say that again", "say it again", "repeat that|it|yourself", "repeat", "come again",
           "pardon", "beg your pardon", "did not catch|get|hear|understand",
           "can not hear|understand", "could not hear|understand", "what did you say",
           "what was that", "one more time", "speak up", "excuse me ?"}) &&
      !d.said("Is there a confirmation number") &&
      !s.has({"confirmation", "the number", "let me repeat"})) {
    auto text = d.last;
    if (auto colon = text.find("Of course: "); colon == 0)
      text.erase(0, 11);
    return utterance{text.empty() ? who_calls(d) : "Of course: " + text, {}, {}, {}, false};
  }
  if (s.has(
          {"who is this",
           "who is calling",
           "who are you",
           "who am i",
           "who is speaking",
           "who do you work for",
           "who do i speak",
           "whom am i",
           "what company",
           "what is this .. about|regarding|concerning",
           "what is it .. about|regarding|concerning",
           "what is your call about",
           "what are you calling about|for|regarding",
           "why are you calling",
           "why do you call",
           "reason for .. call|calling",
           "state your name",
           "say your name",
           "your name and .. reason",
           "what do you want",
           "what about ?",
           "what is it about",
           "calling on behalf|whose behalf",
           "on whose behalf"}))
    return utterance{who_calls(d) + (s.has({"robot"}) ? "" : next), {}, {}, {}, false};
  if (s.has({"can you hear me", "are you there", "still there", "still on the line", "you there"}))
    return utterance{"Yes, I can hear you." + next, {}, {}, {}, false};
  return std::nullopt;
}

maybe answer_with_facts(const dialogue& d) {
  if (d.words.has({"spell"}) && is_question(d))
    if (const auto* name = value_of(d.about.identity, "name"))
      return utterance{spelled(*name) + ".", {}, {}, {}, false};
  std::vector<std::string> parts;
  if (auto moment = moment_asked(d); !moment.empty())
    parts.push_back(std::move(moment));
  if (auto party = party_asked(d); !party.empty())
    parts.push_back(std::move(party));
  if (auto field = field_asked(d.words);
      !field.empty() && (d.about.of_task || business_fact(d).empty())) {
    const auto* value = value_of(d.about.identity, field);
    auto readable = std::string{field};
    std::replace(readable.begin(), readable.end(), '_', ' ');
    parts.push_back(
        value ? "The " + readable + " is " + sentence(*value)
              : "I am sorry, I may not share that.");
  }
  if (parts.empty())
    return std::nullopt;
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(parts.size(), 2); ++i)
    text += (i == 0 ? "" : " ") + parts[i];
  return utterance{text, {}, {}, {}, false};
}

maybe answer_unknown_question(const dialogue& d) {
  if (!is_question(d))
    return std::nullopt;
  if (auto known = known_answer(d); !known.empty() && d.last.find(known) == std::string::npos)
    return utterance{known, {}, {}, {}, false};
  if (d.words.has(
          {"anything else", "something else", "is that all", "is that everything",
           "any .. questions"}))
    return utterance{
        "No, that is all. " + goodbye_of(d), "nothing else was to be asked", {}, {}, false};
  if (d.words.has({"or"}))
    return utterance{"Either is fine, thank you.", {}, {}, {}, false};
  if (d.times_said("I do not know that; I will pass it on.") >= 2)
    return utterance{
        "I am sorry, I cannot help with that. " + goodbye_of(d),
        "their questions could not be answered",
        {},
        {},
        false};
  utterance unknown{"I am sorry, I do not know that; I will pass it on.", {}, {}, {}, false};
  if (d.turn.said.consulted)
    unknown.gap = knowledge::read(d.heard).text;
  return unknown;
}

} // namespace ringmaster::rules
