#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "config/config.hpp"
#include "domain/desk.hpp"
#include "domain/store.hpp"
#include "persistence/account_room.hpp"
#include "persistence/accounts.hpp"
#include "persistence/back_office.hpp"
#include "persistence/cluster.hpp"
#include "persistence/instance.hpp"
#include "persistence/master_key.hpp"
#include "persistence/send_log.hpp"

namespace ringmaster {

/// The database of an installation, ready for use: server reached (or the private one started),
/// schema current, roles and policies checked. Hands out lanes and desks, each with a connection
/// of its own, to be used by one thread each. Must outlive them.
class database {
 public:
  enum class entry {
    engine,  ///< the one that dials: takes the instance lock and begins an epoch
    visitor, ///< a command beside it: neither
  };
  struct options {
    entry as = entry::engine;
    cluster::tuning tuning{};
    std::string name = "ringmaster"; ///< of the database in the private cluster
  };

  /// Refuses with one sentence that tells what to do.
  static result<std::unique_ptr<database>> open(
    const config::settings& settings, gate_settings gate, const clock& time, random_source& random,
    options with);

  ~database();
  database(const database&) = delete;
  database& operator=(const database&) = delete;

  std::unique_ptr<lane_store> lane();
  std::unique_ptr<desk> make_desk();
  std::unique_ptr<accounts> make_accounts();
  /// What is written in the background; for the engine only.
  std::unique_ptr<back_office> make_back_office();
  /// Where people sign in; as many passwords are hashed at one time as it has threads.
  std::unique_ptr<account_room> make_account_room(std::size_t threads = 4);
  /// The send log of this epoch; for the engine only.
  result<std::unique_ptr<file_send_log>> open_send_log() const;

  std::int64_t epoch() const { return holder_ ? holder_->epoch() : 0; }
  const gate_settings& gate() const { return gate_; }
  const master_key& keys() const { return *keys_; }
  /// Where the engine's role connects to; for tests and tools.
  const db::location& where() const { return app_; }
  const db::location& admin_location() const { return admin_; }
  /// For people, without secrets.
  std::string describe() const { return app_.describe(); }
  /// The private server's process, 0 if there is none.
  int server_pid() const { return server_ ? server_->pid() : 0; }
  std::unique_ptr<db::connection> connect(db::purpose use, const std::string& name) const;

 private:
  database(gate_settings gate, const clock& time, random_source& random);
  result<void> reach(const config::settings& settings, const options& with);
  result<void> prepare(const options& with);

  gate_settings gate_;
  const clock& time_;
  random_source& random_;
  std::filesystem::path directory_;
  std::unique_ptr<cluster> server_;
  std::unique_ptr<master_key> keys_;
  std::unique_ptr<instance> holder_;
  db::location admin_, app_;
};

/// The gate's settings out of the configuration: caller ids read and checked, countries derived
/// from them where none are named.
result<gate_settings> read_gate(const config::settings& settings);

} // namespace ringmaster
