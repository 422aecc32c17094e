#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/store.hpp"
#include "net/exchange.hpp"

namespace ringmaster::net::twilio {

/// Why a webhook was turned away.
enum class doubt : std::uint8_t {
  none,
  token,     ///< the path was not made by us: 403
  signature, ///< the carrier did not sign this: 403
  shape,     ///< signed, but not what a callback looks like: 400
};

/// A webhook that passed every check: whose call, and what is said of it.
struct verified {
  doubt why = doubt::none;
  change::record_callback news;
};

/// The checks of a webhook, cheapest first, nothing stored: the tag in the path, the signature over
/// the configured public URL and the raw target, then a strict schema: one value per name, a call
/// sid by its form, our account, numbers in range. An unknown status is news without a status.
/// `kind` is "status" or "voice".
verified verify(services& svc, http::request& req, std::string_view token, std::string_view kind);

/// The answer for what did not pass: no body, and a counter.
http::response turn_away(services& svc, doubt why);

/// The answer when the STORE did not take the news: come again, or an end of it.
http::response not_stored(services& svc, const error& why);

/// POST /api/webhooks/call-status/{token}: 204 after the commit.
asio::awaitable<http::response> take_status(exchange& x);

} // namespace ringmaster::net::twilio
