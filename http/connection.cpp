#include "http/connection.hpp"

// g++ 12 takes Asio's recycled coroutine frames for a mismatch of new and delete. Can go with it.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <algorithm>
#include <cerrno>
#include <chrono>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <openssl/ssl.h>
#include <sys/socket.h>

namespace ringmaster::http {

namespace {

constexpr std::size_t buffer_max = 64 * 1024;
constexpr std::size_t read_size = 8 * 1024;

auto into(boost::system::error_code& ec) { return asio::redirect_error(asio::use_awaitable, ec); }

} // namespace

connection::connection(deadlines& keeper, asio::io_context& io)
  : entry(keeper), socket_(io), buffer_(buffer_max) {}

void connection::late() {
  error_code ignored;
  late_ = true;
  socket_.close(ignored);
}

asio::awaitable<connection::error_code> connection::open(
  const std::vector<tcp::endpoint>& to, deadlines::time_point deadline, asio::ssl::context* tls,
  const std::string& host) {
  error_code ec = asio::error::host_not_found;
  for (std::size_t i = 0; i < to.size(); ++i) {
    auto now = std::chrono::steady_clock::now();
    if (now >= deadline)
      co_return asio::error::timed_out;
    // An address that swallows packets must not use up the time of the next one.
    due_at(i + 1 < to.size() ? now + (deadline - now) / 2 : deadline);
    late_ = false;
    co_await socket_.async_connect(to[i], into(ec));
    if (late_)
      ec = asio::error::timed_out;
    if (!ec)
      break;
    error_code ignored;
    socket_.close(ignored);
  }
  if (ec)
    co_return ec;
  due_at(deadline);
  socket_.set_option(tcp::no_delay(true), ec);
  socket_.non_blocking(true, ec);
  if (tls != nullptr)
    ec = co_await handshake(*tls, host);
  if (late_)
    ec = asio::error::timed_out;
  never_due();
  co_return ec;
}

asio::awaitable<connection::error_code> connection::handshake(
  asio::ssl::context& context, const std::string& host) {
  error_code ec;
  tls_.emplace(socket_, context);
  asio::ip::make_address(host, ec);
  bool is_address = !ec;
  ec = {};
  // SNI names a host; an address does not belong there.
  if (!is_address && SSL_set_tlsext_host_name(tls_->native_handle(), host.c_str()) != 1)
    co_return asio::error::no_memory;
  tls_->set_verify_mode(asio::ssl::verify_peer, ec);
  if (!ec)
    tls_->set_verify_callback(asio::ssl::host_name_verification(host), ec);
  if (!ec)
    co_await tls_->async_handshake(asio::ssl::stream_base::client, into(ec));
  co_return ec;
}

bool connection::alive() {
  if (late_ || !socket_.is_open() || buffer_.size() > 0)
    return false;
  char byte;
  if (!tls_) {
    auto size = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }
  // Session tickets may wait to be read: let the TLS layer take them. It has nothing for us when
  // the connection is quiet.
  error_code ec;
  tls_->read_some(asio::buffer(&byte, 1), ec);
  return ec == asio::error::would_block || ec == asio::error::try_again;
}

asio::awaitable<connection::error_code> connection::write(std::string_view bytes) {
  error_code ec;
  if (tls_) {
    co_await asio::async_write(*tls_, asio::buffer(bytes.data(), bytes.size()), into(ec));
  } else {
    // Nearly always the kernel takes all of it at once.
    auto size = socket_.write_some(asio::buffer(bytes.data(), bytes.size()), ec);
    if (ec == asio::error::would_block || ec == asio::error::try_again)
      ec = {};
    bytes.remove_prefix(size);
    if (!ec && !bytes.empty())
      co_await asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()), into(ec));
  }
  co_return late_ ? error_code(asio::error::timed_out) : ec;
}

asio::awaitable<connection::error_code> connection::read() {
  error_code ec;
  auto room = std::min(read_size, buffer_.max_size() - buffer_.size());
  if (room == 0)
    co_return asio::error::no_buffer_space;
  auto space = buffer_.prepare(room);
  std::size_t size = 0;
  if (tls_)
    size = co_await tls_->async_read_some(space, into(ec));
  else
    size = co_await socket_.async_read_some(space, into(ec));
  buffer_.commit(size);
  co_return late_ ? error_code(asio::error::timed_out) : ec;
}

} // namespace ringmaster::http
