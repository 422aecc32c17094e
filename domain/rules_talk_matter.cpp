// What a call is about, as it is told to the other end: read from the owner's own words.

#include <algorithm>
#include <array>
#include <utility>

#include "domain/rules_talk.hpp"
#include "domain/text.hpp"

namespace ringmaster::rules {

namespace {

struct exchange {
  std::string_view from, to;
};
/// Two words first, so that the verb goes with its new subject.
constexpr auto pairs = std::to_array<exchange>({
    {"i am",    "my client is"   },
    {"i'm",     "my client is"   },
    {"i have",  "my client has"  },
    {"i've",    "my client has"  },
    {"i need",  "my client needs"},
    {"i want",  "my client wants"},
    {"i will",  "my client will" },
    {"i'll",    "my client will" },
    {"i",       "my client"      },
    {"me",      "my client"      },
    {"my",      "my client's"    },
    {"mine",    "my client's"    },
    {"we are",  "my client is"   },
    {"we're",   "my client is"   },
    {"we have", "my client has"  },
    {"we",      "my client"      },
    {"us",      "my client"      },
    {"our",     "my client's"    },
    {"they're", "you are"        },
    {"they",    "you"            },
    {"them",    "you"            },
    {"their",   "your"           },
    {"if",      "whether"        },
});

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& line : lines)
    out += ". " + line;
  return out;
}

/// Up to the end of the sentence, or to where another errand begins.
std::size_t clause_end(const reader& r, std::size_t i) {
  for (; i < r.size() && !r.ends_sentence(i); ++i)
    if (r.says_any(
            i, {"and let", "and tell me", "and report", "and then", "then tell", "and book",
                "and reserve", "and order", "and if", ", then", "and get back", "and write"}) > 0)
      break;
  return i;
}

/// What is to be asked: "ask Joe's whether they have ..." gives "whether they have ...".
std::string asked_clause(const reader& r) {
  for (std::size_t i = 0; i < r.size(); ++i) {
    if (!r.is_one_of(
            i,
            {"ask", "asks", "out", "check", "inquire", "enquire", "know", "learn", "see", "ask:"}))
      continue;
    for (auto k = i + 1; k < i + 8 && k < r.size() && !r.ends_sentence(k); ++k)
      if (r.is_one_of(
              k, {"whether", "if", "how", "what", "when", "where", "which", "who", "why", "about"}))
        return std::string{r.text(k, clause_end(r, k))};
  }
  return {};
}

/// What is to be told: behind "tell them that".
std::string told_clause(const reader& r) {
  for (std::size_t i = 0; i < r.size(); ++i) {
    auto n = r.says_any(
        i, {"tell", "inform", "remind", "notify", "let", "say", "message", "announce", "report",
            "saying"});
    if (n == 0)
      continue;
    for (auto k = i + 1; k < i + 8 && k < r.size() && !r.ends_sentence(k); ++k)
      if (r.is_one_of(k, {"that", ":", "know"}) || (r.low(i) == "saying" && k == i + 1)) {
        auto from = r.low(i) == "saying" ? k : k + 1;
        if (r.low(from) == "that")
          ++from;
        auto clause = std::string{r.text(from, clause_end(r, from))};
        if (!clause.empty())
          return clause;
      }
    if (r.is_one_of(i, {"tell", "remind", "inform"})) {
      auto from = i + 2;
      return std::string{r.text(from, clause_end(r, from))};
    }
  }
  return {};
}

std::string with_article(const std::string& object) {
  if (object.empty())
    return "an appointment";
  bool plural = object.ends_with('s') && !object.ends_with("ss");
  bool vowel = std::string_view{"aeiou"}.find(object[0]) != std::string_view::npos;
  return plural ? object : (vowel ? "an " : "a ") + object;
}

std::string lower_first(std::string text) {
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z')
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

goal goal_of(const findings& f) {
  const auto& r = f.text;
  bool asks_price =
      r.has_any({"how much", "price", "prices", "cost", "costs", "quote", "rate", "fee", "charge"});
  switch (f.what) {
  case intent::book:
    return goal::book;
  case intent::reschedule:
    return goal::move;
  case intent::cancel:
    return goal::cancel;
  case intent::confirm:
    return goal::confirm;
  case intent::tell:
  case intent::report:
    return goal::tell;
  case intent::negotiate:
  case intent::order:
    return goal::deal;
  case intent::ask:
  case intent::check:
    if (r.has_any(
            {"opening hours", "business hours", "hours", "what time", "when they open",
             "when they close", "are open", "they open", "is open", "opens", "closes", "close"}))
      return goal::hours;
    return asks_price ? goal::price : goal::ask;
  case intent::refund:
  case intent::complain:
    break;
  }
  return goal::ask;
}

/// The first of the script's questions that can be asked as it stands.
std::string scripted_question(const assistant::live_brief& about) {
  for (const auto& q : about.words.key_questions)
    if (q.find("the following:") == std::string::npos && q.size() <= 300)
      return q;
  return {};
}

std::string as_question(const std::string& clause) {
  return "Could you tell me " + said_for_owner(clause) + "?";
}

void phrase(matter& m, const assistant::live_brief& about, const findings& f) {
  const auto& r = f.text;
  auto asked = asked_clause(r);
  auto first = std::string{r.text(0, clause_end(r, 0))};
  std::string people =
      m.party > 0 ? " for " + std::to_string(m.party) + (m.party == 1 ? " person" : " people") : "";
  auto at = m.when.empty() ? std::string{} : ", if possible " + m.when;
  switch (m.what) {
  case goal::book:
    m.purpose = "to book " + m.object + people;
    m.question = "I would like to book " + m.object + people + at + ". What could you offer?";
    break;
  case goal::move:
    m.purpose = "to move " + m.object + " to another time";
    m.question =
        "I would like to move " + m.object + " to another time" + at + ". What could you offer?";
    break;
  case goal::cancel:
    m.purpose = "to cancel " + m.object;
    m.question = "My client would like to cancel " + m.object +
                 (m.when.empty() ? "" : ", " + m.when) + ". Could you do that, please?";
    break;
  case goal::confirm:
    m.purpose = "to confirm " + m.object;
    m.question = "Does " + m.object + (m.when.empty() ? "" : ", " + m.when) + ", stand as agreed?";
    break;
  case goal::price:
    m.purpose = "to ask for a price";
    m.question = asked.empty() ? "" : as_question(asked);
    if (m.question.empty())
      m.question = f.object.empty() && !scripted_question(about).empty()
                       ? scripted_question(about)
                       : "Could you tell me what " +
                             (f.object.empty() ? std::string{"it"} : m.object) + " costs?";
    break;
  case goal::hours:
    m.purpose = "to ask for your opening hours";
    m.question = asked.empty() || asked.starts_with("about")
                     ? "Could you tell me your opening hours" +
                           (m.when.empty() ? "" : " for " + m.when) + "?"
                     : as_question(asked);
    break;
  case goal::tell: {
    auto told = told_clause(r);
    m.purpose = "to pass on a message";
    m.question = "My message is this: " +
                 (told.empty() ? said_for_owner(lower_first(first)) : said_for_owner(told)) +
                 ". Have you noted that?";
    break;
  }
  case goal::deal:
    m.purpose = f.what == intent::negotiate ? "about a price" : "to place an order";
    m.question = scripted_question(about);
    if (f.what == intent::order)
      m.question = "My client's order is this: " + said_for_owner(lower_first(first)) +
                   ". Is that possible, and what would it cost?";
    else if (m.question.empty())
      m.question = "What is the best price that you can offer?";
    break;
  case goal::ask:
    m.purpose = "with a question";
    m.question = asked.empty() ? scripted_question(about) : as_question(asked);
    if (m.question.empty())
      m.question = "It is about the following: " + said_for_owner(lower_first(first)) +
                   ". Could you help with that?";
    break;
  }
}

} // namespace

std::string said_for_owner(std::string_view clause) {
  reader r{std::string{trimmed(clause)}};
  std::string out;
  std::size_t at = 0, length = 0;
  for (std::size_t i = 0; i < r.size(); i += std::max<std::size_t>(length, 1)) {
    length = 0;
    const exchange* best = nullptr;
    for (const auto& p : pairs)
      if (auto n = r.says(i, p.from); n > length) {
        length = n;
        best = &p;
      }
    out += r.all().substr(at, r[i].begin - at);
    auto end = r[i + std::max<std::size_t>(length, 1) - 1].end;
    // "whether" only at the head of a clause; "I" in "I-95" and "us" in "US" stay.
    bool is_name = best && best->from == "us" && r[i].capital;
    if (best && !is_name && !(best->from == "if" && i > 0))
      out += best->to;
    else
      out += r.all().substr(r[i].begin, end - r[i].begin);
    at = end;
  }
  while (!out.empty() && std::string_view{".?!,;: "}.find(out.back()) != std::string_view::npos)
    out.pop_back();
  constexpr std::size_t most = 400;
  if (out.size() > most) {
    auto end = out.rfind(' ', most);
    out.resize(end == std::string::npos ? most : end);
    while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0x80) != 0)
      out.pop_back();
  }
  return out;
}

std::string say_money(const money& m) {
  constexpr auto names = std::to_array<std::pair<std::string_view, const char*>>({
      {"USD", "dollars"           },
      {"CAD", "Canadian dollars"  },
      {"AUD", "Australian dollars"},
      {"EUR", "euros"             },
      {"GBP", "pounds"            },
      {"JPY", "yen"               },
      {"CHF", "francs"            }
  });
  auto amount = to_decimal(m.micros);
  if (amount.ends_with(".00"))
    amount.resize(amount.size() - 3);
  for (const auto& [code, name] : names)
    if (m.currency == code)
      return amount + " " + name;
  return amount + " " + m.currency;
}

matter matter_of(const assistant::live_brief& about) {
  auto f = read(about.about);
  matter m;
  m.what = goal_of(f);
  m.dates = f.dates;
  auto hard = about.about.hard_constraints;
  hard.insert(
      hard.end(), about.so_far.hard_constraints.begin(), about.so_far.hard_constraints.end());
  auto soft = about.about.soft_preferences;
  soft.insert(
      soft.end(), about.so_far.soft_preferences.begin(), about.so_far.soft_preferences.end());
  std::string answers;
  for (const auto& [field, text] : about.about.answers)
    if (field == "date" || field == "time" || field == "when" || field.ends_with("_date") ||
        field.ends_with("_time"))
      answers += (field == "time" ? ". at " : ". ") + text;
  // The constraints of the plan come from the text itself: twice the same does no harm.
  m.hard =
      wished_in(about.about.instruction + answers + joined(hard), m.dates, m.what == goal::move);
  m.soft = wished_in(joined(soft), m.dates, false);
  auto own = reader{about.about.instruction + answers};
  for (const auto& t : find_times(own, m.dates)) {
    bool told = t.is_past || (t.said.meaning.empty() && !t.is_ambiguous_date);
    if (!told && m.when.find(t.said.text) == std::string::npos)
      m.when += (m.when.empty() ? "" : ", ") + t.said.text;
  }
  m.party = f.party;
  for (const auto& [field, text] : about.about.answers)
    if (field == "party_size")
      if (auto n = read_count(reader{text}, 0))
        m.party = n->value;
  bool theirs = m.what == goal::move || m.what == goal::cancel || m.what == goal::confirm;
  auto object = lower_first(f.object);
  m.object = theirs ? "my client's " + (object.empty() ? "appointment" : object)
             : object.empty() && is_restaurant(f.text) ? "a table"
                                                       : with_article(object);
  phrase(m, about, f);
  return m;
}

} // namespace ringmaster::rules
