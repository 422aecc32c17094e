// What a call came to: the values, whether the goal was reached, what should follow, in words.

#include "domain/rules_extract.hpp"

#include <algorithm>
#include <utility>

#include "domain/text.hpp"

namespace ringmaster::rules {

namespace {

using talk::listener;
using talk::verdict;

std::string part(const talk::value& v, std::string_view name) {
  for (const auto& [key, text] : v.parts)
    if (key == name)
      return text;
  return {};
}

/// The first value of a key that is known; with a status, of that status.
const talk::value*
find(const talk::findings& f, std::string_view key, std::string_view status = {}) {
  for (const auto& v : f.values)
    if (v.key == key && v.known() && (status.empty() || part(v, "status") == status))
      return &v;
  return nullptr;
}

bool callee_says(const call_reading& c, std::initializer_list<std::string_view> phrases) {
  return std::any_of(c.all().begin(), c.all().end(), [&](const auto& e) {
    return e.is_callee && e.read.words().has_any(phrases);
  });
}

/// The callee says it in a clause that denies nothing, or (`denied`) in one that does.
bool callee_states(
    const call_reading& c, std::initializer_list<std::string_view> phrases, bool denied = false) {
  for (const auto& e : c.all())
    if (e.is_callee)
      for (std::size_t i = 0; i < e.read.words().size(); ++i)
        if (e.read.words().says_any(i, phrases) > 0 && e.read.around(i).negated == denied &&
            !e.read.around(i).asks)
          return true;
  return false;
}

bool is_refused(const call_reading& c) {
  return callee_says(
      c, {"i can't do that",   "we can't do that",  "not refundable", "fully booked",
          "completely booked", "not interested",    "we don't give",  "we don't take",
          "over the phone",    "can't go down",     "i don't talk",   "not possible",
          "we can't",          "unfortunately",     "i'm afraid not", "he's not in",
          "she's not in",      "isn't in",          "i can't",        "need to see it",
          "have to see it",    "need to look at it"});
}

bool puts_off(const call_reading& c) {
  return callee_says(
      c, {"call you back", "call back", "try again", "call me tomorrow", "call again",
          "get back to you", "i'm driving", "call me", "call us", "talk to", "send an email",
          "send us", "you'd have to", "call them"});
}

/// The last thing that the callee answered to a question of the assistant's.
std::optional<bool> last_answer(const call_reading& c) {
  std::optional<bool> out;
  for (std::size_t i = 0; i < c.all().size(); ++i) {
    const auto& e = c.all()[i];
    if (!e.is_callee || c.question_before(i).find('?') == std::string_view::npos)
      continue;
    if (talk::denies(e.read))
      out = false;
    else if (talk::agrees(e.read))
      out = true;
  }
  return out;
}

bool is_acknowledged(const call_reading& c) {
  bool spoke = false;
  for (std::size_t i = 0; i < c.all().size(); ++i) {
    spoke = spoke || c.is_assistant(i);
    if (spoke && c.all()[i].is_callee && talk::acknowledges(c.all()[i].read))
      return true;
  }
  return false;
}

/// A question of the assistant's was answered with something, not put off.
bool is_informed(const call_reading& c) {
  for (std::size_t i = 0; i < c.all().size(); ++i) {
    const auto& e = c.all()[i];
    auto question = c.question_before(i);
    if (!e.is_callee || question.find('?') == std::string_view::npos || talk::hesitates(e.read))
      continue;
    bool has_time = !find_times(e.read.words(), c.dates).empty();
    bool shares = talk::shared(talk::content_of(e.said.text), talk::content_of(question)) > 0;
    const auto& first = e.read.around(0);
    if ((has_time || shares) && !first.asks && !is_refused(c))
      return true;
  }
  return false;
}

verdict judge_slot(const call_reading& c, const talk::findings& f) {
  if (find(f, "appointment", "booked"))
    return verdict::yes;
  bool offered = find(f, "appointment", "offered") != nullptr;
  bool declined = false, left_open = false;
  for (const auto& e : c.all())
    if (e.said.who == talk::speaker::assistant) {
      declined = declined || e.read.words().has_any({"too late", "too early", "too expensive"});
      left_open = left_open || talk::leaves_open(e.read);
    }
  if (offered && left_open && !declined)
    return verdict::unknown;
  if (offered || declined || is_refused(c) || puts_off(c) || last_answer(c) == false)
    return verdict::no;
  if (find(f, "price") && last_answer(c) == true)
    return verdict::yes;
  return verdict::unknown;
}

} // namespace

// -- the reading ----------------------------------------------------------------------------------

call_reading::call_reading(const assistant::extract_request& r)
    : request(r), heard(r.transcript), region(r.about.about.region) {
  const auto& about = r.about.about;
  std::string said = about.instruction + ' ' + r.about.so_far.goal;
  for (const auto& s : r.transcript)
    if (s.who != talk::speaker::system)
      said += ' ' + s.text;
  reader instruction{about.instruction.empty() ? r.about.so_far.goal : about.instruction};
  dates = calendar_of(about, reader{said});
  goal = find_intent(instruction);
  bool named = instruction.has_any(
      {"appointment", "table", "viewing", "session", "haircut", "check-up", "checkup", "lesson",
       "reservation", "booking", "visit", "come by", "meeting", "technician", "repaired"});
  wants_slot = goal == intent::book || goal == intent::reschedule ||
               ((goal == intent::confirm || goal == intent::tell || goal == intent::ask ||
                 goal == intent::check) &&
                named);
  wants_price = instruction.has_any(
      {"how much", "price", "cost", "costs", "charge", "charges", "fee", "quote", "negotiate",
       "rental", "rate", "bill"});
}

std::string_view call_reading::question_before(std::size_t at) const {
  auto before = heard.before(at);
  while (before && all()[*before].said.who == talk::speaker::human)
    before = heard.before(*before);
  return before ? std::string_view{all()[*before].said.text} : std::string_view{};
}

bool call_reading::asks_price(std::size_t at) const {
  reader question{std::string{question_before(at)}};
  return question.has_any(
      {"how much", "cost", "costs", "price", "charge", "fee", "dollars", "euros", "pounds"});
}

// -- the outcome ----------------------------------------------------------------------------------

verdict judge_goal(const call_reading& c, const talk::findings& f) {
  if (f.opt_out || f.wrong_number)
    return verdict::no;
  if (c.wants_slot && (c.goal == intent::book || c.goal == intent::reschedule))
    return judge_slot(c, f);
  bool has_result = std::any_of(f.values.begin(), f.values.end(), [](const auto& v) {
    return v.known() && v.key.starts_with("result.");
  });
  if (has_result || find(f, "appointment", "booked"))
    return verdict::yes;
  switch (c.goal) {
  case intent::cancel:
    if (callee_states(c, {"canceled", "cancelled"}))
      return verdict::yes;
    return is_refused(c) || puts_off(c) || callee_says(c, {"leave it as it is"}) ? verdict::no
                                                                                 : verdict::unknown;
  case intent::refund:
    if (callee_states(c, {"refunded", "refund it", "get a refund", "money back"}))
      return verdict::yes;
    return is_refused(c) || last_answer(c) == false ? verdict::no : verdict::unknown;
  case intent::negotiate:
    if (is_refused(c) || last_answer(c) == false)
      return verdict::no;
    return last_answer(c) == true && find(f, "price") ? verdict::yes : verdict::unknown;
  case intent::order:
    if (find(f, "price") || find(f, "confirmation_number") || last_answer(c) == true)
      return verdict::yes;
    return is_refused(c) || puts_off(c) ? verdict::no : verdict::unknown;
  case intent::confirm:
    if (callee_states(c, {"confirmed", "that's right", "correct"}) || last_answer(c) == true)
      return verdict::yes;
    return last_answer(c) == false ? verdict::no : verdict::unknown;
  case intent::tell:
  case intent::report:
  case intent::complain:
    if (is_acknowledged(c))
      return verdict::yes;
    return is_refused(c) ? verdict::no : verdict::unknown;
  default:
    break;
  }
  if (c.wants_price)
    return find(f, "price") ? verdict::yes
           : is_refused(c) || puts_off(c) || talk::verdict::no == f.goal_achieved
               ? verdict::no
               : verdict::unknown;
  if (find(f, "callback_time") ||
      callee_says(c, {"call you back", "not interested", "i don't talk"}))
    return verdict::no;
  if (find(f, "phone_number") && !puts_off(c))
    return verdict::yes;
  if (!c.request.schema.empty())
    return is_refused(c) ? verdict::no : verdict::unknown;
  if (puts_off(c) || is_refused(c))
    return verdict::no;
  if (find(f, "price") && last_answer(c) == true)
    return verdict::yes;
  if (is_informed(c) || (!c.request.about.of_task && is_acknowledged(c)))
    return verdict::yes;
  return verdict::unknown;
}

// -- what follows ---------------------------------------------------------------------------------

namespace {

/// What the call was for, in one line.
std::string purpose(const call_reading& c) {
  const auto& a = c.request.about;
  auto text = !a.so_far.goal.empty() ? a.so_far.goal : a.about.instruction;
  auto line = std::string{trimmed(text)};
  std::replace(line.begin(), line.end(), '\n', ' ');
  if (line.size() > 300)
    line = line.substr(0, line.rfind(' ', 300));
  while (!line.empty() && (line.back() == '.' || line.back() == ' '))
    line.pop_back();
  return line;
}

std::string whom_to_call(const call_reading& c, const talk::findings& f) {
  const auto& about = c.request.about.about;
  if (!about.company_name.empty())
    return about.company_name;
  if (const auto* name = find(f, "business_name"))
    return name->text;
  return about.contact_name.empty() ? "the same number" : about.contact_name;
}

} // namespace

void find_follow_ups(const call_reading& c, talk::findings& f) {
  if (f.opt_out || f.wrong_number)
    return;
  auto again = "Call " + whom_to_call(c, f) + " again: " + purpose(c) + '.';
  if (const auto* when = find(f, "callback_time")) {
    f.follow_ups.push_back({again, "The callee asked to be called again.", when->text});
    return;
  }
  if (f.goal_achieved == verdict::yes)
    return;
  if (callee_says(c, {"call you back", "get back to you", "let you know", "call back later"})) {
    f.follow_ups.push_back({again, "The callee wanted to call back; ask if nobody did.", {}});
    return;
  }
  if (callee_says(c, {"call back", "call again", "try again", "call me later"})) {
    f.follow_ups.push_back({again, "The callee asked to be called again.", {}});
    return;
  }
  const auto* offer = find(f, "appointment", "offered");
  if (!offer)
    return;
  auto offers = std::count_if(f.values.begin(), f.values.end(), [](const auto& v) {
    return v.key == "appointment" && part(v, "status") == "offered";
  });
  auto time = part(*offer, "time");
  auto when = offers == 1 ? part(*offer, "date") + (time.empty() ? "" : 'T' + time) : std::string{};
  // An offer with a price that the client has to weigh is decided by a person first.
  f.follow_ups.push_back(
      {"Decide on what " + whom_to_call(c, f) + " offered (" + talk::show(*offer) +
           (offers > 1 ? " or another time" : "") + ") and call again: " + purpose(c) + '.',
       "The goal was not reached, but an alternative was named.", std::move(when)});
}

// -- in words -------------------------------------------------------------------------------------

namespace {

std::string who_answered(const call_reading& c, const talk::findings& f) {
  const auto* firm = find(f, "business_name");
  auto of = firm ? " of " + firm->text : std::string{};
  switch (c.request.who) {
  case listener::voicemail:
    return "A voicemail" + of + " answered; nobody was spoken to.";
  case listener::menu:
    return "A menu" + of + " answered; nobody was spoken to.";
  case listener::screening:
    return "A call screening answered, and the call was not put through.";
  case listener::fax:
    return "A fax machine answered.";
  case listener::silence:
    return "Nobody spoke.";
  case listener::unknown:
  case listener::human:
    break;
  }
  if (c.heard.words() < talk::words_least)
    return "Hardly anything was said at the other end, so nothing is known.";
  const auto* person = find(f, "person_name");
  if (person && firm)
    return person->text + " of " + firm->text + " was spoken to.";
  if (person || firm)
    return (person ? person : firm)->text + " was spoken to.";
  return "Somebody answered.";
}

std::string what_came(const talk::findings& f) {
  if (f.wrong_number)
    return "It was the wrong number.";
  if (f.opt_out)
    return "The callee wants no more calls.";
  std::string out;
  auto add = [&](std::string sentence) { out += (out.empty() ? "" : " ") + std::move(sentence); };
  const auto* code = find(f, "confirmation_number");
  if (const auto* slot = find(f, "appointment", "booked"))
    add("Agreed on " + talk::show(*slot) +
        (code ? ", confirmation number " + code->text : std::string{}) + '.');
  else if (const auto* offer = find(f, "appointment", "offered"))
    add("Offered: " + talk::show(*offer) + "; nothing was agreed.");
  else if (code)
    add("The confirmation number is " + code->text + '.');
  if (const auto* price = find(f, "price"); price && out.empty()) {
    std::string all;
    for (const auto& v : f.values)
      if (v.key == "price" && v.known()) {
        auto plain = v;
        std::erase_if(plain.parts, [](const auto& p) { return p.first == "details"; });
        all += (all.empty() ? "" : " and ") + talk::show(plain);
      }
    add("The price named was " + all + '.');
  }
  for (const auto& v : f.values)
    if (v.key.starts_with("result.") && v.known() && out.empty())
      add(v.key.substr(7) + ": " + talk::show(v) + '.');
  if (const auto* when = find(f, "callback_time"); when && out.empty())
    add("The callee asks for a call at " + talk::show(*when) + '.');
  return out;
}

std::string how_it_ended(const call_reading& c, const talk::findings& f) {
  auto about = purpose(c);
  if (f.goal_achieved == verdict::yes)
    return "The goal was reached.";
  if (f.goal_achieved == verdict::no && !f.opt_out && !f.wrong_number)
    return "The goal was not reached.";
  return {};
}

} // namespace

std::string summarize(const call_reading& c, const talk::findings& f) {
  auto out = who_answered(c, f);
  bool machine = c.request.who != listener::human && c.request.who != listener::unknown;
  if (machine || c.heard.words() < talk::words_least)
    return f.opt_out ? out + " The callee wants no more calls." : out;
  for (auto& more : {what_came(f), how_it_ended(c, f)})
    if (!more.empty())
      out += ' ' + more;
  if (f.goal_achieved == verdict::unknown && what_came(f).empty())
    out += " It is open whether the goal was reached.";
  return out;
}

// -- all together ---------------------------------------------------------------------------------

namespace {

talk::sentiment mood_of(const call_reading& c, bool opt_out) {
  if (opt_out)
    return talk::sentiment::negative;
  std::string all;
  for (const auto& e : c.all())
    if (e.said.who == talk::speaker::human)
      all += e.said.text + ". ";
  return talk::read_sentiment(all);
}

} // namespace

talk::findings extract(const assistant::extract_request& r) {
  call_reading c{r};
  talk::findings f;
  find_slots(c, f.values);
  find_called_prices(c, f.values);
  find_codes(c, f.values);
  find_people(c, f.values);
  find_called_numbers(c, f.values);
  find_orders(c, f.values);
  find_callbacks(c, f.values);
  find_results(c, f.values);
  // Only what the transcript bears is judged and told; a key of T10 that fell is left out.
  f = talk::verify(std::move(f), r.transcript, r.who, r.schema);
  std::erase_if(
      f.values, [](const auto& v) { return !v.known() && !v.key.starts_with("result."); });
  f.mood = mood_of(c, f.opt_out);
  f.goal_achieved = judge_goal(c, f);
  find_follow_ups(c, f);
  f = talk::verify(std::move(f), r.transcript, r.who, r.schema);
  f.summary = summarize(c, f);
  return f;
}

} // namespace ringmaster::rules
