#include "main/termination.hpp"

#include <cerrno>
#include <csignal>
#include <ctime>
#include <thread>

#include <unistd.h>

namespace ringmaster {

namespace {

sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

} // namespace

termination::termination() {
  auto set = watched();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int termination::wait() const {
  auto set = watched();
  int number = 0;
  while (sigwait(&set, &number) != 0) {
  }
  return number;
}

int termination::wait_for(std::chrono::milliseconds span) const {
  auto set = watched();
  timespec patience{};
  patience.tv_sec = span.count() / 1000;
  patience.tv_nsec = span.count() % 1000 * 1'000'000;
  auto number = sigtimedwait(&set, nullptr, &patience);
  return number > 0 ? number : 0;
}

void termination::end_at_once(int exit_code) const {
  std::thread([exit_code] {
    auto set = watched();
    int number = 0;
    while (sigwait(&set, &number) != 0) {
    }
    ::_exit(exit_code);
  }).detach();
}

} // namespace ringmaster
