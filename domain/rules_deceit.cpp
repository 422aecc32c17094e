// Against the law: deception, borrowed names, goods, unasked sales calls; and card numbers.

#include <string>
#include <string_view>

#include "domain/rules_risks.hpp"

namespace ringmaster::rules {

namespace {

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

} // namespace

// -- fraud ----------------------------------------------------------------------------------------

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

} // namespace ringmaster::rules
