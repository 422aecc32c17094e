#pragma once

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <deque>

#include "http/exchange.hpp"

namespace ringmaster::assistant {

namespace asio = boost::asio;

/// A question on its way, as far as it can be called off: whatever it waits for ends at once. Only
/// the gateway's thread touches it.
class operation {
public:
  explicit operation(asio::io_context& io) : timer_(io) {}

  void cancel() {
    canceled_ = true;
    if (exchange_ != nullptr)
      exchange_->cancel();
    timer_.cancel();
  }
  bool canceled() const { return canceled_; }

  /// Waits; shorter if it is canceled or woken.
  asio::awaitable<void> wait(std::chrono::milliseconds span);
  void wake() { timer_.cancel(); }

  /// While it stands, canceling the operation closes the exchange.
  class watch {
  public:
    watch(operation& of, http::exchange& what) : of_(of) { of_.exchange_ = &what; }
    ~watch() { of_.exchange_ = nullptr; }
    watch(const watch&) = delete;
    watch& operator=(const watch&) = delete;

  private:
    operation& of_;
  };

private:
  asio::steady_timer timer_;
  http::exchange* exchange_ = nullptr;
  bool canceled_ = false;
};

/// So many at one time; the others wait in a queue of so many.
class seats {
public:
  seats(std::size_t count, std::size_t queue_max) : free_(count), queue_max_(queue_max) {}

  /// Gives the seat back when it goes.
  class seat {
  public:
    seat() = default;
    explicit seat(seats* of) : of_(of) {}
    seat(seat&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    seat& operator=(seat&& other) noexcept {
      std::swap(of_, other.of_);
      return *this;
    }
    ~seat() {
      if (of_ != nullptr)
        of_->leave();
    }
    explicit operator bool() const { return of_ != nullptr; }

  private:
    seats* of_ = nullptr;
  };

  /// No seat if the queue is full, or none became free in time. Those `in_haste` go first.
  asio::awaitable<seat> take(operation& who, std::chrono::milliseconds patience, bool in_haste);

private:
  struct waiter {
    operation* who = nullptr;
    bool in_haste = false;
    bool given = false;
  };
  void leave();

  std::size_t free_;
  const std::size_t queue_max_;
  std::deque<waiter*> queue_;
};

} // namespace ringmaster::assistant
