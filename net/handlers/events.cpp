#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "net/ask.hpp"
#include "net/handlers/handlers.hpp"

// Server-sent events: one reader of the FEED per connection.

namespace ringmaster::net::handlers {

namespace {

/// What the FEED has told and the connection has not sent yet. Filled on the FEED's thread,
/// emptied on the connection's.
class inbox {
public:
  explicit inbox(std::size_t most) : most_(most) {}

  /// False when there is no use in telling more: nobody reads any longer, or too slowly.
  bool put(const feed_entry& entry) {
    std::lock_guard lock(mutex_);
    if (!wake_)
      return false;
    if (entries_.size() >= most_) {
      overrun_ = true;
      entries_.clear();
    } else {
      entries_.push_back(entry);
    }
    // Under the lock, so that nothing is posted to a connection that has ended.
    wake_();
    return !overrun_;
  }

  struct delivery {
    std::deque<feed_entry> entries;
    bool overrun = false; ///< the reader was too slow: some are lost
  };
  delivery take() {
    std::lock_guard lock(mutex_);
    return {std::exchange(entries_, {}), overrun_};
  }

  void open(std::function<void()> wake) {
    std::lock_guard lock(mutex_);
    wake_ = std::move(wake);
  }
  void close() { open(nullptr); }

private:
  std::mutex mutex_;
  std::deque<feed_entry> entries_;
  std::function<void()> wake_;
  const std::size_t most_;
  bool overrun_ = false;
};

/// Where a reader goes on.
struct place {
  std::uint64_t epoch = 0, seq = 0;
};

/// Never the epoch of a run, so the FEED answers it with the present place.
constexpr place nowhere{1, 0};

/// `<epoch>-<seq>`, as it stands in `id:`. What cannot be read is no place that we have given.
place read_place(std::string_view text) {
  place at;
  auto dash = text.find('-');
  if (dash == std::string_view::npos)
    return nowhere;
  auto number = [](std::string_view digits, std::uint64_t& into) {
    auto end = digits.data() + digits.size();
    auto [stopped, code] = std::from_chars(digits.data(), end, into);
    return code == std::errc() && stopped == end;
  };
  bool sound = number(text.substr(0, dash), at.epoch) && number(text.substr(dash + 1), at.seq);
  return sound && at.epoch > 1 ? at : nowhere;
}

void write_event(std::string& out, const feed_entry& entry, std::string_view kind) {
  out += "id: " + std::to_string(entry.epoch) + "-" + std::to_string(entry.seq) + "\nevent: ";
  out += kind;
  // A line end within the data would begin a field of its own.
  std::string_view rest = entry.what.data.empty() ? "{}" : std::string_view(entry.what.data);
  while (true) {
    auto end = std::min(rest.find_first_of("\r\n"), rest.size());
    out += "\ndata: ";
    out += rest.substr(0, end);
    if (end == rest.size())
      break;
    rest.remove_prefix(end + 1);
  }
  out += "\n\n";
}

/// What a stream needs when its request is gone.
struct stream_job {
  services& svc;
  http::request credentials; ///< the request's Authorization or Cookie alone
  user_id user;
  std::optional<place> after; ///< none: from now on
};

/// The key may have been deleted or have run out since. A database that is away ends no stream.
asio::awaitable<bool> still_welcome(const stream_job& job) {
  auto key = co_await authenticate(job.svc, job.credentials, true);
  co_return key || key.error().code != errc::unauthenticated;
}

/// The events of one delivery as text. The FEED's first word to somebody without a place says
/// where things stand; to one with a place it says that something was missed.
std::string write_all(const std::deque<feed_entry>& entries, bool& greeted) {
  std::string out;
  for (const auto& entry : entries) {
    bool hello = !greeted && entry.what.kind == "reset";
    greeted = true;
    write_event(out, entry, hello ? "hello" : std::string_view(entry.what.kind));
  }
  return out;
}

asio::awaitable<void> write_events(std::shared_ptr<stream_job> job, http::body_writer& to) {
  using std::chrono::milliseconds;
  const auto heartbeat = job->svc.heartbeat;
  // Between two events the server may begin to drain, which shows when something is written.
  const auto tick = std::min(heartbeat, milliseconds(500));
  auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor);
  // Belongs to the connection's thread; null when the timer is gone.
  auto bell = std::make_shared<asio::steady_timer*>(&timer);
  auto box = std::make_shared<inbox>(job->svc.events_waiting_max);
  box->open([executor, bell] {
    asio::post(executor, [bell] {
      if (*bell)
        (*bell)->cancel();
    });
  });
  struct leave {
    inbox& box;
    asio::steady_timer*& bell;
    ~leave() {
      box.close();
      bell = nullptr;
    }
  } const leaving{*box, *bell};

  auto deliver = std::make_shared<std::function<bool(const feed_entry&)>>(
      [box](const feed_entry& entry) { return box->put(entry); });
  auto from = job->after.value_or(nowhere);
  job->svc.engine.tell(follow_feed{job->user, from.seq, std::move(deliver), from.epoch});
  bool greeted = job->after.has_value();
  if (!co_await to.write("retry: 2000\n\n"))
    co_return;
  milliseconds quiet{0};
  auto checked_at = job->svc.time.boot();
  while (true) {
    bool pulse = quiet >= heartbeat;
    if (pulse || job->svc.time.boot() - checked_at >= heartbeat) {
      if (!co_await still_welcome(*job))
        co_return;
      checked_at = job->svc.time.boot();
    }
    auto came = box->take();
    if (came.overrun)
      co_return; // it comes back with the last id that it has seen
    if (!came.entries.empty() || pulse) {
      auto piece = came.entries.empty() ? ": alive\n\n" : write_all(came.entries, greeted);
      if (!co_await to.write(std::move(piece)))
        co_return;
      quiet = milliseconds(0);
      continue; // more may have come meanwhile
    }
    if (!co_await to.write({}))
      co_return;
    // Nothing runs on this thread between the look into the box and the wait.
    boost::system::error_code woken;
    timer.expires_after(tick);
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    if (!woken)
      quiet += tick;
  }
}

} // namespace

// GET /api/events   Last-Event-ID: <epoch>-<seq>
answer_of_handler follow_events(exchange& x) {
  auto job = std::make_shared<stream_job>(stream_job{x.svc, {}, x.who.user, {}});
  for (const auto& h : x.req.headers)
    if (x.req.find("Authorization") == &h.value || x.req.find("Cookie") == &h.value)
      job->credentials.headers.push_back(h);
  if (auto last = x.req.find("Last-Event-ID"))
    job->after = read_place(*last);
  http::response head;
  head.content_type = "text/event-stream; charset=utf-8";
  head.headers.push_back({"X-Accel-Buffering", "no"}); // proxies shall pass events on at once
  co_return http::streamed(
      std::move(head), [job](http::body_writer& to) { return write_events(job, to); });
}

} // namespace ringmaster::net::handlers
