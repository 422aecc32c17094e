#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "domain/error.hpp"

namespace ringmaster {

/// Answers cases of the calling window, one JSON object each:
/// `{timezone, allowed_call_start_time, allowed_call_end_time, allowed_days_of_week, at}` becomes
/// `{allowed, reason, next_open_at, closes_at}`. Without `at`, the case is about now. Whatever
/// cannot be read is not allowed. Windows that were parsed once are kept, a bounded number.
class window_batch {
 public:
  window_batch();
  ~window_batch();

  /// Appends the answer to one case, with its line end. At least `slack()` bytes after `line`
  /// must be readable.
  void answer(std::string_view line, instant now, std::string& out);
  static std::size_t slack();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// Reads lines from `in` until its end and writes the answers to `out` (file descriptors). Blank
/// lines are passed over. Fails only when a descriptor does.
result<void> run_window_batch(int in, int out, const std::function<instant()>& now);

} // namespace ringmaster
