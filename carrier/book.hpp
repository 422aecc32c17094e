#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "carrier/fate.hpp"
#include "carrier/parameters.hpp"
#include "carrier/scenario.hpp"
#include "domain/call.hpp"

namespace ringmaster::telco {

/// One call as the carrier keeps it.
struct call_record {
  std::uint32_t serial = 0;
  std::string sid;
  call_order order;
  telco::fate fate;
  call::status status = call::status::queued;
  instant created_at{}, updated_at{};
  instant dial_at{};      ///< when its turn comes in the queue
  milliseconds queue_time{0};
  std::optional<instant> started_at, answered_at, ended_at;
  std::optional<instant> hang_up_at; ///< when the callee hangs up
  std::optional<instant> limit_at;   ///< TimeLimit
  std::optional<instant> alarm_at;   ///< the next moment at which the played document does something
  std::string answered_by;           ///< empty: not detected
  std::int64_t duration_seconds = 0;
  int sip_code = 0;
  std::uint32_t events_fired = 0; ///< the next SequenceNumber
};

/// What happened to a call by itself.
struct happening {
  enum class kind : std::uint8_t { initiated, ringing, answered, detected, alarm, ended };
  std::uint32_t serial = 0;
  kind what = kind::initiated;
  instant at{};
};

/// A page of a list: calls newest first, and the token of the next page.
struct call_page {
  std::vector<const call_record*> calls;
  std::optional<std::uint32_t> next_before;
  std::uint32_t start = 0; ///< how many calls came before on earlier pages
};

/// All calls of the account: the queue, each call's life on a schedule, and the look-ups. Knows no
/// sockets and no clock; who owns it calls `advance` when `next_due` has come.
class book {
 public:
  /// `rules` outlives the book and may change between calls. `run_key` makes the sids of one run
  /// differ from another's.
  book(const scenario& rules, std::uint64_t run_key) : rules_(rules), run_key_(run_key) {}

  /// Ordinal of the next create request for this number, counted from 0. Counts the request.
  std::uint32_t count_request(const std::string& to);

  /// Makes a call and puts it into the queue. Refuses with 22005 what would wait a day.
  answer<call_record*> create(call_order order, std::uint32_t request_ordinal, instant now);

  call_record* find(std::string_view sid);
  call_record* at(std::uint32_t serial);

  /// The next thing that is due at `now` or before, in order of time; none when all has happened.
  std::optional<happening> advance(instant now);
  std::optional<instant> next_due() const;

  /// Sets when the document of an answered call goes on.
  void set_alarm(call_record& c, instant at);
  /// Ends a call; false if it has ended already.
  bool end(call_record& c, call::status how, instant at);
  void set_time_limit(call_record& c, std::int32_t seconds);

  /// A page of what `filter` asks for, as lists show it at `now` (that is, `list_lag` ago).
  call_page list(const call_filter& filter, instant now) const;

  std::size_t size() const { return calls_.size(); }
  const std::deque<call_record>& all() const { return calls_; }

 private:
  enum class step : std::uint8_t { dial, ring, settle, hang_up, limit, detect, alarm };
  struct timer {
    instant at;
    std::uint32_t serial;
    step what;
    bool operator>(const timer& other) const {
      return std::pair(at, serial) > std::pair(other.at, other.serial);
    }
  };
  struct number_entry {
    std::uint32_t requests = 0;
    std::uint32_t calls = 0;
    std::vector<std::uint32_t> serials; ///< ascending; those below the first kept one are stale
  };

  void arm(instant at, const call_record& c, step what) { timers_.push({at, c.serial, what}); }
  void plan(call_record& c);
  std::optional<happening::kind> run(call_record& c, step what, instant at);
  happening::kind settle(call_record& c, instant at);
  std::string make_sid(std::uint32_t serial) const;
  void forget();

  const scenario& rules_;
  std::uint64_t run_key_;
  std::deque<call_record> calls_; ///< by serial; the first is `first_`
  std::uint32_t first_ = 1;
  std::uint32_t ended_ = 0;
  instant next_slot_{};
  std::unordered_map<std::string, number_entry> numbers_;
  std::priority_queue<timer, std::vector<timer>, std::greater<>> timers_;
};

} // namespace ringmaster::telco
