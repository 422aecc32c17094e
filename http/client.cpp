#include "http/client.hpp"

// g++ 12 takes Asio's recycled coroutine frames for a mismatch of new and delete. Can go with it.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <chrono>
#include <exception>
#include <memory>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "http/connection.hpp"
#include "http/names.hpp"
#include "http/pool.hpp"

namespace ringmaster::http {

namespace {

namespace beast = boost::beast;
using boost::system::error_code;
using clock_type = std::chrono::steady_clock;

bool let_through(const client::gate& asked, reply& answer) {
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

template <class Head>
void take_head(const Head& from, reply& answer) {
  answer.status = static_cast<int>(from.result_int());
  for (const auto& field : from) {
    auto name = field.name_string();
    auto value = field.value();
    answer.headers.push_back({std::string(name.data(), name.size()), std::string(value.data(), value.size())});
  }
}

/// True if the connection may be used again.
asio::awaitable<bool> receive(connection& link, std::size_t body_max, bool headless, reply& answer) {
  constexpr std::uint32_t header_max = 16 * 1024;
  constexpr int informational_max = 8;
  auto& buffer = link.buffer();
  for (int i = 0; i < informational_max; ++i) {
    beast::http::response_parser<beast::http::string_body> parser;
    // Not eager: Beast 1.74 then overlooks its own body limit if body and head come together.
    parser.eager(false);
    parser.header_limit(header_max);
    parser.body_limit(body_max);
    parser.skip(headless);
    error_code ec;
    while (!parser.is_done()) {
      if (buffer.size() > 0) {
        auto used = parser.put(buffer.data(), ec);
        buffer.consume(used);
        if (ec && ec != beast::http::error::need_more) {
          answer.detail = "while reading: " + ec.message();
          if (ec == beast::http::error::body_limit) {
            answer.body_too_large = true;
            take_head(parser.get(), answer);
          }
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
    take_head(parser.get(), answer);
    answer.body = std::move(parser.get().body());
    co_return parser.keep_alive() && buffer.size() == 0;
  }
  answer.detail = "the server sent informational answers without end";
  co_return false;
}

asio::awaitable<reply> exchange_on(std::shared_ptr<pool> from, outgoing what, client::gate before_first_byte) {
  reply answer;
  if (!writable(what)) {
    answer.detail = "the request cannot be written";
    co_return answer;
  }
  auto deadline = clock_type::now() + from->options().request_timeout;
  auto text = write_request(what, from->authority());
  auto link = co_await from->acquire(deadline, from->options().connect_timeout, answer.detail);
  if (!link)
    co_return answer;
  if (clock_type::now() >= deadline) {
    from->give_back(std::move(link), true);
    answer.detail = "no connection in time";
    co_return answer;
  }
  if (before_first_byte && !let_through(before_first_byte, answer)) {
    from->give_back(std::move(link), true);
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
    reusable = co_await receive(*link, from->options().body_max, what.verb == method::head, answer);
  from->give_back(std::move(link), reusable);
  co_return answer;
}

} // namespace

const std::string* reply::find(std::string_view name) const { return find_header(headers, name); }

client::client(asio::io_context& io, url origin, client_options options)
  : pool_(std::make_shared<pool>(io, std::move(origin), std::move(options))) {}

client::~client() { pool_->close(); }

void client::close() { pool_->close(); }

asio::awaitable<reply> client::send(outgoing what, gate before_first_byte) {
  return exchange_on(pool_, std::move(what), std::move(before_first_byte));
}

asio::awaitable<std::size_t> client::warm(std::size_t count) { return pool::warm(pool_, count); }

std::size_t client::open_connections() const { return pool_->open(); }

std::size_t client::busy_connections() const { return pool_->open() - pool_->idle(); }

} // namespace ringmaster::http
