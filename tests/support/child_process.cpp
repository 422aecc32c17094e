#include "tests/support/child_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "tests/support/temp_folder.hpp"
#include "tests/support/waiting.hpp"

namespace ringmaster::support {

namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts)
    out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> environment_of(const launch& what) {
  std::vector<std::string> out;
  for (const char* name : {"PATH", "HOME", "LANG", "TZ"})
    if (const char* value = std::getenv(name); value && !what.environment.contains(name))
      out.push_back(std::string(name) + "=" + value);
  for (const auto& [name, value] : what.environment)
    out.push_back(name + "=" + value);
  return out;
}

/// Fields of /proc/<pid>/stat after the program's name, which may hold anything.
std::vector<std::string> stat_fields(pid_t pid) {
  auto text = read_text("/proc/" + std::to_string(pid) + "/stat");
  auto close = text.rfind(')');
  std::vector<std::string> out;
  if (close == std::string::npos)
    return out;
  std::istringstream in(text.substr(close + 1));
  for (std::string field; in >> field;)
    out.push_back(field);
  return out;
}

} // namespace

child_process::child_process(const launch& what) : output_(what.output) {
  std::error_code ignored;
  const auto size = std::filesystem::file_size(what.output, ignored);
  output_begin_ = ignored ? 0 : static_cast<std::size_t>(size);

  // Everything that allocates happens before the fork.
  std::vector<std::string> words{what.program};
  words.insert(words.end(), what.arguments.begin(), what.arguments.end());
  auto variables = environment_of(what);
  auto argv = pointers(words);
  auto envp = pointers(variables);
  const std::string input = what.input.empty() ? "/dev/null" : what.input;
  const std::string output = what.output.empty() ? "/dev/null" : what.output;

  pid_ = ::fork();
  if (pid_ < 0)
    throw std::runtime_error("cannot fork");
  if (pid_ > 0) {
    ::setpgid(pid_, pid_);
    return;
  }
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int in = ::open(input.c_str(), O_RDONLY);
  const int out = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (in < 0 || out < 0 || ::dup2(in, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(out, 2) < 0)
    ::_exit(126);
  for (int fd = 3; fd < 256; ++fd)
    ::close(fd);
  if (!what.working_folder.empty() && ::chdir(what.working_folder.c_str()) != 0)
    ::_exit(126);
  ::execve(argv[0], argv.data(), envp.data());
  ::_exit(127);
}

child_process::child_process(child_process&& other) noexcept
  : pid_(std::exchange(other.pid_, -1)),
    status_(other.status_),
    output_(std::move(other.output_)),
    output_begin_(other.output_begin_) {}

child_process& child_process::operator=(child_process&& other) noexcept {
  if (this != &other) {
    end_group();
    pid_ = std::exchange(other.pid_, -1);
    status_ = other.status_;
    output_ = std::move(other.output_);
    output_begin_ = other.output_begin_;
  }
  return *this;
}

child_process::~child_process() { end_group(); }

void child_process::end_group() {
  if (pid_ <= 0)
    return;
  ::kill(-pid_, SIGKILL);
  if (!status_)
    ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

bool child_process::running() { return pid_ > 0 && !wait(std::chrono::milliseconds(0)); }

void child_process::signal(int number) const {
  if (pid_ > 0 && !status_)
    ::kill(pid_, number);
}

void child_process::kill_now() {
  signal(SIGKILL);
  wait(std::chrono::seconds(30));
}

std::optional<int> child_process::wait(std::chrono::milliseconds patience) {
  if (status_ || pid_ <= 0)
    return status_;
  wait_until(patience, [this] {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_)
      return false;
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    return true;
  }, milliseconds(1));
  return status_;
}

std::string child_process::output() const {
  auto text = read_text(output_);
  return text.size() > output_begin_ ? text.substr(output_begin_) : std::string();
}

std::optional<std::string>
child_process::line_after(const std::string& prefix, std::chrono::milliseconds patience) {
  std::optional<std::string> found;
  auto look = [&] {
    const auto text = output();
    for (std::size_t at = 0; at < text.size();) {
      const auto end = text.find('\n', at);
      if (end == std::string::npos)
        break;
      if (text.compare(at, prefix.size(), prefix) == 0) {
        found = text.substr(at + prefix.size(), end - at - prefix.size());
        return true;
      }
      at = end + 1;
    }
    return false;
  };
  wait_until(patience, [&] { return look() || !running(); }, milliseconds(2));
  if (!found)
    look();
  return found;
}

finished run(launch what, std::chrono::milliseconds patience) {
  temp_folder scratch;
  if (what.output.empty())
    what.output = scratch / "output";
  child_process child(what);
  auto status = child.wait(patience);
  return {status, child.output()};
}

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> out;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos)
      continue;
    const auto pid = static_cast<pid_t>(std::stol(name));
    const auto fields = stat_fields(pid);
    if (fields.size() > 1 && fields[1] == std::to_string(parent))
      out.push_back(pid);
  }
  return out;
}

std::int64_t cpu_us(pid_t pid) {
  const auto fields = stat_fields(pid);
  if (fields.size() < 13)
    return 0;
  const auto ticks = std::stoll(fields[11]) + std::stoll(fields[12]);
  return ticks * 1'000'000 / ::sysconf(_SC_CLK_TCK);
}

std::int64_t cpu_us_of_tree(pid_t root) {
  auto total = cpu_us(root);
  for (auto child : children_of(root))
    total += cpu_us_of_tree(child);
  return total;
}

std::int64_t pss_bytes(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/smaps_rollup");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("Pss:"))
      return std::stoll(line.substr(4)) * 1024;
  return 0;
}

} // namespace ringmaster::support
