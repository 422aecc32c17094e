#pragma once

#include "net/ask.hpp" // first: it silences a false alarm of g++ 12 about coroutines

#include <memory>
#include <optional>
#include <utility>

namespace ringmaster::net {

/// Something that was begun and is waited for later, so that two things go on at once. `start` gets
/// a `deliver<Answer>`, as for `answer_of`; it must own all that it touches, for this may be gone
/// before the answer comes.
template <class Answer>
class under_way {
 public:
  template <class Start>
  under_way(const asio::any_io_executor& on, Start start)
    : timer_(on, asio::steady_timer::time_point::max()), shared_(std::make_shared<waiting>()) {
    shared_->timer = &timer_;
    // An answer is posted, so it is looked at on this executor and never before the wait began.
    start(deliver<Answer>([waits = shared_, on](result<Answer> answer) {
      asio::post(on, [waits, answer = std::move(answer)]() mutable {
        waits->answer = std::move(answer);
        if (waits->timer)
          waits->timer->cancel();
      });
    }));
  }
  under_way(const under_way&) = delete;
  under_way& operator=(const under_way&) = delete;
  ~under_way() { shared_->timer = nullptr; }

  asio::awaitable<result<Answer>> wait() {
    boost::system::error_code ended;
    while (!shared_->answer)
      co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    co_return std::move(*shared_->answer);
  }

 private:
  struct waiting {
    asio::steady_timer* timer = nullptr; ///< null when nobody waits any more
    std::optional<result<Answer>> answer;
  };
  asio::steady_timer timer_;
  std::shared_ptr<waiting> shared_;
};

} // namespace ringmaster::net
