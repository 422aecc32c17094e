#pragma once

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "domain/list_desk.hpp"
#include "domain/target.hpp"
#include "net/exchange.hpp"
#include "net/target_rows.hpp"

namespace ringmaster::net {

/// Checks rows one by one, letting other requests of this thread in between: a number takes some
/// ten microseconds. Refused rows go into `report`, and as lines into `refused` if it is given.
asio::awaitable<std::vector<target::checked>> check_rows(
  std::vector<target_row> rows, std::int32_t default_max_attempts, std::string region,
  target::report& report, upload::refused* refused = nullptr);

/// An upload of targets to one campaign.
struct upload_order {
  campaign_id into;
  upload::form what = upload::form::csv;
  std::int32_t default_max_attempts = 1;
  // A list may come in several requests, so that whoever sends it sees how far it is.
  std::optional<import_id> on{};  ///< the upload that this request goes on with
  bool more = false;              ///< another request goes on with it
  std::size_t lines_before = 0;   ///< of the file, in front of this request's body
};

/// Adds the targets of an upload that streams in. Reading, checking and storing go on at once, a
/// few thousand rows in each; the memory they need does not grow with the list. `begun` is what was
/// read of the body already. A failure on the way answers its problem together with the report of
/// what was added until then; sending the same list again adds only the rest.
///
/// Refused rows go into the upload's report (`GET .../imports/{import_id}/rejected.csv`); the answer
/// names the first thousand.
///
/// With an Idempotency-Key the body is hashed as it streams. The answer is stored at the end; a
/// repeated upload is only hashed and gets that answer. If the first one never came to its end, the
/// repeated one is refused (`conflict`): send it with a new key.
asio::awaitable<http::response> import_rows(
  exchange& x, upload_order order, row_source& rows, std::string begun = {});

/// The head of every report of refused rows, and one of its lines.
std::string_view refused_head();
void write_refused(const target::rejected_row& row, upload::refused& into);

/// `{"id": ..., "status": ..., "rejected_csv": ...}` for answers to uploads.
nlohmann::ordered_json show_upload(const campaign_id& of, const import_id& id, upload::status state);

} // namespace ringmaster::net
