#pragma once

#include "net/exchange.hpp"

// The webhooks of live calls. Each is stored before anything is done about it.

namespace ringmaster::net::twilio {

/// POST /api/webhooks/gather/{token}/{number}: what the other end said or pressed, or that it was
/// silent; the answer is the next document. The same request again gets the same document.
asio::awaitable<http::response> take_speech(exchange& x);

/// POST /api/webhooks/amd/{token}: whether a person picked up; 204 after the commit.
asio::awaitable<http::response> take_detection(exchange& x);

/// POST /api/webhooks/recording/{token}: where a recording is; 204 after the commits. The recording
/// is not fetched.
asio::awaitable<http::response> take_recording(exchange& x);

/// POST /api/webhooks/relay-action/{token}: the socket of a call is over, and the call asks what
/// now.
asio::awaitable<http::response> leave_relay(exchange& x);

/// GET /api/relay/{token}: the socket of a live call. The token and the carrier's signature are
/// checked before the handshake is answered.
asio::awaitable<http::response> open_relay(exchange& x);

/// POST /api/webhooks/echo/{token}: the engine asks itself through its public URL. Tells whether the
/// signature fitted, with a proof that an engine of this installation says so. Stores nothing.
asio::awaitable<http::response> answer_echo(exchange& x);

} // namespace ringmaster::net::twilio
