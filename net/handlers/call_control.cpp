#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "domain/phone_number.hpp"
#include "domain/text.hpp"
#include "net/ask.hpp"
#include "net/handlers/handlers.hpp"
#include "net/json.hpp"
#include "net/talk_views.hpp"

// What a person does to a call while it is talked on. Each is written into the audit trail before
// the call is told.

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

constexpr std::size_t words_most = 1'000;
constexpr std::size_t note_most = 500;

/// `wrong_state` where nobody can be talking: before the answer and after the end. Whether
/// somebody does is known to the CALL alone.
result<void> check_live(desk_work& w, const attempt_id& id) {
  auto call = w.find_call(id);
  if (!call)
    return fail(call.error());
  bool answered = call->answered_at || call->state == call::status::in_progress;
  bool ended = call->ended_at || (call->state && call::ended(*call->state));
  if (answered && !ended)
    return {};
  error why{
      .code = errc::wrong_state,
      .detail = ended ? "the call has ended" : "the call has not been answered"};
  why.current_status =
      call->state ? std::string(call::to_string(*call->state)) : call->attempt_state;
  return fail(std::move(why));
}

/// One act of a person.
struct control {
  std::string action; ///< in the audit trail
  std::string what;
  talk::event event;
};

http::response show_taken(const attempt_id& id, const talk::memory& now) {
  json doc;
  doc["call_session_id"] = to_string(id);
  doc["listener"] = std::string(talk::to_string(now.who));
  return answer(200, doc);
}

result<void> nothing_else(desk_work&) { return {}; }

/// `check`: what else must hold, in the transaction of the audit row.
asio::awaitable<http::response> take_control(
    exchange& x, attempt_id id, control act, std::function<result<void>(desk_work&)> check) {
  std::function<result<void>(desk_work&)> note = [&](desk_work& w) -> result<void> {
    if (auto live = check_live(w, id); !live)
      return live;
    if (auto fits = check(w); !fits)
      return fits;
    return w.conversations().note_control(id, act.action, act.what);
  };
  auto noted = co_await transact(x, std::move(note));
  if (!noted)
    co_return refuse(x, noted.error());
  control_call order{x.who, id, std::move(act.event)};
  auto taken = co_await ask<control_taken>(x.svc.engine, std::move(order));
  co_return taken ? show_taken(id, taken->now) : refuse(x, taken.error());
}

/// 1 to `most` characters that can be spoken or read.
void check_words(
    object_reader& r, std::string_view name, const std::string& text, std::size_t least,
    std::size_t most) {
  auto count = count_characters(text);
  bool shown = trimmed(text).size() > 0 || least == 0;
  if (!count || *count < least || *count > most || !shown)
    r.mistake(
        name, "out_of_range",
        "must have " + std::to_string(least) + " to " + std::to_string(most) + " characters");
}

/// {"text": "..."}
result<std::string> read_words(std::string_view body) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  r.require("text");
  auto text = r.text("text");
  if (text)
    check_words(r, "text", *text, 1, words_most);
  r.finish();
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return std::string(trimmed(*text));
}

/// {"phone_number": "+14155550100"}
result<phone_number> read_transfer(std::string_view body, std::string_view region) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  r.require("phone_number");
  std::optional<phone_number> to;
  if (auto text = r.text("phone_number")) {
    if (auto read = read_number(*text, region))
      to = read->number;
    else
      r.mistake("phone_number", "not_a_number", read.error().detail);
  }
  r.finish();
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return *to;
}

struct owner_reply {
  std::int32_t question = 0;
  bool approve = false;
  std::string note;
};

/// {"question": 1, "approve": true, "note": "but not on Monday"}
result<owner_reply> read_reply(std::string_view body) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  owner_reply out;
  r.require("question");
  r.require("approve");
  out.question = static_cast<std::int32_t>(r.integer("question", 1, 1'000).value_or(0));
  out.approve = r.boolean("approve").value_or(false);
  if (auto note = r.text("note")) {
    check_words(r, "note", *note, 0, note_most);
    out.note = std::string(trimmed(*note));
  }
  r.finish();
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return out;
}

/// What is said goes out once, whatever becomes of the answer: under an Idempotency-Key the claim
/// stands before.
asio::awaitable<http::response> control_once(exchange& x, attempt_id id, control act) {
  std::function<asio::awaitable<http::response>()> run = [&]() -> asio::awaitable<http::response> {
    std::function<result<void>(desk_work&)> check = nothing_else;
    auto out = co_await take_control(x, id, act, std::move(check));
    co_return out;
  };
  co_return co_await dial_once(x, std::move(run));
}

} // namespace

// POST /api/call-sessions/{id}/hangup
answer_of_handler hang_up_call(exchange& x) {
  auto id = path_id<attempt_id>(x, "call session");
  if (!id)
    co_return refuse(x, id.error());
  control act{"call.hangup", "", talk::owner_hangs_up{}};
  std::function<result<void>(desk_work&)> check = nothing_else;
  co_return co_await take_control(x, *id, std::move(act), std::move(check));
}

// POST /api/call-sessions/{id}/say   {"text": "We can also do Friday."}
answer_of_handler say_in_call(exchange& x) {
  auto id = path_id<attempt_id>(x, "call session");
  if (!id)
    co_return refuse(x, id.error());
  auto text = read_words(x.text);
  if (!text)
    co_return refuse(x, text.error());
  control act{"call.say", *text, talk::owner_says{*text}};
  co_return co_await control_once(x, *id, std::move(act));
}

// POST /api/call-sessions/{id}/whisper   {"text": "Ask whether parking is free."}
answer_of_handler whisper_in_call(exchange& x) {
  auto id = path_id<attempt_id>(x, "call session");
  if (!id)
    co_return refuse(x, id.error());
  auto text = read_words(x.text);
  if (!text)
    co_return refuse(x, text.error());
  control act{"call.whisper", *text, talk::owner_whispers{*text}};
  co_return co_await control_once(x, *id, std::move(act));
}

// POST /api/call-sessions/{id}/transfer   {"phone_number": "+14155550123"}
answer_of_handler transfer_call(exchange& x) {
  auto id = path_id<attempt_id>(x, "call session");
  if (!id)
    co_return refuse(x, id.error());
  auto to = read_transfer(x.text, x.svc.region());
  if (!to)
    co_return refuse(x, to.error());
  std::function<result<void>(desk_work&)> pinned = [&](desk_work& w) -> result<void> {
    auto settings = w.settings().read();
    if (!settings)
      return fail(settings.error());
    for (const auto& number : settings->transfer_numbers)
      if (number == to->reveal())
        return {};
    return fail_field(
        "/phone_number", "not_allowed",
        "is not among the transfer_numbers of the assistant settings");
  };
  control act{"call.transfer", to->reveal(), talk::owner_transfers{*to}};
  co_return co_await take_control(x, *id, std::move(act), std::move(pinned));
}

// POST /api/call-sessions/{id}/answer   {"question": 1, "approve": true}
answer_of_handler answer_in_call(exchange& x) {
  auto id = path_id<attempt_id>(x, "call session");
  if (!id)
    co_return refuse(x, id.error());
  auto reply = read_reply(x.text);
  if (!reply)
    co_return refuse(x, reply.error());
  auto work = [&](desk_work& w) {
    return w.conversations().answer_question(*id, reply->question, reply->approve, reply->note);
  };
  auto decided = co_await from_desk(x, work);
  if (!decided)
    co_return refuse(x, decided.error());
  // The decision stands. A call that cannot be told now reads it when it is taken up again.
  talk::event event = talk::owner_answer{reply->question, reply->approve, reply->note};
  control_call order{x.who, *id, std::move(event)};
  auto taken = co_await ask<control_taken>(x.svc.engine, std::move(order));
  json doc;
  doc["call_session_id"] = to_string(*id);
  doc["question"] = show(*decided);
  doc["delivered"] = taken.has_value();
  co_return answer(200, doc);
}

} // namespace ringmaster::net::handlers
