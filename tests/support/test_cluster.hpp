#pragma once

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>

#include <sys/stat.h>
#include <time.h>

#include "domain/ports.hpp"
#include "persistence/store.hpp"

namespace ringmaster::test {

/// The machine's clocks.
class machine_clock : public clock {
 public:
  instant now() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
  std::chrono::nanoseconds boot() const override {
    timespec t{};
    ::clock_gettime(CLOCK_BOOTTIME, &t);
    return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
  }
};

/// Random bits from a seed.
class seeded_random : public random_source {
 public:
  explicit seeded_random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t next() override {
    std::lock_guard lock(mutex_);
    return engine_();
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

/// A private PostgreSQL for one test program, in a directory of its own below /tmp that also the
/// unprivileged user of the server can enter. Ends with the program.
class test_cluster {
 public:
  static test_cluster& get() {
    static test_cluster one;
    return one;
  }

  ~test_cluster() {
    server_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  const std::filesystem::path& directory() const { return directory_; }
  const clock& time() const { return time_; }
  random_source& random() { return random_; }
  db::location admin(const std::string& database) const { return server_->admin(database); }

  /// A name that no other database of this cluster has.
  std::string fresh_name() { return "test_" + std::to_string(++count_); }

  /// A database with the current schema; the same name again opens it again.
  result<std::unique_ptr<database>> open(
    const std::string& name, gate_settings gate, database::entry as = database::entry::engine) {
    config::settings settings;
    settings.data.directory = directory_.string();
    return database::open(
      settings, std::move(gate), time_, random_,
      {.as = as, .tuning = {.shared_buffers = "128MB", .max_connections = 60, .durable = false}, .name = name});
  }

  db::connection connect_admin(const std::string& database) {
    return db::connection(admin(database), db::purpose::admin, "test", nullptr, time_);
  }

 private:
  test_cluster() : random_(std::random_device{}()) {
    char name[] = "/tmp/ringmaster-test-XXXXXX";
    if (!::mkdtemp(name) || ::chmod(name, 0755) != 0)
      throw std::runtime_error("no temporary directory");
    directory_ = name;
    auto server = cluster::start(
      directory_, {.shared_buffers = "128MB", .max_connections = 60, .durable = false});
    if (!server)
      throw std::runtime_error(server.error().detail);
    server_ = std::move(*server);
  }

  machine_clock time_;
  seeded_random random_;
  std::filesystem::path directory_;
  std::unique_ptr<cluster> server_;
  std::atomic<int> count_{0};
};

} // namespace ringmaster::test
