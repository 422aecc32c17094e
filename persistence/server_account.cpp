#include "persistence/server_account.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ringmaster {
namespace {

// Only calls that are safe between fork and exec in a program with threads.
[[noreturn]] void become(
  const server_account& as, char* const* command, int log, pid_t parent, bool dies_with_us) {
  if (as.switches
      && (::setgroups(0, nullptr) != 0 || ::setgid(as.group) != 0 || ::setuid(as.user) != 0))
    ::_exit(126);
  if (dies_with_us) {
    ::prctl(PR_SET_PDEATHSIG, SIGINT);
    if (::getppid() != parent)
      ::_exit(125);
  }
  // Out of the terminal's group: Ctrl-C is for the engine, which then stops the server.
  ::setpgid(0, 0);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::signal(SIGINT, SIG_DFL);
  ::signal(SIGTERM, SIG_DFL);
  int null = ::open("/dev/null", O_RDONLY);
  ::dup2(null, 0);
  ::dup2(log, 1);
  ::dup2(log, 2);
  for (int fd = 3; fd < 1024; ++fd)
    ::close(fd);
  ::execv(command[0], command);
  ::_exit(127);
}

} // namespace

result<server_account> server_account::choose() {
  server_account account;
  account.user = ::geteuid();
  account.group = ::getegid();
  if (account.user != 0)
    return account;
  for (const char* name : {"postgres", "nobody"}) {
    if (const auto* entry = ::getpwnam(name)) {
      account.switches = true;
      account.user = entry->pw_uid;
      account.group = entry->pw_gid;
      account.name = name;
      return account;
    }
  }
  return fail(
    errc::unavailable,
    "PostgreSQL does not run as root, and there is neither a user postgres nor nobody; "
    "start the engine as another user or set database.url");
}

result<void> server_account::own_directory(const std::filesystem::path& path) const {
  std::error_code problem;
  std::filesystem::create_directories(path.parent_path(), problem);
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return fail(errc::unavailable, "cannot make " + path.string() + ": " + std::strerror(errno));
  struct stat facts{};
  if (::lstat(path.c_str(), &facts) != 0 || !S_ISDIR(facts.st_mode))
    return fail(errc::unavailable, path.string() + " is not a directory");
  if (facts.st_uid != user && (!switches || facts.st_uid != 0))
    return fail(errc::unavailable, path.string() + " belongs to another user");
  if (switches && facts.st_uid != user && ::lchown(path.c_str(), user, group) != 0)
    return fail(errc::unavailable, "cannot give " + path.string() + " to " + name + ": " + std::strerror(errno));
  if ((facts.st_mode & 077) != 0 && ::chmod(path.c_str(), 0700) != 0)
    return fail(errc::unavailable, "cannot close " + path.string() + " to others: " + std::strerror(errno));
  return {};
}

result<void> server_account::check_reach(const std::filesystem::path& path) const {
  if (!switches)
    return {};
  auto child = ::fork();
  if (child == 0) {
    if (::setgroups(0, nullptr) != 0 || ::setgid(group) != 0 || ::setuid(user) != 0)
      ::_exit(2);
    ::_exit(::access(path.c_str(), W_OK | X_OK) == 0 ? 0 : 1);
  }
  if (child > 0 && wait_for_success(child))
    return {};
  return fail(
    errc::unavailable,
    "started as root, the engine runs PostgreSQL as user " + name + ", who cannot enter "
      + path.string() + "; set data.directory to a place such as /var/lib/ringmaster");
}

pid_t spawn(
  const server_account& as, const std::vector<std::string>& command, const std::string& log,
  bool dies_with_us) {
  std::vector<char*> words;
  for (const auto& word : command)
    words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0)
    return -1;
  auto parent = ::getpid();
  auto child = ::fork();
  if (child == 0)
    become(as, words.data(), file, parent, dies_with_us);
  ::close(file);
  return child;
}

bool wait_for_success(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      return false;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::string last_lines(const std::filesystem::path& log, std::size_t bytes) {
  std::ifstream file(log, std::ios::binary);
  file.seekg(0, std::ios::end);
  auto size = static_cast<std::size_t>(std::max<std::streamoff>(0, file.tellg()));
  auto from = size > bytes ? size - bytes : 0;
  file.seekg(static_cast<std::streamoff>(from));
  std::string text(size - from, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  return text;
}

} // namespace ringmaster
