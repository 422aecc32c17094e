#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/api.hpp"
#include "tests/support/carrier_log.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/sql.hpp"
#include "tests/support/stall_watch.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/waiting.hpp"

namespace ringmaster::support {

using std::chrono::seconds;

/// How the carrier of a test behaves; each is a flag of `ringmaster carrier`.
using carrier_flags = std::vector<std::string>;
/// Settings of the engine by the name of their environment variable without `RINGMASTER_`.
using engine_settings = std::map<std::string, std::string>;

/// The whole play on one loopback: the carrier simulator, the engine with its private database,
/// all real processes of the real binary, in a folder of their own.
class stage {
public:
  explicit stage(const engine_settings& settings = {}, const carrier_flags& flags = {});
  ~stage();

  // -- the carrier --
  void start_carrier();
  void stop_carrier() { carrier_.kill_now(); }
  /// The carrier's log up to now.
  carrier_log& log();
  /// Changes the running carrier, as `{"mix": "answered=1"}`.
  void change_carrier(const json& change) const;
  const std::string& carrier_authority() const { return carrier_authority_; }

  // -- the engine --
  /// Starts it and waits for its address; throws with its output if it does not come.
  void start_engine();
  /// How long `/readyz` took to be green from the start of the process; nothing if longer than
  /// `patience`.
  std::optional<milliseconds> ready_within(milliseconds patience) const;
  /// The same for what is promised of a start after a kill: three seconds, and what the machine
  /// stood still meanwhile. Waits for readiness in either case.
  std::optional<milliseconds> ready_as_promised() const;
  void kill_engine() { engine_.kill_now(); }
  /// SIGTERM; its exit code.
  std::optional<int> stop_engine(milliseconds patience = seconds(30));
  child_process& engine() { return engine_; }
  const std::string& authority() const { return authority_; }
  std::string public_url() const { return "http://" + authority_; }
  engine_settings& settings() { return settings_; }

  /// A command of the binary with the engine's settings.
  finished command(const std::vector<std::string>& words, const std::string& input = {}) const;
  /// A user with a key that may do everything.
  api add_user(const std::string& email) const;

  // -- the database --
  std::optional<cluster_seen> cluster() const;
  /// As the superuser of the private cluster, in the engine's database.
  std::unique_ptr<sql> database() const;

  const temp_folder& folder() const { return folder_; }
  /// When the machine let its programs wait, since this stage stands.
  const stall_watch& stalls() const { return stalls_; }
  /// The end of what the engine printed, for messages of failed checks.
  std::string engine_tail() const;

private:
  std::map<std::string, std::string> environment() const;

  stall_watch stalls_;
  temp_folder folder_;
  engine_settings settings_;
  carrier_flags flags_;
  std::string authority_, carrier_authority_;
  carrier_log log_;
  child_process carrier_, engine_;
  std::int64_t started_us_ = 0;
};

/// Path of the program under test.
std::string binary();

/// A whole number from the environment, for longer runs than the usual one.
long option(const char* name, long usual);

/// The seed of this run: from RINGMASTER_TEST_SEED, or from the clock. Printed once.
std::uint64_t seed();

/// The account that the carrier and the engine of a test share.
inline constexpr const char* account_sid = "AC0123456789abcdef0123456789abcdef";
inline constexpr const char* auth_token = "0123456789abcdef0123456789abcdef";
inline constexpr const char* caller_id = "+14155550199";

/// `{pending: …, calling: …}` as one line.
std::string progress_line(const json& campaign);
long progress(const json& campaign, const std::string& name);

} // namespace ringmaster::support
