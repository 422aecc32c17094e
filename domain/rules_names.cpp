// Whom a text wants to have called, and how many people come along.

#include <algorithm>
#include <array>
#include <utility>

#include "domain/rules_parts.hpp"

namespace ringmaster::rules {

namespace {

bool is_title(const reader& r, std::size_t i) {
  return r.is_one_of(i, {"dr", "mr", "mrs", "ms", "miss", "prof", "professor", "doctor", "sir"}) &&
         r[i].capital;
}

/// Common first names: enough to tell "call Sarah" from "call Comcast".
bool is_first_name(std::string_view word) {
  constexpr auto names = std::to_array<std::string_view>(
      {"adam",   "alex",     "alice",   "amy",     "andrea",   "andrew", "anna",     "anne",
       "ann",    "ben",      "bob",     "brian",   "carlos",   "carol",  "charlie",  "chris",
       "claire", "daniel",   "david",   "diana",   "elena",    "emily",  "emma",     "eric",
       "eva",    "frank",    "george",  "grace",   "hannah",   "helen",  "henry",    "jack",
       "james",  "jane",     "janet",   "jason",   "jennifer", "jenny",  "jessica",  "jim",
       "joe",    "john",     "jonas",   "jose",    "julia",    "karen",  "kate",     "kevin",
       "laura",  "linda",    "lisa",    "lucy",    "luis",     "maria",  "mark",     "martin",
       "mary",   "matt",     "michael", "mike",    "nancy",    "nina",   "olivia",   "oliver",
       "paul",   "peter",    "rachel",  "richard", "robert",   "rosa",   "ryan",     "sam",
       "sandra", "sarah",    "sophie",  "steve",   "susan",    "thomas", "tim",      "tom",
       "tony",   "victoria", "will",    "william", "ahmed",    "fatima", "mohammed", "priya",
       "hans",   "pierre",   "marie",   "giulia",  "marco",    "pedro",  "ravi",     "wei"});
  return std::find(names.begin(), names.end(), word) != names.end();
}

/// Words that end the name of a business.
bool is_business_word(std::string_view word) {
  constexpr auto words = std::to_array<std::string_view>(
      {"garage",    "restaurant", "pizza",      "pizzeria", "hotel",    "inn",        "clinic",
       "bank",      "dental",     "hospital",   "salon",    "plumbing", "insurance",  "airlines",
       "airways",   "cafe",       "bistro",     "spa",      "gym",      "auto",       "repair",
       "pharmacy",  "university", "school",     "services", "energy",   "electric",   "telecom",
       "wireless",  "mobile",     "inc",        "llc",      "ltd",      "gmbh",       "company",
       "group",     "bakery",     "florist",    "flowers",  "cleaners", "grill",      "kitchen",
       "bar",       "trattoria",  "fitness",    "motors",   "tires",    "rentals",    "library",
       "theater",   "theatre",    "center",     "centre",   "surgery",  "practice",   "associates",
       "law",       "realty",     "properties", "movers",   "storage",  "gas",        "water",
       "power",     "health",     "care",       "optical",  "vision",   "veterinary", "kennels",
       "brasserie", "steakhouse", "sushi",      "studio",   "barbers",  "heating",    "roofing"});
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// People that are called by what they do or are.
bool is_personal_role(std::string_view word) {
  constexpr auto roles = std::to_array<std::string_view>(
      {"dentist",
       "doctor",
       "vet",
       "plumber",
       "landlord",
       "electrician",
       "mechanic",
       "hairdresser",
       "barber",
       "accountant",
       "lawyer",
       "mom",
       "mum",
       "mother",
       "dad",
       "father",
       "brother",
       "sister",
       "wife",
       "husband",
       "boss",
       "neighbor",
       "neighbour",
       "therapist",
       "optometrist",
       "optician",
       "gardener",
       "cleaner",
       "roofer",
       "pediatrician",
       "dermatologist",
       "gp",
       "tutor",
       "babysitter",
       "realtor",
       "contractor",
       "physiotherapist",
       "chiropractor",
       "orthodontist",
       "grandmother",
       "grandma",
       "friend",
       "locksmith",
       "teacher",
       "tailor",
       "florist",
       "landlady",
       "superintendent",
       "stylist",
       "veterinarian",
       "psychiatrist",
       "cardiologist"});
  return std::find(roles.begin(), roles.end(), word) != roles.end();
}

/// Places and firms that are called by what they are; with two words where one is not enough.
std::size_t business_role(const reader& r, std::size_t i) {
  return r.says_any(
      i, {"insurance company",
          "insurance",
          "bank",
          "gym",
          "school",
          "pharmacy",
          "hotel",
          "airline",
          "restaurant",
          "bakery",
          "internet provider",
          "cable company",
          "phone company",
          "electric company",
          "gas company",
          "water company",
          "power company",
          "credit card company",
          "library",
          "hair salon",
          "nail salon",
          "salon",
          "clinic",
          "hospital",
          "dealership",
          "car dealer",
          "garage",
          "dry cleaner",
          "dry cleaners",
          "post office",
          "city hall",
          "town hall",
          "dmv",
          "tax office",
          "embassy",
          "consulate",
          "moving company",
          "cab company",
          "taxi company",
          "car rental",
          "rental company",
          "mobile provider",
          "energy supplier",
          "energy provider",
          "broadband provider",
          "council",
          "police station",
          "lost and found",
          "daycare",
          "kindergarten",
          "nursery",
          "theater",
          "theatre",
          "box office",
          "museum",
          "travel agency",
          "vet clinic",
          "animal shelter",
          "car wash",
          "body shop",
          "hardware store",
          "furniture store",
          "store",
          "shop",
          "supermarket",
          "steakhouse",
          "pizzeria",
          "pizza place",
          "campground",
          "storage company",
          "surgery",
          "doctor's office",
          "dentist's office",
          "dental office",
          "lab",
          "utility company",
          "trash company",
          "courier",
          "carrier",
          "delivery company",
          "repair shop",
          "bike shop",
          "tire shop",
          "flower shop"});
}

bool is_calendar_word(std::string_view word) {
  constexpr auto words = std::to_array<std::string_view>(
      {"monday",  "tuesday",   "wednesday", "thursday",  "friday",   "saturday", "sunday",
       "january", "february",  "march",     "april",     "may",      "june",     "july",
       "august",  "september", "october",   "november",  "december", "jan",      "feb",
       "mar",     "apr",       "jun",       "jul",       "aug",      "sep",      "sept",
       "oct",     "nov",       "dec",       "mon",       "tue",      "wed",      "thu",
       "fri",     "sat",       "sun",       "christmas", "easter",   "i",        "i'm",
       "i'd",     "i'll",      "i've",      "please",    "eur",      "usd",      "gbp",
       "if",      "the",       "my",        "and",       "ask",      "tell",     "book"});
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_name_word(const reader& r, std::size_t i) {
  const auto& t = r[i];
  return t.what == token::kind::word && t.capital && !is_calendar_word(t.low);
}

/// A run of words that look like a name: "Joe's Garage", "Bella & Sons", "Bank of America",
/// "Dr. Anna Miller", "T-Mobile", "AT&T".
stretch name_at(const reader& r, std::size_t i) {
  auto first = i;
  if (r.low(i) == "the" && is_name_word(r, i + 1)) {
    first = r[i].capital ? i : i + 1; // "The Ivy", but "the Grand Hotel"
    ++i;
  }
  if (!is_name_word(r, i))
    return {};
  auto at = i + 1;
  while (at < i + 10) {
    if (is_name_word(r, at) && !(r.low(at - 1) == "." && r.ends_sentence(at - 1))) {
      ++at;
      continue;
    }
    bool joins = r.is_one_of(at, {"&", "-", "of", "and", "the", "'"}) ||
                 (r.low(at) == "." && is_title(r, at - 1));
    // "and" joins only signs of a firm: "Sarah and Tom" are two.
    if (r.low(at) == "and" && !is_business_word(r.low(at + 2)) && !r.is_one_of(at + 1, {"Sons"}))
      joins = false;
    if (!joins || !is_name_word(r, at + 1))
      break;
    at += 2;
  }
  return {first, at};
}

std::string said(const reader& r, const stretch& s) { return std::string{r.text(s.first, s.last)}; }

bool is_business(const reader& r, const stretch& s) {
  for (auto i = s.first; i < s.last; ++i)
    if (is_business_word(r.low(i)) || r.low(i) == "&" || (r.low(i).ends_with("'s") && r[i].capital))
      return true;
  return false;
}

/// The bytes of "'s" or "’s" at the end of a name.
std::size_t possessive_length(std::string_view name) {
  return name.ends_with("'s") ? 2 : name.ends_with("\u2019s") ? 4 : 0;
}

bool is_person(const reader& r, const stretch& s) {
  return is_title(r, s.first) || (!is_business(r, s) && is_first_name(r.low(s.first)));
}

/// Words behind which the name of the one to call stands.
std::size_t cue_at(const reader& r, std::size_t i) {
  if (auto n = r.says_any(i, {"call",       "phone",     "ring",         "contact",  "dial",
                              "call up",    "ring up",   "get hold of",  "speak to", "talk to",
                              "speak with", "talk with", "reach out to", "calling",  "ask",
                              "tell",       "remind",    "inform",       "thank",    "cancel",
                              "how much",   "whether",   "if",           "see",      "find",
                              "hire",       "need",      "get"}))
    return n;
  return r.says_any(
      i, {"with", "at", "from", "by", "to", "appointment with", "reservation at", "table at"});
}

bool is_call_cue(const reader& r, std::size_t i) {
  return r.is_one_of(
             i, {"call", "phone", "ring", "contact", "dial", "get", "speak", "talk", "reach",
                 "calling", "ask", "tell", "remind", "inform", "thank"}) &&
         !(r.low(i) == "get" && r.low(i + 1) != "hold");
}

/// Behind these only a trade is looked for: "see a plumber", "find a locksmith".
bool is_search_cue(const reader& r, std::size_t i) {
  return r.is_one_of(i, {"see", "find", "hire", "need", "get"}) && !is_call_cue(r, i);
}

/// Behind these only a firm is looked for: "how much Joe's Garage charges".
bool is_question_cue(const reader& r, std::size_t i) {
  return r.is_one_of(i, {"how", "whether", "if"});
}

void take_name(const reader& r, const stretch& s, std::size_t cue, names& out) {
  if (is_person(r, s)) {
    if (out.contact.empty()) {
      out.contact = said(r, s);
      // "Dr. Nguyen's office"
      out.contact.erase(out.contact.size() - possessive_length(out.contact));
    }
  } else if (
      out.company.empty() && (is_business(r, s) || is_call_cue(r, cue) ||
                              r.is_one_of(cue, {"at", "from", "with", "reservation", "table"}))) {
    out.company = said(r, s);
  }
}

/// "my dentist", "the hotel", "our landlord".
std::size_t role_at(const reader& r, std::size_t i, names& out) {
  if (r.is_one_of(i, {"mom", "mum", "dad", "grandma", "grandpa"})) {
    if (out.contact.empty())
      out.contact = r.low(i);
    return 1;
  }
  if (auto n = r.says_any(i, {"city hall", "town hall", "customer support"})) {
    if (out.company.empty())
      out.company = said(r, {i, i + n});
    return n;
  }
  if (!r.is_one_of(i, {"my", "our", "the", "a", "an", "his", "her", "their", "local"}))
    return 0;
  auto at = i + 1;
  while (at < i + 4 && r.is_one_of(
                           at, {"local", "new", "old", "kids'", "son's", "daughter's", "nearest",
                                "mom's", "dog's", "family", "italian"}))
    ++at;
  if (auto n = business_role(r, at)) {
    if (out.company.empty())
      out.company = said(r, {at, at + n});
    return at + n - i;
  }
  if (!is_personal_role(r.low(at)))
    return 0;
  // "my dentist Dr. Miller", "my friend Sarah"
  auto next = at + 1 + (r.low(at + 1) == "," ? 1 : 0);
  auto name = name_at(r, next);
  if (name.last > name.first && (is_person(r, name) || next == at + 1)) {
    if (out.contact.empty())
      out.contact = said(r, name);
  } else if (out.contact.empty()) {
    out.contact = r.low(at);
    out.is_role = true;
  }
  return at + 1 - i;
}

} // namespace

names find_names(const reader& r) {
  names out, by_role;
  for (std::size_t i = 0; i < r.size(); ++i) {
    auto n = cue_at(r, i);
    if (n == 0)
      continue;
    auto name = name_at(r, i + n);
    if (name.last > name.first) {
      if (is_question_cue(r, i) ? is_business(r, name) && !is_person(r, name)
                                : !is_search_cue(r, i) || is_person(r, name))
        take_name(r, name, i, out);
    } else if (
        by_role.contact.empty() && by_role.company.empty() && r.low(i) != "by" &&
        !is_question_cue(r, i)) {
      names found;
      if (role_at(r, i + n, found) > 0 && (!is_search_cue(r, i) || found.is_role))
        by_role = std::move(found);
    }
  }
  if (out.contact.empty() && !by_role.contact.empty() &&
      (out.company.empty() || !by_role.is_role)) {
    out.contact = by_role.contact;
    out.is_role = by_role.is_role;
  }
  if (out.company.empty() && out.contact.empty())
    out.company = by_role.company;
  return out;
}

// -- how many -------------------------------------------------------------------------------------

namespace {

bool is_people_word(const reader& r, std::size_t i) {
  return r.is_one_of(
      i, {"people", "persons", "person", "guests", "guest", "adults", "adult", "diners", "pax",
          "kids", "children", "child", "players", "friends", "travelers", "travellers"});
}

bool is_about_seats(const reader& r) {
  return r.has_any(
      {"table", "reservation", "restaurant", "dinner", "lunch", "brunch", "room", "tickets", "tour",
       "seats", "court", "guests", "party"});
}

} // namespace

std::int64_t find_party_size(const reader& r) {
  std::int64_t together = 0;
  for (std::size_t i = 0; i < r.size(); ++i) {
    if (together > 0 && r.ends_sentence(i))
      break;
    if (auto n = r.says_any(i, {"party of", "group of", "table for", "reservation for", "us for"}))
      if (auto count = read_count(r, i + n);
          count && count->value <= 500 &&
          !r.is_one_of(i + n + count->length, {":", "pm", "am", "o'clock", "/"}))
        if (!is_people_word(r, i + n + count->length))
          return count->value;
    auto count = read_count(r, i);
    if (count && count->value > 0 && count->value <= 500) {
      auto behind = i + count->length;
      if (is_people_word(r, behind) && (is_about_seats(r) || r.low(i - 1) == "for")) {
        together += count->value;
        i = behind;
        continue;
      }
      if (r.says(behind, "of us") > 0)
        return count->value;
      // "for two at 7", "for 4 on Friday"
      bool ends = behind >= r.size() || !r.is_word(behind) ||
                  r.is_one_of(
                      behind, {"on", "at", "tomorrow", "tonight", "this", "next", "in", "after",
                               "around", "and", "under", "outside", "by"});
      if (r.low(i - 1) == "for" && ends && is_about_seats(r) && together == 0 &&
          !r.is_one_of(behind, {":", "/", "$", "%"}) && count->value <= 30)
        return count->value;
      i += count->length - 1;
    }
    if (r.is_one_of(i, {"me", "myself"}) && r.says(i + 1, "and my") > 0 && is_about_seats(r) &&
        together == 0 &&
        r.is_one_of(
            i + 3, {"wife", "husband", "partner", "girlfriend", "boyfriend", "friend", "son",
                    "daughter", "mom", "mum", "dad", "sister", "brother"}))
      return 2;
  }
  return together;
}

} // namespace ringmaster::rules
