// g++ 12 takes Asio's recycled coroutine frames for a mismatch of new and delete. Can go with it.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <exception>
#include <memory>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include "http/session.hpp"

namespace ringmaster::http {

/// The connection below its WebSocket. Its deadlines are the socket's.
class session::line final : public byte_line {
public:
  explicit line(session& of) : session_(of) {}

  asio::awaitable<bool> read(std::string& into) override {
    auto& s = session_;
    bool came = co_await s.read_more();
    if (into.empty())
      into.swap(s.pending_);
    else
      into += s.pending_;
    s.pending_.clear();
    co_return came;
  }

  asio::awaitable<bool> write(std::string_view bytes) override {
    auto& s = session_;
    while (!bytes.empty()) {
      boost::system::error_code ec;
      auto size = s.socket_.write_some(asio::buffer(bytes.data(), bytes.size()), ec);
      if (ec == asio::error::would_block || ec == asio::error::try_again) {
        ec = {};
        co_await s.socket_.async_wait(
            tcp::socket::wait_write, asio::redirect_error(asio::use_awaitable, ec));
      }
      if (ec || s.late_)
        co_return false;
      bytes.remove_prefix(size);
    }
    co_return true;
  }

  void shut() override { session_.close_now(); }

private:
  session& session_;
};

asio::awaitable<void> session::become_socket(response made, const std::string& key) {
  auto upgrade = std::move(made.upgrade);
  made.status = 101;
  for (auto& field : accepting(key))
    made.headers.push_back(std::move(field));
  admit(true);
  out_.clear();
  append_head(out_, made, framing_kind::length, false, false, date(), request_id_);
  if (!co_await write_all())
    co_return;
  never_due();
  phase_ = phase::socket;
  std::string().swap(out_);

  auto& shared = home_.shared;
  auto core = std::make_shared<socket_core>(home_.io, true, upgrade->numbers);
  core->stand_on(home_.late, std::make_unique<line>(*this), {});
  // Others may hold the socket for longer than there is a connection.
  struct stands {
    session& of;
    std::shared_ptr<socket_core> socket;
    stands(session& s, std::shared_ptr<socket_core> c) : of(s), socket(std::move(c)) {
      of.socket_up_ = socket.get();
      of.home_.shared.counters.sockets.fetch_add(1, std::memory_order_relaxed);
    }
    stands(const stands&) = delete;
    stands& operator=(const stands&) = delete;
    ~stands() {
      of.socket_up_ = nullptr;
      of.home_.shared.counters.sockets.fetch_sub(1, std::memory_order_relaxed);
      socket->let_go();
    }
  };
  {
    stands while_open(*this, core);
    if (shared.draining.load(std::memory_order_relaxed))
      core->close(close_code::going_away, "the server stops");
    bool failed = false;
    try {
      co_await upgrade->run(core);
    } catch (const std::exception& failure) {
      spdlog::error("request {}: the socket's handler failed: {}", request_id_, failure.what());
      failed = true;
    }
    if (failed)
      core->close(close_code::trouble, "the engine made a mistake");
    co_await core->finish();
  }
  if (!late_)
    co_await linger();
}

} // namespace ringmaster::http
