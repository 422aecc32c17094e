#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/net/rig.hpp"

namespace ringmaster::net_tests {

/// The edge with one call of ann's that is being talked on: three segments, the code A-17.
struct live_rig : rig {
  live_rig();

  std::string path(const std::string& rest = "") const {
    return "/api/call-sessions/" + to_string(id) + rest;
  }
  call::view& call() { return desk.data.calls.back().second; }
  memory_desk::owned_talk& stored() { return desk.data.talks.back(); }

  /// The call has not been answered.
  void ring_only();
  void end_call();
  /// The call was processed: an appointment, two guests, and a note that nobody gave.
  void find_results();
  /// An open question about 95 dollars, number 1.
  void ask_question();
  void allow_transfer(const std::string& number);
  /// Whatever a person does is taken, into `taken`.
  void take_controls();
  /// Processing finds `find_results`'s results and makes one follow-up; asked for in `processed`.
  void take_processing();

  attempt_id id;
  std::vector<talk::event> taken;
  std::vector<attempt_id> processed;
  std::optional<task::record> of_task;
};

} // namespace ringmaster::net_tests
