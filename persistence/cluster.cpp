#include "persistence/cluster.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <fstream>
#include <mutex>
#include <thread>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <spdlog/spdlog.h>

#include "persistence/server_account.hpp"
#include "wire/digest.hpp"

namespace ringmaster {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

// A unix socket's whole path has room for 107 bytes.
constexpr std::size_t socket_path_max = 107;
constexpr std::string_view socket_name = "/.s.PGSQL.5432";

std::optional<int> read_number(const std::string& text) {
  int value = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc{} && end != text.data() ? std::optional(value) : std::nullopt;
}

// The installed servers by major version.
std::vector<std::pair<int, fs::path>> installed() {
  std::vector<std::pair<int, fs::path>> found;
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", problem)) {
    auto major = read_number(entry.path().filename().string());
    if (major && fs::exists(entry.path() / "bin" / "postgres") && fs::exists(entry.path() / "bin" / "initdb"))
      found.emplace_back(*major, entry.path() / "bin");
  }
  std::sort(found.begin(), found.end());
  return found;
}

result<fs::path> binaries_for(const fs::path& data) {
  auto servers = installed();
  if (servers.empty())
    return fail(
      errc::unavailable, "no PostgreSQL server found below /usr/lib/postgresql; install the package "
                         "postgresql, or set database.url");
  std::ifstream file(data / "PG_VERSION");
  std::string text;
  std::getline(file, text);
  if (text.empty()) {
    if (servers.back().first < 15)
      return fail(errc::unavailable, "PostgreSQL 15 or newer is needed");
    return servers.back().second;
  }
  for (const auto& [major, path] : servers)
    if (std::to_string(major) == text)
      return path;
  return fail(
    errc::unavailable,
    "the database in " + data.string() + " was made by PostgreSQL " + text + ", but only version "
      + std::to_string(servers.back().first)
      + " is installed; install postgresql-" + text + " beside it, or move the data with pg_upgrade");
}

fs::path socket_directory(const fs::path& data_directory) {
  auto inside = data_directory / "socket";
  if (inside.string().size() + socket_name.size() <= socket_path_max)
    return inside;
  auto digest = wire::sha256(data_directory.string());
  return fs::path("/tmp") / ("ringmaster-" + wire::to_hex(digest).substr(0, 16));
}

} // namespace

/// Owns the thread that starts the server, waits for its end and starts it again. The thread
/// lives as long as the object: the server's death signal is bound to it.
struct cluster::keeper {
  server_account account;
  fs::path data;
  fs::path sockets;
  fs::path log;
  std::vector<std::string> command;

  std::mutex mutex;
  std::condition_variable changed;
  bool stopping = false;
  std::atomic<int> child{0};
  std::thread thread;

  db::location admin(const std::string& database) const {
    return *db::location::parse("user=postgres")
              .map([&](const db::location& l) {
                return l.with("host", sockets.string()).with("dbname", database);
              });
  }

  bool rest(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex);
    return !changed.wait_for(lock, time, [&] { return stopping; });
  }

  void run() {
    bool adopted = db::ping(admin("postgres")) == db::liveness::accepts;
    while (adopted && rest(250ms))
      adopted = db::ping(admin("postgres")) != db::liveness::silent;
    while (rest(0ms)) {
      auto pid = spawn(account, command, log.string(), true);
      if (pid < 0) {
        rest(500ms);
        continue;
      }
      child = pid;
      {
        // The stop may have come between the last look and the fork.
        std::lock_guard lock(mutex);
        if (stopping)
          ::kill(pid, SIGINT);
      }
      wait_for_success(pid);
      child = 0;
      // A server killed a moment ago may still hold its lock file.
      if (rest(200ms))
        spdlog::warn("the private PostgreSQL ended; starting it again");
    }
  }

  void stop() {
    {
      std::lock_guard lock(mutex);
      stopping = true;
      if (auto pid = child.load())
        ::kill(pid, SIGINT);
    }
    changed.notify_all();
    if (thread.joinable())
      thread.join();
  }
};

cluster::cluster(std::unique_ptr<keeper> held) : keeper_(std::move(held)) {}

cluster::~cluster() { keeper_->stop(); }

db::location cluster::admin(const std::string& database) const { return keeper_->admin(database); }

int cluster::pid() const { return keeper_->child.load(); }

result<fs::path> cluster::find_programs(const fs::path& data_directory) {
  return binaries_for(data_directory / "postgres");
}

bool cluster::is_made(const fs::path& data_directory) {
  std::error_code unreadable;
  return fs::exists(data_directory / "postgres" / "PG_VERSION", unreadable);
}

result<std::unique_ptr<cluster>> cluster::start(const fs::path& data_directory, tuning with) {
  auto k = std::make_unique<keeper>();
  std::error_code problem;
  auto base = fs::weakly_canonical(fs::absolute(data_directory), problem);
  if (problem)
    return fail(errc::unavailable, "cannot use " + data_directory.string() + ": " + problem.message());
  fs::create_directories(base, problem);
  k->data = base / "postgres";
  k->log = base / "postgres.log";
  k->sockets = socket_directory(base);

  auto account = server_account::choose();
  if (!account)
    return fail(account.error());
  k->account = *account;
  auto programs = binaries_for(k->data);
  if (!programs)
    return fail(programs.error());
  for (const auto& directory : {k->data, k->sockets}) {
    if (auto made = k->account.own_directory(directory); !made)
      return fail(made.error());
    if (auto reached = k->account.check_reach(directory); !reached)
      return fail(reached.error());
  }

  if (!fs::exists(k->data / "PG_VERSION")) {
    std::vector<std::string> make{(*programs / "initdb").string(), "-D", k->data.string(), "-U", "postgres",
      "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust"};
    if (!with.durable)
      make.push_back("--no-sync");
    auto child = spawn(k->account, make, k->log.string(), false);
    if (child < 0 || !wait_for_success(child))
      return fail(errc::unavailable, "initdb failed: " + last_lines(k->log));
  }

  k->command = {(*programs / "postgres").string(), "-D", k->data.string()};
  auto set = [&](const std::string& name, const std::string& value) {
    k->command.push_back("-c");
    k->command.push_back(name + "=" + value);
  };
  set("listen_addresses", "");
  set("unix_socket_directories", k->sockets.string());
  set("unix_socket_permissions", "0700");
  set("max_connections", std::to_string(with.max_connections));
  set("shared_buffers", with.shared_buffers);
  set("fsync", with.durable ? "on" : "off");
  set("synchronous_commit", "on");
  set("wal_compression", "on");
  set("wal_buffers", "16MB");
  set("max_wal_size", "4GB");
  set("min_wal_size", "256MB");
  set("checkpoint_timeout", "15min");
  set("checkpoint_completion_target", "0.9");
  set("random_page_cost", "1.1");
  set("autovacuum_naptime", "15s");
  set("jit", "off");
  set("log_line_prefix", "%m [%p] ");
  set("log_min_messages", "warning");
  set("log_min_error_statement", "panic"); // statements carry people's data

  k->thread = std::thread([keeper = k.get()] { keeper->run(); });
  auto made = std::unique_ptr<cluster>(new cluster(std::move(k)));
  auto& held = *made->keeper_;
  // 20 ms at a time; a crash recovery may take its while, so a minute in all.
  for (int i = 0; i < 3000; ++i) {
    if (db::ping(held.admin("postgres")) == db::liveness::accepts)
      return made;
    // Ten seconds without a server process that stays: the log knows why.
    if (i >= 500 && held.child == 0)
      break;
    held.rest(20ms);
  }
  return fail(errc::unavailable, "the private PostgreSQL does not start: " + last_lines(held.log));
}

} // namespace ringmaster
