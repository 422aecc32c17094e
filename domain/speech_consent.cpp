// Whether a sentence agrees to what is on the table.

#include <algorithm>
#include <initializer_list>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "domain/speech.hpp"
#include "domain/speech_letters.hpp"
#include "domain/speech_parts.hpp"

namespace ringmaster::talk {

namespace {

using clause = std::vector<std::string>;
using phrases = std::vector<std::string_view>;

bool says(const clause& c, std::size_t i, std::string_view phrase) {
  while (!phrase.empty()) {
    auto space = std::min(phrase.find(' '), phrase.size());
    if (i >= c.size() || c[i] != phrase.substr(0, space))
      return false;
    ++i;
    phrase.remove_prefix(std::min(space + 1, phrase.size()));
  }
  return true;
}

bool has(const clause& c, const phrases& all) {
  for (std::size_t i = 0; i < c.size(); ++i)
    for (auto phrase : all)
      if (says(c, i, phrase))
        return true;
  return false;
}

void remove(clause& c, const phrases& all) {
  for (std::size_t i = 0; i < c.size(); ++i)
    for (auto phrase : all)
      if (says(c, i, phrase)) {
        auto count = static_cast<std::ptrdiff_t>(std::count(phrase.begin(), phrase.end(), ' ') + 1);
        auto at = c.begin() + static_cast<std::ptrdiff_t>(i);
        c.erase(at, at + count);
        --i;
        break;
      }
}

/// Refusals by their words that agree: "no problem", "I cannot say no".
const phrases& yes_by_no() {
  static const phrases all{
      "no problem",      "not a problem",      "no problems",        "why not",
      "do not mind",     "dont mind",          "no objection",       "no objections",
      "nothing against", "cannot refuse",      "cant refuse",        "can not refuse",
      "cannot say no",   "cant say no",        "can not say no",     "wont say no",
      "not say no",      "nothing wrong with", "not going to argue", "wont argue",
      "cant complain",   "not object",         "by all means",       "dont object",
      "no issue",        "no worries",         "cant argue with",    "cannot argue with"};
  return all;
}

/// Conditions that set none.
const phrases& empty_conditions() {
  static const phrases all{
      "if you insist",
      "if you like",
      "if you say so",
      "if you want",
      "if i must",
      "if we must",
      "if necessary",
      "if need be",
      "if you please",
      "if you will",
      "if possible",
      "if thats okay",
      "if thats ok",
      "if that is okay",
      "if thats the price",
      "if that is the price",
      "if thats what it costs",
      "if that is what it costs",
      "if thats what it takes",
      "if that is what it takes",
      "if thats all right",
      "if you dont mind",
      "if it has to be",
      "even if its more",
      "even if it is more",
      "if you wish"};
  return all;
}

const phrases& conditions() {
  static const phrases all{"if",           "unless",          "whether",    "provided",
                           "depending",    "assuming",        "as long as", "only when",
                           "on condition", "on the condition"};
  return all;
}

/// Not now, or not by me.
const phrases& deferrals() {
  static const phrases all{
      "have to ask",  "need to ask",   "let me ask",      "ill ask",          "will ask",
      "must ask",     "check with",    "have to check",   "need to check",    "let me check",
      "think about",  "get back to",   "pass it on",      "pass this on",     "pass that on",
      "pass on",      "call you back", "let you know",    "before i can",     "before we can",
      "confirm with", "speak with",    "speak to",        "talk to",          "may have to",
      "run it by",    "run that by",   "up to my client", "my client has to", "my client needs to"};
  return all;
}

/// More than may be paid, said by way of comparison.
const phrases& excesses() {
  static const phrases all{
      "more than i", "more than we",  "more than my",  "more than what", "more than the",
      "above what",  "above my",      "above the",     "above our",      "beyond what",
      "beyond my",   "beyond the",    "over my",       "over the limit", "over the budget",
      "over budget", "over what",     "too much",      "too high",       "too expensive",
      "too steep",   "too pricey",    "exceeds",       "higher than",    "better deal",
      "good deal",   "great deal of", "what could be", "something less", "best deal"};
  return all;
}

const std::set<std::string_view>& negations() {
  static const std::set<std::string_view> all{
      "not",     "no",      "cannot",  "cant",    "dont",    "doesnt",        "didnt",
      "wont",    "never",   "unable",  "isnt",    "arent",   "wasnt",         "refuse",
      "decline", "neither", "nor",     "wouldnt", "couldnt", "shouldnt",      "nothing",
      "nobody",  "hardly",  "without", "instead", "sorry",   "unfortunately", "aint"};
  return all;
}

/// Words that agree wherever they stand.
const phrases& agreements() {
  static const phrases all{
      "book it",
      "book that",
      "book this",
      "book the",
      "book me",
      "book us",
      "book him",
      "book her",
      "book them",
      "book an",
      "book a",
      "book my",
      "book for",
      "book both",
      "please book",
      "lets book",
      "ill book",
      "will book",
      "reserve it",
      "reserve that",
      "reserve the",
      "reserve a",
      "reserve this",
      "please reserve",
      "ill reserve",
      "schedule it",
      "schedule that",
      "schedule this",
      "schedule me",
      "schedule us",
      "schedule him",
      "schedule her",
      "schedule the",
      "lets schedule",
      "please schedule",
      "put me down",
      "put us down",
      "put him down",
      "put her down",
      "put them down",
      "put my client down",
      "put it down",
      "pencil me in",
      "pencil us in",
      "pencil him in",
      "sign me up",
      "sign us up",
      "sign him up",
      "sign her up",
      "go ahead",
      "proceed",
      "lets do it",
      "lets do that",
      "lets do this",
      "do it",
      "we can do that",
      "i can do that",
      "i will take",
      "ill take",
      "well take",
      "we will take",
      "we take it",
      "i take it for",
      "shall take",
      "take it",
      "take that",
      "take this offer",
      "take the offer",
      "take the slot",
      "take the appointment",
      "take you up on",
      "deal",
      "agreed",
      "i agree",
      "we agree",
      "agree to",
      "agree with",
      "can agree",
      "in agreement",
      "accept",
      "accepted",
      "accepts",
      "accepting",
      "acceptable",
      "approve",
      "approved",
      "i confirm",
      "i can confirm",
      "we confirm",
      "confirmed",
      "please confirm",
      "confirm it",
      "confirm that booking",
      "confirm the booking",
      "confirm the appointment",
      "confirm the reservation",
      "confirm the order",
      "confirm my",
      "works for me",
      "works for us",
      "works for my",
      "works for him",
      "works for her",
      "works for them",
      "works great",
      "works well",
      "works fine",
      "works perfectly",
      "works out",
      "that works",
      "this works",
      "it works",
      "price works",
      "will work",
      "would work",
      "thatll work",
      "that will do",
      "thatll do",
      "suits me",
      "suits us",
      "suits my",
      "sounds good",
      "sounds great",
      "sounds fine",
      "sounds fair",
      "sounds reasonable",
      "sounds perfect",
      "sounds right",
      "sounds like a plan",
      "sounds okay",
      "sounds wonderful",
      "sounds excellent",
      "sounds lovely",
      "sounds like a deal",
      "is fine",
      "thats fine",
      "are fine",
      "be fine",
      "is okay",
      "thats okay",
      "is ok",
      "thats ok",
      "be okay",
      "is perfect",
      "thats perfect",
      "be perfect",
      "is great",
      "thats great",
      "be great",
      "is good",
      "thats good",
      "be good",
      "is alright",
      "thats alright",
      "is all right",
      "thats all right",
      "is fair",
      "thats fair",
      "is reasonable",
      "thats reasonable",
      "is wonderful",
      "thats wonderful",
      "fine with me",
      "fine with us",
      "fine with my",
      "fine by me",
      "fine by us",
      "fine for me",
      "okay with me",
      "ok with me",
      "okay with us",
      "okay by me",
      "good with me",
      "good with that",
      "good for me",
      "good to go",
      "all good",
      "we are good",
      "were good",
      "im happy with",
      "happy with that",
      "am happy with",
      "are happy with",
      "fine for us",
      "fine for my",
      "am fine with",
      "im fine with",
      "are fine with",
      "were fine with",
      "im okay with",
      "am okay with",
      "happy to pay",
      "glad to pay",
      "will pay",
      "ill pay",
      "well pay",
      "can pay",
      "ready to pay",
      "willing to pay",
      "gladly pay",
      "pay that",
      "pay it",
      "pay the",
      "pay you",
      "pay for it",
      "charge it",
      "charge the",
      "charge my",
      "charge his",
      "charge her",
      "charge me",
      "bill me",
      "bill us",
      "bill my",
      "bill it",
      "send the invoice",
      "send me the invoice",
      "send the bill",
      "invoice me",
      "invoice us",
      "buy it",
      "buy that",
      "ill buy",
      "will buy",
      "purchase it",
      "ill purchase",
      "will purchase",
      "order it",
      "order that",
      "place the order",
      "place an order",
      "place my order",
      "ill have it",
      "ill have that",
      "lock it in",
      "lock that in",
      "lock in",
      "lock it",
      "secure it",
      "secure that",
      "count me in",
      "count us in",
      "count him in",
      "im in",
      "were in",
      "on board",
      "youve got it",
      "you got it",
      "youve got yourself",
      "got yourself",
      "settled",
      "consider it done",
      "make it so",
      "make the booking",
      "make that booking",
      "make the reservation",
      "make the appointment",
      "make that appointment",
      "set it up",
      "set that up",
      "set me up",
      "set us up",
      "arrange it",
      "arrange that",
      "lets go with",
      "go with that",
      "go with it",
      "go with this",
      "ill go with",
      "well go with",
      "will go with",
      "go for it",
      "go for that",
      "lets go",
      "no problem",
      "not a problem",
      "why not",
      "by all means",
      "thats a yes",
      "its a yes",
      "is a yes",
      "say yes",
      "says yes",
      "answer is yes",
      "consent",
      "authorize",
      "authorized",
      "authorise",
      "authorised",
      "green light",
      "thumbs up",
      "live with that",
      "live with it",
      "shake on",
      "consider it sold",
      "sold",
      "you may charge",
      "its a date",
      "youre on",
      "you are on",
      "sign it",
      "ill sign",
      "we have a deal",
      "finalize",
      "finalise",
      "finalize it",
      "hold it for me",
      "hold that for me",
      "reserved for me",
      "i am in",
      "we are in",
      "count my client in",
      "so be it",
      "as you wish",
      "say the word and its ours",
      "is a go",
      "its a go",
      "thats a go",
      "give you the go",
      "keep the appointment",
      "keep that appointment",
      "we want it",
      "i want it",
      "well have it",
      "bring it on"};
  return all;
}

const std::set<std::string_view>& firm_assents() {
  static const std::set<std::string_view> all{
      "yes",        "yeah",   "yep",         "yup",     "sure",   "certainly",
      "absolutely", "indeed", "agreed",      "deal",    "done",   "definitely",
      "gladly",     "aye",    "affirmative", "totally", "surely", "yea"};
  return all;
}

const std::set<std::string_view>& weak_assents() {
  static const std::set<std::string_view> all{
      "ok",        "okay",    "fine",    "great",     "perfect", "excellent",
      "wonderful", "good",    "lovely",  "super",     "cool",    "alright",
      "right",     "correct", "course",  "fantastic", "awesome", "splendid",
      "brilliant", "exactly", "amazing", "nice"};
  return all;
}

/// Words around an assent that take nothing from it: politeness, days, times and prices.
bool is_filling(const std::string& word) {
  static const std::set<std::string_view> all{
      "please",    "then",     "very",     "so",       "much",     "oh",        "well",
      "um",        "uh",       "sir",      "madam",    "that",     "thats",     "is",
      "its",       "it",       "i",        "for",      "me",       "us",        "of",
      "all",       "the",      "at",       "on",       "in",       "total",     "to",
      "we",        "just",     "now",      "today",    "tomorrow", "monday",    "tuesday",
      "wednesday", "thursday", "friday",   "saturday", "sunday",   "am",        "pm",
      "oclock",    "dollars",  "dollar",   "bucks",    "euros",    "euro",      "pounds",
      "usd",       "eur",      "gbp",      "one",      "two",      "three",     "four",
      "five",      "six",      "seven",    "eight",    "nine",     "ten",       "eleven",
      "twelve",    "thirteen", "fourteen", "fifteen",  "sixteen",  "seventeen", "eighteen",
      "nineteen",  "twenty",   "thirty",   "forty",    "fifty",    "sixty",     "seventy",
      "eighty",    "ninety",   "hundred",  "thousand", "and",      "a",         "an",
      "hey",       "ah",       "price",    "thing",    "why",      "my",        "friend",
      "with",      "pleasure", "here",     "you"};
  return all.count(word) > 0 ||
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<clause> clauses_of(std::string_view sentence) {
  std::vector<clause> out(1);
  std::size_t begin = 0;
  auto close = [&](std::size_t end) {
    for (auto& word : spoken_words(sentence.substr(begin, end - begin))) {
      if (word == "but" || word == "and" || word == "so" || word == "because" || word == "yet" ||
          word == "although" || word == "though")
        out.emplace_back();
      if (word != "but" && word != "and" && word != "so")
        out.back().push_back(std::move(word));
    }
    out.emplace_back();
  };
  for (std::size_t i = 0; i < sentence.size(); ++i) {
    char c = sentence[i];
    bool in_number = c == ',' && i > 0 && i + 1 < sentence.size() && sentence[i - 1] >= '0' &&
                     sentence[i - 1] <= '9' && sentence[i + 1] >= '0' && sentence[i + 1] <= '9';
    bool is_dash = c == '-' && i > 0 && sentence[i - 1] == ' ';
    bool is_long_dash = sentence.substr(i, 3) == "—" || sentence.substr(i, 3) == "–";
    bool in_point = c == '.' && i + 1 < sentence.size() && sentence[i + 1] != ' ';
    if ((!in_number && !in_point &&
         std::string_view{",;:()!.?\n"}.find(c) != std::string_view::npos) ||
        is_dash || is_long_dash) {
      close(i);
      begin = i + (is_long_dash ? 3 : 1);
      i = begin - 1;
    }
  }
  close(sentence.size());
  std::erase_if(out, [](const clause& c) { return c.empty(); });
  return out;
}

/// "Could you book it": a request, however politely it asks.
bool requests(const clause& c) {
  auto you = std::find(c.begin(), c.end(), "you");
  bool asks = you != c.end() && you - c.begin() <= 2 && you != c.begin() &&
              std::set<std::string_view>{"can", "could", "would", "will"}.count(*(you - 1)) > 0;
  clause rest(asks ? you + 1 : c.end(), c.end());
  static const std::set<std::string_view> orders{
      "book",    "reserve", "schedule", "confirm", "put",   "sign",    "go",
      "arrange", "lock",    "place",    "charge",  "order", "proceed", "finalize"};
  while (!rest.empty() &&
         (rest.front() == "please" || rest.front() == "just" || rest.front() == "kindly"))
    rest.erase(rest.begin());
  return !rest.empty() && orders.count(rest.front()) > 0 && has(rest, agreements()) &&
         !has(rest, {"cheaper", "less", "lower", "instead"});
}

bool agrees_by_phrase(const clause& c) {
  std::size_t negated = 0;
  for (std::size_t i = 0; i < c.size(); ++i) {
    if (negations().count(c[i]) > 0)
      ++negated;
    if (negated % 2 == 0)
      for (auto phrase : agreements())
        if (says(c, i, phrase))
          return true;
  }
  return false;
}

bool is_bare(const clause& c) {
  return std::all_of(c.begin(), c.end(), [](const auto& w) {
    return is_filling(w) || firm_assents().count(w) > 0 || weak_assents().count(w) > 0 ||
           w == "thank" || w == "thanks";
  });
}

} // namespace

bool is_commitment(std::string_view sentence) {
  auto all = clauses_of(sentence);
  auto last = sentence.find_last_not_of(" \t\r\n\"'");
  bool asks = last != std::string_view::npos && sentence[last] == '?';
  for (auto& c : all) {
    if (has(c, yes_by_no()))
      return !(asks && &c == &all.back());
    remove(c, empty_conditions());
  }
  std::erase_if(all, [](const clause& c) { return c.empty(); });
  bool is_conditional = std::any_of(all.begin(), all.end(), [](const clause& c) {
    return has(c, conditions()) && !has(c, {"let me know if", "ask if", "wondering if"});
  });
  if (is_conditional)
    return false;
  std::size_t firm = 0, weak = 0, thanks = 0;
  bool only_bare = true;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& c = all[i];
    bool is_question = asks && i + 1 == all.size();
    if (is_question ? requests(c)
                    : agrees_by_phrase(c) && !has(c, deferrals()) && !has(c, excesses()))
      return true;
    only_bare = only_bare && !is_question && is_bare(c);
    for (const auto& w : c) {
      firm += firm_assents().count(w);
      weak += weak_assents().count(w);
      thanks += w == "thank" || w == "thanks" ? 1 : 0;
    }
  }
  // "Great, thank you" takes note; "Great." after a price takes it.
  return only_bare && (firm > 0 || (weak > 0 && thanks == 0));
}

bool is_offer(std::string_view sentence) {
  auto words = spoken_words(sentence);
  return has(words, {"offer", "could", "would", "can do", "can pay", "up to", "most i can",
                     "best i can", "can accept", "can agree to"}) &&
         !has(words, {"deal", "agreed", "yes", "sure", "book", "ahead", "confirm", "proceed"});
}

bool agrees(std::string_view text) {
  auto words = spoken_words(text);
  for (const auto& w : words)
    if (negations().count(w) > 0 && w != "no" && w != "sorry")
      return false;
  if (words.empty() || words.front() == "no" || has(words, conditions()))
    return false;
  return is_commitment(text) || firm_assents().count(words.front()) > 0 ||
         weak_assents().count(words.front()) > 0 ||
         has(words,
             {"that is right", "thats right", "that is correct", "thats correct", "i can do"});
}

bool is_backchannel(std::string_view text) {
  auto words = spoken_words(text);
  static const std::set<std::string_view> small{
      "uh",   "huh", "mm",  "mhm",   "hmm",   "hm",   "mmm",   "ok",   "okay",    "right",
      "yeah", "yes", "yep", "aha",   "ah",    "oh",   "um",    "sure", "alright", "i",
      "see",  "got", "it",  "mmhmm", "uhhuh", "good", "great", "fine", "er",      "eh"};
  constexpr std::size_t most = 3;
  return !words.empty() && words.size() <= most && text.find('?') == std::string_view::npos &&
         std::all_of(words.begin(), words.end(), [](const auto& w) { return small.count(w) > 0; });
}

bool is_greeting(std::string_view text) {
  auto words = spoken_words(text);
  static const std::set<std::string_view> small{
      "hello",     "hi",      "hey",   "yes",  "speaking", "yeah", "good", "morning",
      "afternoon", "evening", "there", "whos", "this",     "who",  "is",   "it"};
  constexpr std::size_t most = 4;
  return !words.empty() && words.size() <= most &&
         std::all_of(words.begin(), words.end(), [](const auto& w) { return small.count(w) > 0; });
}

} // namespace ringmaster::talk
