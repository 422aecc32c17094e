#include "persistence/account_room.hpp"

#include <utility>

#include "persistence/account_book.hpp"

namespace ringmaster {

account_room::account_room(
    std::vector<std::unique_ptr<db::connection>> connections, random_source& random)
    : connections_(std::move(connections)), random_(random) {
  for (auto& on : connections_)
    threads_.emplace_back([this, &on] { work(*on); });
  // The hash of nobody is made now, so that the first unknown address takes no longer than others.
  post([](account::book& b) { b.fits({}, {}); });
}

account_room::~account_room() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_)
    thread.join();
}

bool account_room::post(std::function<void(account::book&)> job) {
  {
    std::lock_guard lock(mutex_);
    if (ending_ || jobs_.size() >= waiting_most)
      return false;
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

void account_room::work(db::connection& on) {
  account_book book(on, random_);
  while (true) {
    std::function<void(account::book&)> job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
      if (ending_)
        return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job(book);
  }
}

} // namespace ringmaster
