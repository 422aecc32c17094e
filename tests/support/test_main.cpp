// The runner of CAF's own test framework; one per test program.
#define CAF_TEST_NO_MAIN
#include <caf/test/unit_test.hpp>
#include <caf/test/unit_test_impl.hpp>

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string_view>
#include <vector>

#include "tests/support/test_report.hpp"

namespace {

// Never freed: the runner's logger keeps it until the very end.
ringmaster::support::test_report* report = nullptr;

extern "C" void on_fatal_signal(int number) {
  ::signal(number, SIG_DFL);
  report->finish_broken(number == SIGABRT ? "aborted" : "terminated from outside");
  ::raise(number);
}

[[noreturn]] void on_uncaught() {
  try {
    if (auto thrown = std::current_exception())
      std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    std::cerr << "!! uncaught exception: " << e.what() << std::endl;
  } catch (...) {
    std::cerr << "!! uncaught exception that is no std::exception" << std::endl;
  }
  std::abort();
}

} // namespace

int main(int argc, char** argv) {
  const char* brief = std::getenv("RINGMASTER_TEST_BRIEF");
  report = new ringmaster::support::test_report(STDERR_FILENO, brief && *brief && *brief != '0');
  auto* const screen = std::cerr.rdbuf(report);
  std::set_terminate(on_uncaught);
  for (int number : {SIGABRT, SIGTERM})
    ::signal(number, on_fatal_signal);

  // The runner tells where a check failed only when it tells of every check, and it ends a test
  // after 30 s unless told otherwise.
  std::vector<char*> words(argv, argv + argc);
  const auto usual = [&](std::string_view option, const char* value) {
    const bool given = std::any_of(words.begin(), words.end(), [&](const char* word) {
      return std::string_view(word).starts_with(option);
    });
    if (!given)
      words.insert(words.begin() + 1, {const_cast<char*>(option.data()), const_cast<char*>(value)});
  };
  usual("-v", "4");
  usual("-r", "600");
  const int status = caf::test::main(static_cast<int>(words.size()), words.data());
  report->finish();
  std::cerr.rdbuf(screen);
  return status;
}
