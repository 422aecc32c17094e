#include "main/stop_file.hpp"

#include <cerrno>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "main/json_text.hpp"

namespace ringmaster {

namespace {

/// A descriptor that is closed at the end of its scope.
class descriptor {
 public:
  explicit descriptor(int fd) : fd_(fd) {}
  ~descriptor() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

bool sync_directory(const std::filesystem::path& path) {
  descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return directory && ::fsync(directory.get()) == 0;
}

} // namespace

stop_file::stop_file(std::filesystem::path directory)
  : directory_(std::move(directory)), path_(directory_ / "stop.flag") {}

bool stop_file::is_set() const {
  struct stat seen {};
  return ::stat(path_.c_str(), &seen) == 0 || errno != ENOENT;
}

bool stop_file::set(bool stopped, const std::string& by) {
  std::lock_guard guard(mutex_);
  if (!stopped)
    return (::unlink(path_.c_str()) == 0 || errno == ENOENT) && sync_directory(directory_);
  // Made first and filled second: an empty flag stops as well as one that names its author.
  descriptor file(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file)
    return false;
  auto text = "stopped by " + plain_text(by) + "\n";
  (void)!::write(file.get(), text.data(), text.size());
  return ::fsync(file.get()) == 0 && sync_directory(directory_);
}

} // namespace ringmaster
