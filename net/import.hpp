#pragma once

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "domain/target.hpp"
#include "net/exchange.hpp"
#include "net/target_rows.hpp"

namespace ringmaster::net {

/// Checks rows one by one, letting other requests of this thread in between: a number takes some
/// ten microseconds. Refused rows go into `report`.
asio::awaitable<std::vector<target::checked>> check_rows(
  std::vector<target_row> rows, std::int32_t default_max_attempts, std::string region,
  target::report& report);

/// Adds the targets of an upload that streams in: rows are checked as they come and stored in
/// transactions of at most 1,000. A failure on the way answers its problem together with the
/// report of what was added until then; sending the same list again adds only the rest.
///
/// With an Idempotency-Key the body is hashed as it streams. The answer is stored together with
/// the last rows; a repeated upload is only hashed and gets that answer. If the first one never
/// came to its end, the repeated one is refused (`conflict`): send it with a new key.
asio::awaitable<http::response> import_rows(
  exchange& x, campaign_id id, std::int32_t default_max_attempts, row_source& rows);

} // namespace ringmaster::net
