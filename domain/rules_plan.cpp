// The plan: what was found, put together, and what is missing.

#include <algorithm>
#include <string>
#include <utility>

#include "domain/phone_number.hpp"
#include "domain/rules_parts.hpp"
#include "domain/text.hpp"

namespace ringmaster::rules {

namespace {

std::string capitalized(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string joined(const std::vector<std::string>& parts, const char* between) {
  std::string out;
  for (const auto& part : parts)
    out += (out.empty() ? "" : between) + part;
  return out;
}

bool is_answered(const assistant::briefing& about, std::string_view field) {
  return std::any_of(about.answers.begin(), about.answers.end(), [&](const auto& a) {
    return a.first == field && !trimmed(a.second).empty();
  });
}

/// Words that say nothing about the matter: "Please call …", "Can you …".
std::size_t skip_politeness(const reader& r) {
  std::size_t i = 0;
  while (auto n = r.says_any(
             i, {"please", "can you", "could you", "could you please", "i need you to",
                 "i want you to", "i'd like you to", "i would like you to", "hi", "hello", "hey",
                 ",", "!", ".", "can you please", "would you", "would you please", "kindly"}))
    i += n;
  return i < r.size() ? i : 0;
}

/// The first sentence without its phone number, at most 80 characters, cut between words.
std::string title_of(const findings& f) {
  constexpr std::size_t most = 80;
  std::string out;
  auto add = [&](std::size_t i) {
    if (!out.empty() && !f.text[i].glued)
      out += ' ';
    out += f.text.text(i, i + 1);
  };
  for (std::size_t i = skip_politeness(f.text); i < f.text.size(); ++i) {
    auto in_number = [&](std::size_t k) {
      return std::any_of(
          f.numbers.begin(), f.numbers.end(), [&](const auto& n) { return n.where.covers(k); });
    };
    bool leads_to_number = (f.text.is_one_of(i, {"at", "on", "("}) && in_number(i + 1)) ||
                           (f.text.low(i) == ")" && in_number(i - 1));
    if (in_number(i) || leads_to_number || (f.text.is_one_of(i, {",", "and"}) && in_number(i + 1)))
      continue;
    if (f.text.ends_sentence(i) && out.size() > 8)
      break;
    if (f.text.low(i) == "\n")
      continue;
    auto before = out;
    add(i);
    if (count_characters(out).value_or(most + 1) > most) {
      out = before;
      break;
    }
  }
  while (!out.empty() && (out.back() == ',' || out.back() == ' ' || out.back() == '-'))
    out.pop_back();
  if (!count_characters(out) || has_control_character(out))
    return {};
  return capitalized(out);
}

/// What is wanted, as a clause that goes with "to": "book a table".
std::string wanted(const findings& f) {
  auto thing = [&](const char* otherwise) {
    if (f.object.empty())
      return std::string{otherwise};
    bool vowel = std::string_view{"aeiouAEIOU"}.find(f.object[0]) != std::string_view::npos;
    bool many = f.object.ends_with('s');
    return (many ? "" : vowel ? "an " : "a ") + f.object;
  };
  auto own = [&](const char* otherwise) {
    return f.object.empty() ? std::string{otherwise} : "the " + f.object;
  };
  switch (f.what) {
  case intent::book:
    return "book " + thing("an appointment");
  case intent::reschedule:
    return "move " + own("the appointment");
  case intent::cancel:
    return "cancel " + (f.object.empty() ? "what was agreed" : "the " + f.object);
  case intent::confirm:
    return "confirm " + own("the appointment");
  case intent::order:
    return "place an order";
  case intent::negotiate:
    return "get a better price";
  case intent::refund:
    return "get a refund";
  case intent::complain:
    return "make a complaint";
  case intent::check:
    return "find out how things stand";
  case intent::report:
    return "report something";
  case intent::tell:
    return "pass on a message";
  case intent::ask:
    break;
  }
  return "ask a question";
}

std::string when_of(const findings& f) {
  std::vector<std::string> said;
  for (const auto& t : f.times)
    if (!t.is_past && said.size() < 4)
      said.push_back(t.said.text);
  return joined(said, ", ");
}

std::string goal_of(const assistant::briefing& about, const findings& f) {
  auto goal = capitalized(wanted(f));
  if (f.party > 0)
    goal += " for " + std::to_string(f.party);
  goal += " by calling " + whom(about, f);
  if (auto when = when_of(f); !when.empty())
    goal += " (" + when + ")";
  return goal + ".";
}

std::vector<std::string>
steps_of(const assistant::briefing& about, const findings& f, const assistant::plan& p) {
  std::vector<std::string> steps;
  steps.push_back("Call " + whom(about, f) + " and say who is calling and for what.");
  auto ask = "Ask to " + wanted(f);
  if (auto when = when_of(f); !when.empty())
    ask += ": " + when;
  steps.push_back(ask + ".");
  if (!p.hard_constraints.empty())
    steps.push_back("Agree only if this holds: " + joined(p.hard_constraints, "; ") + ".");
  if (!p.soft_preferences.empty())
    steps.push_back(
        "Ask for this, too, where it can be had: " + joined(p.soft_preferences, "; ") + ".");
  if (f.what == intent::negotiate)
    steps.push_back("Ask for a better price, and for what it depends on.");
  if (auto limit = about.max_price ? about.max_price : p.max_price)
    steps.push_back("Ask for the price in full; agree to nothing above " + show(*limit) + ".");
  steps.push_back("Repeat what was agreed, and note names, dates and any confirmation number.");
  return steps;
}

std::optional<money> limit_of(const findings& f) {
  const price_found* limit = nullptr;
  for (const auto& p : f.prices)
    if (p.is_limit && (!limit || (p.amount.currency == limit->amount.currency &&
                                  p.amount.micros < limit->amount.micros)))
      limit = &p;
  return limit ? std::optional{limit->amount} : std::nullopt;
}

} // namespace

findings read(const assistant::briefing& about) {
  reader text{about.instruction};
  auto dates = calendar_of(about, text);
  findings f{std::move(text), dates, {}, {}, {}, {}, intent::ask, {}, 0};
  f.times = find_times(f.text, f.dates);
  f.numbers = find_numbers(f.text, about.region, f.times);
  // "415-555-0100 after 5": digits of a phone number are neither price nor time.
  std::vector<stretch> taken;
  for (const auto& n : f.numbers)
    taken.push_back(n.where);
  for (const auto& t : f.times)
    taken.push_back(t.where);
  f.prices = find_prices(f.text, about.region, taken);
  f.who = find_names(f.text);
  f.what = find_intent(f.text);
  f.object = find_object(f.text);
  f.party = find_party_size(f.text);
  return f;
}

const number_found* number_of(const findings& f) {
  for (const auto& n : f.numbers)
    if (!n.is_own && !n.lacks_country)
      return &n;
  for (const auto& n : f.numbers)
    if (!n.is_own)
      return &n;
  return nullptr;
}

std::string whom(const assistant::briefing& about, const findings& f) {
  if (!about.company_name.empty() && about.company_name != f.who.company)
    return about.company_name;
  if (!about.contact_name.empty() && about.contact_name != f.who.contact)
    return about.contact_name;
  auto is_plain = [](const std::string& name) { return name[0] >= 'a' && name[0] <= 'z'; };
  if (!f.who.company.empty())
    return (is_plain(f.who.company) ? "the " : "") + f.who.company;
  if (!f.who.contact.empty())
    return (f.who.is_role ? "the " : "") + f.who.contact;
  return "them";
}

assistant::plan make_plan(const assistant::briefing& about) {
  auto f = read(about);
  assistant::plan p;
  p.title = about.title.empty() ? title_of(f) : about.title;
  auto found = find_wishes(f.text, f.times, f.prices);
  p.hard_constraints = std::move(found.hard);
  p.soft_preferences = std::move(found.soft);
  if (f.party > 0)
    p.hard_constraints.insert(p.hard_constraints.begin(), "party of " + std::to_string(f.party));
  p.contact_name = f.who.contact;
  p.company_name = f.who.company;
  if (const auto* number = number_of(f))
    p.phone_number = number->text;
  p.max_price = limit_of(f);
  for (const auto& t : f.times)
    p.times.push_back(t.said);
  p.goal = goal_of(about, f);
  p.steps = steps_of(about, f, p);
  p.missing = find_missing(about, f);
  return p;
}

// -- what is missing ------------------------------------------------------------------------------

namespace {

/// Matters that a company finds by a number of its own.
bool has_account(const findings& f) {
  switch (f.what) {
  case intent::refund:
  case intent::complain:
  case intent::check:
    return true;
  case intent::cancel:
  case intent::negotiate:
    return f.text.has_any(
        {"subscription", "account", "contract", "membership", "plan", "bill", "policy", "service",
         "internet", "phone plan", "order", "insurance"});
  default:
    return f.text.has_any({"my account", "my bill", "my policy", "my subscription"});
  }
}

bool has_wish_for_day(const findings& f) {
  return std::any_of(f.times.begin(), f.times.end(), [](const auto& t) {
    return !t.is_past && (t.from || t.said.meaning.empty()) && !t.is_ambiguous_date;
  });
}

bool has_wish_for_hour(const findings& f) {
  return std::any_of(f.times.begin(), f.times.end(), [](const auto& t) {
    return t.has_clock || (t.said.meaning.empty() && !t.is_ambiguous_date);
  });
}

class interview {
public:
  explicit interview(const assistant::briefing& about) : about_(about) {}
  void ask(const char* field, std::string text, bool required) {
    if (!is_answered(about_, field))
      out_.push_back({field, std::move(text), required});
  }
  std::vector<assistant::question> take() { return std::move(out_); }

private:
  const assistant::briefing& about_;
  std::vector<assistant::question> out_;
};

void ask_number(interview& i, const assistant::briefing& about, const findings& f) {
  if (!about.phone_number.empty())
    return;
  const auto* number = number_of(f);
  if (!number) {
    auto wrong = find_uncallable(f.text, about.region, f.times);
    i.ask(
        "phone_number",
        (wrong.empty() ? std::string{}
                       : "The number " + wrong + " does not exist or may not be called. ") +
            "Which phone number should be called for " +
            (whom(about, f) == "them" ? std::string{"this"} : whom(about, f)) + "?",
        true);
  }
  else if (number->lacks_country)
    i.ask(
        "phone_number",
        "In which country is " + number->text +
            "? Please write the number with its country code, like +1 415 555 0100.",
        true);
}

void ask_when(interview& i, const assistant::briefing& about, const findings& f) {
  auto unclear = std::find_if(f.times.begin(), f.times.end(), [](const auto& t) {
    return t.is_ambiguous_date && t.said.text.find('/') != std::string::npos;
  });
  if (unclear != f.times.end())
    i.ask(
        "date", "Which day is " + unclear->said.text + "? Please write it like 24 November.", true);
  bool needs_day = f.what == intent::book || f.what == intent::reschedule;
  if (!needs_day)
    return;
  if (!has_wish_for_day(f) && unclear == f.times.end()) {
    bool recurring = std::any_of(
        f.times.begin(), f.times.end(), [](const auto& t) { return t.is_ambiguous_date; });
    if (!recurring)
      i.ask(
          "date",
          f.what == intent::book ? "Which day would suit you, or which days?"
                                 : "To which day should it be moved?",
          true);
  }
  if (!has_wish_for_hour(f) && f.what == intent::book && is_restaurant(f.text) &&
      !is_answered(about, "date"))
    i.ask("time", "At what time should the table be ready?", true);
}

} // namespace

std::vector<assistant::question> find_missing(const assistant::briefing& about, const findings& f) {
  interview i{about};
  ask_number(i, about, f);
  ask_when(i, about, f);
  if (f.what == intent::book && is_restaurant(f.text) && f.party == 0)
    i.ask("party_size", "For how many people?", true);
  bool may_say_name =
      std::find(about.allowed_auth_fields.begin(), about.allowed_auth_fields.end(), "name") !=
      about.allowed_auth_fields.end();
  if (f.what == intent::book && may_say_name)
    i.ask("name", "Under which name should it be booked?", false);
  if (has_account(f) && !has_reference(f.text)) {
    if (f.text.has_any({"order", "package", "parcel", "delivery"}))
      i.ask("order_number", "What is the order number, if there is one?", false);
    else
      i.ask(
          "account_number", "Is there an account or reference number that helps to find it?",
          false);
  }
  if (f.what == intent::negotiate && !about.max_price && !limit_of(f))
    i.ask("max_price", "What is the most that you would pay?", false);
  if (f.what == intent::order && f.text.has_any({"deliver", "delivery", "delivered"}) &&
      !f.text.has_any({"street", "avenue", "road", "st", "ave", "lane", "drive"}))
    i.ask("address", "To which address should it be delivered?", false);
  return i.take();
}

} // namespace ringmaster::rules
