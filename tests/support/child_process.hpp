#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ringmaster::support {

/// What to run. Of our own environment only PATH, HOME, LANG and TZ are handed on, so that no
/// setting of the machine leaks into a test.
struct launch {
  std::string program;
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;
  std::string output;      ///< file that stdout and stderr are appended to
  std::string input;       ///< file for stdin; empty: nothing to read
  std::string working_folder;
};

/// A child in its own process group. Whatever happens, the group is killed and the child reaped
/// when the owner goes; the kernel kills the child too if this process dies before.
class child_process {
 public:
  child_process() = default;
  explicit child_process(const launch& what);
  ~child_process();
  child_process(child_process&& other) noexcept;
  child_process& operator=(child_process&& other) noexcept;

  pid_t pid() const { return pid_; }
  explicit operator bool() const { return pid_ > 0; }
  /// Reaps it if it has ended.
  bool running();

  /// To the child alone, not to its group.
  void signal(int number) const;
  /// SIGKILL to the child alone, and waits for its end.
  void kill_now();
  /// The exit code, or minus the signal that ended it; nothing if it still runs after `patience`.
  std::optional<int> wait(std::chrono::milliseconds patience);

  /// Everything it printed since it was started.
  std::string output() const;
  /// The rest of the first complete line that begins with `prefix`; nothing if none came within
  /// `patience` or the child ended without one.
  std::optional<std::string> line_after(const std::string& prefix, std::chrono::milliseconds patience);

 private:
  void end_group();

  pid_t pid_ = -1;
  std::optional<int> status_;
  std::string output_;
  std::size_t output_begin_ = 0;
};

/// Runs to the end. `status` as `child_process::wait`; nothing: it was killed after `patience`.
struct finished {
  std::optional<int> status;
  std::string output;
};
finished run(launch what, std::chrono::milliseconds patience);

/// Direct children of a process, from /proc.
std::vector<pid_t> children_of(pid_t parent);
/// User and system time of a process so far, in microseconds, without that of its children.
std::int64_t cpu_us(pid_t pid);
/// The same for a process and all its living descendants.
std::int64_t cpu_us_of_tree(pid_t root);
/// Proportional set size in bytes; 0 if it cannot be read.
std::int64_t pss_bytes(pid_t pid);

} // namespace ringmaster::support
