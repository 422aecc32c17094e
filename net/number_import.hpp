#pragma once

#include "net/exchange.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "domain/list_desk.hpp"
#include "domain/target.hpp"

namespace ringmaster::net {

/// What became of an upload of numbers.
struct number_report {
  suppressed done;
  std::vector<target::rejected_row> rejected; ///< the first 1,000
  std::size_t rejected_total = 0;
};
nlohmann::ordered_json show(const number_report& r);

/// Puts some numbers where they belong, in a transaction of its own. Owns all that it touches.
using number_sink = std::function<result<suppressed>(desk&, std::span<const suppression_row>)>;

/// Takes an upload of numbers that streams in: CSV (columns phone_number and reason) or NDJSON, by
/// `type`. One part is checked while the one before is stored. `into` holds what was done also
/// where it fails; the same list can be sent again.
asio::awaitable<result<void>> import_numbers(
  exchange& x, std::string_view type, number_sink sink, number_report& into);

/// The same with its answer: the report under `name`, a problem with it where it broke off.
asio::awaitable<http::response> answer_numbers(
  exchange& x, std::string_view type, std::string_view name, number_sink sink);

} // namespace ringmaster::net
