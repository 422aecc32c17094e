// What is said on a call: by the plan, in the task's tone, with the installation's disclosure word
// for word.

#include <algorithm>
#include <string>
#include <utility>

#include "domain/rules_parts.hpp"
#include "domain/text.hpp"

namespace ringmaster::rules {

namespace {

/// The words that change with the tone.
struct manner {
  const char* greeting;
  const char* please; ///< before a request
  const char* thanks;
  const char* insists; ///< when the first answer is no
};
manner manner_of(tone t) {
  switch (t) {
  case tone::friendly:
    return {
        "Hello, and thank you for taking the call!", "Could you please tell me",
        "Thank you so much for your help, and have a lovely day!",
        "I understand. Is there perhaps anything else that you could offer?"};
  case tone::neutral:
    return {
        "Hello.", "Could you tell me", "Thank you for your help. Goodbye.",
        "I understand. What else can you offer?"};
  case tone::firm:
    return {
        "Good day.", "Please tell me", "Thank you. I will pass this on as agreed. Goodbye.",
        "I have to ask again: what can be done about this?"};
  case tone::assertive:
    return {
        "Hello. I will be brief.", "I need to know",
        "Thank you. I count on what we have agreed. Goodbye.",
        "That is not enough. Who can decide this, and what can be done today?"};
  }
  return {"Hello.", "Could you tell me", "Thank you. Goodbye.", "What else can you offer?"};
}

std::string purpose_of(const findings& f) {
  switch (f.what) {
  case intent::book:
    return "I am calling to book " +
           (f.object.empty() ? std::string{"an appointment"} : "the following: " + f.object);
  case intent::reschedule:
    return "I am calling to move an appointment to another time";
  case intent::cancel:
    return "I am calling to cancel something on behalf of your customer";
  case intent::confirm:
    return "I am calling to confirm an appointment";
  case intent::order:
    return "I am calling to place an order";
  case intent::negotiate:
    return "I am calling about a price";
  case intent::refund:
    return "I am calling about a refund";
  case intent::complain:
    return "I am calling about a complaint";
  case intent::check:
    return "I am calling to ask how a matter stands";
  case intent::report:
    return "I am calling to report something";
  case intent::tell:
    return "I am calling to pass on a message";
  case intent::ask:
    break;
  }
  return "I am calling with a question";
}

std::string spoken_times(const assistant::plan& p) {
  std::string out;
  for (const auto& t : p.times)
    out += (out.empty() ? "" : ", ") + t.text;
  return out;
}

std::string readable(std::string field) {
  std::replace(field.begin(), field.end(), '_', ' ');
  return field;
}

/// What the user answered that may be said aloud: matters of the call, and of the facts about the
/// user only those that are allowed.
bool may_say(const assistant::briefing& about, const std::string& field) {
  const auto& known = auth_fields();
  const auto& allowed = about.allowed_auth_fields;
  auto is_in = [&](const auto& list) {
    return std::find(list.begin(), list.end(), field) != list.end();
  };
  if (field == "phone_number" || field == "max_price")
    return false;
  return !is_in(known) || is_in(allowed);
}

std::vector<std::string>
questions_of(const assistant::script_request& q, const findings& f, const manner& m) {
  std::vector<std::string> out;
  auto times = spoken_times(q.so_far);
  auto ask = [&](const std::string& what) {
    out.push_back(std::string{m.please} + " " + what + "?");
  };
  switch (f.what) {
  case intent::book:
    ask("whether this is possible" + (times.empty() ? "" : ": " + times));
    ask("what other times there are, if not");
    break;
  case intent::reschedule:
    ask("whether it can be moved" + (times.empty() ? "" : ": " + times));
    break;
  case intent::cancel:
    ask("whether it is canceled now, and from which day on");
    ask("whether anything is still to be paid");
    break;
  case intent::refund:
    ask("when the money will be paid back, and how much it is");
    break;
  case intent::confirm:
    ask("whether it stands as agreed" + (times.empty() ? "" : ": " + times));
    break;
  case intent::check:
    ask("how the matter stands, and what happens next");
    break;
  case intent::complain:
    ask("what you can do about this, and until when");
    break;
  case intent::order:
    ask("whether you have it, and when it will be ready");
    break;
  case intent::negotiate:
    ask("what the best price is that you can offer");
    break;
  case intent::report:
  case intent::tell:
    ask("whether you have noted this");
    break;
  case intent::ask:
    ask("the following: " + q.about.instruction.substr(0, q.about.instruction.find('\n')));
    break;
  }
  for (const auto& line : q.so_far.hard_constraints)
    ask("whether this holds: " + line);
  for (const auto& line : q.so_far.soft_preferences)
    ask("whether this can be had, too: " + line);
  bool money_matters =
      f.what == intent::book || f.what == intent::order || q.about.max_price || q.so_far.max_price;
  if (money_matters && f.what != intent::negotiate)
    ask("what it will cost in total");
  ask("your name and, if there is one, a confirmation number");
  return out;
}

std::string authentication_of(const assistant::briefing& about) {
  std::string fields;
  for (const auto& field : about.allowed_auth_fields)
    fields += (fields.empty() ? "" : ", ") + readable(field);
  if (fields.empty())
    return "I am not permitted to give personal details. If you need them, I will ask my client to "
           "call you.";
  return "Of my client's details I may give these and no others: " + fields +
         ". If you need more, I will ask my client to call you.";
}

std::vector<std::pair<std::string, std::string>>
fallbacks_of(const assistant::script_request& q, const manner& m) {
  std::vector<std::pair<std::string, std::string>> out{
      {"They ask for authentication",          authentication_of(q.about)                                    },
      {"They ask whether this is a machine",
       "Yes. " + q.disclosure + (q.disclosure.empty() ? "I am an AI assistant." : "")                        },
      {"They ask to hold",                     "Of course, I will hold."                                     },
      {"It is the wrong number",
       "I am sorry for the trouble; I have dialed a wrong number. Goodbye."                                  },
      {"They say no",                          m.insists                                                     },
      {"They ask something that is not known",
       "I do not know that, and I will not guess. I will ask my client and pass it on."                      },
      {"They do not want to talk",             "I understand, and I will not call about this again. Goodbye."}
  };
  std::string facts;
  for (const auto& [field, text] : q.about.answers)
    if (may_say(q.about, field))
      facts += (facts.empty() ? "" : "; ") + readable(field) + ": " + text;
  if (!facts.empty())
    out.emplace_back("They ask for details of the matter", facts);
  if (q.about.max_price || q.so_far.max_price)
    out.emplace_back(
        "The price is too high",
        "That is more than I can agree to. What could be left out or done at another time to make "
        "it less? Otherwise I will pass it on to my client.");
  return out;
}

/// A first offer below the limit, in whole units of money where they are many.
money first_offer(const money& limit) {
  constexpr std::int64_t unit = 1'000'000;
  auto offer = limit;
  offer.micros = limit.micros / 100 * 80;
  if (offer.micros > 10 * unit)
    offer.micros = offer.micros / (5 * unit) * (5 * unit);
  return offer;
}

std::string negotiation_of(const assistant::script_request& q, const findings& f) {
  auto limit = q.about.max_price ? q.about.max_price : q.so_far.max_price;
  if (!limit && f.what != intent::negotiate)
    return {};
  std::string out = "Let them name their price first, then ask: \"Is that the best you can do?\" ";
  if (limit)
    out += "Offer " + show(first_offer(*limit)) +
           " and go up in small steps. To yourself: agree to nothing above " + show(*limit) +
           ", and never say that there is a limit or what it is. Above it: \"That is more than I "
           "can agree to. I will pass it on to my client.\"";
  else
    out += "Agree to no price; say that you will pass the offer on to your client.";
  return out;
}

} // namespace

assistant::script make_script(const assistant::script_request& q) {
  auto f = read(q.about);
  const auto m = manner_of(q.about.tone);
  assistant::script s;
  auto said = q.disclosure.empty() ? std::string{} : " " + q.disclosure;
  auto purpose = purpose_of(f);
  auto times = spoken_times(q.so_far);
  bool tells_times = !times.empty() && f.what != intent::ask && f.what != intent::negotiate;
  s.introduction =
      m.greeting + said + " " + purpose + (tells_times ? " (" + times + ")" : "") + ".";
  s.key_questions = questions_of(q, f, m);
  s.fallback_answers = fallbacks_of(q, m);
  s.price_negotiation = negotiation_of(q, f);
  s.closing =
      std::string{"Let me repeat what we have agreed, so that I pass it on correctly. "} + m.thanks;
  s.voicemail = std::string{m.greeting} + said + " " + purpose +
                ". Nobody could be reached, so the call will be tried again. Thank you. Goodbye.";
  return s;
}

} // namespace ringmaster::rules
