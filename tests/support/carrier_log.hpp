#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ringmaster::support {

/// A create request as the carrier simulator saw it arrive.
struct create_seen {
  std::int64_t at_us = 0;    ///< arrival, wall clock
  std::uint64_t request = 0; ///< its number; the answer's line repeats it
  std::string to, from;
  std::string token; ///< the attempt's, from the path of the status callback
  std::string sid;   ///< empty: no call was made
  std::string fault;
  bool call_made = false;
  int status = 0; ///< of the answer that was to be given
};

/// A delivery of a callback, or of the question for the answer document.
struct delivery_seen {
  std::int64_t at_us = 0;
  std::string kind; ///< callback, document, amd
  std::string sid, event, url, result;
  int status = 0;
  bool lost = false;
};

/// What a callee said and the engine was told.
struct heard_seen {
  std::int64_t at_us = 0;
  std::string sid, text;
};

/// Reads the simulator's log while it grows: what the carrier saw is the judge of what we did.
class carrier_log {
 public:
  explicit carrier_log(std::string path) : path_(std::move(path)) {}

  /// Takes in what was written since the last time.
  void refresh();

  const std::vector<create_seen>& creates() const { return creates_; }
  const std::vector<delivery_seen>& deliveries() const { return deliveries_; }
  const std::vector<heard_seen>& heard() const { return heard_; }
  /// sid to the latest status.
  const std::map<std::string, std::string>& lives() const { return lives_; }
  /// Requests to a call's own resource or the list, by method and target, in order of arrival.
  struct other_request {
    std::int64_t at_us = 0;
    std::string method, target, sid;
    int status = 0;
  };
  const std::vector<other_request>& others() const { return others_; }

  /// Arrivals of creates to the numbers of `to`, in order.
  std::vector<std::int64_t> arrivals(const std::vector<std::string>& to) const;

 private:
  void take(std::string_view line);

  std::string path_;
  std::size_t read_ = 0;
  std::vector<create_seen> creates_;
  std::vector<delivery_seen> deliveries_;
  std::vector<heard_seen> heard_;
  std::vector<other_request> others_;
  std::map<std::string, std::string> lives_;
};

/// The most arrivals that any half-open span of this length holds.
std::size_t most_within(std::vector<std::int64_t> arrivals_us, std::int64_t span_us);

} // namespace ringmaster::support
