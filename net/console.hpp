#pragma once

#include <memory>
#include <string>

#include "net/ask.hpp"
#include "net/console_files.hpp"
#include "net/session.hpp"

namespace ringmaster::net {

/// What the web console needs of the edge; made once by main, alive as long as the servers.
struct console {
  account::room& room;
  console_files files{};
  std::string time_zone = "UTC"; ///< of the installation, for display

  session_cache sessions{};
  sign_in_guard tries{};
  first_link first{};
};

/// As `on_desk`, where people are let in.
template <class Answer, class Work>
asio::awaitable<result<Answer>> in_room(console& at, Work work) {
  auto start = [&at, work = std::move(work)](deliver<Answer> then) mutable {
    auto reply = std::make_shared<responder<Answer>>(std::move(then));
    auto job = [reply, work = std::move(work)](account::book& b) mutable { reply->reply(work(b)); };
    if (!at.room.post(std::move(job)))
      reply->reply(fail(desks_are_busy()));
  };
  return answer_of<Answer>(std::move(start));
}

} // namespace ringmaster::net
