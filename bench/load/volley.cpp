#include "bench/load/volley.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <strings.h>
#include <ctime>
#include <deque>
#include <stdexcept>
#include <vector>

namespace ringmaster::load {

std::int64_t now_us() {
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return std::int64_t{t.tv_sec} * 1'000'000 + t.tv_nsec / 1000;
}

namespace {

struct connection {
  int fd = -1;
  bool busy = false, hanging = false;
  shot current;
  std::size_t sent = 0;
  std::int64_t due_us = 0, fired_us = 0;
  std::string in;
};

class gun {
 public:
  gun(
    const volley_rules& rules, const std::function<std::optional<shot>()>& next,
    const std::function<void(const hit&)>& landed)
    : rules_(rules), next_(next), landed_(landed), guns_(rules.connections) {
    poll_ = ::epoll_create1(EPOLL_CLOEXEC);
    timer_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    epoll_event e{};
    e.events = EPOLLIN;
    e.data.u64 = timer_tag;
    ::epoll_ctl(poll_, EPOLL_CTL_ADD, timer_, &e);
    const auto colon = rules.authority.rfind(':');
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address_.sin_port =
      htons(static_cast<std::uint16_t>(std::atoi(rules.authority.c_str() + colon + 1)));
  }
  ~gun() {
    for (auto& c : guns_)
      if (c.fd >= 0)
        ::close(c.fd);
    ::close(timer_);
    ::close(poll_);
  }

  volley_result run() {
    for (std::size_t i = 0; i < guns_.size(); ++i) {
      open(i);
      free_.push_back(i);
    }
    result_.began_us = now_us();
    load();
    while (busy_ > 0 || (rules_.per_second > 0 && !empty_)) {
      epoll_event events[256];
      const int n = ::epoll_wait(poll_, events, 256, 1000);
      for (int i = 0; i < n; ++i) {
        if (events[i].data.u64 == timer_tag) {
          std::uint64_t times = 0;
          [[maybe_unused]] auto ignored = ::read(timer_, &times, sizeof times);
          continue;
        }
        handle(static_cast<std::size_t>(events[i].data.u64), events[i].events);
      }
      if (n == 0)
        drop_late();
      load();
    }
    result_.ended_us = now_us();
    return result_;
  }

 private:
  static constexpr std::uint64_t timer_tag = ~std::uint64_t{0};

  void open(std::size_t i) {
    auto& c = guns_[i];
    if (c.fd >= 0)
      ::close(c.fd);
    c.in.clear();
    c.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // Blocking while it connects: on the loopback that is a matter of the accept queue.
    c.hanging =
      ::connect(c.fd, reinterpret_cast<const sockaddr*>(&address_), sizeof address_) != 0;
    epoll_event e{};
    e.events = EPOLLIN | EPOLLRDHUP;
    e.data.u64 = i;
    ::epoll_ctl(poll_, EPOLL_CTL_ADD, c.fd, &e);
  }

  /// Fires on free connections whatever is due.
  void load() {
    const auto now = now_us();
    while (!free_.empty() && !empty_) {
      auto due = now;
      if (rules_.per_second > 0) {
        due = result_.began_us +
              static_cast<std::int64_t>(static_cast<double>(fired_) * 1e6 / rules_.per_second);
        if (due > now) {
          itimerspec at{};
          at.it_value.tv_sec = due / 1'000'000;
          at.it_value.tv_nsec = due % 1'000'000 * 1000;
          ::timerfd_settime(timer_, TFD_TIMER_ABSTIME, &at, nullptr);
          return;
        }
      }
      auto wanted = next_();
      if (!wanted) {
        empty_ = true;
        return;
      }
      ++fired_;
      const auto i = free_.front();
      free_.pop_front();
      auto& c = guns_[i];
      if (c.hanging)
        open(i);
      c.busy = true;
      ++busy_;
      c.current = *wanted;
      c.sent = 0;
      c.due_us = due;
      c.fired_us = now;
      push(i);
    }
  }

  void push(std::size_t i) {
    auto& c = guns_[i];
    while (c.sent < c.current.bytes.size()) {
      const auto n = ::send(
        c.fd, c.current.bytes.data() + c.sent, c.current.bytes.size() - c.sent,
        MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n > 0) {
        c.sent += static_cast<std::size_t>(n);
        continue;
      }
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && errno == EAGAIN) {
        epoll_event e{};
        e.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP;
        e.data.u64 = i;
        ::epoll_ctl(poll_, EPOLL_CTL_MOD, c.fd, &e);
        return;
      }
      return lose(i);
    }
  }

  void handle(std::size_t i, std::uint32_t events) {
    auto& c = guns_[i];
    if ((events & EPOLLOUT) != 0 && c.busy) {
      epoll_event e{};
      e.events = EPOLLIN | EPOLLRDHUP;
      e.data.u64 = i;
      ::epoll_ctl(poll_, EPOLL_CTL_MOD, c.fd, &e);
      push(i);
    }
    if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) == 0)
      return;
    char piece[16384];
    const auto n = ::recv(c.fd, piece, sizeof piece, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
      return;
    if (n <= 0)
      return lose(i);
    c.in.append(piece, static_cast<std::size_t>(n));
    take_answer(i);
  }

  void take_answer(std::size_t i) {
    auto& c = guns_[i];
    const auto end = c.in.find("\r\n\r\n");
    if (end == std::string::npos || c.in.size() < 12)
      return;
    const int status = std::atoi(c.in.c_str() + 9);
    std::size_t body = 0;
    bool closes = false;
    for (std::size_t at = c.in.find("\r\n") + 2; at < end + 2;) {
      const auto line_end = c.in.find("\r\n", at);
      const std::string_view line(c.in.data() + at, line_end - at);
      if (line.size() > 15 && ::strncasecmp(line.data(), "content-length:", 15) == 0)
        body = static_cast<std::size_t>(std::atoll(line.data() + 15));
      else if (line.size() > 11 && ::strncasecmp(line.data(), "connection:", 11) == 0)
        closes = line.find("close") != std::string_view::npos;
      at = line_end + 2;
    }
    if (c.in.size() < end + 4 + body)
      return;
    c.in.erase(0, end + 4 + body);
    c.hanging = closes;
    settle(i, status);
  }

  void settle(std::size_t i, int status) {
    auto& c = guns_[i];
    if (!c.busy)
      return;
    c.busy = false;
    --busy_;
    ++(status ? result_.answered : result_.broken);
    free_.push_back(i);
    landed_({c.current.tag, status, c.due_us, now_us()});
  }

  void lose(std::size_t i) {
    auto& c = guns_[i];
    ::epoll_ctl(poll_, EPOLL_CTL_DEL, c.fd, nullptr);
    c.hanging = true;
    settle(i, 0);
  }

  void drop_late() {
    const auto now = now_us();
    for (std::size_t i = 0; i < guns_.size(); ++i)
      if (guns_[i].busy && now - guns_[i].fired_us > rules_.patience_us)
        lose(i);
  }

  const volley_rules& rules_;
  const std::function<std::optional<shot>()>& next_;
  const std::function<void(const hit&)>& landed_;
  std::vector<connection> guns_;
  std::deque<std::size_t> free_;
  sockaddr_in address_{};
  int poll_ = -1, timer_ = -1;
  std::size_t busy_ = 0;
  std::uint64_t fired_ = 0;
  bool empty_ = false;
  volley_result result_;
};

} // namespace

volley_result fire(
  const volley_rules& rules, const std::function<std::optional<shot>()>& next,
  const std::function<void(const hit&)>& landed) {
  return gun(rules, next, landed).run();
}

} // namespace ringmaster::load
