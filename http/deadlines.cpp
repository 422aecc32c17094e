#include "http/deadlines.hpp"

#include <boost/asio/steady_timer.hpp>

namespace ringmaster::http {

/// Outlives its owner while a wait is pending.
struct deadlines::ticker : std::enable_shared_from_this<ticker> {
  ticker(boost::asio::io_context& io, std::chrono::milliseconds every, deadlines& of)
    : timer(io), tick(every), owner(&of) {}

  void start() {
    if (running)
      return;
    running = true;
    timer.expires_after(tick);
    timer.async_wait([self = shared_from_this()](boost::system::error_code) {
      self->running = false;
      if (self->owner != nullptr)
        self->owner->look();
    });
  }

  boost::asio::steady_timer timer;
  std::chrono::milliseconds tick;
  deadlines* owner;
  bool running = false;
};

deadlines::entry::entry(deadlines& keeper) : keeper_(keeper), next_(keeper.first_) {
  if (next_ != nullptr)
    next_->previous_ = this;
  keeper.first_ = this;
  keeper.ticker_->start();
}

deadlines::entry::~entry() {
  (previous_ != nullptr ? previous_->next_ : keeper_.first_) = next_;
  if (next_ != nullptr)
    next_->previous_ = previous_;
}

deadlines::deadlines(boost::asio::io_context& io, std::chrono::milliseconds tick)
  : ticker_(std::make_shared<ticker>(io, tick, *this)) {}

deadlines::~deadlines() {
  ticker_->owner = nullptr;
  ticker_->timer.cancel();
}

void deadlines::look() {
  auto now = std::chrono::steady_clock::now();
  for (auto* one = first_; one != nullptr; one = one->next_) {
    if (one->due_ <= now) {
      one->never_due();
      one->late();
    }
  }
  if (first_ != nullptr)
    ticker_->start();
}

} // namespace ringmaster::http
