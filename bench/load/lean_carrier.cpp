#include "bench/load/lean_carrier.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <unordered_map>

#include "tests/support/plain_http.hpp"

namespace ringmaster::load {

namespace {

std::int64_t wall_us() {
  timespec t{};
  ::clock_gettime(CLOCK_REALTIME, &t);
  return std::int64_t{t.tv_sec} * 1'000'000 + t.tv_nsec / 1000;
}

/// The value of one field of a form, still encoded.
std::string_view field(std::string_view body, std::string_view name) {
  for (std::size_t at = 0; at < body.size();) {
    const auto end = std::min(body.find('&', at), body.size());
    if (body.compare(at, name.size(), name) == 0 && body[at + name.size()] == '=')
      return body.substr(at + name.size() + 1, end - at - name.size() - 1);
    at = end + 1;
  }
  return {};
}

std::string number_of(std::string_view encoded) {
  return encoded.starts_with("%2B") ? "+" + std::string(encoded.substr(3)) : std::string(encoded);
}

/// The last segment of the callback's path, which is still percent-encoded: `…%2F<token>[%23…]`.
std::string token_of(std::string_view encoded) {
  const auto fragment = encoded.find("%23");
  encoded = encoded.substr(0, fragment);
  const auto slash = encoded.rfind("%2F");
  return slash == std::string_view::npos ? std::string() : std::string(encoded.substr(slash + 3));
}

std::string call_body(const std::string& sid, const std::string& to, const std::string& from, const char* status) {
  return R"({"account_sid":"AC0123456789abcdef0123456789abcdef","api_version":"2010-04-01","direction":"outbound-api","sid":")" +
         sid + R"(","status":")" + status + R"(","to":")" + to + R"(","from":")" + from +
         R"(","queue_time":"0","date_created":null,"start_time":null,"end_time":null,"duration":null,"answered_by":null,"parent_call_sid":null})";
}

std::string answer(int status, const char* reason, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) + " " + reason +
         "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

} // namespace

std::string sid_of(std::uint64_t n) {
  char text[40];
  std::snprintf(text, sizeof text, "CA%032llx", static_cast<unsigned long long>(n));
  return text;
}

struct lean_carrier::engine_room {
  mutable std::mutex mutex;
  std::vector<arrival> seen;
  std::uint64_t next_sid = 1;
  std::unordered_map<int, std::string> input;
  struct known {
    std::string to, from;
  };
  std::vector<known> calls{known{}}; ///< by the number in the sid

  std::string create(std::string_view body) {
    arrival a;
    a.at_us = wall_us();
    a.to = number_of(field(body, "To"));
    a.from = number_of(field(body, "From"));
    a.token = token_of(field(body, "StatusCallback"));
    std::lock_guard lock(mutex);
    a.sid = sid_of(next_sid++);
    calls.push_back({a.to, a.from});
    auto out = answer(201, "Created", call_body(a.sid, a.to, a.from, "queued"));
    seen.push_back(std::move(a));
    return out;
  }

  std::string other(std::string_view head) {
    const auto at = head.find("/Calls/CA");
    if (at == std::string_view::npos)
      return answer(200, "OK", R"({"calls":[],"page":0,"page_size":50,"start":0,"end":0,"next_page_uri":null})");
    const auto sid = std::string(head.substr(at + 7, 34));
    const auto n = std::strtoull(sid.c_str() + 18, nullptr, 16);
    std::lock_guard lock(mutex);
    if (n >= calls.size())
      return answer(404, "Not Found", R"({"code":20404,"message":"not found","status":404})");
    return answer(200, "OK", call_body(sid, calls[n].to, calls[n].from, head.starts_with("POST") ? "canceled" : "in-progress"));
  }
};

lean_carrier::lean_carrier() : room_(std::make_unique<engine_room>()) {
  const int port = support::free_port();
  authority_ = "127.0.0.1:" + std::to_string(port);
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_, 1024) != 0)
    throw std::runtime_error("the carrier cannot listen on " + authority_);
  wake_ = ::eventfd(0, EFD_CLOEXEC);
  thread_ = std::thread([this] { run(); });
}

lean_carrier::~lean_carrier() {
  const std::uint64_t one = 1;
  [[maybe_unused]] auto ignored = ::write(wake_, &one, sizeof one);
  thread_.join();
  ::close(listener_);
  ::close(wake_);
}

std::vector<arrival> lean_carrier::arrivals() const {
  std::lock_guard lock(room_->mutex);
  return room_->seen;
}

void lean_carrier::clear() {
  std::lock_guard lock(room_->mutex);
  room_->seen.clear();
  creates_.store(0, std::memory_order_release);
}

void lean_carrier::run() {
  const int poll = ::epoll_create1(EPOLL_CLOEXEC);
  const auto watch = [&](int fd) {
    epoll_event e{};
    e.events = EPOLLIN;
    e.data.fd = fd;
    ::epoll_ctl(poll, EPOLL_CTL_ADD, fd, &e);
  };
  watch(listener_);
  watch(wake_);
  const auto drop = [&](int fd) {
    room_->input.erase(fd);
    ::close(fd);
  };
  for (;;) {
    epoll_event events[256];
    const int n = ::epoll_wait(poll, events, 256, -1);
    for (int i = 0; i < n; ++i) {
      const int fd = events[i].data.fd;
      if (fd == wake_) {
        for (const auto& [open, ignored] : room_->input)
          ::close(open);
        ::close(poll);
        return;
      }
      if (fd == listener_) {
        const int fresh = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fresh < 0)
          continue;
        const int on = 1;
        ::setsockopt(fresh, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        room_->input[fresh];
        watch(fresh);
        continue;
      }
      char piece[32768];
      const auto got = ::recv(fd, piece, sizeof piece, 0);
      if (got <= 0) {
        if (got < 0 && errno == EAGAIN)
          continue;
        drop(fd);
        continue;
      }
      auto& in = room_->input[fd];
      in.append(piece, static_cast<std::size_t>(got));
      std::string out;
      for (;;) {
        const auto end = in.find("\r\n\r\n");
        if (end == std::string::npos)
          break;
        const std::string_view head(in.data(), end + 2);
        std::size_t length = 0;
        for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
          const auto line_end = head.find("\r\n", at);
          if (line_end - at > 15 && ::strncasecmp(head.data() + at, "content-length:", 15) == 0)
            length = static_cast<std::size_t>(std::atoll(head.data() + at + 15));
          at = line_end + 2;
        }
        if (in.size() < end + 4 + length)
          break;
        if (head.starts_with("POST") && head.substr(0, head.find("\r\n")).find("/Calls.json") != std::string_view::npos) {
          out += room_->create(std::string_view(in).substr(end + 4, length));
          creates_.fetch_add(1, std::memory_order_release);
          last_us_.store(wall_us(), std::memory_order_release);
        } else {
          out += room_->other(head);
        }
        in.erase(0, end + 4 + length);
      }
      for (std::size_t sent = 0; sent < out.size();) {
        const auto w = ::send(fd, out.data() + sent, out.size() - sent, MSG_NOSIGNAL);
        if (w > 0)
          sent += static_cast<std::size_t>(w);
        else if (errno != EAGAIN && errno != EINTR)
          break;
      }
    }
  }
}

} // namespace ringmaster::load
