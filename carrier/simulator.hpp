#pragma once

#include <functional>
#include <memory>
#include <string>

#include "carrier/scenario.hpp"
#include "domain/error.hpp"

namespace ringmaster::telco {

/// The carrier as a server on this machine: the REST interface, the calls behind it, and the
/// webhooks it sends. One thread. Used by `ringmaster carrier`, by the demo and by tests.
class simulator {
 public:
  using clock = std::function<instant()>;

  /// `now` is called on the simulator's thread.
  simulator(scenario rules, clock now);
  ~simulator();
  simulator(const simulator&) = delete;
  simulator& operator=(const simulator&) = delete;

  /// Opens the log, binds and starts. Answers the base URL, `http://127.0.0.1:8077`. `invalid`
  /// names what is wrong with the scenario, `unavailable` an address that is taken.
  result<std::string> start();
  /// Closes all connections and ends the thread. May be called twice.
  void stop();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace ringmaster::telco
