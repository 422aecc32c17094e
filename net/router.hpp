#pragma once

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/awaitable.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace ringmaster::net {

namespace asio = boost::asio;
struct exchange;

using handler = asio::awaitable<http::response> (*)(exchange&);

/// Who a route is for: which listener serves it, and how its caller proves himself.
enum class audience : std::uint8_t {
  everybody, ///< pages and health; no credentials; on every listener
  users,     ///< the API; an API key
  carrier,   ///< webhooks; the carrier's signature
  operators, ///< metrics; no credentials, so keep its listener private
};

/// What a route reads.
enum class body_kind : std::uint8_t {
  none, ///< a body is ignored, and bounded
  json, ///< read before the handler runs
  list, ///< JSON, NDJSON or CSV; the handler pulls it piece by piece
  form, ///< read before the handler runs, bounded as a webhook
};

/// One line of the API.
struct route {
  http::method verb = http::method::get;
  std::string_view pattern;   ///< "/api/campaigns/{id}"
  audience who = audience::users;
  std::uint8_t scopes = 0;    ///< any of these; 0: every key
  body_kind body = body_kind::none;
  handler run = nullptr;
  std::string_view operation; ///< `operationId` in the OpenAPI document; empty: a page
};

/// What stood for the named segments of a pattern.
using path_values = std::array<std::string_view, 2>;

struct match {
  const route* found = nullptr;
  path_values values{};
  /// When the path is known but not the method: what it knows, for `Allow`.
  std::string allow;
};

/// Finds the route of a request. HEAD is served by the route of GET. Segments are compared as they
/// stand: no trailing slash, no case folding. The first fitting line wins.
match find_route(std::span<const route> all, http::method verb, std::string_view path);

} // namespace ringmaster::net
