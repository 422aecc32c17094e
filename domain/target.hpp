#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/error.hpp"
#include "domain/ids.hpp"
#include "domain/phone_number.hpp"

namespace ringmaster::target {

enum class status : std::uint8_t { pending, calling, completed, failed, skipped };

/// What happens to a target.
enum class event : std::uint8_t {
  dial,   ///< a permit was given: an attempt stands for it
  reach,  ///< the call was answered and ended
  retry,  ///< the attempt brought nothing and another may follow
  requeue,///< the attempt made no call at all; it does not count
  give_up,///< the attempt brought nothing and was the last
  skip,   ///< suppressed, not permitted, or set aside by the user
  refuse, ///< the number can never be called
  reopen, ///< a person wants it tried once more; one attempt is added
};

struct rule {
  status from;
  event on;
  status to;
};

/// The life of a target. Ended states absorb, but for a person's explicit wish.
inline constexpr auto rules = [] {
  using enum status;
  using enum event;
  return std::to_array<rule>({
    {pending, dial,    calling  },
    {pending, skip,    skipped  },
    {pending, refuse,  failed   },
    {calling, reach,   completed},
    {calling, retry,   pending  },
    {calling, requeue, pending  },
    {calling, give_up, failed   },
    {calling, skip,    skipped  },
    {calling, refuse,  failed   },
    {failed,  reopen,  pending  },
    {skipped, reopen,  pending  },
  });
}();

std::string_view to_string(status s);
std::string_view to_string(event e);
std::optional<status> parse_status(std::string_view text);
/// The step, or `wrong_state`.
result<rule> decide(status now, event on);
constexpr bool ended(status s) { return s != status::pending && s != status::calling; }

/// One row of a list, as it came in. `line` is its place in the upload, from 1.
struct draft {
  std::size_t line = 0;
  std::string phone_number;
  std::string contact_name;
  std::string client_id;
  std::string timezone; ///< the callee's own zone; empty: not given
  std::optional<std::int32_t> max_attempts;
};

/// A row that passed.
struct checked {
  std::size_t line = 0;
  number_reading number;
  std::string contact_name;
  std::string client_id;
  std::string timezone;
  std::int32_t max_attempts = 1;
};

/// Checks one row: number readable and of a class that may be called, name at most 200
/// characters without control characters, client id at most 100, zone known, attempts 1..20.
/// `invalid` with one field_error, pointer relative to the row ("/phone_number").
result<checked> check(const draft& d, std::int32_t default_max_attempts, std::string_view region);

/// What became of an upload, row by row.
struct rejected_row {
  std::size_t line = 0;
  std::string value; ///< the number as it came, cut to 64 characters
  std::string code;
  std::string message;
};
struct report {
  std::size_t accepted = 0;
  std::size_t duplicates = 0;
  std::vector<rejected_row> rejected;       ///< the first 1,000
  std::vector<rejected_row> duplicate_rows; ///< the first 1,000
  std::size_t rejected_total = 0;
};

struct view {
  target_id id;
  campaign_id campaign;
  phone_number number;
  std::string contact_name, client_id, timezone;
  status state = status::pending;
  std::int32_t attempt_count = 0, max_attempts = 1;
  std::optional<instant> last_attempt_at, due_at;
  std::string call_outcome, call_summary, reason;
  std::optional<attempt_id> last_call;
  instant created_at{};
};

} // namespace ringmaster::target
