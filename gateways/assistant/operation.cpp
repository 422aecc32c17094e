#include "gateways/assistant/operation.hpp"

// g++ 12 takes Asio's recycled coroutine frames for a mismatch of new and delete. Can go with it.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <algorithm>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace ringmaster::assistant {

asio::awaitable<void> operation::wait(std::chrono::milliseconds span) {
  if (canceled_)
    co_return;
  boost::system::error_code ignored;
  timer_.expires_after(span);
  co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

asio::awaitable<seats::seat>
seats::take(operation& who, std::chrono::milliseconds patience, bool in_haste) {
  seat got;
  if (free_ > 0) {
    --free_;
    got = seat(this);
    co_return got;
  }
  if (queue_.size() >= queue_max_ || who.canceled())
    co_return got;
  waiter mine;
  mine.who = &who;
  mine.in_haste = in_haste;
  auto behind =
      in_haste
          ? std::find_if(queue_.begin(), queue_.end(), [](auto* one) { return !one->in_haste; })
          : queue_.end();
  queue_.insert(behind, &mine);
  co_await who.wait(patience);
  if (mine.given)
    got = seat(this);
  else
    std::erase(queue_, &mine);
  co_return got;
}

void seats::leave() {
  if (queue_.empty()) {
    ++free_;
    return;
  }
  auto* next = queue_.front();
  queue_.pop_front();
  next->given = true;
  next->who->wake();
}

} // namespace ringmaster::assistant
