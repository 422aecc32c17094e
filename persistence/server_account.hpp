#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "domain/error.hpp"

namespace ringmaster {

/// Under whose name the private server runs: our own, or, since PostgreSQL refuses root, that of
/// `postgres` or `nobody`.
struct server_account {
  bool switches = false;
  uid_t user = 0;
  gid_t group = 0;
  std::string name;

  static result<server_account> choose();

  /// Makes `path` a directory that belongs to the account and to nobody else.
  result<void> own_directory(const std::filesystem::path& path) const;
  /// Refuses with the mend if the account cannot reach `path`.
  result<void> check_reach(const std::filesystem::path& path) const;
};

/// Starts a program under the account, with its output appended to `log`. With `dies_with_us` it
/// gets SIGINT when the calling *thread* ends, so call from a thread that lives. Answers the
/// process id, or -1.
pid_t spawn(
  const server_account& as, const std::vector<std::string>& command, const std::string& log,
  bool dies_with_us);

/// Waits for the end of a process; true if it ended with status 0.
bool wait_for_success(pid_t child);

/// The end of a log file, for messages.
std::string last_lines(const std::filesystem::path& log, std::size_t bytes = 600);

} // namespace ringmaster
