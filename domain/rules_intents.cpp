// What a text wants to be done.

#include <algorithm>
#include <array>
#include <utility>

#include "domain/rules_parts.hpp"
#include "domain/words.hpp"

namespace ringmaster::rules {

namespace {

constexpr auto intents = vocabulary_of<intent>(
    "book", "reschedule", "cancel", "confirm", "order", "negotiate", "refund", "complain", "check",
    "report", "tell", "ask");
static_assert(intents.words.size() == static_cast<std::size_t>(intent::ask) + 1);

bool is_noun_here(const reader& r, std::size_t i) {
  return r.is_one_of(
      i - 1, {"my", "the", "a", "an", "our", "his", "her", "their", "this", "that", "of", "your",
              "an", "last", "previous"});
}

std::size_t appointment_noun(const reader& r, std::size_t i) {
  return r.says_any(i, {"appointment", "reservation", "booking", "slot",       "meeting",
                        "visit",       "viewing",     "table",   "room",       "lesson",
                        "session",     "check-up",    "checkup", "haircut",    "pickup",
                        "delivery",    "test drive",  "tour",    "inspection", "estimate",
                        "flight",      "cleaning",    "class",   "court"});
}

/// Is an appointment within the next few words? "move my appointment", "change our 3 pm booking".
bool speaks_of_appointment(const reader& r, std::size_t i) {
  for (auto k = i + 1; k < i + 9 && k < r.size() && !r.ends_sentence(k); ++k)
    if (appointment_noun(r, k) > 0)
      return true;
  return false;
}

bool is_trade(std::string_view word) {
  constexpr auto trades = std::to_array<std::string_view>(
      {"plumber",   "electrician",  "locksmith",  "dentist",       "doctor",
       "vet",       "mechanic",     "cleaner",    "gardener",      "roofer",
       "handyman",  "painter",      "optician",   "dermatologist", "physiotherapist",
       "therapist", "chiropractor", "babysitter", "carpenter",     "taxi",
       "cab"});
  return std::find(trades.begin(), trades.end(), word) != trades.end();
}

struct guess {
  intent what = intent::ask;
  bool is_strong = false;
};

std::optional<guess> clear_intent(const reader& r, std::size_t i) {
  if (r.says_any(i, {"reschedule", "rebook", "postpone", "push back", "bring forward"}) > 0)
    return guess{intent::reschedule, true};
  if (r.is_one_of(i, {"move", "change", "shift", "push"}) && speaks_of_appointment(r, i) &&
      !is_noun_here(r, i))
    return guess{intent::reschedule, true};
  if (r.says_any(
          i, {"cancel", "terminate", "unsubscribe", "get rid of", "kill the subscription",
              "kill my subscription", "end my", "stop my", "close my account", "call off",
              "opt out"}) > 0)
    return guess{intent::cancel, true};
  if (r.says_any(
          i, {"refund", "money back", "reimburse", "reimbursement", "chargeback", "charge back",
              "credit back"}) > 0)
    return guess{intent::refund, true};
  if (r.low(i) == "deposit")
    for (auto k = i + 1; k < i + 7 && !r.ends_sentence(k); ++k)
      if (r.low(k) == "back")
        return guess{intent::refund, true};
  if (r.says_any(
          i, {"negotiate", "haggle", "better price", "better deal", "better rate", "discount",
              "lower my", "lower the price", "lower price", "reduce my", "bring down my",
              "get my bill down", "price match", "bargain"}) > 0)
    return guess{intent::negotiate, true};
  if (r.says_any(i, {"complain", "complaint", "dispute", "file a complaint"}) > 0)
    return guess{intent::complain, true};
  if (r.is_one_of(i, {"confirm", "reconfirm"}))
    return guess{intent::confirm, true};
  if (r.low(i) == "report" && !is_noun_here(r, i))
    return guess{intent::report, true};
  return std::nullopt;
}

std::optional<guess> buying_intent(const reader& r, std::size_t i) {
  if (r.is_one_of(i, {"order", "reorder", "buy", "purchase", "refill", "renew"}) &&
      !is_noun_here(r, i) && r.low(i - 1) != "in" &&
      !r.is_one_of(i + 1, {"number", "#", "no", "status", "id", "nr"}) &&
      (!r.is_number(i + 1) || r.low(i + 1).size() < 3))
    return guess{intent::order, true};
  if (r.is_one_of(i, {"book", "reserve", "schedule"}) && !is_noun_here(r, i))
    return guess{intent::book, true};
  if (r.says_any(i, {"set up", "arrange", "sign me up", "sign up", "hire", "rsvp"}) > 0)
    return guess{intent::book, true};
  if (r.is_one_of(
          i, {"get", "make", "need", "find", "want", "have", "see", "like", "grab", "fix"})) {
    for (auto k = i + 1; k < i + 7 && k < r.size() && !r.ends_sentence(k); ++k) {
      if (r.is_one_of(k, {"cancel", "move", "change", "refund", "order", "know", "ask", "confirm"}))
        break;
      // Trades come to the house, or one goes to them: "see a plumber".
      if (k < i + 4 && r.is_one_of(k - 1, {"a", "an", "the", "my"}) && is_trade(r.low(k)) &&
          r.is_one_of(i, {"see", "need", "find", "get", "want"}))
        return guess{intent::book, true};
      // "make my reservation known", "have my table ready" are no bookings.
      if (appointment_noun(r, k) > 0 && !r.is_one_of(k - 1, {"my", "our"}))
        return guess{intent::book, true};
    }
  }
  return std::nullopt;
}

std::optional<guess> weak_intent(const reader& r, std::size_t i) {
  if (r.says_any(
          i, {"status of", "status", "where is", "where's", "track", "has shipped", "is ready",
              "are ready", "has arrived", "check on", "follow up", "balance of", "where my package",
              "where my order", "where my parcel", "where our order", "been approved",
              "been processed"}) > 0)
    return guess{intent::check, false};
  if (r.says_any(
          i, {"tell", "let them know", "inform", "leave a message", "remind", "thank", "wish",
              "say", "say happy", "let her know", "let him know", "notify"}) > 0)
    return guess{intent::tell, false};
  if (r.is_one_of(i, {"ask", "check", "find", "inquire", "enquire"}))
    return guess{intent::ask, false};
  return std::nullopt;
}

} // namespace

std::string_view to_string(intent i) { return intents[i]; }

intent find_intent(const reader& r) {
  std::optional<intent> strong, weak;
  for (std::size_t i = 0; i < r.size() && !strong; ++i) {
    // What is not wanted, and what was: "don't cancel", "if they canceled".
    if (r.is_one_of(i - 1, {"don't", "not", "never"}))
      continue;
    auto found = clear_intent(r, i);
    if (!found)
      found = buying_intent(r, i);
    if (found) {
      // "ask whether I can cancel" asks; "ask for a refund" wants one.
      bool only_asked = false;
      for (auto k = i; k-- > 0 && k + 8 > i;)
        only_asked = only_asked || r.is_one_of(k, {"whether", "if", "when", "how", "what", "why"});
      bool asks = weak == intent::ask || weak == intent::check;
      if (only_asked && asks)
        continue;
      strong = found->what;
      break;
    }
    auto guessed = weak_intent(r, i);
    // "check the status" is about a status, "ask where my order is" too.
    if (guessed && (!weak || (weak == intent::ask && guessed->what == intent::check)))
      weak = guessed->what;
  }
  return strong ? *strong : weak.value_or(intent::ask);
}

std::string find_object(const reader& r) {
  for (std::size_t i = 0; i < r.size(); ++i) {
    auto n = r.says_any(i, {"oil change",  "test drive",  "dental cleaning",
                            "check-up",    "checkup",     "haircut",
                            "table",       "appointment", "room",
                            "reservation", "taxi",        "cab",
                            "flight",      "tickets",     "tour",
                            "viewing",     "lesson",      "meeting",
                            "massage",     "inspection",  "delivery",
                            "pickup",      "eye exam",    "physical",
                            "cleaning",    "court",       "van",
                            "estimate",    "quote",       "class",
                            "session",     "service",     "slot",
                            "visit",       "vaccination", "flu shot",
                            "manicure"});
    if (n > 0 && !(r.low(i) == "service" && r.low(i - 1) == "customer"))
      return std::string{r.text(i, i + n)};
  }
  return {};
}

bool is_restaurant(const reader& r) {
  return r.has_any(
             {"table", "restaurant", "dinner", "bistro", "trattoria", "pizzeria", "steakhouse",
              "brunch", "brasserie"}) ||
         (r.has("lunch") && r.has_any({"reservation", "reserve", "book"}));
}

} // namespace ringmaster::rules
