#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "net/agents.hpp"
#include "net/handlers/handlers.hpp"
#include "net/knowledge_body.hpp"
#include "net/knowledge_views.hpp"
#include "net/problem.hpp"
#include "net/query.hpp"
#include "net/views.hpp"

// Chats with agents. A reply is answered whole, or piece by piece as server-sent events.

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

http::response show_answered(const user_id& owner, const brain::answered& a) {
  return answer(200, show(a, owner));
}

/// Quality values are left aside: who names the stream at all wants it.
bool wants_stream(const http::request& req) {
  std::string accepted{req.header_or("Accept")};
  std::transform(accepted.begin(), accepted.end(), accepted.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return accepted.find("text/event-stream") != std::string::npos;
}

// -- a reply in pieces
// ------------------------------------------------------------------------------

/// What the agent has said and the connection has not sent yet. Filled on the agent's thread,
/// emptied on the connection's.
class reply_box {
public:
  void say(std::string_view text) {
    std::lock_guard lock(mutex_);
    if (!wake_)
      return;
    text_ += text;
    wake_(); // under the lock, so that nothing is posted to a connection that has ended
  }
  void end(result<brain::answered> how) {
    std::lock_guard lock(mutex_);
    how_ = std::move(how);
    if (wake_)
      wake_();
  }

  struct delivery {
    std::string text;
    std::optional<result<brain::answered>> how; ///< once it is complete
  };
  delivery take() {
    std::lock_guard lock(mutex_);
    return {std::exchange(text_, {}), std::exchange(how_, std::nullopt)};
  }
  void open(std::function<void()> wake) {
    std::lock_guard lock(mutex_);
    wake_ = std::move(wake);
  }
  void close() { open(nullptr); }

private:
  std::mutex mutex_;
  std::string text_;
  std::optional<result<brain::answered>> how_;
  std::function<void()> wake_;
};

/// What a stream needs when its request is gone.
struct stream_job {
  services& svc;
  identity who;
  brain::inquiry what;
};

std::string event_of(std::string_view kind, std::string_view data) {
  std::string out = "event: ";
  ((out += kind) += "\ndata: ") += data; // JSON on one line
  return out += "\n\n";
}

std::string token_of(const std::string& text) {
  json data;
  data["text"] = text;
  return event_of("token", data.dump(-1, ' ', false, json::error_handler_t::replace));
}

std::string end_of(const stream_job& job, const result<brain::answered>& how) {
  return how ? event_of("done", show_answered(job.who.user, *how).body)
             : event_of("problem", problem(how.error(), job.who.request_id).body);
}

asio::awaitable<void> write_reply(std::shared_ptr<stream_job> job, http::body_writer& to) {
  using std::chrono::milliseconds;
  // Between two pieces the server may begin to drain, which shows when something is written.
  const auto tick = std::min(job->svc.heartbeat, milliseconds(500));
  auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor);
  // Belongs to the connection's thread; null when the timer is gone.
  auto bell = std::make_shared<asio::steady_timer*>(&timer);
  auto box = std::make_shared<reply_box>();
  box->open([executor, bell] {
    asio::post(executor, [bell] {
      if (*bell)
        (*bell)->cancel();
    });
  });
  struct leave {
    reply_box& box;
    asio::steady_timer*& bell;
    ~leave() {
      box.close();
      bell = nullptr;
    }
  } const leaving{*box, *bell};

  auto on_text = std::make_shared<std::function<void(std::string_view)>>(
      [box](std::string_view text) { box->say(text); });
  deliver<brain::answered> then = [box](result<brain::answered> how) { box->end(std::move(how)); };
  job->svc.engine.ask(ask_brain{job->who, job->what, std::move(on_text)}, std::move(then));

  milliseconds waited{0}, quiet{0};
  while (true) {
    auto came = box->take();
    std::string piece = came.text.empty() ? std::string() : token_of(came.text);
    bool late = !came.how && waited >= job->svc.brain_stream_patience;
    if (late)
      came.how = result<brain::answered>(
          fail(errc::unavailable, "the answer takes too long; look for it in the conversation"));
    if (came.how) {
      piece += end_of(*job, *came.how);
      co_await to.write(std::move(piece));
      co_return;
    }
    if (piece.empty() && quiet >= job->svc.heartbeat)
      piece = ": alive\n\n";
    if (!piece.empty())
      quiet = milliseconds(0);
    if (!co_await to.write(std::move(piece)))
      co_return; // the agent goes on, and its answer is stored
    boost::system::error_code woken;
    timer.expires_after(tick);
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    if (!woken) {
      waited += tick;
      quiet += tick;
    }
  }
}

http::response stream_reply(exchange& x, brain::inquiry what) {
  auto job = std::make_shared<stream_job>(stream_job{x.svc, x.who, std::move(what)});
  http::response head;
  head.content_type = "text/event-stream; charset=utf-8";
  head.headers.push_back({"X-Accel-Buffering", "no"}); // proxies shall pass events on at once
  return http::streamed(
      std::move(head), [job](http::body_writer& to) { return write_reply(job, to); });
}

struct detail {
  brain::chat chat;
  std::vector<brain::message> messages;
};

http::response show_detail(const detail& d) {
  json doc;
  doc["conversation"] = show(d.chat);
  auto& items = doc["messages"] = json::array();
  for (const auto& m : d.messages)
    items.push_back(show(m));
  return answer(200, doc);
}

} // namespace

// POST /api/brain   {"message": "When are we open on Sunday?"}   Accept: text/event-stream
answer_of_handler ask_brain_once(exchange& x) {
  auto what = read_message(x.text);
  if (!what)
    co_return refuse(x, what.error());
  if (what->chat) {
    // A stream has no status to refuse with once it has begun.
    auto work = [&](desk_work& w) { return w.chats().find(*what->chat); };
    auto known = co_await from_desk(x, work);
    if (!known)
      co_return refuse(x, known.error());
  }
  if (wants_stream(x.req))
    co_return stream_reply(x, std::move(*what));
  std::function<asio::awaitable<http::response>()> talk = [&]() -> asio::awaitable<http::response> {
    auto asked = *what;
    auto got = co_await ask_agent(x, std::move(asked));
    co_return got ? show_answered(x.who.user, *got) : refuse(x, got.error());
  };
  co_return co_await dial_once(x, std::move(talk));
}

// GET /api/brain/conversations
answer_of_handler list_chats(exchange& x) {
  query_reader query(x.req);
  auto asked = query.page();
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [&](desk_work& w) { return w.chats().list(asked); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  auto items = json::array();
  for (const auto& c : found->items)
    items.push_back(show(c));
  co_return show_page(
      x.req, "conversations", std::move(items), asked, found->total, found->next_cursor);
}

// GET /api/brain/conversations/{id}
answer_of_handler get_chat(exchange& x) {
  auto id = path_id<chat_id>(x, "conversation");
  if (!id)
    co_return refuse(x, id.error());
  auto work = [&](desk_work& w) -> result<detail> {
    auto found = w.chats().find(*id);
    if (!found)
      return fail(found.error());
    auto messages = w.chats().messages(*id);
    if (!messages)
      return fail(messages.error());
    return detail{std::move(*found), std::move(*messages)};
  };
  auto found = co_await from_desk(x, work);
  co_return found ? show_detail(*found) : refuse(x, found.error());
}

// DELETE /api/brain/conversations/{id}
answer_of_handler delete_chat(exchange& x) {
  auto id = path_id<chat_id>(x, "conversation");
  if (!id)
    co_return refuse(x, id.error());
  std::function<result<void>(desk_work&)> work = [&](desk_work& w) {
    return w.chats().remove(*id);
  };
  auto done = co_await transact(x, std::move(work));
  co_return done ? answer(200, json::object()) : refuse(x, done.error());
}

} // namespace ringmaster::net::handlers
