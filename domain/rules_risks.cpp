// What must not be done by phone, and what needs a second look.

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>

#include "domain/rules.hpp"
#include "domain/rules_parts.hpp"

namespace ringmaster::rules {

namespace {

using assistant::risks;
using phrases = std::initializer_list<std::string_view>;

/// What was found so far; each kind once, with its gravest level.
struct verdict {
  risks out;
  void add(risks::level level, std::string kind, std::string why) {
    out.verdict = std::max(out.verdict, level);
    auto same = [&](const auto& f) { return f.kind == kind; };
    if (std::none_of(out.findings.begin(), out.findings.end(), same))
      out.findings.push_back({std::move(kind), std::move(why)});
  }
};

/// "don't threaten", "never pretend", "without insulting": said to be left out.
bool is_forbidden(const reader& r, std::size_t i) {
  for (auto k = i; k-- > 0 && k + 4 > i;) {
    if (r.ends_sentence(k))
      return false;
    if (r.is_one_of(k, {"don't", "not", "never", "without", "no", "won't", "nobody"}))
      return true;
  }
  return false;
}

/// Somebody else does it: "they threaten to cut my power", "he was scammed".
bool is_done_to_us(const reader& r, std::size_t i) {
  for (auto k = i; k-- > 0 && k + 4 > i;)
    if (r.is_one_of(k, {"they",     "he",       "she",     "who",    "was",      "been",  "got",
                        "were",     "keeps",    "keep",    "report", "reported", "about", "someone",
                        "somebody", "received", "company", "is",     "are",      "being"}))
      return true;
  return false;
}

/// A phrase that is meant, at `i`.
bool is_meant(const reader& r, std::size_t i, phrases all) {
  return r.says_any(i, all) > 0 && !is_forbidden(r, i);
}

bool has_near(const reader& r, std::size_t i, std::size_t reach, phrases all) {
  auto first = i > reach ? i - reach : 0;
  for (auto k = first; k < std::min(r.size(), i + reach); ++k)
    if (r.says_any(k, all) > 0)
      return true;
  return false;
}

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

// -- fraud ----------------------------------------------------------------------------------------

bool is_obtained(const reader& r, std::size_t i) {
  return has_near(
             r, i, 10,
             {"get", "ask", "obtain", "read", "give", "tell", "collect", "send", "share", "provide",
              "extract", "convince", "trick", "make"}) &&
         has_near(
             r, i, 12,
             {"him", "her", "them", "their", "his", "they", "customer", "customers", "people",
              "grandma", "the person", "victim", "old", "elderly", "users", "clients", "she",
              "he"});
}

/// Gift cards for codes, and deceptions by name.
void find_deceit(const reader& r, std::size_t i, verdict& v) {
  using enum risks::level;
  if (r.says_any(i, {"gift card", "gift cards"}) > 0 && !is_forbidden(r, i) &&
      has_near(
          r, i, 12,
          {"irs", "tax", "taxes", "bail", "fine", "owe", "owes", "arrest", "warrant",
           "read the numbers", "read the codes", "read out the codes", "the codes", "scratch",
           "numbers on the back", "codes"}) &&
      has_near(r, i, 14, {"them", "him", "her", "they", "he", "she", "people", "pay"}))
    v.add(
        refuse, "fraud",
        "Payment by gift cards and their codes is how frauds collect money; no call will be made "
        "for that.");
  if (is_meant(
          r, i,
          {"scam",
           "defraud",
           "phish",
           "con them",
           "con him",
           "con her",
           "trick her into",
           "trick him into",
           "trick them into",
           "fake kidnapping",
           "fake invoice",
           "fake emergency",
           "ransom",
           "ponzi",
           "fake receipt",
           "fake doctor's note",
           "insurance fraud",
           "fake claim",
           "fake review",
           "fake an accident"}) &&
      !is_done_to_us(r, i))
    v.add(refuse, "fraud", "This asks for a deception for gain; no call will be made for that.");
}

void find_fraud(const reader& r, std::size_t i, verdict& v) {
  using enum risks::level;
  constexpr auto codes_why = "This asks people for codes, passwords or card data, as frauds do; no "
                             "call will be made for that.";
  auto secret = r.says_any(
      i, {"one-time code",
          "one time code",
          "one - time code",
          "one-time password",
          "otp",
          "verification code",
          "security code",
          "login code",
          "2fa code",
          "passcode",
          "cvv",
          "card number",
          "credit card number",
          "social security number",
          "ssn",
          "pin code",
          "online banking",
          "bank login",
          "bank details",
          "password",
          "card details",
          "pin",
          "credit card details",
          "bank account number",
          "the code from the text",
          "code they received",
          "code we sent"});
  if (secret == 0)
    return find_deceit(r, i, v);
  bool is_own = r.is_one_of(i - 1, {"my", "our", "new"}) ||
                has_near(
                    r, i, 8,
                    {"didn't", "not arrive", "never came", "not working", "reset my", "my account",
                     "locked out", "hasn't", "doesn't work"});
  if (!is_own && !is_forbidden(r, i) && is_obtained(r, i) && !is_done_to_us(r, i))
    v.add(refuse, "fraud", codes_why);
}

/// Offices and trades whose name nobody may borrow.
std::size_t trusted_role(const reader& r, std::size_t i) {
  while (r.is_one_of(
      i, {"a", "an", "the", "his", "her", "their", "from", "with", "local", "of", "calling", "at",
          "someone", "somebody", "in", "you're", "you", "are"}))
    ++i;
  return r.says_any(
      i, {"police",
          "police officer",
          "officer",
          "cop",
          "detective",
          "fbi",
          "sheriff",
          "irs",
          "bank",
          "doctor",
          "nurse",
          "lawyer",
          "attorney",
          "judge",
          "court",
          "government",
          "agent",
          "inspector",
          "microsoft",
          "apple",
          "amazon",
          "paypal",
          "social security",
          "tax office",
          "customs",
          "immigration",
          "hospital",
          "school",
          "employer",
          "boss",
          "husband",
          "wife",
          "mother",
          "father",
          "son",
          "daughter",
          "grandson",
          "fraud department",
          "visa",
          "tech support",
          "utility company",
          "electric company",
          "hmrc",
          "revenue",
          "medicare",
          "federal agent",
          "prosecutor",
          "social worker",
          "chase",
          "wells fargo",
          "landlord",
          "grandchild",
          "nephew",
          "priest",
          "health department",
          "fire department"});
}

void find_impersonation(const reader& r, std::size_t i, verdict& v) {
  using enum risks::level;
  auto n = r.says_any(i, {"pretend to be",     "pretend that you are",
                          "pretend you are",   "pretend you're",
                          "pose as",           "posing as",
                          "impersonate",       "act as if you were",
                          "act like you are",  "act like you're",
                          "claim to be",       "claim you are",
                          "say you are",       "say you're",
                          "say that you are",  "say that you're",
                          "tell them you are", "tell them you're",
                          "tell her you are",  "tell her you're",
                          "tell him you are",  "tell him you're",
                          "pretending to be",  "introduce yourself as",
                          "pretend",           "tell them that you are"});
  if (n == 0 || is_forbidden(r, i) || is_done_to_us(r, i))
    return;
  if (trusted_role(r, i + n) > 0 && !r.says_any(i + n, {"calling for", "calling on behalf"})) {
    v.add(
        refuse, "impersonation",
        "This asks to speak in the name of an office, a firm or a person that is not calling; no "
        "call will be made for that.");
    return;
  }
  if (r.says_any(i, {"pretend", "pose", "impersonate", "act", "pretending", "posing"}) > 0)
    v.add(
        caution, "impersonation",
        "The assistant always says that it is an AI and for whom it calls; it cannot play somebody "
        "else.");
}

void find_goods(const reader& r, std::size_t i, verdict& v) {
  using enum risks::level;
  constexpr auto why = "This is about goods or services that are against the law; no call will be "
                       "made for that.";
  auto buys = [&] {
    return has_near(
        r, i, 8,
        {"buy", "get", "order", "sell", "score", "grams", "gram", "ounce", "dealer", "supply",
         "deliver", "ounces", "kilo", "some"});
  };
  if (is_meant(
          r, i,
          {"cocaine", "heroin", "meth", "methamphetamine", "fentanyl", "mdma", "ecstasy", "crack",
           "lsd", "ketamine"}) &&
      buys() && !is_done_to_us(r, i) && !has_near(r, i, 6, {"rehab", "addiction", "windshield"}))
    v.add(refuse, "illegal_goods", why);
  if (is_meant(
          r, i,
          {"fake id", "fake passport", "fake passports", "forged", "counterfeit",
           "unregistered gun", "gun without", "ghost gun", "hitman", "hit man", "stolen phones",
           "stolen cards", "stolen credit cards", "stolen goods", "without a prescription",
           "no prescription needed", "fake documents", "untraceable gun"}) &&
      !is_done_to_us(r, i))
    v.add(refuse, "illegal_goods", why);
  if (r.low(i) == "weed" && buys() && !is_forbidden(r, i) &&
      !r.is_one_of(
          i + 1, {"killer", "control", "removal", "whacker", "barrier", "treatment", "and"}))
    v.add(
        caution, "illegal_goods",
        "This may be about goods that are not legal everywhere; please look again.");
}

// -- many calls -----------------------------------------------------------------------------------

void find_spam(const reader& r, std::size_t i, verdict& v) {
  using enum risks::level;
  constexpr auto why = "Sales calls to many people who did not ask for them are against the law in "
                       "most places; no call will be made for that.";
  if (is_meant(
          r, i,
          {"robocall", "robocalls", "robo-call", "mass call", "spam call", "spam calls",
           "blast calls"}) &&
      !is_done_to_us(r, i) &&
      !has_near(r, i, 8, {"stop", "stopped", "block", "complain", "report"}))
    v.add(refuse, "spam", why);
  auto many =
      r.says_any(i, {"everyone",        "everybody",     "random",         "hundreds",
                     "thousands",       "every number",  "all numbers",    "all the numbers",
                     "every household", "everyone in",   "as many people", "list of numbers",
                     "random numbers",  "random people", "people",         "households",
                     "leads",           "residents",     "phone book",     "every business",
                     "seniors"});
  auto count = many > 0 ? read_count(r, i - 1) : std::nullopt;
  bool is_many =
      many > 0 && (!r.is_one_of(i, {"people", "households", "leads", "residents", "seniors"}) ||
                   (count && count->value >= 20));
  if (is_many && has_near(r, i, 6, {"call", "dial", "phone", "ring"}) &&
      has_near(
          r, i, 25,
          {"sell", "offer", "promote", "pitch", "advertise", "insurance", "warranty", "crypto",
           "loan", "solar", "buy", "promotion", "deal", "discount", "investment", "marketing"}) &&
      !is_forbidden(r, i))
    v.add(refuse, "spam", why);
  if (is_meant(r, i, {"cold call", "cold calls", "cold-call", "cold - call", "telemarketing"}) &&
      !has_near(r, i, 6, {"stop", "block", "complain", "report", "list"}) && !is_done_to_us(r, i))
    v.add(
        caution, "spam",
        "Calls that sell something need the consent of the one who is called; please look again.");
}

// -- emergencies ----------------------------------------------------------------------------------

bool is_emergency_number(std::string_view digits) {
  return digits == "911" || digits == "112" || digits == "999" || digits == "000" ||
         digits == "110" || digits == "118" || digits == "119" || digits == "15" ||
         digits == "17" || digits == "18" || digits == "113" || digits == "988";
}

/// Two-digit ones and those that are common counts need more than a verb before them.
bool is_plain_emergency_number(std::string_view digits) {
  return digits == "911" || digits == "112" || digits == "999" || digits == "000" ||
         digits == "988";
}

constexpr auto emergency_why =
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

// -- data that should not be here -----------------------------------------------------------------

/// A run of 13 to 19 digits whose check digit fits: a payment card.
void find_card(const reader& r, std::size_t i, verdict& v) {
  if (!r.is_number(i) || (i > 0 && r.is_number(i - 1)) || r.low(i - 1) == "+")
    return;
  std::string digits;
  for (auto k = i; k < i + 10 && (r.is_number(k) || r.low(k) == "-"); ++k)
    if (r.is_number(k))
      digits += r.low(k);
  if (digits.size() < 13 || digits.size() > 19)
    return;
  int sum = 0;
  bool twice = false;
  for (auto k = digits.rbegin(); k != digits.rend(); ++k, twice = !twice) {
    int d = (*k - '0') * (twice ? 2 : 1);
    sum += d > 9 ? d - 9 : d;
  }
  if (sum % 10 == 0)
    v.add(
        risks::level::caution, "payment_data",
        "The text holds what looks like a card number; the assistant never speaks one.");
}

void judge(const std::string& text, verdict& v) {
  reader r{text};
  for (std::size_t i = 0; i < r.size(); ++i)
    for (auto* find :
         {find_harassment, find_stalking, find_fraud, find_impersonation, find_goods, find_spam,
          find_emergency, find_card})
      find(r, i, v);
}

} // namespace

assistant::risks judge_risks(const assistant::briefing& about) {
  verdict v;
  judge(about.instruction, v);
  judge(about.title, v);
  for (const auto* lines : {&about.hard_constraints, &about.soft_preferences})
    for (const auto& line : *lines)
      judge(line, v);
  for (const auto& [field, text] : about.answers) {
    judge(text, v);
    if (field == "phone_number" && is_emergency_number(text))
      v.add(risks::level::refuse, "emergency_number", emergency_why);
  }
  if (is_emergency_number(about.phone_number))
    v.add(risks::level::refuse, "emergency_number", emergency_why);
  return std::move(v.out);
}

} // namespace ringmaster::rules
