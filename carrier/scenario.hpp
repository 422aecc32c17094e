#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "carrier/persona.hpp"
#include "domain/error.hpp"

/// The carrier simulator. The namespace is not named like its folder, because `carrier` is the
/// port of the domain through which the engine sees any carrier.
namespace ringmaster::telco {

using std::chrono::milliseconds;

/// What the called phone does.
enum class outcome : std::uint8_t { answered, busy, no_answer, failed, voicemail };
inline constexpr std::size_t outcome_count = 5;
std::string_view to_string(outcome o);
std::optional<outcome> parse_outcome(std::string_view text);

/// What goes wrong with one request. `made_but_*` and the later half of the list make the call
/// and keep the caller from learning of it.
enum class fault : std::uint8_t {
  none,
  too_many,       ///< 429, no call
  too_many_after, ///< 429 with Retry-After, no call
  error_500,      ///< 500 with the carrier's JSON, no call
  error_503,      ///< 503 with the HTML of a proxy, no call
  made_but_500,   ///< 500, and the call is made
  cut,            ///< the connection ends unanswered, no call
  made_but_cut,   ///< the connection ends unanswered, and the call is made
  cut_middle,     ///< the call is made, half of the answer arrives
  hang,           ///< no answer ever, no call
  made_but_hang,  ///< no answer ever, and the call is made
  slow,           ///< the right answer, late
  garbage,        ///< 201 with a body that is no call, and the call is made
};
inline constexpr std::size_t fault_count = 13;
std::string_view to_string(fault f);
std::optional<fault> parse_fault(std::string_view text);
/// True if a create with this fault leads to a call.
constexpr bool makes_call(fault f) {
  return f == fault::none || f == fault::made_but_500 || f == fault::made_but_cut ||
         f == fault::cut_middle || f == fault::made_but_hang || f == fault::slow ||
         f == fault::garbage;
}

/// Probabilities, by `fault`. Their sum is at most 1: one request has at most one fault.
using fault_mix = std::array<double, fault_count>;
/// Weights, by `outcome`.
using outcome_mix = std::array<std::uint32_t, outcome_count>;

struct time_range {
  milliseconds min{0};
  milliseconds max{0};
  friend bool operator==(const time_range&, const time_range&) = default;
};

/// What the callee does when a Gather listens.
struct reply {
  enum class kind : std::uint8_t { silence, speech, digits } what = kind::silence;
  std::string text;
  std::optional<double> confidence;
  friend bool operator==(const reply&, const reply&) = default;
};

/// A fixed fate of one number's n-th create request; what is not given is left to chance.
struct scripted {
  std::optional<telco::outcome> outcome;
  std::optional<milliseconds> ring, talk;
  std::string answered_by;
  std::optional<std::vector<reply>> gather;
  std::optional<telco::fault> fault;
  std::string persona; ///< a name, or "none"
};

/// In which order the callbacks of one call leave.
enum class callback_order : std::uint8_t {
  ordered,  ///< each waits until the one before was answered
  shuffled, ///< each is sent after a random delay
  off,      ///< nothing is sent and no document is fetched
};
std::string_view to_string(callback_order o);
std::optional<callback_order> parse_callback_order(std::string_view text);

/// How this carrier behaves. Everything that is left to chance comes from `seed`.
struct scenario {
  std::string listen = "127.0.0.1:8077";
  std::string account_sid = "AC0123456789abcdef0123456789abcdef";
  std::string auth_token = "0123456789abcdef0123456789abcdef";
  /// Numbers that may stand in `From`; empty: every well-formed one.
  std::vector<std::string> owned_numbers;
  std::uint64_t seed = 1;

  /// Dials per second of the account's queue, in real time; 0: no queue.
  double calls_per_second = 0;
  /// Divides every time of a phone's life: ringing, talking, speech, pauses, limits. The queue, the
  /// list's lag, delays of faults and network timeouts are real.
  double time_scale = 1;
  outcome_mix outcomes{60, 10, 15, 5, 10};
  time_range ring{milliseconds(2000), milliseconds(8000)};
  time_range talk{milliseconds(8000), milliseconds(60000)};

  /// For how long a new call is missing from lists.
  milliseconds list_lag{0};
  callback_order callbacks = callback_order::ordered;
  fault_mix create_faults{}; ///< for creates
  fault_mix other_faults{};  ///< for fetches, lists and updates
  double callback_lost = 0, callback_duplicate = 0, callback_reorder = 0;
  time_range slow_for{milliseconds(500), milliseconds(3000)};
  /// More requests in progress than this are answered 429; 0: no limit.
  std::uint32_t concurrent_max = 0;
  /// Finished calls that are remembered.
  std::uint32_t keep_calls = 100000;

  /// NDJSON log: a path, empty for memory only, "none" for no log at all.
  std::string log;
  std::map<std::string, std::vector<scripted>, std::less<>> script;

  persona_set personas; ///< those that can be named
  std::map<std::string, std::string, std::less<>> callees; ///< number to persona
  /// Weights of personas for answered calls to numbers without one; empty: random phrases.
  std::vector<std::pair<std::string, std::uint32_t>> persona_mix;

  /// A time of a phone's life as it passes here.
  std::chrono::microseconds scaled(milliseconds t) const {
    return std::chrono::microseconds(
      static_cast<std::int64_t>(static_cast<double>(t.count()) * 1000.0 / time_scale));
  }
};

/// `250ms`, `2s`, `1.5s`, `2m`.
result<milliseconds> parse_time(std::string_view text);
/// `2s..6s`, or one time for both ends.
result<time_range> parse_time_range(std::string_view text);
/// `answered=60,busy=10`: outcomes that are not named get 0.
result<outcome_mix> parse_mix(std::string_view text);
/// `429=0.02,slow=0.1,callback-lost=0.05`, read on top of what stands in `into`. Callback faults
/// are refused where `for_creates` is false.
result<void> parse_faults(std::string_view text, bool for_creates, scenario& into);
/// One fate per line (docs/carrier-simulator.md); the n-th line of a number is for its n-th
/// create, the last one for all later ones. A mistake names its line.
result<void> parse_script(std::string_view ndjson, scenario& into);
/// Changes a running scenario from a JSON object; only what may change while calls are up.
result<void> parse_change(std::string_view json, scenario& into);
/// `+14155550100=dentist`, read on top of what stands in `into`.
result<void> parse_callee(std::string_view text, scenario& into);
/// `dentist=2,voicemail=1`; empty: none.
result<void> parse_persona_mix(std::string_view text, scenario& into);
/// Ranges, sums, formats, names of personas; every mistake at once.
result<void> check(const scenario& s);

} // namespace ringmaster::telco
