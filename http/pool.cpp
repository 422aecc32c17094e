#include "http/pool.hpp"

// g++ 12 takes Asio's recycled coroutine frames for a mismatch of new and delete. Can go with it.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <algorithm>
#include <stdexcept>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/ssl.h>

namespace ringmaster::http {

namespace {

using boost::system::error_code;
using tcp = asio::ip::tcp;
using clock_type = std::chrono::steady_clock;

auto into(error_code& ec) { return asio::redirect_error(asio::use_awaitable, ec); }

std::chrono::milliseconds tick_for(const client_options& o) {
  auto shortest = std::min(o.connect_timeout, o.request_timeout);
  return std::clamp(shortest / 16, std::chrono::milliseconds(5), std::chrono::milliseconds(100));
}

bool one_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f';
  });
}

} // namespace

bool writable(const outgoing& what) {
  if (what.verb == method::other || !what.target.starts_with('/'))
    return false;
  for (auto c : what.target)
    if (c <= ' ' || c >= '\x7f')
      return false;
  return std::all_of(what.headers.begin(), what.headers.end(), [](const header& one) {
    return !one.name.empty() && one_line(one.name) && one_line(one.value);
  });
}

std::string write_request(const outgoing& what, const std::string& authority) {
  std::string text;
  std::size_t size = what.target.size() + what.body.size() + authority.size() + 80;
  for (const auto& one : what.headers)
    size += one.name.size() + one.value.size() + 4;
  text.reserve(size);
  text += to_string(what.verb);
  text += ' ';
  text += what.target;
  text += " HTTP/1.1\r\nHost: ";
  text += authority;
  text += "\r\n";
  for (const auto& one : what.headers) {
    text += one.name;
    text += ": ";
    text += one.value;
    text += "\r\n";
  }
  if (!what.body.empty() || what.verb == method::post || what.verb == method::put ||
      what.verb == method::patch) {
    text += "Content-Length: ";
    text += std::to_string(what.body.size());
    text += "\r\n";
  }
  text += "\r\n";
  text += what.body;
  return text;
}

asio::ssl::context client_tls(const std::string& ca_file) {
  asio::ssl::context made(asio::ssl::context::tls_client);
  made.set_default_verify_paths();
  if (!ca_file.empty())
    made.load_verify_file(ca_file);
  made.set_verify_mode(asio::ssl::verify_peer);
  if (SSL_CTX_set_min_proto_version(made.native_handle(), TLS1_2_VERSION) != 1)
    throw std::runtime_error("this OpenSSL cannot be held to TLS 1.2");
  return made;
}

/// The resolver cannot be stopped, so it is left behind when it takes too long.
asio::awaitable<std::vector<tcp::endpoint>> find_addresses(
    asio::io_context& io, std::string host, std::string port, deadlines::time_point deadline) {
  error_code ec;
  std::vector<tcp::endpoint> found;
  auto number = static_cast<unsigned short>(std::stoi(port));
  auto address = asio::ip::make_address(host, ec);
  if (!ec) {
    found.emplace_back(address, number);
    co_return found;
  }
  struct lookup {
    explicit lookup(asio::io_context& on) : resolver(on), done(on) {}
    tcp::resolver resolver;
    asio::steady_timer done;
    std::vector<tcp::endpoint> found;
  };
  auto asked = std::make_shared<lookup>(io);
  asked->done.expires_at(deadline);
  asked->resolver.async_resolve(
      host, port, [asked](const error_code& failed, const tcp::resolver::results_type& all) {
        if (!failed)
          for (const auto& one : all)
            asked->found.push_back(one.endpoint());
        asked->done.cancel();
      });
  co_await asked->done.async_wait(into(ec));
  asked->resolver.cancel();
  co_return asked->found;
}

/// A request that waits for a connection.
struct pool::waiter final : deadlines::entry {
  waiter(deadlines& keeper, asio::io_context& io)
      : entry(keeper), timer(io, clock_type::time_point::max()) {}
  void late() override { timer.cancel(); }

  asio::steady_timer timer;
  std::unique_ptr<connection> given;
  bool slot = false; ///< may open a connection in the place of one that closed
};

pool::pool(asio::io_context& io, url origin, client_options options)
    : io_(io), origin_(std::move(origin)), authority_(origin_.authority()),
      options_(std::move(options)), late_(io, tick_for(options_)) {
  if (!origin_.tls)
    return;
  tls_.emplace(client_tls(options_.ca_file));
}

void pool::give_back(std::unique_ptr<connection> one, bool reusable) {
  if (one) {
    one->never_due();
    if (!reusable || closed_)
      one.reset();
  }
  if (!waiters_.empty()) {
    auto* first = waiters_.front();
    waiters_.pop_front();
    first->given = std::move(one);
    first->slot = true;
    first->timer.cancel();
    return;
  }
  if (one) {
    one->idle_since = clock_type::now();
    idle_.push_back(std::move(one));
  } else {
    --open_;
  }
}

/// Old connections lie at the front.
void pool::forget_old() {
  auto now = clock_type::now();
  while (!idle_.empty() && now - idle_.front()->idle_since > options_.idle_max) {
    idle_.pop_front();
    --open_;
  }
}

void pool::close() {
  closed_ = true;
  open_ -= idle_.size();
  idle_.clear();
}

/// A new connection; the caller holds a place in `open_`. Null with the reason in `why`.
asio::awaitable<std::unique_ptr<connection>>
pool::connect(time_point deadline, std::string& why, connection** opening) {
  std::unique_ptr<connection> made;
  std::vector<tcp::endpoint> addresses;
  auto port = static_cast<unsigned short>(std::stoi(origin_.port));
  for (const auto& one : options_.addresses)
    addresses.emplace_back(one, port);
  if (addresses.empty())
    addresses = co_await find_addresses(io_, origin_.host, origin_.port, deadline);
  if (addresses.empty()) {
    why = "the host name could not be resolved";
    co_return made;
  }
  made = std::make_unique<connection>(late_, io_);
  if (opening != nullptr)
    *opening = made.get();
  auto ec = co_await made->open(addresses, deadline, tls_ ? &*tls_ : nullptr, origin_.host);
  if (opening != nullptr)
    *opening = nullptr;
  if (ec) {
    why = "no connection: " + ec.message();
    made.reset();
  }
  co_return made;
}

asio::awaitable<std::unique_ptr<connection>> pool::acquire(
    time_point deadline, std::chrono::milliseconds connect_timeout, std::string& why,
    connection** opening) {
  std::unique_ptr<connection> got;
  forget_old();
  while (!idle_.empty()) {
    got = std::move(idle_.back());
    idle_.pop_back();
    if (got->alive())
      co_return got;
    got.reset();
    --open_;
  }
  if (open_ < options_.connections_max) {
    ++open_;
  } else {
    waiter turn(late_, io_);
    turn.due_at(deadline);
    waiters_.push_back(&turn);
    error_code ignored;
    co_await turn.timer.async_wait(into(ignored));
    if (!turn.slot) {
      std::erase(waiters_, &turn);
      why = "no connection became free in time";
      co_return got;
    }
    got = std::move(turn.given);
    if (got && got->alive())
      co_return got;
    got.reset();
  }
  got = co_await connect(std::min(deadline, clock_type::now() + connect_timeout), why, opening);
  if (!got)
    give_back(nullptr, false);
  co_return got;
}

asio::awaitable<std::size_t> pool::warm(std::shared_ptr<pool> self, std::size_t count) {
  count = std::min(count, self->options_.connections_max);
  std::string why;
  while (self->open_ < count && !self->closed_) {
    ++self->open_;
    auto made =
        co_await self->connect(clock_type::now() + self->options_.connect_timeout, why, nullptr);
    bool stands = made != nullptr;
    self->give_back(std::move(made), stands);
    if (!stands)
      break;
  }
  co_return self->open_;
}

} // namespace ringmaster::http
