#include "http/server.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <random>
#include <thread>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include "http/session.hpp"

namespace ringmaster::http {

namespace {

using boost::system::error_code;

/// Several acceptors on one port; the kernel spreads the connections.
using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

result<tcp::endpoint> read_address(asio::io_context& io, const std::string& listen) {
  auto colon = listen.rfind(':');
  auto host = listen.substr(0, colon);
  if (colon == std::string::npos || host.empty())
    return fail(errc::invalid, "'" + listen + "' is not an address of the form host:port");
  if (host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  auto port_text = listen.substr(colon + 1);
  unsigned port = 0;
  if (port_text.empty() || port_text.size() > 5)
    return fail(errc::invalid, "'" + listen + "' has no port number");
  for (auto c : port_text) {
    if (c < '0' || c > '9')
      return fail(errc::invalid, "'" + listen + "' has no port number");
    port = port * 10 + static_cast<unsigned>(c - '0');
  }
  if (port > 65535)
    return fail(errc::invalid, "'" + listen + "' has a port above 65535");
  error_code ec;
  auto address = asio::ip::make_address(host, ec);
  if (ec) {
    tcp::resolver resolver(io);
    auto found = resolver.resolve(host, port_text, ec);
    if (ec || found.empty())
      return fail(errc::unavailable, "the host of '" + listen + "' is not known: " + ec.message());
    address = found.begin()->endpoint().address();
  }
  return tcp::endpoint(address, static_cast<unsigned short>(port));
}

std::string text_of(const tcp::endpoint& at) {
  auto host = at.address().to_string();
  if (at.address().is_v6())
    host = "[" + host + "]";
  return host + ":" + std::to_string(at.port());
}

/// The shortest of the deadlines decides how often they are looked at.
std::chrono::milliseconds tick_for(const limits& n) {
  using std::chrono::milliseconds;
  auto shortest = std::min(
    {n.header_timeout, n.body_timeout, n.write_timeout, n.idle_timeout, n.handler_timeout});
  return std::clamp(shortest / 8, milliseconds(5), milliseconds(250));
}

} // namespace

response streamed(response head, std::function<asio::awaitable<void>(body_writer&)> run) {
  head.stream = std::make_shared<body_stream>();
  head.stream->run = std::move(run);
  return head;
}

struct server::impl {
  impl(application& app, limits numbers, std::size_t threads) : shared(app, numbers) {
    std::random_device chance;
    for (std::size_t i = 0; i < std::max<std::size_t>(threads, 1); ++i) {
      auto seed = (std::uint64_t{chance()} << 32) | chance();
      shards.push_back(std::make_unique<shard>(shared, tick_for(numbers), seed));
    }
  }

  result<void> open(shard& on, const tcp::endpoint& at, bool shared_port) {
    error_code ec;
    auto step = [&](auto&& act) {
      if (!ec)
        act();
    };
    tcp::acceptor acceptor(on.io);
    step([&] { acceptor.open(at.protocol(), ec); });
    step([&] { acceptor.set_option(tcp::acceptor::reuse_address(true), ec); });
    if (shared_port)
      step([&] { acceptor.set_option(reuse_port(true), ec); });
    step([&] { acceptor.bind(at, ec); });
    step([&] { acceptor.listen(4096, ec); });
    if (ec)
      return fail(errc::unavailable, "cannot listen on " + text_of(at) + ": " + ec.message());
    on.acceptor.emplace(std::move(acceptor));
    return {};
  }

  /// With SO_REUSEPORT a second engine on the same port would bind too and take half of the
  /// connections; a bind without the option tells whether somebody listens already.
  result<tcp::endpoint> claim(const tcp::endpoint& wanted) {
    error_code ec;
    tcp::acceptor probe(shards.front()->io);
    probe.open(wanted.protocol(), ec);
    if (!ec)
      probe.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec)
      probe.bind(wanted, ec);
    auto at = ec ? wanted : probe.local_endpoint(ec);
    if (ec)
      return fail(errc::unavailable, "cannot listen on " + text_of(wanted) + ": " + ec.message());
    return at;
  }

  static asio::awaitable<void> accept(shard& on) {
    auto& shared = on.shared;
    while (on.acceptor && on.acceptor->is_open()) {
      error_code ec;
      tcp::endpoint from;
      auto socket = co_await on.acceptor->async_accept(from, asio::redirect_error(asio::use_awaitable, ec));
      if (ec == asio::error::operation_aborted || !on.acceptor)
        co_return;
      if (ec) {
        // Out of descriptors, or the peer is gone already: others may fare better in a moment.
        asio::steady_timer pause(on.io, std::chrono::milliseconds(20));
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        continue;
      }
      auto open = shared.counters.open.load(std::memory_order_relaxed);
      if (open >= static_cast<std::int64_t>(shared.numbers.connections)) {
        shared.counters.refused_connections.fetch_add(1, std::memory_order_relaxed);
        continue; // the socket closes as it goes out of scope
      }
      shared.counters.accepted.fetch_add(1, std::memory_order_relaxed);
      shared.counters.open.fetch_add(1, std::memory_order_relaxed);
      socket.set_option(tcp::no_delay(true), ec);
      socket.non_blocking(true, ec);
      auto one = std::make_shared<session>(on, std::move(socket), from.address().to_string());
      asio::co_spawn(
        on.io, [one] { return one->run(); }, asio::detached);
    }
  }

  void run(shard& on) {
    while (true) {
      try {
        on.io.run();
        return;
      } catch (const std::exception& failure) {
        spdlog::error("http: a callback failed: {}", failure.what());
      }
    }
  }

  shared_state shared;
  std::vector<std::unique_ptr<shard>> shards;
  std::vector<std::thread> threads;
  bool started = false;
};

server::server(application& app, limits numbers, std::size_t threads)
  : impl_(std::make_unique<impl>(app, numbers, threads)) {}

server::~server() { drain(std::chrono::milliseconds(0)); }

result<std::string> server::start(const std::string& listen) {
  auto& shards = impl_->shards;
  auto wanted = read_address(shards.front()->io, listen);
  if (!wanted)
    return tl::unexpected(wanted.error());
  bool several = shards.size() > 1;
  auto at = several ? impl_->claim(*wanted) : wanted;
  if (!at)
    return tl::unexpected(at.error());
  for (auto& one : shards) {
    if (auto opened = impl_->open(*one, *at, several); !opened) {
      for (auto& other : shards)
        other->acceptor.reset();
      return tl::unexpected(opened.error());
    }
  }
  if (!several)
    *at = shards.front()->acceptor->local_endpoint();
  for (auto& one : shards) {
    one->work.emplace(one->io.get_executor());
    asio::co_spawn(
      one->io, [on = one.get()] { return impl::accept(*on); }, asio::detached);
    impl_->threads.emplace_back([this, on = one.get()] { impl_->run(*on); });
  }
  impl_->started = true;
  return text_of(*at);
}

void server::drain(std::chrono::milliseconds patience) {
  if (!std::exchange(impl_->started, false))
    return;
  auto& shared = impl_->shared;
  shared.draining = true;
  for (auto& one : impl_->shards) {
    asio::post(one->io, [on = one.get()] {
      on->acceptor.reset();
      for (auto* each : on->sessions)
        each->close_if_idle();
    });
  }
  auto none_open = [&] { return shared.counters.open.load(std::memory_order_relaxed) == 0; };
  {
    std::unique_lock lock(shared.mutex);
    shared.gone.wait_for(lock, patience, none_open);
  }
  for (auto& one : impl_->shards) {
    asio::post(one->io, [on = one.get()] {
      for (auto* each : on->sessions)
        each->close_now();
    });
  }
  {
    // What was closed ends by itself, unless a handler never returns.
    std::unique_lock lock(shared.mutex);
    shared.gone.wait_for(lock, std::chrono::milliseconds(200), none_open);
  }
  for (auto& one : impl_->shards) {
    one->work.reset();
    one->io.stop();
  }
  for (auto& thread : impl_->threads)
    thread.join();
  impl_->threads.clear();
}

const statistics& server::counters() const { return impl_->shared.counters; }

asio::io_context& server::context(std::size_t i) { return impl_->shards.at(i)->io; }

std::size_t server::threads() const { return impl_->shards.size(); }

} // namespace ringmaster::http
