#include "http/socket_core.hpp"

// g++ 12 takes Asio's recycled coroutine frames for a mismatch of new and delete. Can go with it.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <algorithm>
#include <array>
#include <chrono>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/rand.h>

#include "http/frames.hpp"

namespace ringmaster::http {

namespace {

using clock_type = std::chrono::steady_clock;
using time_point = deadlines::time_point;

/// For the other side's close after ours.
constexpr std::chrono::milliseconds close_patience{3'000};
constexpr std::size_t buffer_kept = 8 * 1024;
constexpr std::uint16_t no_code = 1005;

} // namespace

/// What lives as long as the line does.
class socket_core::standing final : public deadlines::entry {
public:
  standing(
      socket_core& of, deadlines& keeper, std::unique_ptr<byte_line> below, std::string already)
      : entry(keeper), line(std::move(below)), reader(of.server_side_, of.numbers_.message_max),
        bytes(std::move(already)), pump_ended(of.io_, time_point::max()), owner_(of),
        next_ping_(clock_type::now() + of.numbers_.ping) {
    touch();
  }

  void begin_read() { set(quiet_until_, owner_.numbers_.idle); }
  void end_read() { clear(quiet_until_); }
  void begin_write() { set(write_until_, owner_.numbers_.write); }
  void end_write() { clear(write_until_); }
  void await_close() { set(close_until_, close_patience); }

  void fail(std::string why) {
    if (!failed) {
      failed = true;
      detail = std::move(why);
      line->shut();
    }
  }

  std::unique_ptr<byte_line> line;
  frame_reader reader;
  std::string bytes;
  std::size_t used = 0; ///< of `bytes`
  asio::steady_timer pump_ended;
  bool pumping = false;
  bool close_sent = false;
  bool ended = false; ///< a reader was told the end
  bool failed = false;
  std::string detail;

private:
  void set(time_point& which, clock_type::duration span) {
    which = clock_type::now() + span;
    touch();
  }
  void clear(time_point& which) {
    which = time_point::max();
    touch();
  }
  void touch() { due_at(std::min({next_ping_, quiet_until_, write_until_, close_until_})); }

  void late() override {
    auto now = clock_type::now();
    if (write_until_ <= now)
      fail("the other side does not take what is sent");
    else if (quiet_until_ <= now)
      fail("nothing came for too long");
    else if (close_until_ <= now)
      fail("the other side did not close");
    if (failed)
      return;
    if (next_ping_ <= now) {
      next_ping_ = now + owner_.numbers_.ping;
      owner_.send_ping();
    }
    touch();
  }

  socket_core& owner_;
  time_point next_ping_;
  time_point quiet_until_ = time_point::max();
  time_point write_until_ = time_point::max();
  time_point close_until_ = time_point::max();
};

socket_core::socket_core(asio::io_context& on, bool server_side, websocket_limits numbers)
    : io_(on), server_side_(server_side), numbers_(numbers) {}

socket_core::~socket_core() = default;

void socket_core::stand_on(
    deadlines& keeper, std::unique_ptr<byte_line> line, std::string already) {
  standing_ = std::make_unique<standing>(*this, keeper, std::move(line), std::move(already));
}

void socket_core::let_go() {
  {
    std::lock_guard lock(mutex_);
    closing_ = over_ = true;
    waiting_.clear();
  }
  standing_.reset();
}

// -- from any thread
// --------------------------------------------------------------------------------

void socket_core::schedule() {
  if (over_ || std::exchange(scheduled_, true))
    return;
  asio::post(io_, [self = shared_from_this()] { self->start_pump(); });
}

bool socket_core::send(std::string text) {
  std::unique_lock lock(mutex_);
  if (closing_)
    return false;
  if (waiting_.size() >= numbers_.queue_max) {
    lock.unlock();
    close_with(
        close_payload(static_cast<std::uint16_t>(close_code::policy), "too much waits to be sent"),
        true);
    return false;
  }
  waiting_.push_back(std::move(text));
  schedule();
  return true;
}

void socket_core::close(close_code code, std::string_view reason) {
  close_with(close_payload(static_cast<std::uint16_t>(code), reason), false);
}

void socket_core::close_with(std::string payload, bool at_once) {
  std::lock_guard lock(mutex_);
  if (std::exchange(closing_, true))
    return;
  if (at_once)
    waiting_.clear();
  close_ = std::move(payload);
  schedule();
}

bool socket_core::closing() {
  std::lock_guard lock(mutex_);
  return closing_;
}

void socket_core::answer_ping(std::string payload) {
  std::lock_guard lock(mutex_);
  pong_ = std::move(payload);
  schedule();
}

void socket_core::send_ping() {
  std::lock_guard lock(mutex_);
  ping_ = true;
  schedule();
}

// -- sending
// ------------------------------------------------------------------------------------------

void socket_core::append(std::string& frame, std::uint8_t kind, std::string_view payload) const {
  std::array<unsigned char, 4> mask{};
  std::string_view masked_with;
  if (!server_side_) {
    // The mask keeps a proxy from being led by what is sent; our own words need no more than that.
    RAND_bytes(mask.data(), static_cast<int>(mask.size()));
    masked_with = std::string_view(reinterpret_cast<const char*>(mask.data()), mask.size());
  }
  append_frame(frame, static_cast<frame_kind>(kind), payload, masked_with);
}

bool socket_core::take_next(std::string& frame, bool& last) {
  std::lock_guard lock(mutex_);
  auto kind = [](frame_kind k) { return static_cast<std::uint8_t>(k); };
  if (pong_) {
    append(frame, kind(frame_kind::pong), *pong_);
    pong_.reset();
  } else if (ping_) {
    append(frame, kind(frame_kind::ping), {});
    ping_ = false;
  } else if (!waiting_.empty()) {
    append(frame, kind(frame_kind::text), waiting_.front());
    waiting_.pop_front();
  } else if (close_) {
    append(frame, kind(frame_kind::close), *close_);
    close_.reset();
    last = true;
  } else {
    return false;
  }
  return true;
}

void socket_core::start_pump() {
  {
    std::lock_guard lock(mutex_);
    scheduled_ = false;
  }
  if (!standing_ || standing_->pumping)
    return;
  if (standing_->failed || standing_->close_sent) {
    standing_->pump_ended.cancel();
    return;
  }
  standing_->pumping = true;
  asio::co_spawn(
      io_, [self = shared_from_this()] { return self->pump(); }, asio::detached);
}

asio::awaitable<void> socket_core::pump() {
  auto self = shared_from_this();
  auto& s = *standing_; // `finish` waits for us
  std::string frame;
  bool last = false;
  while (!s.failed && !last) {
    frame.clear();
    if (!take_next(frame, last))
      break;
    s.begin_write();
    bool sent = co_await s.line->write(frame);
    s.end_write();
    if (!sent)
      s.fail("the connection ended while something was sent");
    if (last && sent) {
      s.close_sent = true;
      s.await_close();
    }
    if (frame.capacity() > buffer_kept)
      std::string().swap(frame);
  }
  s.pumping = false;
  s.pump_ended.cancel();
}

// -- reading
// ------------------------------------------------------------------------------------------

asio::awaitable<websocket::incoming> socket_core::read() {
  auto self = shared_from_this();
  incoming out;
  using kind = frame_reader::event::kind;
  while (standing_ && !standing_->ended) {
    auto& s = *standing_;
    auto rest = std::string_view(s.bytes).substr(s.used);
    auto got = s.reader.next(rest);
    s.used = s.bytes.size() - rest.size();
    switch (got.what) {
    case kind::more: {
      s.bytes.clear();
      s.used = 0;
      if (s.bytes.capacity() > buffer_kept)
        std::string().swap(s.bytes);
      if (s.failed) {
        s.ended = true;
        out.detail = s.detail;
        co_return out;
      }
      s.begin_read();
      bool came = co_await s.line->read(s.bytes);
      s.end_read();
      if (!came)
        s.fail("the connection ended without a close");
      break;
    }
    case kind::text:
      // Who has said the last word does not listen any more.
      if (closing())
        break;
      out.what = incoming::kind::text;
      out.text = std::move(got.payload);
      co_return out;
    case kind::ping:
      answer_ping(std::move(got.payload));
      break;
    case kind::pong:
      break;
    case kind::close:
      s.ended = true;
      close_with(got.code == no_code ? std::string() : close_payload(got.code, {}), true);
      out.code = got.code;
      out.detail = std::move(got.payload);
      co_return out;
    case kind::broken:
      s.ended = true;
      close_with(close_payload(got.code, got.payload), true);
      out.code = got.code;
      out.detail = std::move(got.payload);
      co_return out;
    }
  }
  out.detail = "the socket is closed";
  co_return out;
}

asio::awaitable<void> socket_core::finish() {
  auto self = shared_from_this();
  close(close_code::normal, {});
  while (standing_ && !standing_->ended)
    co_await read();
  auto sending = [this] {
    std::lock_guard lock(mutex_);
    return standing_->pumping || scheduled_;
  };
  while (standing_ && sending()) {
    boost::system::error_code ended;
    standing_->pump_ended.expires_at(time_point::max());
    co_await standing_->pump_ended.async_wait(asio::redirect_error(asio::use_awaitable, ended));
  }
}

} // namespace ringmaster::http
