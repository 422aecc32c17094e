#pragma once

#include <cstddef>
#include <mutex>
#include <streambuf>
#include <string>
#include <string_view>

namespace ringmaster::support {

/// Stands between CAF's test runner, which tells of every check, and the screen: failed checks
/// pass with their file and line, passed ones do not. Counts the tests. Brief, it shows nothing
/// of a test that passed.
class test_report : public std::streambuf {
public:
  test_report(int output, bool brief) : output_(output), brief_(brief) {}

  /// Ends the unfinished line and tells the counts in the form that script/test reads.
  void finish();

  /// Shows what was held back of a test that cannot end any more, and counts it as failed. Only
  /// calls what a signal handler may; the held text is not changed meanwhile, as its writer died.
  void finish_broken(std::string_view why) noexcept;

protected:
  int_type overflow(int_type c) override;
  std::streamsize xsputn(const char* text, std::streamsize size) override;

private:
  void take(std::string_view piece);
  void take_line();
  void show(std::string_view text) const noexcept;
  void show_counts(std::size_t passed, std::size_t failed) const noexcept;

  std::mutex mutex_; // threads of a test may write, too
  int output_;
  bool brief_;
  std::string line_, held_;
  bool in_test_ = false;
  std::size_t passed_ = 0, failed_ = 0;
};

} // namespace ringmaster::support
