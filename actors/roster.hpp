#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "actors/internal.hpp"
#include "actors/stop_board.hpp"
#include "domain/campaign.hpp"
#include "domain/permit.hpp"
#include "domain/rate.hpp"
#include "domain/window.hpp"

namespace ringmaster {

/// A campaign as the SCHEDULER knows it: active, or with calls that still live.
struct campaign_record {
  using moment = std::chrono::nanoseconds; ///< on clock.boot()

  user_id user;
  campaign_id id;
  std::optional<calling_window> window; ///< none: it could not be read, so it is closed
  pacer pace;                           ///< in boot time: nobody sets that clock
  std::shared_ptr<campaign_stop> stop = std::make_shared<campaign_stop>();
  campaign_role actor;                  ///< while it runs
  std::unordered_set<attempt_id> calls;
  std::optional<instant> start_at;
  std::optional<instant> closes_at;     ///< of the window that is open; none: never closes
  campaign::progress counts;
  moment not_before{};                  ///< what the gate said
  moment told_at{};                     ///< when the FEED last heard of its progress
  moment entered{};                     ///< its earliest entry in the agenda; 0: none
  std::string trip_reason;              ///< a safety stop that is not stored yet
  std::vector<std::shared_ptr<responder<execution>>> executions;
  std::vector<moment> restarts;         ///< of its actors, the last minute's
  std::int32_t live_most = 50;
  campaign::status state = campaign::status::draft;
  permit::refusal why = permit::refusal::none;
  bool asking = false;   ///< a dispatch is out; one at a time
  bool queued = false;   ///< stands in the round
  std::uint8_t held = 0; ///< so many are steering it
  bool was_open = false; ///< its window, when last judged
  bool parked = false;   ///< waits for one of its calls to end; `not_before` is the fallback
};

/// A call as the SCHEDULER knows it.
struct call_record {
  campaign_id campaign;
  user_id user;
  call_role actor;            ///< null while it is being loaded
  std::vector<call_moved> later; ///< news that came while it was loaded
  std::uint8_t restarts = 0;
  bool creating = false;      ///< its create request holds a place
  bool over = false;
  bool loading = false;
};

} // namespace ringmaster
