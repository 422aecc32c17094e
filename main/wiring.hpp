#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "config/config.hpp"
#include "domain/error.hpp"

namespace ringmaster {

class database;

/// The whole engine, put together: settings, database, carrier, actors, edge. The only place
/// where all of them meet.
class wiring {
 public:
  /// Brings everything up in the order in which it is needed, and answers once requests are
  /// accepted. What was going on before the last end is taken up in the background; /readyz tells
  /// when that is done.
  static result<std::unique_ptr<wiring>> start(const config::settings& settings);

  /// Drains if nobody did.
  ~wiring();
  wiring(const wiring&) = delete;
  wiring& operator=(const wiring&) = delete;

  /// No dial from now on and no new connection; what was read is answered, what has left for the
  /// carrier comes back and is stored; then everything ends, the private database last.
  void drain();

  /// Where the API is served, as `127.0.0.1:8080`.
  const std::string& address() const;
  const config::settings& settings() const;
  database& store();
  /// The one-time link of an installation in which nobody has a password; empty in any other.
  result<std::string> welcome();

 private:
  struct parts;
  explicit wiring(std::unique_ptr<parts> all);
  std::unique_ptr<parts> parts_;
};

} // namespace ringmaster
