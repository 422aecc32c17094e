// Against people: threats, stalking, and the numbers that are for emergencies.

#include <string>
#include <string_view>

#include "domain/rules_risks.hpp"

namespace ringmaster::rules {

namespace {

bool is_person(const reader& r, std::size_t i) {
  if (r.is_one_of(
          i, {"him", "her", "them", "she", "he", "someone", "somebody", "everyone", "guy", "woman",
              "man", "girl", "boy", "ex", "ex-wife", "ex-husband"}))
    return true;
  auto at = i + (r.is_one_of(i, {"my", "the", "his", "her", "that", "this", "our"}) ? 1 : 0);
  if (r.is_one_of(at, {"old", "former"}))
    ++at;
  return r.is_one_of(
      at, {"ex",     "girlfriend", "boyfriend", "wife",     "husband", "neighbor", "neighbour",
           "boss",   "coworker",   "colleague", "landlord", "tenant",  "roommate", "teacher",
           "woman",  "man",        "girl",      "boy",      "guy",     "owner",    "manager",
           "judge",  "witness",    "family",    "kids",     "mother",  "father",   "brother",
           "sister", "crush",      "stalker",   "lady"});
}

/// Two-digit ones and those that are common counts need more than a verb before them.
bool is_plain_emergency_number(std::string_view digits) {
  return digits == "911" || digits == "112" || digits == "999" || digits == "000" ||
         digits == "988";
}

} // namespace

// -- threats and harassment -----------------------------------------------------------------------

constexpr auto harassment_why =
    "This asks for threats, insults or pressure against a person; no call will be made for that.";

void find_harassment(const reader& r, std::size_t i, verdict& v) {
  using enum risks::level;
  if (is_meant(
          r, i,
          {"threaten", "intimidate", "terrorize", "blackmail", "extort", "harass", "humiliate",
           "bully"})) {
    // To leave is no threat: "threaten to cancel my contract".
    bool harmless =
        r.low(i + 1) == "to" && r.is_one_of(
                                    i + 2, {"cancel", "leave", "switch", "sue", "complain",
                                            "return", "take", "report", "end", "move", "close"});
    if (!harmless && !is_done_to_us(r, i))
      v.add(refuse, "harassment", harassment_why);
  }
  if (is_meant(r, i, {"kill", "hurt", "beat up", "murder", "stab", "shoot", "poison", "attack"}) &&
      is_person(
          r,
          i + r.says_any(
                  i, {"kill", "hurt", "beat up", "murder", "stab", "shoot", "poison", "attack"})) &&
      !is_done_to_us(r, i))
    v.add(refuse, "harassment", harassment_why);
  if (is_meant(
          r, i,
          {"burn down",
           "bomb threat",
           "a bomb",
           "plant a bomb",
           "swat him",
           "swat her",
           "swatting",
           "break his legs",
           "break her legs",
           "break their legs",
           "make him suffer",
           "make her suffer",
           "make them suffer",
           "make him pay for",
           "know where you live",
           "know where he lives",
           "know where she lives",
           "know where they live",
           "get revenge",
           "take revenge"}) &&
      !is_done_to_us(r, i))
    v.add(refuse, "harassment", harassment_why);
  if (is_meant(
          r, i,
          {"insult", "scream at", "yell at", "swear at", "curse at", "call him names",
           "call her names", "scare", "frighten", "mock"}) &&
      has_near(
          r, i, 5,
          {"him", "her", "them", "my ex", "my neighbor", "my neighbour", "people", "my boss",
           "the owner", "the manager", "old"}) &&
      !is_done_to_us(r, i))
    v.add(refuse, "harassment", harassment_why);
  bool again = is_meant(
      r, i,
      {"over and over", "every five minutes", "every hour", "all night", "every ten minutes",
       "non-stop", "nonstop", "100 times", "50 times", "in the middle of the night"});
  if (again && has_near(r, i, 12, {"call", "calling", "ring", "phone"}) &&
      has_near(r, i, 12, {"him", "her", "them", "my ex", "until"}) && !is_done_to_us(r, i))
    v.add(refuse, "harassment", harassment_why);
  if (is_meant(r, i, {"prank", "prank call", "prank-call"}) && !is_done_to_us(r, i))
    v.add(
        caution, "prank",
        "This looks like a prank on somebody who has not agreed to one; please look again.");
}

void find_stalking(const reader& r, std::size_t i, verdict& v) {
  constexpr auto why =
      "This asks where a person is, lives or goes without their knowledge; no call "
      "will be made for that.";
  bool where = is_meant(
      r, i,
      {"find out where", "find where", "tell you where", "know where", "ask where",
       "figure out where", "get them to tell you where"});
  if (where) {
    for (auto k = i + 2; k < i + 10; ++k)
      if (is_person(r, k) && has_near(
                                 r, k, 6,
                                 {"lives", "live", "living", "lives now", "staying", "works",
                                  "work", "moved", "is now", "goes", "sleeps", "hiding", "parks"}))
        v.add(risks::level::refuse, "stalking", why);
  }
  if (is_meant(
          r, i,
          {"track her down",
           "track him down",
           "track down my ex",
           "follow her",
           "follow him",
           "spy on",
           "her new address",
           "his new address",
           "my ex's address",
           "my ex's new address",
           "my ex's number",
           "her new number",
           "if she is home alone",
           "if she is alone",
           "who she is seeing",
           "who he is seeing",
           "who she is dating",
           "who he is dating",
           "ex-girlfriend's address",
           "ex-wife's address",
           "ex-husband's address",
           "her work schedule",
           "his work schedule",
           "who my ex is dating"}))
    v.add(risks::level::refuse, "stalking", why);
}

// -- emergencies ----------------------------------------------------------------------------------

bool is_emergency_number(std::string_view digits) {
  return digits == "911" || digits == "112" || digits == "999" || digits == "000" ||
         digits == "110" || digits == "118" || digits == "119" || digits == "15" ||
         digits == "17" || digits == "18" || digits == "113" || digits == "988";
}

const char* const emergency_why =
    "Emergency numbers are never called by the engine: if somebody is in danger, call them "
    "yourself, now.";

void find_emergency(const reader& r, std::size_t i, verdict& v) {
  using enum risks::level;
  if (r.is_number(i) && is_plain_emergency_number(r.low(i)) &&
      !(r[i + 1].glued && !r.ends_sentence(i + 1) && !r.is_one_of(i + 1, {",", ":", ")"})) &&
      !(r[i].glued && i > 0) && !is_forbidden(r, i)) {
    bool dialed = r.is_one_of(i - 1, {"call", "dial", "phone", "ring", "number", "calling"}) ||
                  (r.is_one_of(i - 1, {"to", "at", "on"}) &&
                   has_near(r, i - 1, 4, {"call", "dial", "phone", "ring"}));
    bool counts = r.is_word(i + 1) &&
                  (r[i + 1].capital || r.is_one_of(
                                           i + 1, {"people", "numbers", "customers", "times",
                                                   "leads", "households", "members"}));
    if (dialed && !counts && !is_done_to_us(r, i))
      v.add(refuse, "emergency_number", emergency_why);
  }
  auto n = r.says_any(
      i, {"the police", "police", "an ambulance", "ambulance", "the ambulance",
          "the fire department", "the fire brigade", "emergency services", "the emergency services",
          "paramedics", "the emergency number"});
  if (n > 0 && r.is_one_of(i - 1, {"call", "dial", "phone", "ring", "alert", "calling"}) &&
      !is_forbidden(r, i - 1) && !is_done_to_us(r, i - 1) &&
      !r.is_one_of(
          i + n, {"station", "department", "records", "lost", "non", "non-emergency", "museum",
                  "headquarters", "hq", "desk", "academy", "precinct", "service", "company",
                  "billing", "'s"}))
    v.add(refuse, "emergency_number", emergency_why);
  if (is_meant(r, i, {"kill myself", "end my life", "suicide", "hurt myself", "harm myself"}) &&
      !has_near(r, i, 6, {"prevention", "awareness"}))
    v.add(
        refuse, "self_harm",
        "This sounds as if you are in danger yourself: please call a crisis line or the emergency "
        "services now; they help at any hour.");
}

} // namespace ringmaster::rules
