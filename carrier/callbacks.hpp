#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "carrier/book.hpp"
#include "wire/form.hpp"

namespace ringmaster::telco {

/// How a webhook is delivered: the carrier's defaults, changed by the URL's fragment
/// (`#rc=5&rp=all&ct=2000`).
struct delivery_rules {
  milliseconds connect{5000};
  milliseconds read{15000};
  milliseconds total{15000};
  std::uint32_t retries = 1;
  bool on_connect = true, on_read = false, on_4xx = false, on_5xx = false;
  friend bool operator==(const delivery_rules&, const delivery_rules&) = default;
};

/// A URL without its fragment, and what the fragment said. Values out of range are brought into
/// it; what cannot be read keeps its default.
struct split_hook {
  std::string url;
  delivery_rules rules;
};
split_hook split(std::string_view url_with_fragment);

/// How one try to deliver ended.
struct try_result {
  enum class how : std::uint8_t { not_connected, broken, answered } what = how::not_connected;
  int status = 0;
};
/// True if the rules ask for another try after `tries` of them, `spent` since the first began.
bool tries_again(
  const delivery_rules& rules, std::uint32_t tries, const try_result& last, milliseconds spent);

/// What is asked of the caller's server.
struct errand {
  enum class kind : std::uint8_t {
    status,   ///< a progress event
    document, ///< Url, Redirect, a Gather's action, FallbackUrl: the answer is TwiML
    amd,      ///< the result of asynchronous machine detection
    recording, ///< a recording is ready
  };
  std::uint64_t id = 0;
  kind what = kind::status;
  std::uint32_t serial = 0; ///< of the call
  std::string sid;
  split_hook to;
  bool post = true;
  wire::fields params;
  std::string idempotency_token; ///< the same for every delivery of one event
  std::string status;            ///< CallStatus, for the log
  std::uint32_t sequence = 0;    ///< SequenceNumber of a progress event
  bool duplicate = false;        ///< the second copy
};

/// An errand as a request: signed, with a GET's parameters moved into the URL.
struct signed_request {
  std::string url; ///< what the signature covers
  std::string body;
  std::string signature;
};
signed_request prepare(const errand& e, std::string_view auth_token);

/// The parameters of every request about a call.
wire::fields call_fields(
  const call_record& c, std::string_view status, std::string_view account);

/// A progress event with its number, time and, when final, how the call ended.
wire::fields status_fields(
  const call_record& c, call::status status, std::uint32_t sequence, instant at,
  std::string_view account);

/// What is told of a recording that a document started: no CallStatus, no numbers.
wire::fields recording_fields(
  const call_record& c, instant began, std::int64_t duration_seconds, std::string_view account);

/// The event bit that a status is subscribed by; 0 for queued.
std::uint8_t event_of(call::status s);

} // namespace ringmaster::telco
