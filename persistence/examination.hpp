#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "domain/error.hpp"
#include "persistence/db.hpp"

namespace ringmaster {

class cluster;
class master_key;

/// What an installation's database says of itself. Nothing is changed by asking: no migration, no
/// role, no key. A private server that nobody runs is started for as long as the object lives.
class database_examination {
public:
  /// Refuses with `unavailable` if the server cannot be reached. `keys` may be null: then what
  /// needs the engine's signature is left out.
  static result<std::unique_ptr<database_examination>>
  begin(const config::settings& settings, const master_key* keys, const clock& time);
  ~database_examination();

  struct facts {
    std::string where; ///< for people, without a password
    bool is_private = false;
    bool started_here = false; ///< nobody ran it
    std::int32_t version = 0;  ///< 150020
    bool engine_runs = false;  ///< somebody holds the lock of the engine that dials
    std::string synchronous_commit, fsync;
    std::chrono::milliseconds ahead{0}; ///< of our clock
    std::vector<std::string> missing;   ///< migrations that are not applied
    std::string schema_trouble;         ///< the schema is of another version than this program
    /// What `find_leaks` tells as the role in which the engine works; nothing where that role could
    /// not be tried, for `role_trouble`.
    std::optional<std::vector<std::string>> leaks;
    std::string role, role_trouble;
  };
  const facts& found() const { return found_; }

private:
  database_examination();
  result<void> reach(const config::settings& settings);
  void look(const clock& time);
  void look_as_engine(const master_key& keys, const clock& time);

  std::unique_ptr<cluster> server_;
  db::location admin_;
  bool privileged_ = false;
  facts found_;
};

} // namespace ringmaster
