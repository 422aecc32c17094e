#pragma once

// g++ 12 takes the coroutine frames of Asio, which are freed by their own operator delete, for
// mismatched; the frames' operator new is theirs too. It can go with g++ 12.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>

#include "net/engine.hpp"

// Asking the engine from a coroutine. Nothing here waits on a thread: the coroutine is put aside
// and goes on, on its own executor, when the answer comes. The coroutine's frame lives until then,
// so what is asked may point into it. There is no deadline here; the edge has one.

namespace ringmaster::net {

namespace asio = boost::asio;

/// Suspends until the `deliver` given to `start` was called.
template <class Answer, class Start>
asio::awaitable<result<Answer>> answer_of(Start start) {
  auto begin = [start = std::move(start)](auto handler) mutable {
    using handler_type = decltype(handler);
    auto executor = asio::get_associated_executor(handler);
    auto waiting = std::make_shared<handler_type>(std::move(handler));
    start(deliver<Answer>([waiting, executor](result<Answer> answer) mutable {
      asio::post(
        executor, [waiting = std::move(waiting), answer = std::move(answer)]() mutable {
          (*waiting)(std::move(answer));
        });
    }));
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(result<Answer>)>(
    std::move(begin), asio::use_awaitable);
}

/// `co_await ask<campaign_steered>(engine, change::steer_campaign{...})`. The answer is
/// `unavailable` if the actor that should give it is gone.
template <class Answer, class Message>
asio::awaitable<result<Answer>> ask(engine& to, Message what) {
  auto start = [&to, what = std::move(what)](deliver<Answer> then) mutable {
    to.ask(std::move(what), std::move(then));
  };
  return answer_of<Answer>(std::move(start));
}

/// As `answer_of`, but waits no longer than `patience`: nothing is brought back then, and what was
/// asked goes on without a listener.
template <class Answer, class Start>
asio::awaitable<std::optional<result<Answer>>> answer_within(
  Start start, std::chrono::milliseconds patience) {
  struct waiting_one {
    asio::steady_timer* timer = nullptr; ///< null when nobody waits any more
    std::optional<result<Answer>> answer;
  };
  auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, patience);
  auto waiting = std::make_shared<waiting_one>();
  waiting->timer = &timer;
  // Whatever ends this coroutine, a late answer must not touch its timer.
  struct leave {
    std::shared_ptr<waiting_one> from;
    ~leave() { from->timer = nullptr; }
  } const leaving{waiting};
  // An answer is posted, so it is looked at on this executor and never before the wait began.
  start(deliver<Answer>([waiting, executor](result<Answer> answer) {
    asio::post(executor, [waiting, answer = std::move(answer)]() mutable {
      waiting->answer = std::move(answer);
      if (waiting->timer)
        waiting->timer->cancel();
    });
  }));
  boost::system::error_code ended;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
  co_return std::move(waiting->answer);
}

/// As `ask`, within `patience`.
template <class Answer, class Message>
asio::awaitable<std::optional<result<Answer>>> ask_within(
  engine& to, Message what, std::chrono::milliseconds patience) {
  auto start = [&to, what = std::move(what)](deliver<Answer> then) mutable {
    to.ask(std::move(what), std::move(then));
  };
  return answer_within<Answer>(std::move(start), patience);
}

/// What a client is told when the DESKs have too much before them.
error desks_are_busy();

/// Runs `work(desk&) -> result<Answer>` on a DESK and brings its answer back. Refuses with
/// `unavailable` when too many jobs wait.
template <class Answer, class Work>
asio::awaitable<result<Answer>> on_desk(engine& at, Work work) {
  auto start = [&at, work = std::move(work)](deliver<Answer> then) mutable {
    // The responder answers by itself if the job is dropped before it ran.
    auto reply = std::make_shared<responder<Answer>>(std::move(then));
    if (!at.at_desk([reply, work = std::move(work)](desk& d) mutable { reply->reply(work(d)); }))
      reply->reply(fail(desks_are_busy()));
  };
  return answer_of<Answer>(std::move(start));
}

} // namespace ringmaster::net
