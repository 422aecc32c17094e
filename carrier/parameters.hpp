#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "carrier/refusal.hpp"
#include "domain/call.hpp"
#include "domain/error.hpp"
#include "wire/form.hpp"

namespace ringmaster::telco {

/// The progress events a status callback can be asked for, as bits.
namespace event {
inline constexpr std::uint8_t initiated = 1, ringing = 2, answered = 4, completed = 8;
}

enum class detection : std::uint8_t { off, enable, message_end };

/// A webhook the caller asked for: where and how.
struct hook {
  std::string url; ///< with the fragment of connection overrides; empty: none
  bool post = true;
};

/// A create request that passed.
struct call_order {
  std::string to, from;
  hook document;     ///< Url; empty when `twiml` speaks
  std::string twiml;
  hook fallback;
  hook status;
  std::uint8_t events = event::completed;
  hook amd_result;
  std::int32_t timeout_seconds = 60;
  std::int32_t time_limit_seconds = 14400;
  std::int32_t detection_timeout_seconds = 30;
  telco::detection detection = telco::detection::off;
  bool detection_async = false;
  bool record = false;
};

/// An update that passed: what is given is changed.
struct call_change {
  std::optional<call::status> status; ///< canceled or completed
  std::optional<std::string> url, twiml, status_url, fallback_url;
  bool post = true;
  std::optional<bool> status_post, fallback_post;
  std::optional<std::int32_t> time_limit_seconds;
};

/// Which calls a list is about; `start_*` and `end_*` are half-open ranges.
struct call_filter {
  std::string to, from, parent;
  std::optional<call::status> status;
  std::optional<instant> start_from, start_before, end_from, end_before;
  std::uint32_t page_size = 50;
  std::uint32_t page = 0;
  std::optional<std::uint32_t> before_serial; ///< from PageToken
};

/// What one parameter of the Calls resource takes.
enum class form : std::uint8_t {
  endpoint, url, http_method, text, twiml, digits, integer, boolean, one_of, each_of, sid
};
struct parameter {
  std::string_view name;
  form takes;
  bool create;
  bool update;
  int code;                     ///< of the refusal of a wrong value
  std::string_view values = {}; ///< one_of and each_of: "a b c"; sid: its two letters
  long min = 0, max = 0;        ///< integer: bounds; text: max is the length
};

/// Every parameter the carrier documents for creating and changing a call, by name.
const std::vector<parameter>& call_parameters();

/// Reads a create: unknown names, repeated names, wrong types and ranges, and what is missing are
/// refused with the carrier's code.
answer<call_order> read_create(const wire::fields& form);
answer<call_change> read_change(const wire::fields& form);
/// Reads the query of a list, whose inequalities are part of the names (`StartTime>`).
answer<call_filter> read_filter(const wire::fields& query);

/// `+` and 8 to 15 digits, the first of them not 0.
bool is_e164(std::string_view text);
/// `http://` or `https://` with a host that has no underscore.
bool is_hook_url(std::string_view text);

std::string write_page_token(std::uint32_t before_serial);
std::optional<std::uint32_t> read_page_token(std::string_view text);

} // namespace ringmaster::telco
