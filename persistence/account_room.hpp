#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "domain/account.hpp"
#include "domain/ports.hpp"
#include "persistence/db.hpp"

namespace ringmaster {

/// Where people are let in: a few threads with a connection each. As many passwords are hashed at
/// one time as there are threads. Jobs that still wait at its end are dropped.
class account_room : public account::room {
 public:
  static constexpr std::size_t waiting_most = 256;

  /// One thread for each connection; `random` outlives it.
  account_room(std::vector<std::unique_ptr<db::connection>> connections, random_source& random);
  ~account_room() override;
  account_room(const account_room&) = delete;
  account_room& operator=(const account_room&) = delete;

  bool post(std::function<void(account::book&)> job) override;

 private:
  void work(db::connection& on);

  std::vector<std::unique_ptr<db::connection>> connections_;
  random_source& random_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void(account::book&)>> jobs_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

} // namespace ringmaster
