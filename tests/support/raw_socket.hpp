#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ringmaster::test {

/// A TCP socket that says exactly the bytes of a test. Nothing here waits longer than `patience`.
class raw_socket {
 public:
  static constexpr std::chrono::milliseconds patience{5000};

  raw_socket() = default;
  explicit raw_socket(int fd) : fd_(fd) {}
  raw_socket(raw_socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)), got_(std::move(other.got_)) {}
  raw_socket& operator=(raw_socket&& other) noexcept {
    close();
    fd_ = std::exchange(other.fd_, -1);
    got_ = std::move(other.got_);
    return *this;
  }
  ~raw_socket() { close(); }

  static raw_socket connect(std::uint16_t port) {
    raw_socket made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(made.fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
      made.close();
    return made;
  }

  /// A listening socket on a port of the kernel's choice.
  static raw_socket listen() {
    raw_socket made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(made.fd_, reinterpret_cast<sockaddr*>(&at), sizeof at);
    ::listen(made.fd_, 64);
    return made;
  }

  std::uint16_t port() const {
    sockaddr_in at{};
    socklen_t size = sizeof at;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size);
    return ntohs(at.sin_port);
  }

  std::optional<raw_socket> accept() {
    if (!wait(POLLIN))
      return std::nullopt;
    int fd = ::accept(fd_, nullptr, nullptr);
    if (fd < 0)
      return std::nullopt;
    return raw_socket(fd);
  }

  bool good() const { return fd_ >= 0; }
  int fd() const { return fd_; }

  void close() {
    if (fd_ >= 0)
      ::close(std::exchange(fd_, -1));
  }

  /// Closes so that the peer sees a reset.
  void reset() {
    linger now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }

  void finish_sending() { ::shutdown(fd_, SHUT_WR); }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      if (!wait(POLLOUT))
        return false;
      auto size = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size <= 0)
        return false;
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
    return true;
  }

  /// More bytes into the buffer. False at the end, on error, and after `patience`.
  bool receive() {
    if (!wait(POLLIN))
      return false;
    char buffer[16384];
    auto size = ::recv(fd_, buffer, sizeof buffer, 0);
    if (size <= 0)
      return false;
    got_.append(buffer, static_cast<std::size_t>(size));
    return true;
  }

  /// Everything up to and with `end`, or what came before the connection ended.
  std::string read_until(std::string_view end) {
    while (true) {
      if (auto at = got_.find(end); at != std::string::npos)
        return take(at + end.size());
      if (!receive())
        return take(got_.size());
    }
  }

  std::string read_exactly(std::size_t size) {
    while (got_.size() < size && receive())
      continue;
    return take(std::min(size, got_.size()));
  }

  std::string read_to_end() {
    while (receive())
      continue;
    return take(got_.size());
  }

  /// True if the peer closes within `patience` and sends nothing more.
  bool ends() {
    if (!got_.empty() || !wait(POLLIN))
      return false;
    char byte;
    return ::recv(fd_, &byte, 1, 0) <= 0;
  }

  struct answer {
    int status = 0;
    std::string head;
    std::string body;

    /// The value of a header, or nothing.
    std::optional<std::string> field(std::string_view name) const {
      auto line = std::string("\r\n") + std::string(name) + ": ";
      auto at = head.find(line);
      if (at == std::string::npos)
        return std::nullopt;
      at += line.size();
      return head.substr(at, head.find("\r\n", at) - at);
    }
    bool closes() const { return field("Connection") == "close"; }
  };

  /// One answer with Content-Length. Status 0 if none came.
  answer read_answer(bool head_only = false) {
    answer a;
    a.head = read_until("\r\n\r\n");
    if (a.head.size() < 12 || !a.head.starts_with("HTTP/1.1 "))
      return a;
    a.status = std::atoi(a.head.c_str() + 9);
    if (auto length = a.field("Content-Length"); length && !head_only)
      a.body = read_exactly(std::stoul(*length));
    return a;
  }

 private:
  bool wait(short what) {
    pollfd one{fd_, what, 0};
    return fd_ >= 0 && ::poll(&one, 1, static_cast<int>(patience.count())) == 1;
  }
  std::string take(std::size_t size) {
    auto part = got_.substr(0, size);
    got_.erase(0, size);
    return part;
  }

  int fd_ = -1;
  std::string got_;
};

} // namespace ringmaster::test
