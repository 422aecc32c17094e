#include "http/websocket.hpp"

// g++ 12 takes Asio's recycled coroutine frames for a mismatch of new and delete. Can go with it.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <array>
#include <exception>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <openssl/rand.h>

#include "http/client.hpp"
#include "http/connection.hpp"
#include "http/handshake.hpp"
#include "http/pool.hpp"
#include "http/socket_core.hpp"
#include "wire/digest.hpp"

namespace ringmaster::http {

namespace {

namespace beast = boost::beast;
using boost::system::error_code;
using clock_type = std::chrono::steady_clock;
using asio::ip::tcp;

/// The deadlines of all sockets that are opened on a context: one timer for all of them.
class keeper final : public asio::execution_context::service {
public:
  static asio::execution_context::id id;

  explicit keeper(asio::execution_context& on)
      : service(on), late(static_cast<asio::io_context&>(on), std::chrono::milliseconds(50)) {}

  deadlines late;

private:
  void shutdown() noexcept override {}
};
asio::execution_context::id keeper::id;

class connection_line final : public byte_line {
public:
  explicit connection_line(std::unique_ptr<connection> c) : link_(std::move(c)) {}

  asio::awaitable<bool> read(std::string& into) override {
    auto ec = co_await link_->read();
    auto& buffer = link_->buffer();
    into.append(static_cast<const char*>(buffer.data().data()), buffer.size());
    buffer.consume(buffer.size());
    co_return !ec;
  }
  asio::awaitable<bool> write(std::string_view bytes) override {
    auto ec = co_await link_->write(bytes);
    co_return !ec;
  }
  void shut() override { link_->shut(); }

private:
  std::unique_ptr<connection> link_;
};

bool is_this_machine(const std::string& host) {
  error_code ec;
  auto address = asio::ip::make_address(host, ec);
  return ec ? host == "localhost" : address.is_loopback();
}

result<url> parse_socket_url(std::string_view text) {
  auto colon = text.find("://");
  auto scheme = text.substr(0, colon);
  if (colon == std::string_view::npos || (scheme != "ws" && scheme != "wss"))
    return fail(errc::invalid, "the URL is neither ws nor wss");
  auto parsed =
      parse_url(std::string(scheme == "wss" ? "https" : "http") + std::string(text.substr(colon)));
  if (parsed && !parsed->tls && !is_this_machine(parsed->host))
    return fail(errc::invalid, "ws:// leads to other machines in the clear: use wss://");
  return parsed;
}

std::string make_key() {
  std::array<std::uint8_t, 16> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  return wire::to_base64(bytes);
}

/// Reads the head of the answer; what came behind it stays in the buffer. Empty: all is well.
asio::awaitable<std::string> read_answer(connection& link, reply& answer) {
  constexpr std::uint32_t header_max = 16 * 1024;
  beast::http::response_parser<beast::http::string_body> parser;
  parser.eager(false);
  parser.header_limit(header_max);
  parser.skip(true);
  auto& buffer = link.buffer();
  while (!parser.is_header_done()) {
    error_code ec;
    if (buffer.size() > 0) {
      auto used = parser.put(buffer.data(), ec);
      buffer.consume(used);
      if (ec && ec != beast::http::error::need_more)
        co_return "the answer cannot be read: " + ec.message();
      if (!ec)
        continue;
    }
    ec = co_await link.read();
    if (ec)
      co_return "no answer to the handshake: " + ec.message();
  }
  answer.status = static_cast<int>(parser.get().result_int());
  for (const auto& field : parser.get()) {
    auto name = field.name_string();
    auto value = field.value();
    answer.headers.push_back(
        {std::string(name.data(), name.size()), std::string(value.data(), value.size())});
  }
  co_return std::string();
}

} // namespace

response upgraded(
    websocket_limits numbers,
    std::function<asio::awaitable<void>(std::shared_ptr<websocket>)> run) {
  response made;
  made.status = 101;
  made.upgrade = std::make_shared<socket_upgrade>();
  made.upgrade->numbers = numbers;
  made.upgrade->run = std::move(run);
  return made;
}

asio::awaitable<result<std::shared_ptr<websocket>>> open_websocket(
    asio::io_context& on, std::string url, std::vector<header> headers, websocket_limits numbers,
    std::chrono::milliseconds patience, std::string ca_file) {
  auto deadline = clock_type::now() + patience;
  auto to = parse_socket_url(url);
  if (!to)
    co_return fail(to.error());
  auto key = make_key();
  outgoing asked;
  asked.target = to->target;
  asked.headers = std::move(headers);
  asked.headers.push_back({"Upgrade", "websocket"});
  asked.headers.push_back({"Connection", "Upgrade"});
  asked.headers.push_back({"Sec-WebSocket-Version", "13"});
  asked.headers.push_back({"Sec-WebSocket-Key", key});
  if (!writable(asked))
    co_return fail(errc::invalid, "the handshake cannot be written");
  std::optional<asio::ssl::context> tls;
  if (to->tls) {
    try {
      tls.emplace(client_tls(ca_file));
    } catch (const std::exception& failure) {
      co_return fail(errc::unavailable, std::string("no TLS: ") + failure.what());
    }
  }

  auto addresses = co_await find_addresses(on, to->host, to->port, deadline);
  if (addresses.empty())
    co_return fail(errc::unavailable, "the host name could not be resolved");
  auto& late = asio::use_service<keeper>(static_cast<asio::execution_context&>(on)).late;
  auto link = std::make_unique<connection>(late, on);
  auto ec = co_await link->open(addresses, deadline, tls ? &*tls : nullptr, to->host);
  if (ec)
    co_return fail(errc::unavailable, "no connection: " + ec.message());
  link->due_at(deadline);
  auto text = write_request(asked, to->authority());
  ec = co_await link->write(text);
  if (ec)
    co_return fail(errc::unavailable, "while sending the handshake: " + ec.message());
  reply answer;
  auto why = co_await read_answer(*link, answer);
  if (!why.empty())
    co_return fail(errc::unavailable, why);
  if (auto refused = not_accepted(answer.status, answer.headers, key))
    co_return fail(errc::forbidden, *refused);
  link->never_due();

  auto& buffer = link->buffer();
  std::string already(static_cast<const char*>(buffer.data().data()), buffer.size());
  buffer.consume(buffer.size());
  auto core = std::make_shared<socket_core>(on, false, numbers);
  core->stand_on(late, std::make_unique<connection_line>(std::move(link)), std::move(already));
  co_return std::shared_ptr<websocket>(std::move(core));
}

} // namespace ringmaster::http
