#include "net/twilio/voice.hpp"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "domain/attempt.hpp"
#include "domain/window.hpp"
#include "net/ask.hpp"
#include "net/twilio/document.hpp"
#include "net/twilio/heard.hpp"
#include "net/twilio/webhook.hpp"
#include "wire/twiml.hpp"

namespace ringmaster::net::twilio {

namespace {

constexpr std::size_t document_max = 64 * 1024; // the carrier reads no more

std::string hang_up() {
  wire::twiml t;
  return t.hangup().str();
}

/// The fence for this call, judged on what the transaction read.
attempt::fence judge(const services& svc, const call_sid& sid, const call_opened& call) {
  auto window = calling_window::parse(call.timezone, call.start, call.end, call.days);
  attempt::fence_facts facts;
  facts.attempt = call.recorded.attempt;
  facts.owner = call.owner;
  facts.stopped = svc.counters.stopped.load() != 0;
  facts.window_open = window && window->open_at(svc.time.now());
  facts.other_sid = call.recorded.bound && *call.recorded.bound != sid;
  facts.answered = true;
  return attempt::judge_fence(facts);
}

/// The first words of a conversation. The engine that says nothing has not begun one.
asio::awaitable<http::response> open_conversation(services& svc, line_place at, call_sid sid) {
  open_line open;
  open.user = at.user;
  open.attempt = at.attempt;
  open.sid = std::move(sid);
  auto answer = co_await ask_within<line_document>(svc.engine, std::move(open), line_patience);
  if (answer && *answer)
    co_return say(write_document(**answer, at));
  if (answer && answer->error().code != errc::unavailable) {
    spdlog::warn("attempt {}: no conversation: {}", to_string(at.attempt), answer->error().detail);
    co_return say(hang_up());
  }
  svc.hooks.unanswered.fetch_add(1, std::memory_order_relaxed);
  spdlog::warn("attempt {}: answered, and no conversation in time", to_string(at.attempt));
  co_return say(apologize(at));
}

} // namespace

std::vector<std::string> cut_for_speech(std::string_view text, std::size_t bytes_max) {
  constexpr std::string_view space = " \t\r\n";
  std::vector<std::string> pieces;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
    text = text.substr(0, text.find_last_not_of(space) + 1);
    if (text.size() <= bytes_max)
      break;
    auto head = text.substr(0, bytes_max + 1);
    std::size_t cut = 0;
    for (auto at = head.find_first_of(space); at != std::string_view::npos;
         at = head.find_first_of(space, at + 1))
      if (at > 0 && std::string_view(".!?").find(head[at - 1]) != std::string_view::npos)
        cut = at;
    if (cut == 0) {
      auto last = head.find_last_of(space);
      cut = last == std::string_view::npos ? 0 : last;
    }
    if (cut == 0) {
      cut = bytes_max;
      while (cut > 1 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80)
        --cut;
    }
    pieces.emplace_back(text.substr(0, cut));
    text.remove_prefix(cut);
  }
  if (!text.empty())
    pieces.emplace_back(text);
  for (auto& piece : pieces)
    piece.erase(piece.find_last_not_of(space) + 1);
  return pieces;
}

std::string write_script(std::string_view disclosure, std::string_view script) {
  wire::twiml t;
  for (auto text : {disclosure, script})
    for (const auto& piece : cut_for_speech(text))
      t.say(piece);
  t.pause(1).hangup();
  auto document = t.str();
  return document.size() <= document_max ? document : hang_up();
}

asio::awaitable<http::response> answer_call(exchange& x) {
  auto seen = verify(x, x.values[0], "voice");
  if (seen.why != doubt::none)
    co_return turn_away(x.svc, seen.why);
  auto sid = seen.news.sid;
  auto attempt = seen.news.attempt;
  auto at = place_of(x.svc, seen);
  if (seen.why != doubt::none)
    co_return turn_away(x.svc, seen.why);
  change::open_call open;
  open.callback = std::move(seen.news);
  auto opened = co_await ask<call_opened>(x.svc.engine, std::move(open));
  if (!opened && opened.error().code != errc::not_found)
    co_return not_stored(x.svc, opened.error());
  count_stored(x.svc, "voice");
  if (!opened || judge(x.svc, sid, *opened) == attempt::fence::hang_up) {
    spdlog::warn(
        "call {} of attempt {}: answered, and ended by a fence", sid.value, to_string(attempt));
    co_return say(hang_up());
  }
  if (opened->how.style == talk::style::conversation)
    co_return co_await open_conversation(x.svc, std::move(at), std::move(sid));
  co_return say(write_script(x.svc.settings.calling.disclosure, opened->script));
}

} // namespace ringmaster::net::twilio
