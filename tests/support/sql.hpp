#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct pg_conn;

namespace ringmaster::support {

/// One connection to PostgreSQL for looking at what the engine stored, straight through libpq.
class sql {
 public:
  /// Throws if it cannot connect.
  explicit sql(const std::string& connection_string);

  using row = std::map<std::string, std::optional<std::string>>;
  /// Runs a statement; throws with the server's message if it fails.
  std::vector<row> rows(const std::string& statement, const std::vector<std::string>& values = {});
  /// The first field of the first row; throws if there is none.
  std::string text(const std::string& statement, const std::vector<std::string>& values = {});
  long count(const std::string& statement, const std::vector<std::string>& values = {});
  /// The server's message, or empty if it worked.
  std::string trouble(const std::string& statement);

 private:
  struct close {
    void operator()(pg_conn* c) const;
  };
  std::unique_ptr<pg_conn, close> connection_;
};

/// The engine's private cluster, found by what lies in its data directory.
struct cluster_seen {
  pid_t postmaster = -1;
  std::string folder; ///< PGDATA
  std::string socket_folder;
  std::string port;
  /// As a connection string for `user`.
  std::string connect_as(const std::string& user, const std::string& database) const;
};
/// Nothing if there is none below `data_directory`, or it does not run.
std::optional<cluster_seen> find_cluster(const std::string& data_directory);
/// The role that made the cluster: owner of everything, free of every policy.
std::string superuser_of(const cluster_seen& where);

} // namespace ringmaster::support
