#include "domain/rules.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "domain/brain.hpp"
#include "domain/rules_extract.hpp"
#include "domain/rules_parts.hpp"
#include "domain/rules_talk.hpp"

namespace ringmaster::rules {

namespace {

using namespace assistant;

assistant::questions ask(const questions_request& q) {
  assistant::questions out;
  auto known = read(q.about);
  const auto missing = find_missing(q.about, known);
  for (auto* list : {&missing, &q.so_far.missing})
    for (const auto& question : *list) {
      auto same = [&](const auto& x) { return x.field == question.field; };
      bool answered =
          std::any_of(q.about.answers.begin(), q.about.answers.end(), [&](const auto& a) {
            return a.first == question.field;
          });
      bool known_number = question.field == "phone_number" && !q.about.phone_number.empty();
      if (!answered && !known_number && std::none_of(out.list.begin(), out.list.end(), same))
        out.list.push_back(question);
    }
  return out;
}

assistant::approval judge(const approval_request& q) {
  const auto& price = q.about.max_price;
  if (price && price->micros > 0) {
    auto order = compare(*price, q.max_auto_approve);
    if (!order)
      return {true, "The price limit is in another currency than what may be agreed to unasked."};
    if (*order == std::strong_ordering::greater)
      return {
          true, "The price limit of " + show(*price) + " is above " + show(q.max_auto_approve) +
                    ", up to which nobody need be asked."};
  }
  auto found = judge_risks(q.about);
  if (found.verdict == risks::level::none)
    return {};
  return {
      true,
      found.findings.empty() ? "The request needs a second look." : found.findings.front().why};
}

template <class... Fs>
struct either : Fs... {
  using Fs::operator()...;
};

} // namespace

reply answer(const request& what) {
  return std::visit(
      either{
          [](const plan_request& q) -> reply { return make_plan(q.about); },
          [](const questions_request& q) -> reply { return ask(q); },
          [](const script_request& q) -> reply { return make_script(q); },
          [](const approval_request& q) -> reply { return judge(q); },
          [](const risks_request& q) -> reply { return judge_risks(q.about); },
          [](const extract_request& q) -> reply { return extract(q); }},
      what);
}

// -- speaking -------------------------------------------------------------------------------------

namespace {

/// The last words of the other side.
std::string heard(const turn& what) {
  for (auto m = what.messages.rbegin(); m != what.messages.rend(); ++m)
    if (m->from == message::role::user)
      return m->text;
  return {};
}

std::string reply_to(const std::string& words) {
  reader r{words};
  if (r.size() == 0)
    return "Hello, are you still there?";
  if (r.has_any(
          {"robot", "machine", "human", "real person", "bot", "computer", "an ai", "a recording"}))
    return "I am an automated assistant that follows rules, not a person.";
  if (r.has_any({"goodbye", "bye", "have a nice day", "have a good day"}))
    return "Thank you. Goodbye.";
  if (r.has_any({"hold on", "one moment", "please hold", "hold", "just a moment", "a second"}))
    return "Of course, I will hold.";
  if (r.has_any({"don't call", "do not call", "stop calling", "remove me", "take me off"}))
    return "I understand, and I will pass on that you want no more calls. Goodbye.";
  if (r.has_any({"wrong number"}))
    return "I am sorry for the trouble. Goodbye.";
  if (r.has_any({"thank you", "thanks"}))
    return "You are welcome.";
  if (r.has_any({"repeat", "say again", "pardon", "didn't catch", "what did you say"}))
    return "I am sorry. I am an automated assistant calling for a client, and I will pass on what "
           "you tell me.";
  auto asks = words.find('?') != std::string::npos ||
              r.is_one_of(
                  0, {"what", "when", "where", "who", "why", "how", "which", "can", "do", "does",
                      "is", "are", "will", "could", "would"});
  if (asks)
    return "I do not know that, and I will not guess; I will ask my client and pass it on.";
  return "I have noted that and will pass it on.";
}

} // namespace

/// A text as JSON.
std::string json_string(std::string_view text) {
  constexpr char hex[] = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      out += '\\';
    if (byte < 0x20) {
      out += "\\u00";
      out += hex[byte >> 4];
      out += hex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

turn_end turn_of(const utterance& r) {
  turn_end end;
  end.text = r.text;
  auto call = [&](const char* name, std::string arguments) {
    end.calls.push_back({"call-1", name, std::move(arguments), {}});
  };
  if (!r.keys.empty())
    call("press_keys", "{\"keys\":" + json_string(r.keys) + "}");
  else if (r.asks_owner)
    call(
        "ask_owner",
        "{\"question\":" +
            json_string("The price is " + show(*r.asks_owner) + ". May I agree to it?") +
            ",\"amount\":" + json_string(to_decimal(r.asks_owner->micros)) +
            ",\"currency\":" + json_string(r.asks_owner->currency) + "}");
  else if (!r.end.empty())
    call("end_call", "{\"reason\":" + json_string(r.end) + "}");
  else if (r.holds)
    call("hold", "{}");
  if (!r.gap.empty())
    end.calls.push_back(
        {"call-2", brain::gap_tool().name, "{\"question\":" + json_string(r.gap) + "}", {}});
  return end;
}

turn_end speak(const turn& what) {
  turn_end end;
  if (what.chat)
    end = chat(*what.chat);
  else if (what.about)
    end = turn_of(converse(dialogue{what}));
  else
    end.text = reply_to(heard(what));
  usage spent;
  spent.provider = provider;
  spent.model = provider;
  spent.prompt_version = version;
  end.tries.push_back(std::move(spent));
  return end;
}

} // namespace ringmaster::rules
