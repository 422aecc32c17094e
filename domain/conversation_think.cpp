// The model's turns: what it is given, what it may do, and what happens when it fails.

#include <algorithm>
#include <utility>

#include "domain/brain.hpp"
#include "domain/conversation_arguments.hpp"
#include "domain/conversation_mind.hpp"
#include "domain/speech_letters.hpp"
#include "domain/speech_parts.hpp"
#include "domain/text.hpp"

namespace ringmaster::talk {

const std::vector<assistant::tool>& tools() {
  static const std::vector<assistant::tool> all{
      {"end_call",   "End the call, after what you say in this turn.",
       R"({"type":"object","properties":{"reason":{"type":"string","description":"Why, in a few words."}},"required":["reason"],"additionalProperties":false})"                                                                                                                                                               },
      {"press_keys", "Press keys of the phone, for a menu.",
       R"({"type":"object","properties":{"keys":{"type":"string","description":"Up to 32 of 0-9, *, # and w, which waits half a second."}},"required":["keys"],"additionalProperties":false})"                                                                                                                                },
      {"ask_owner",
       "Ask the person you call for; the other end waits meanwhile. For decisions that are not "
       "yours, such as a price above what you may accept.",             R"({"type":"object","properties":{"question":{"type":"string"},"amount":{"type":"string","description":"A price to be agreed to, as 95.00."},"currency":{"type":"string","description":"USD"}},"required":["question"],"additionalProperties":false})"},
      {"hold",       "Wait silently: the other end has asked to wait.",
       R"({"type":"object","properties":{},"additionalProperties":false})"                                                                                                                                                                                                                                                    },
      brain::gap_tool(),
  };
  return all;
}

std::vector<std::string> conversation::mind::news() const {
  std::vector<std::string> out;
  for (const auto& q : known->questions) {
    auto what = q.amount ? spoken(*q.amount) : "\"" + q.text + "\"";
    auto written = q.note.empty() ? std::string{} : " They add: " + q.note;
    switch (q.now) {
    case owner_question::state::yes:
      out.push_back("The owner says yes to " + what + "." + written);
      break;
    case owner_question::state::no:
      out.push_back("The owner says no to " + what + ". Decline politely." + written);
      break;
    case owner_question::state::timeout:
      out.push_back(
          "The owner did not answer about " + what +
          " in time. Do not agree to it; say that you will pass it on.");
      break;
    case owner_question::state::open:
      break;
    }
  }
  out.insert(out.end(), hints.begin(), hints.end());
  return out;
}

void conversation::mind::think() {
  const auto& most = about->numbers;
  stop_thinking();
  if (is_nearly_over())
    return tell_time_is_over();
  if (known->turn >= most.turns_most)
    return end(
        "I am sorry, I have to end the call here. Thank you, and goodbye.", "too many turns");
  new_turn();
  turn = {};
  turn.is_running = true;
  turn.id = known->turn;
  turn.asked_at = turn.last_text = now;
  countered.reset();
  at = phase::thinking;
  opening_is_spoken = false;
  assistant::turn what;
  what.tools = tools();
  what.about = about->brief;
  what.said = {*pieces, known->who, whisper, news()};
  // Only what they said last: a question from before was answered, or could not be.
  std::string question;
  if (!pieces->empty() && pieces->back().who == speaker::human && knowledge::is_question(pieces->back().text))
    if (auto read = knowledge::read(pieces->back().text); !read.asks.empty())
      question = std::move(read.text);
  turn.question = question;
  acts.push_back(talk::think{turn.id, std::move(what), std::move(question)});
}

void conversation::mind::stop_thinking() {
  if (!turn.is_running)
    return;
  if (!turn.is_over)
    acts.push_back(forget{});
  // The voice is told that the turn is over where it had begun.
  if (turn.has_said || turn.filler_said)
    utter({}, true);
  if (turn.own_price &&
      (!table || compare(*turn.own_price, *table) == std::strong_ordering::greater))
    table = turn.own_price;
  turn.is_running = false;
  turn.raw.clear();
  turn.sentence.clear();
  (void)filter.finish();
}

void conversation::mind::say_filler() {
  if (!turn.filler_said && !turn.has_said) {
    constexpr std::string_view fillers[] = {
        "One moment, please. ", "Let me see. ", "Just a second, please. "};
    auto words = filter.push(fillers[static_cast<std::size_t>(turn.id) % 3]);
    turn.filler_said = true;
    utter(std::move(words), false);
  }
  closing = hold_the_line{};
}

void conversation::mind::on(const thought_over& e) {
  if (!turn.is_running || e.turn != turn.id)
    return;
  turn.is_over = true;
  if (!e.end)
    return fail();
  constexpr std::size_t text_bytes_most = 16'384;
  if (!turn.has_text && !e.end->text.empty()) {
    turn.has_text = true;
    turn.raw = e.end->text.substr(0, text_bytes_most);
  }
  flow(true);
  if (!turn.is_running)
    return; // held back: what was to follow is not wanted any more
  if (!turn.has_said && e.end->calls.empty())
    return fail();
  failures = 0;
  obey(e.end->calls);
}

void conversation::mind::fail() {
  if (turn.is_running && turn.has_text) {
    flow(true);
    if (!turn.is_running)
      return;
    if (turn.has_said)
      return end_turn(said_goodbye);
  }
  stop_thinking();
  constexpr std::int32_t failures_most = 2;
  if (++failures >= failures_most)
    return end(
        "I am sorry, I cannot go on. We will call again. Goodbye.",
        "the assistant could not go on");
  speak("I am sorry, I did not get that. Could you say it again, please?");
  hand_over();
}

void conversation::mind::end_turn(bool says_goodbye) {
  if (turn.has_said || turn.filler_said)
    utter({}, true);
  std::string text;
  if (own_piece != 0)
    text = (*pieces)[static_cast<std::size_t>(own_piece) - 1].text;
  asked_for_price = asks_for_price(text);
  if (!text.empty() && trimmed(text).size() != text.size() && own_piece != 0) {
    auto& piece = (*pieces)[static_cast<std::size_t>(own_piece) - 1];
    piece.text = std::string{trimmed(text)};
    changed.insert(piece.n);
  }
  turn.is_over = true;
  turn.has_said = turn.filler_said = false;
  stop_thinking();
  whisper.clear();
  hints.clear();
  if (repeats_itself())
    return end(
        "I am afraid we do not get further. Thank you, and goodbye.",
        "the same was said again and again");
  if (says_goodbye && text.find('?') == std::string::npos)
    return end({}, "the other end said goodbye");
  hand_over();
}

// -- what the model wants to be done --------------------------------------------------------------

bool conversation::mind::obey_one(const assistant::tool_call& call, wishes_of_a_turn& wishes) {
  auto refuse = [&](std::string why) {
    hints.push_back(std::move(why));
    return false;
  };
  auto arguments = read_arguments(call.arguments);
  if (!arguments)
    return refuse("The arguments of a tool could not be read; nothing was done.");
  auto only = [&](std::initializer_list<std::string_view> names) {
    return std::all_of(arguments->begin(), arguments->end(), [&](const argument& a) {
      return std::find(names.begin(), names.end(), a.name) != names.end();
    });
  };
  auto text_of = [&](std::string_view name) {
    const auto* a = find(*arguments, name);
    return a ? std::string{trimmed(a->text)} : std::string{};
  };
  if (call.name == "end_call") {
    if (!only({"reason"}))
      return refuse("end_call takes a reason and nothing else.");
    wishes.end = plain(text_of("reason"), 120);
    return true;
  }
  if (call.name == "hold") {
    if (!only({}))
      return refuse("hold takes nothing.");
    wishes.hold = true;
    return true;
  }
  if (call.name == "press_keys") {
    auto digits = text_of("keys");
    constexpr std::size_t most = 32;
    bool fits = only({"keys"}) && !digits.empty() && digits.size() <= most &&
                digits.find_first_not_of("0123456789*#w") == std::string::npos &&
                wishes.press.empty() && keys_pressed + digits.size() <= keys_most;
    if (!fits)
      return refuse("Those keys cannot be pressed.");
    wishes.press = std::move(digits);
    return true;
  }
  if (call.name == "ask_owner") {
    owner_question q;
    q.text = plain(text_of("question"), 300);
    auto amount = text_of("amount");
    auto currency = text_of("currency");
    if (!amount.empty()) {
      auto micros = parse_decimal(amount);
      if (currency.empty())
        currency = brief().may_accept ? brief().may_accept->currency : "USD";
      if (!micros || !is_currency(currency))
        return refuse("The amount of the question could not be read; it was not asked.");
      q.amount = money{*micros, currency};
    }
    if (!only({"question", "amount", "currency"}) || q.text.empty() || wishes.question ||
        !may_ask())
      return refuse("The owner cannot be asked that now.");
    wishes.question = std::move(q);
    return true;
  }
  if (call.name == brain::gap_tool().name) {
    auto asked = brain::read_gap_arguments(call.arguments);
    if (!asked || !only({"question", "requested_info", "category"}) || wishes.unknown)
      return refuse("A question is logged with question, requested_info and category, one in a turn.");
    asked->question = plain(asked->question, 500);
    asked->requested_info = plain(asked->requested_info, 500);
    asked->from = brief().of_task ? gap::source::task : gap::source::call;
    auto checked = gap::check(*asked);
    if (!checked)
      return refuse("That is no question that could be logged.");
    wishes.unknown = std::move(*checked);
    return true;
  }
  return refuse("There is no such tool; nothing was done.");
}

void conversation::mind::obey(const std::vector<assistant::tool_call>& calls) {
  constexpr std::size_t calls_most = 8;
  auto old_hints = hints.size();
  wishes_of_a_turn wishes;
  for (std::size_t i = 0; i < std::min(calls.size(), calls_most); ++i)
    if (!obey_one(calls[i], wishes))
      ++tool_mistakes;
  if (calls.size() > calls_most)
    ++tool_mistakes;
  if (tool_mistakes > about->numbers.tool_mistakes_most)
    return end(
        "I am sorry, I cannot go on. We will call again. Goodbye.",
        "the assistant could not go on");
  std::vector<std::string> refused(
      hints.begin() + static_cast<std::ptrdiff_t>(old_hints), hints.end());
  bool is_alone = wishes.unknown && !wishes.end && wishes.press.empty() && !wishes.question && !wishes.hold;
  if (is_alone && !turn.has_said) {
    // Noted, and nothing said: they wait for an answer.
    auto words = filter.push("I am sorry, I do not know that; I will pass it on.");
    words += filter.finish();
    turn.has_said = true;
    utter(std::move(words), false);
  }
  auto had_text = turn.has_said;
  if (wishes.unknown)
    note_gap(std::move(*wishes.unknown));
  bool does_nothing =
      !had_text && !wishes.end && wishes.press.empty() && !wishes.question && !wishes.hold;
  if (does_nothing)
    return fail();
  end_turn(said_goodbye && !wishes.question);
  hints = std::move(refused);
  if (at == phase::ending)
    return;
  if (!wishes.press.empty()) {
    keys_pressed += wishes.press.size();
    acts.push_back(press{wishes.press});
    add(speaker::system, "pressed " + wishes.press);
  }
  if (wishes.question) {
    if (!had_text)
      speak("I have to ask the person I am calling for. One moment, please.");
    return ask(std::move(wishes.question->text), std::move(wishes.question->amount));
  }
  if (wishes.end)
    return end(
        had_text ? std::string_view{} : std::string_view{"Thank you for your time. Goodbye."},
        wishes.end->empty() ? "the assistant ended the call" : *wishes.end);
  if (wishes.hold)
    return begin_hold();
}

} // namespace ringmaster::talk
