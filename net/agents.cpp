#include "net/agents.hpp"

#include <utility>

namespace ringmaster::net {

asio::awaitable<result<brain::answered>> ask_agent(exchange& x, brain::inquiry what) {
  ask_brain order{x.who, std::move(what), nullptr};
  auto got =
      co_await ask_within<brain::answered>(x.svc.engine, std::move(order), x.svc.brain_patience);
  if (got)
    co_return std::move(*got);
  error late{.code = errc::unavailable, .detail = "the answer takes too long; look for it later"};
  late.retry_after = std::chrono::seconds(5);
  co_return fail(std::move(late));
}

} // namespace ringmaster::net
