#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "carrier/log.hpp"
#include "carrier/scenario.hpp"
#include "carrier/switchboard.hpp"
#include "http/message.hpp"

namespace ringmaster::telco {

/// What the caller gets to see of an answer.
enum class delivery : std::uint8_t { whole, half, none, never };
std::string_view to_string(delivery d);

/// The decision about one request.
struct verdict {
  http::response answer; ///< its status is 0 where none is given
  telco::delivery delivery = delivery::whole;
  milliseconds delay{0};
  std::uint64_t request = 0; ///< its number in the log
};

/// One request of the REST interface after the other: account, parameters, faults, and the act
/// itself. Everything is decided, done and logged before the first byte of an answer.
class exchange {
 public:
  exchange(const scenario& rules, switchboard& board, call_log& log, std::uint64_t run_key);

  /// `in_progress` counts the requests that are not answered yet, this one included.
  verdict handle(const http::request& req, std::size_t in_progress, instant now);

 private:
  struct place;
  bool known_caller(const http::request& req) const;
  verdict create(const http::request& req, request_line& line, instant now);
  verdict other(const place& at, const http::request& req, request_line& line, instant now);
  answer<std::string> perform(const place& at, const http::request& req, instant now);
  answer<std::string> tell_account(const place& at, const http::request& req) const;
  void spoil(verdict& v, fault f, std::string_view about, std::uint64_t ordinal) const;

  const scenario& rules_;
  switchboard& board_;
  call_log& log_;
  std::uint64_t run_key_;
  std::string credentials_; ///< the one right value of Authorization
  std::unordered_map<std::string, std::uint64_t> other_ordinals_; ///< by verb and path
};

/// May the account call from this number?
bool is_owned(const scenario& rules, std::string_view from);

/// Numbers that the carrier keeps for tests; what a create to or from them is refused with.
answer<void> check_numbers(const scenario& rules, std::string_view to, std::string_view from);

} // namespace ringmaster::telco
