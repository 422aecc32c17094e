#include <utility>

#include "net/twilio/hooks.hpp"
#include "net/twilio/webhook.hpp"

namespace ringmaster::net::twilio {

asio::awaitable<http::response> take_detection(exchange& x) {
  auto seen = verify(x, x.values[0], "amd");
  if (seen.why == doubt::none && seen.news.answered_by.empty())
    seen.why = doubt::shape;
  if (seen.why != doubt::none)
    co_return turn_away(x.svc, seen.why);
  bool gone = false;
  auto failed = co_await store(x.svc, std::move(seen.news), gone);
  if (failed)
    co_return std::move(*failed);
  http::response out;
  out.status = 204;
  co_return out;
}

} // namespace ringmaster::net::twilio
