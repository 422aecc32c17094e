#pragma once

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "http/answer.hpp"
#include "http/deadlines.hpp"
#include "http/server.hpp"

namespace ringmaster::http {

using tcp = asio::ip::tcp;

class session;

/// How many connections each address holds, over all threads. Asked when a connection comes,
/// goes, or turns out to be exempt; not per request.
class address_book {
 public:
  /// Counts one more and answers how many there are now.
  std::size_t enter(const std::string& address) {
    std::lock_guard lock(mutex_);
    return ++counts_[address];
  }
  void leave(const std::string& address) {
    std::lock_guard lock(mutex_);
    if (auto found = counts_.find(address); found != counts_.end() && --found->second == 0)
      counts_.erase(found);
  }
  std::size_t count(const std::string& address) {
    std::lock_guard lock(mutex_);
    auto found = counts_.find(address);
    return found != counts_.end() ? found->second : 0;
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> counts_;
};

/// What the threads of one server share.
struct shared_state {
  shared_state(application& a, limits n) : app(a), numbers(n) {}

  application& app;
  const limits numbers;
  statistics counters;
  address_book addresses;
  std::atomic<bool> draining{false};
  /// Signals the end of connections to whoever drains.
  std::mutex mutex;
  std::condition_variable gone;
};

/// An io_context that can let go of everything suspended in it before it is destroyed, while what
/// those things refer to still stands.
class thread_context : public asio::io_context {
 public:
  thread_context() : asio::io_context(1) {}
  ~thread_context() { shutdown(); }
  void let_go() { shutdown(); }
};

/// One thread of the server: everything in it is touched by that thread alone.
struct shard {
  shard(shared_state& s, std::chrono::milliseconds tick, std::uint64_t id_seed)
    : shared(s), late(io, tick), next_id(id_seed), scratch(64 * 1024) {}
  ~shard() { io.let_go(); }
  shard(const shard&) = delete;
  shard& operator=(const shard&) = delete;

  /// Ids of requests: a bijection of a counter, so none comes twice, and none can be foreseen
  /// from where the counter began.
  std::string make_request_id() {
    auto x = (next_id += 0x9e3779b97f4a7c15ULL);
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return request_id_from(x ^ (x >> 31));
  }

  shared_state& shared;
  thread_context io;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work;
  std::optional<tcp::acceptor> acceptor;
  deadlines late;
  date_line date;
  std::uint64_t next_id;
  std::vector<char> scratch; ///< where sockets are read to, before it is known whose bytes they are
  std::vector<session*> sessions;
};

} // namespace ringmaster::http
