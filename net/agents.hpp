#pragma once

#include "net/exchange.hpp"

#include "domain/brain.hpp"

// Asking an agent from a handler.

namespace ringmaster::net {

/// The agent's answer to the caller's message; `unavailable` if it does not come in time. What was
/// asked goes on then, and is stored with its conversation.
asio::awaitable<result<brain::answered>> ask_agent(exchange& x, brain::inquiry what);

} // namespace ringmaster::net
