#include "net/checkers.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

namespace ringmaster::net {

struct checkers::threads {
  // Half of the cores: calls, callbacks and the database want theirs, too.
  boost::asio::thread_pool pool{std::clamp(std::thread::hardware_concurrency() / 2, 1u, 4u)};
};

checkers::checkers() = default;
checkers::~checkers() { finish(); }

void checkers::run(std::function<void()> job) {
  std::lock_guard lock(mutex_);
  if (finished_)
    return;
  if (!threads_)
    threads_ = std::make_unique<threads>();
  boost::asio::post(threads_->pool, std::move(job));
}

void checkers::finish() {
  std::unique_ptr<threads> gone;
  {
    std::lock_guard lock(mutex_);
    finished_ = true;
    gone = std::move(threads_);
  }
  if (!gone)
    return;
  gone->pool.stop();
  gone->pool.join();
}

} // namespace ringmaster::net
