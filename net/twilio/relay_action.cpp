#include <string_view>
#include <utility>

#include <spdlog/spdlog.h>

#include "net/ask.hpp"
#include "net/twilio/document.hpp"
#include "net/twilio/heard.hpp"
#include "net/twilio/hooks.hpp"

namespace ringmaster::net::twilio {

namespace {

/// The path of a request that comes again has one character more: `r`, or `e` if we ended the
/// socket.
char take_mark(std::string_view& token) {
  constexpr std::size_t token_size = 64;
  if (token.size() != token_size + 1 || (token.back() != 'r' && token.back() != 'e'))
    return 0;
  auto mark = token.back();
  token.remove_suffix(1);
  return mark;
}

} // namespace

asio::awaitable<http::response> leave_relay(exchange& x) {
  constexpr std::size_t word_max = 64, handoff_max = 4 * 1024;
  auto token = x.values[0];
  auto mark = take_mark(token);
  auto seen = verify(x, token, "relay");
  if (seen.why != doubt::none)
    co_return turn_away(x.svc, seen.why);
  auto status = seen.value("SessionStatus", word_max);
  auto handoff = clean_heard(seen.value("HandoffData", handoff_max));
  auto trouble = clean_heard(seen.value("ErrorMessage", handoff_max));
  auto at = place_of(x.svc, seen);
  if (!handoff || !trouble || seen.why != doubt::none)
    co_return turn_away(x.svc, doubt::shape);
  if (status == "failed")
    spdlog::warn(
        "attempt {}: the socket of a live call failed: {}", to_string(at.attempt), *trouble);

  leave_line left;
  left.user = seen.news.user;
  left.attempt = seen.news.attempt;
  left.ended = status == "ended" || mark == 'e';
  left.call_over = status == "completed" || (seen.news.news && call::ended(*seen.news.news));
  left.handoff = std::move(*handoff);
  bool ended = left.ended, call_over = left.call_over;
  bool gone = false;
  auto failed = co_await store(x.svc, std::move(seen.news), gone);
  if (failed)
    co_return std::move(*failed);
  line_document over;
  if (gone)
    co_return say(write_document(over, at));

  auto answer = co_await ask_within<line_document>(x.svc.engine, std::move(left), line_patience);
  if (answer && *answer)
    co_return say(write_document(**answer, at));
  if (call_over || (answer && answer->error().code != errc::unavailable))
    co_return say(write_document(over, at));
  x.svc.hooks.unanswered.fetch_add(1, std::memory_order_relaxed);
  spdlog::warn("attempt {}: no instructions for a live call in time", to_string(at.attempt));
  if (mark != 0)
    co_return say(apologize(at));
  co_return say(come_again(at.hook("relay-action") + (ended ? "e" : "r")));
}

} // namespace ringmaster::net::twilio
