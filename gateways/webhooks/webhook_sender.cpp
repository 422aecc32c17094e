#include "gateways/webhooks/webhook_sender.hpp"

// g++ 12 takes Asio's recycled coroutine frames for a mismatch of new and delete. Can go with it.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <algorithm>
#include <charconv>
#include <exception>
#include <map>
#include <thread>
#include <utility>

#include "http/client.hpp"
#include "http/pool.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <spdlog/spdlog.h>

#include "wire/webhook_signature.hpp"

namespace ringmaster::webhooks {

namespace {

namespace asio = boost::asio;
using how = http::reply::how;
using steady = std::chrono::steady_clock;

/// How long a connection may wait for the next message.
constexpr std::chrono::seconds kept{20};
constexpr std::size_t clients_most = 64;

ip_address to_domain(const asio::ip::address& from) {
  ip_address out;
  out.v6 = from.is_v6();
  if (out.v6) {
    auto bytes = from.to_v6().to_bytes();
    std::copy(bytes.begin(), bytes.end(), out.bytes.begin());
  } else {
    auto bytes = from.to_v4().to_bytes();
    std::copy(bytes.begin(), bytes.end(), out.bytes.begin());
  }
  return out;
}

std::optional<std::chrono::seconds> retry_after(const http::reply& got) {
  const auto* value = got.find("Retry-After");
  if (value == nullptr)
    return std::nullopt;
  int seconds = 0;
  auto end = std::from_chars(value->data(), value->data() + value->size(), seconds);
  if (end.ec != std::errc{} || end.ptr != value->data() + value->size() || seconds < 0)
    return std::nullopt;
  return std::chrono::seconds(seconds);
}

webhook::answer not_sent(std::string why) {
  webhook::answer a;
  a.error = std::move(why);
  return a;
}

webhook::answer read(const http::reply& got) {
  webhook::answer a;
  if (got.what == how::answered || got.body_too_large) {
    a.status = got.status;
    a.retry_after = retry_after(got);
  } else {
    a.error = got.what == how::not_connected ? got.detail : "no answer: " + got.detail;
  }
  return a;
}

} // namespace

struct webhook_sender::impl {
  struct kept_client {
    std::shared_ptr<http::client> one;
    steady::time_point used_at;
  };

  impl(sender_settings s, const clock& t)
      : settings(std::move(s)), time(t), work(io.get_executor()), sweep(io) {}

  void start() {
    thread = std::thread([this] {
      while (true) {
        try {
          io.run();
          return;
        } catch (const std::exception& failure) {
          spdlog::error("webhooks: the io thread failed: {}", failure.what());
        }
      }
    });
  }

  void stop() {
    io.stop();
    if (thread.joinable())
      thread.join();
  }

  /// One client for an origin and the addresses that it has now, so that a burst of messages needs
  /// one handshake.
  std::shared_ptr<http::client>
  client_for(const http::url& to, const std::vector<asio::ip::address>& at) {
    auto key = (to.tls ? "https://" : "http://") + to.authority();
    for (const auto& one : at)
      key += " " + one.to_string();
    auto now = steady::now();
    if (auto found = clients.find(key); found != clients.end()) {
      found->second.used_at = now;
      return found->second.one;
    }
    if (clients.size() >= clients_most)
      clients.erase(
          std::min_element(clients.begin(), clients.end(), [](const auto& a, const auto& b) {
            return a.second.used_at < b.second.used_at;
          }));
    http::client_options options;
    options.connect_timeout = std::min(settings.connect_timeout, settings.patience);
    options.request_timeout = settings.patience - lookup_patience();
    options.connections_max = 8;
    options.body_max = settings.answer_most;
    options.idle_max = kept;
    options.ca_file = settings.ca_file;
    options.addresses = at;
    auto made = std::make_shared<http::client>(io, to, std::move(options));
    clients[key] = {made, now};
    return made;
  }

  /// Lets go of connections that nobody needs any more.
  void sweep_later() {
    if (std::exchange(sweeping, true))
      return;
    sweep.expires_after(kept);
    sweep.async_wait([this](const boost::system::error_code& canceled) {
      sweeping = false;
      if (canceled)
        return;
      auto oldest = steady::now() - kept;
      std::erase_if(clients, [&](const auto& one) { return one.second.used_at < oldest; });
      if (!clients.empty())
        sweep_later();
    });
  }

  std::chrono::milliseconds lookup_patience() const { return settings.patience / 5; }

  /// `what` lives in the caller: g++ 12 destroys an aggregate twice that is an argument of a
  /// co_await.
  asio::awaitable<webhook::answer> deliver(const webhook::parcel& what) {
    auto deadline = steady::now() + lookup_patience();
    auto to = http::parse_url(what.url);
    if (!to)
      co_return not_sent("the address cannot be used: " + to.error().detail);
    if (what.secrets.empty())
      co_return not_sent("there is no secret to sign with; rotate it");
    auto found = co_await http::find_addresses(io, to->host, to->port, deadline);
    if (found.empty())
      co_return not_sent("the host name could not be resolved");
    webhook::destination place{to->tls, to->host, to->port};
    std::vector<asio::ip::address> at;
    for (const auto& endpoint : found) {
      if (auto why = webhook::why_not(place, to_domain(endpoint.address()), settings.allowed))
        co_return not_sent("the address " + *why);
      at.push_back(endpoint.address());
    }
    std::sort(at.begin(), at.end());
    at.erase(std::unique(at.begin(), at.end()), at.end());
    auto through = client_for(*to, at);
    auto seconds = std::chrono::floor<std::chrono::seconds>(time.now().time_since_epoch()).count();
    auto id = to_string(what.id);
    http::outgoing request;
    request.verb = http::method::post;
    request.target = to->target;
    request.headers.push_back({"Content-Type", "application/json"});
    request.headers.push_back({"User-Agent", settings.user_agent});
    request.headers.push_back({"webhook-id", id});
    request.headers.push_back({"webhook-timestamp", std::to_string(seconds)});
    request.headers.push_back(
        {"webhook-signature", wire::sign_webhook(what.secrets, id, seconds, what.payload)});
    request.body = what.payload;
    auto got = co_await through->send(std::move(request));
    co_return read(got);
  }

  asio::awaitable<void> carry(webhook::parcel what, std::function<void(webhook::answer)> done) {
    auto began = time.boot();
    webhook::answer came;
    try {
      came = co_await deliver(what);
    } catch (const std::exception& failure) {
      spdlog::error("webhooks: a message could not be sent: {}", failure.what());
      came = not_sent("the message could not be sent");
    }
    came.took = std::chrono::duration_cast<std::chrono::milliseconds>(time.boot() - began);
    sweep_later();
    try {
      done(std::move(came));
    } catch (const std::exception& failure) {
      spdlog::error("webhooks: a callback failed: {}", failure.what());
    }
  }

  sender_settings settings;
  const clock& time;
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work;
  asio::steady_timer sweep;
  std::map<std::string, kept_client> clients; ///< of the io thread
  bool sweeping = false;
  std::thread thread;
};

webhook_sender::webhook_sender(std::unique_ptr<impl> made) : impl_(std::move(made)) {}

webhook_sender::~webhook_sender() { impl_->stop(); }

result<std::unique_ptr<webhook_sender>>
webhook_sender::make(sender_settings settings, const clock& time) {
  try {
    http::client_tls(settings.ca_file);
  } catch (const std::exception& failure) {
    return fail(errc::invalid, "webhooks.ca_file cannot be read: " + std::string(failure.what()));
  }
  auto made = std::make_unique<impl>(std::move(settings), time);
  made->start();
  return std::unique_ptr<webhook_sender>(new webhook_sender(std::move(made)));
}

void webhook_sender::send(webhook::parcel what, std::function<void(webhook::answer)> done) {
  auto& one = *impl_;
  asio::post(one.io, [&one, what = std::move(what), done = std::move(done)]() mutable {
    asio::co_spawn(one.io, one.carry(std::move(what), std::move(done)), asio::detached);
  });
}

} // namespace ringmaster::webhooks
