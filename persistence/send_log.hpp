#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "domain/error.hpp"
#include "domain/ports.hpp"

namespace ringmaster {

/// The send log as files `sendlog/<epoch>.log` in the data directory: a header with the boot id of
/// the machine, `S <attempt>` before a request leaves, `R <attempt> <sid>` for a result that the
/// store would not take. Safe from any thread.
class file_send_log : public send_log {
 public:
  /// Opens the file of this epoch and reads those of earlier ones. `boot_id` is that of the
  /// running system.
  static result<std::unique_ptr<file_send_log>> open(
    const std::filesystem::path& data_directory, std::int64_t epoch, const std::string& boot_id);
  /// /proc/sys/kernel/random/boot_id
  static std::string system_boot_id();

  ~file_send_log() override;
  bool mark_sent(const attempt_id& attempt) override;
  bool note_result(const attempt_id& attempt, const call_sid& sid) override;
  testimony recall(const attempt_id& attempt) const override;

  /// Removes the files of earlier epochs none of whose attempts is needed any more. What they
  /// said stays in memory. For use once nothing is in doubt.
  void forget(const std::function<bool(const attempt_id&)>& needed);

 private:
  struct contents;
  explicit file_send_log(std::unique_ptr<contents> held);
  std::unique_ptr<contents> held_;
};

} // namespace ringmaster
