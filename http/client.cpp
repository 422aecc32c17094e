#include "http/client.hpp"

// g++ 12 takes Asio's recycled coroutine frames for a mismatch of new and delete. Can go with it.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <algorithm>
#include <chrono>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <openssl/ssl.h>

#include "http/connection.hpp"
#include "http/names.hpp"

namespace ringmaster::http {

namespace {

namespace beast = boost::beast;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using clock_type = std::chrono::steady_clock;

auto into(error_code& ec) { return asio::redirect_error(asio::use_awaitable, ec); }

bool one_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f';
  });
}

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
  if (!what.body.empty() || what.verb == method::post || what.verb == method::put || what.verb == method::patch) {
    text += "Content-Length: ";
    text += std::to_string(what.body.size());
    text += "\r\n";
  }
  text += "\r\n";
  text += what.body;
  return text;
}

std::chrono::milliseconds tick_for(const client_options& o) {
  auto shortest = std::min(o.connect_timeout, o.request_timeout);
  return std::clamp(shortest / 16, std::chrono::milliseconds(5), std::chrono::milliseconds(100));
}

} // namespace

const std::string* reply::find(std::string_view name) const { return find_header(headers, name); }

struct client::impl : std::enable_shared_from_this<impl> {
  /// A request that waits for a connection.
  struct waiter final : deadlines::entry {
    waiter(deadlines& keeper, asio::io_context& io) : entry(keeper), timer(io, clock_type::time_point::max()) {}
    void late() override { timer.cancel(); }

    asio::steady_timer timer;
    std::unique_ptr<connection> given;
    bool slot = false; ///< may open a connection in the place of one that closed
  };

  impl(asio::io_context& i, url o, client_options settings)
    : io(i), origin(std::move(o)), authority(origin.authority()), options(std::move(settings)), late(i, tick_for(options)) {
    if (!origin.tls)
      return;
    tls.emplace(asio::ssl::context::tls_client);
    tls->set_default_verify_paths();
    if (!options.ca_file.empty())
      tls->load_verify_file(options.ca_file);
    tls->set_verify_mode(asio::ssl::verify_peer);
    if (SSL_CTX_set_min_proto_version(tls->native_handle(), TLS1_2_VERSION) != 1)
      throw std::runtime_error("this OpenSSL cannot be held to TLS 1.2");
  }

  // -- the pool

  /// Takes the place of a connection, or of one that is given up, to whoever waits first.
  void give_back(std::unique_ptr<connection> one, bool reusable) {
    if (one) {
      one->never_due();
      if (!reusable || closed)
        one.reset();
    }
    if (!waiters.empty()) {
      auto* first = waiters.front();
      waiters.pop_front();
      first->given = std::move(one);
      first->slot = true;
      first->timer.cancel();
      return;
    }
    if (one) {
      one->idle_since = clock_type::now();
      idle.push_back(std::move(one));
    } else {
      --open;
    }
  }

  /// Old connections lie at the front.
  void forget_old() {
    auto now = clock_type::now();
    while (!idle.empty() && now - idle.front()->idle_since > options.idle_max) {
      idle.pop_front();
      --open;
    }
  }

  /// The addresses of the origin. The resolver cannot be stopped, so it is left behind when it
  /// takes too long.
  asio::awaitable<std::vector<tcp::endpoint>> resolve(clock_type::time_point deadline) {
    error_code ec;
    std::vector<tcp::endpoint> found;
    auto port = static_cast<unsigned short>(std::stoi(origin.port));
    auto address = asio::ip::make_address(origin.host, ec);
    if (!ec) {
      found.emplace_back(address, port);
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
      origin.host, origin.port, [asked](const error_code& failed, const tcp::resolver::results_type& all) {
        if (!failed)
          for (const auto& one : all)
            asked->found.push_back(one.endpoint());
        asked->done.cancel();
      });
    co_await asked->done.async_wait(into(ec));
    asked->resolver.cancel();
    co_return asked->found;
  }

  /// A new connection; the caller holds a place in `open`. Null with the reason in `why`.
  asio::awaitable<std::unique_ptr<connection>> connect(clock_type::time_point deadline, std::string& why) {
    deadline = std::min(deadline, clock_type::now() + options.connect_timeout);
    std::unique_ptr<connection> made;
    auto addresses = co_await resolve(deadline);
    if (addresses.empty()) {
      why = "the host name could not be resolved";
      co_return made;
    }
    made = std::make_unique<connection>(late, io);
    auto ec = co_await made->open(addresses, deadline, tls ? &*tls : nullptr, origin.host);
    if (ec) {
      why = "no connection: " + ec.message();
      made.reset();
    }
    co_return made;
  }

  /// A connection that stands: an idle one that still lives, or a new one, or the next that
  /// becomes free.
  asio::awaitable<std::unique_ptr<connection>> acquire(clock_type::time_point deadline, std::string& why) {
    std::unique_ptr<connection> got;
    forget_old();
    while (!idle.empty()) {
      got = std::move(idle.back());
      idle.pop_back();
      if (got->alive())
        co_return got;
      got.reset();
      --open;
    }
    if (open < options.connections_max) {
      ++open;
    } else {
      waiter turn(late, io);
      turn.due_at(deadline);
      waiters.push_back(&turn);
      error_code ignored;
      co_await turn.timer.async_wait(into(ignored));
      if (!turn.slot) {
        std::erase(waiters, &turn);
        why = "no connection became free in time";
        co_return got;
      }
      got = std::move(turn.given);
      if (got && got->alive())
        co_return got;
      got.reset();
    }
    got = co_await connect(deadline, why);
    if (!got)
      give_back(nullptr, false);
    co_return got;
  }

  static asio::awaitable<std::size_t> warm(std::shared_ptr<impl> self, std::size_t count) {
    count = std::min(count, self->options.connections_max);
    std::string why;
    while (self->open < count && !self->closed) {
      ++self->open;
      auto made = co_await self->connect(clock_type::time_point::max(), why);
      bool stands = made != nullptr;
      self->give_back(std::move(made), stands);
      if (!stands)
        break;
    }
    co_return self->open;
  }

  // -- one exchange

  static asio::awaitable<reply> send(std::shared_ptr<impl> self, outgoing what, gate before_first_byte) {
    reply answer;
    if (!writable(what)) {
      answer.detail = "the request cannot be written";
      co_return answer;
    }
    auto deadline = clock_type::now() + self->options.request_timeout;
    auto text = write_request(what, self->authority);
    auto link = co_await self->acquire(deadline, answer.detail);
    if (!link)
      co_return answer;
    if (clock_type::now() >= deadline) {
      self->give_back(std::move(link), true);
      answer.detail = "no connection in time";
      co_return answer;
    }
    if (before_first_byte && !self->let_through(before_first_byte, answer)) {
      self->give_back(std::move(link), true);
      co_return answer;
    }
    // From here on a byte may have left: whatever fails is `broken`.
    answer.what = reply::how::broken;
    link->due_at(deadline);
    bool reusable = false;
    auto ec = co_await link->write(text);
    if (ec)
      answer.detail = "while sending: " + ec.message();
    else
      reusable = co_await self->receive(*link, what.verb == method::head, answer);
    self->give_back(std::move(link), reusable);
    co_return answer;
  }

  static bool let_through(const gate& asked, reply& answer) {
    try {
      if (asked())
        return true;
      answer.detail = "the gate was closed";
    } catch (const std::exception& failure) {
      answer.detail = std::string("the gate failed: ") + failure.what();
    }
    answer.what = reply::how::gated;
    return false;
  }

  /// True if the connection may be used again.
  asio::awaitable<bool> receive(connection& link, bool headless, reply& answer) {
    constexpr std::uint32_t header_max = 16 * 1024;
    constexpr int informational_max = 8;
    auto& buffer = link.buffer();
    for (int i = 0; i < informational_max; ++i) {
      beast::http::response_parser<beast::http::string_body> parser;
      // Not eager: Beast 1.74 then overlooks its own body limit if body and head come together.
      parser.eager(false);
      parser.header_limit(header_max);
      parser.body_limit(options.body_max);
      parser.skip(headless);
      error_code ec;
      while (!parser.is_done()) {
        if (buffer.size() > 0) {
          auto used = parser.put(buffer.data(), ec);
          buffer.consume(used);
          if (ec && ec != beast::http::error::need_more) {
            answer.detail = "while reading: " + ec.message();
            co_return false;
          }
          if (!ec)
            continue; // one step further; there may be more
        }
        ec = co_await link.read();
        if (ec == asio::error::eof) {
          // An orderly end closes a body without a length; anything else it cuts.
          ec = {};
          if (parser.got_some())
            parser.put_eof(ec);
          if (!ec && parser.is_done())
            break;
          answer.detail = "the connection ended within the answer";
          co_return false;
        }
        if (ec) {
          answer.detail = "while reading: " + ec.message();
          co_return false;
        }
      }
      auto status = static_cast<int>(parser.get().result_int());
      if (status >= 100 && status < 200 && status != 101)
        continue;
      if (status < 200) {
        answer.detail = "the server switched protocols";
        co_return false;
      }
      answer.what = reply::how::answered;
      answer.status = status;
      for (const auto& field : parser.get()) {
        auto name = field.name_string();
        auto value = field.value();
        answer.headers.push_back({std::string(name.data(), name.size()), std::string(value.data(), value.size())});
      }
      answer.body = std::move(parser.get().body());
      co_return parser.keep_alive() && buffer.size() == 0;
    }
    answer.detail = "the server sent informational answers without end";
    co_return false;
  }

  asio::io_context& io;
  const url origin;
  const std::string authority;
  const client_options options;
  std::optional<asio::ssl::context> tls;
  deadlines late;
  std::deque<std::unique_ptr<connection>> idle; ///< the longest idle first
  std::deque<waiter*> waiters;
  std::size_t open = 0; ///< connections that stand or are being opened
  bool closed = false;
};

client::client(asio::io_context& io, url origin, client_options options)
  : impl_(std::make_shared<impl>(io, std::move(origin), std::move(options))) {}

client::~client() {
  impl_->closed = true;
  impl_->open -= impl_->idle.size();
  impl_->idle.clear();
}

asio::awaitable<reply> client::send(outgoing what, gate before_first_byte) {
  return impl::send(impl_, std::move(what), std::move(before_first_byte));
}

asio::awaitable<std::size_t> client::warm(std::size_t count) { return impl::warm(impl_, count); }

std::size_t client::open_connections() const { return impl_->open; }

std::size_t client::busy_connections() const { return impl_->open - impl_->idle.size(); }

} // namespace ringmaster::http
