#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/attempt.hpp"
#include "domain/call.hpp"
#include "domain/error.hpp"
#include "domain/ports.hpp"

namespace ringmaster::telephony {

/// A call as the carrier describes it. Everything may be missing; unknown fields and unknown words
/// are passed over.
struct call_resource {
  std::optional<call_sid> sid;
  std::string to, from, direction, answered_by;
  bool has_parent = false;
  std::optional<call::status> state;
  std::optional<std::chrono::milliseconds> queue_time;
  std::optional<instant> created_at, started_at, ended_at;
  std::optional<std::int32_t> duration_seconds;
  std::optional<money> price; ///< what it took from the account, without a sign
};

/// One page of a list.
struct call_page {
  std::vector<call_resource> calls;
  std::string next; ///< the URI of the next page as it came, or empty
};

/// An error body, as far as it is one.
struct carrier_error {
  std::optional<std::int32_t> code;
  std::string message;
};

/// Reads the carrier's JSON as hostile input: bounded size and depth, exact types, a field that
/// comes twice or has the wrong type makes the whole unreadable. Keeps its memory from one answer
/// to the next; one per thread.
class answer_reader {
 public:
  explicit answer_reader(std::size_t size_max);
  ~answer_reader();

  result<call_resource> read_call(std::string_view body);
  /// Every row must have an id: absence from a list that was read by half proves nothing.
  result<call_page> read_page(std::string_view body);
  carrier_error read_error(std::string_view body);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// What a call resource says, if it says enough: an id and a status that is known.
result<call_news> to_news(call_resource&& from);

} // namespace ringmaster::telephony
