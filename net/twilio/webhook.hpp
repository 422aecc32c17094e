#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/store.hpp"
#include "net/exchange.hpp"
#include "wire/form.hpp"

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
  verified() = default;

  doubt why = doubt::none;
  change::record_callback news;
  wire::fields form; ///< all that was said; not for "status"

  /// The value of a name: empty if it is not there. A name that is there twice, a value longer than
  /// `most` bytes and broken UTF-8 make the form unusable: `why` tells it.
  std::string_view value(std::string_view name, std::size_t most);
};

/// The checks of a webhook, cheapest first, nothing stored: the tag in the path, the signature over
/// the configured public URL and the raw target, then a strict schema: one value per name, a call
/// sid by its form, our account, numbers in range. An unknown status is news without a status.
/// `kind` is "status", "voice", "gather", "amd", "recording" or "relay". What tells no status of
/// the call ("amd", "recording") needs none.
/// What becomes of it is noted in `x.hook` as soon as the token is known to be ours.
verified verify(exchange& x, std::string_view token, std::string_view kind);

/// The answer for what did not pass: no body, and a counter.
http::response turn_away(services& svc, doubt why);

/// Counts what was stored.
void count_stored(services& svc, std::string_view kind);

/// The answer when the STORE did not take the news: come again, or an end of it.
http::response not_stored(services& svc, const error& why);

/// Stores the news. Nothing: it is done, or of an attempt that is gone (`gone`), and the carrier
/// need not come again; else the answer.
asio::awaitable<std::optional<http::response>>
store(services& svc, change::record_callback news, bool& gone);

/// The configured public URL, without a slash at its end.
std::string public_url(const services& svc);

/// POST /api/webhooks/call-status/{token}: 204 after the commit.
asio::awaitable<http::response> take_status(exchange& x);

} // namespace ringmaster::net::twilio
