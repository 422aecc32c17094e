#include <utility>

#include <spdlog/spdlog.h>

#include "net/ask.hpp"
#include "net/twilio/document.hpp"
#include "net/twilio/heard.hpp"
#include "net/twilio/hooks.hpp"

namespace ringmaster::net::twilio {

asio::awaitable<http::response> take_speech(exchange& x) {
  constexpr std::size_t speech_max = 32 * 1024, digits_max = 128;
  auto seen = verify(x, x.values[0], "gather");
  if (seen.why != doubt::none)
    co_return turn_away(x.svc, seen.why);
  auto number = read_document_number(x.values[1]);
  auto text = clean_heard(seen.value("SpeechResult", speech_max));
  auto digits = keys_of(seen.value("Digits", digits_max));
  auto at = place_of(x.svc, seen);
  if (!number || !text || seen.why != doubt::none)
    co_return turn_away(x.svc, doubt::shape);

  hear_line heard;
  heard.user = seen.news.user;
  heard.attempt = seen.news.attempt;
  heard.number = number->number;
  // Who comes again brings nothing along: what was heard is with the call already.
  heard.waiting = number->waiting || number->again;
  if (!heard.waiting) {
    heard.text = std::move(*text);
    heard.digits = std::move(digits);
  }
  seen.news.sequence = number->number;
  bool gone = false;
  auto failed = co_await store(x.svc, std::move(seen.news), gone);
  if (failed)
    co_return std::move(*failed);
  line_document over;
  if (gone)
    co_return say(write_document(over, at));

  auto answer = co_await ask_within<line_document>(x.svc.engine, std::move(heard), line_patience);
  if (answer && *answer)
    co_return say(write_document(**answer, at));
  if (answer && answer->error().code != errc::unavailable) {
    spdlog::warn(
        "attempt {}: a live call is ended: {}", to_string(at.attempt), answer->error().detail);
    co_return say(write_document(over, at));
  }
  x.svc.hooks.unanswered.fetch_add(1, std::memory_order_relaxed);
  spdlog::warn("attempt {}: no instructions for a live call in time", to_string(at.attempt));
  if (number->again)
    co_return say(apologize(at));
  number->again = true;
  co_return say(come_again(at.hook("gather") + "/" + write_document_number(*number)));
}

} // namespace ringmaster::net::twilio
