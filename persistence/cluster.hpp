#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "domain/error.hpp"
#include "persistence/location.hpp"

namespace ringmaster {

/// A private PostgreSQL under the data directory, reached by a unix socket in a directory that
/// nobody else may enter. Made at the first start; started again should it die; stopped with the
/// object. A server that runs there already is adopted and left running.
class cluster {
 public:
  struct tuning {
    std::string shared_buffers = "192MB";
    int max_connections = 60;
    bool durable = true; ///< false only for tests that prove nothing about power loss
  };

  /// Blocks until the server takes connections, or tells in a sentence what is in the way.
  static result<std::unique_ptr<cluster>> start(const std::filesystem::path& data_directory, tuning with);
  static result<std::unique_ptr<cluster>> start(const std::filesystem::path& data_directory) {
    return start(data_directory, tuning{});
  }

  /// Where the programs of the server are that `start` would use; a refusal says what to install.
  static result<std::filesystem::path> find_programs(const std::filesystem::path& data_directory);
  /// True if there is one in this directory, running or not.
  static bool is_made(const std::filesystem::path& data_directory);

  ~cluster();
  cluster(const cluster&) = delete;
  cluster& operator=(const cluster&) = delete;

  /// As the server's superuser, by its socket.
  db::location admin(const std::string& database) const;
  /// The server's process, 0 if it was adopted.
  int pid() const;

 private:
  struct keeper;
  explicit cluster(std::unique_ptr<keeper> held);
  std::unique_ptr<keeper> keeper_;
};

} // namespace ringmaster
