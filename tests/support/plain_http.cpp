#include "tests/support/plain_http.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>

#include "tests/support/waiting.hpp"

namespace ringmaster::support {

namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

} // namespace

std::string http_answer::header(const std::string& name) const {
  for (const auto& [key, value] : headers)
    if (lower(key) == lower(name))
      return value;
  return {};
}

http_connection::http_connection(const std::string& authority, std::chrono::milliseconds patience)
  : authority_(authority), patience_(patience) {
  const auto colon = authority.rfind(':');
  const auto address = loopback(std::atoi(authority.substr(colon + 1).c_str()));
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0)
    return;
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket_);
    socket_ = -1;
    return;
  }
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

http_connection::~http_connection() {
  if (socket_ >= 0)
    ::close(socket_);
}

bool http_connection::send(const std::string& bytes) {
  const auto deadline = steady_us() + patience_.count() * 1000;
  for (std::size_t sent = 0; sent < bytes.size();) {
    const auto n = ::send(
      socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0) {
      sent += static_cast<std::size_t>(n);
      continue;
    }
    if (n < 0 && errno != EAGAIN && errno != EINTR)
      return false;
    pollfd writable{socket_, POLLOUT, 0};
    const auto left = (deadline - steady_us()) / 1000;
    if (left <= 0 || ::poll(&writable, 1, static_cast<int>(left)) <= 0)
      return false;
  }
  return true;
}

void http_connection::end_sending() { ::shutdown(socket_, SHUT_WR); }

bool http_connection::more(std::int64_t deadline_us) {
  for (;;) {
    pollfd readable{socket_, POLLIN, 0};
    const auto left = (deadline_us - steady_us()) / 1000;
    if (left <= 0 || ::poll(&readable, 1, static_cast<int>(left)) <= 0)
      return false;
    char piece[65536];
    const auto n = ::recv(socket_, piece, sizeof piece, MSG_DONTWAIT);
    if (n > 0) {
      buffer_.append(piece, static_cast<std::size_t>(n));
      return true;
    }
    if (n == 0 || (errno != EAGAIN && errno != EINTR))
      return false;
  }
}

bool http_connection::read_until(const std::string& wanted, std::string& seen) {
  const auto deadline = steady_us() + patience_.count() * 1000;
  do {
    seen += buffer_;
    buffer_.clear();
    if (seen.find(wanted) != std::string::npos)
      return true;
  } while (socket_ >= 0 && more(deadline));
  return false;
}

http_answer http_connection::read_answer(bool head_only) {
  http_answer out;
  if (socket_ < 0) {
    out.trouble = "not connected";
    return out;
  }
  const auto deadline = steady_us() + patience_.count() * 1000;
  auto broken = [&](std::string why) {
    out.status = 0;
    out.trouble = std::move(why);
    return out;
  };
  std::size_t head_end = 0;
  for (;;) {
    while ((head_end = buffer_.find("\r\n\r\n")) == std::string::npos)
      if (!more(deadline))
        return broken(buffer_.empty() ? "no answer" : "the head of the answer was cut");
    if (buffer_.size() < 12 || buffer_.compare(0, 7, "HTTP/1.") != 0)
      return broken("not HTTP/1: " + buffer_.substr(0, 32));
    out.status = std::atoi(buffer_.substr(9, 3).c_str());
    if (out.status != 100)
      break;
    buffer_.erase(0, head_end + 4);
  }
  for (std::size_t at = buffer_.find("\r\n") + 2; at < head_end;) {
    const auto end = buffer_.find("\r\n", at);
    const auto line = buffer_.substr(at, end - at);
    const auto colon = line.find(':');
    if (colon != std::string::npos) {
      const auto begin = line.find_first_not_of(' ', colon + 1);
      out.headers.emplace_back(
        line.substr(0, colon), begin == std::string::npos ? "" : line.substr(begin));
    }
    at = end + 2;
  }
  buffer_.erase(0, head_end + 4);
  if (head_only || out.status == 204 || out.status == 304)
    return out;
  if (lower(out.header("transfer-encoding")) == "chunked") {
    for (;;) {
      std::size_t line = 0;
      while ((line = buffer_.find("\r\n")) == std::string::npos)
        if (!more(deadline))
          return broken("a chunk was cut");
      const auto size = std::strtoull(buffer_.c_str(), nullptr, 16);
      while (buffer_.size() < line + 2 + size + 2)
        if (!more(deadline))
          return broken("a chunk was cut");
      out.body += buffer_.substr(line + 2, size);
      buffer_.erase(0, line + 2 + size + 2);
      if (size == 0)
        return out;
    }
  }
  if (const auto length = out.header("content-length"); !length.empty()) {
    const auto size = std::strtoull(length.c_str(), nullptr, 10);
    while (buffer_.size() < size)
      if (!more(deadline))
        return broken("the body was cut");
    out.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return out;
  }
  while (more(deadline))
    continue;
  out.body = std::move(buffer_);
  buffer_.clear();
  return out;
}

bool http_connection::closes_within(std::chrono::milliseconds patience) {
  const auto deadline = steady_us() + patience.count() * 1000;
  while (buffer_.empty()) {
    if (!more(deadline))
      return steady_us() < deadline;
  }
  return false;
}

std::string write_request(
  const std::string& authority, const std::string& method, const std::string& target,
  const http_headers& headers, const std::string& body) {
  std::string out = method + " " + target + " HTTP/1.1\r\nHost: " + authority + "\r\n";
  for (const auto& [name, value] : headers)
    out += name + ": " + value + "\r\n";
  if (!body.empty() || method == "POST" || method == "PATCH" || method == "PUT")
    out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return out + "\r\n" + body;
}

http_answer http_connection::exchange(
  const std::string& method, const std::string& target, const http_headers& headers,
  const std::string& body) {
  if (socket_ < 0 || !send(write_request(authority_, method, target, headers, body))) {
    http_answer none;
    none.trouble = socket_ < 0 ? "not connected" : "could not send";
    return none;
  }
  return read_answer(method == "HEAD");
}

http_answer http_call(
  const std::string& authority, const std::string& method, const std::string& target,
  const http_headers& headers, const std::string& body, std::chrono::milliseconds patience) {
  http_connection connection(authority, patience);
  return connection.exchange(method, target, headers, body);
}

int free_port() {
  static std::uint32_t state = static_cast<std::uint32_t>(::getpid()) * 2654435761u;
  for (int tries = 0; tries < 1000; ++tries) {
    state = state * 1664525u + 1013904223u;
    const int port = 12000 + static_cast<int>((state >> 8) % 18000);
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = loopback(port);
    const bool free =
      ::bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(probe);
    if (free)
      return port;
  }
  throw std::runtime_error("no free port on the loopback");
}

} // namespace ringmaster::support
