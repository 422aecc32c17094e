#include "persistence/send_log.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include <spdlog/spdlog.h>

namespace ringmaster {

namespace fs = std::filesystem;

struct file_send_log::contents {
  struct earlier {
    fs::path path;
    std::vector<attempt_id> attempts;
  };

  int file = -1;
  std::mutex mutex;                ///< for whole lines, and for `spoiled`
  bool spoiled = false;            ///< half a line could not be taken back
  bool every_earlier_same_boot = true;
  std::unordered_map<attempt_id, testimony> known;
  std::vector<earlier> files;

  ~contents() {
    if (file >= 0)
      ::close(file);
  }

  bool append(const std::string& line) {
    std::lock_guard lock(mutex);
    if (spoiled)
      return false;
    ssize_t n;
    do
      n = ::write(file, line.data(), line.size());
    while (n < 0 && errno == EINTR);
    if (n == static_cast<ssize_t>(line.size()))
      return true;
    // A full disk may take half a line; the next mark must not be glued to it.
    if (n > 0)
      spoiled = ::write(file, "\n", 1) != 1;
    return false;
  }

  void read(const fs::path& path, const std::string& boot_id) {
    std::ifstream in(path);
    std::string line;
    bool same_boot = std::getline(in, line) && line == "ringmaster sendlog 1 boot " + boot_id;
    if (!same_boot)
      every_earlier_same_boot = false;
    earlier about{path, {}};
    while (std::getline(in, line)) {
      auto id = attempt_id::parse(std::string_view(line).substr(0, 38).substr(std::min<std::size_t>(2, line.size())));
      if (!id || line.size() < 38)
        continue;
      about.attempts.push_back(*id);
      auto& told = known[*id];
      told.mark = witness::sent;
      if (line[0] == 'R' && line.size() > 39)
        told.sid = call_sid::parse(std::string_view(line).substr(39));
    }
    files.push_back(std::move(about));
  }
};

file_send_log::file_send_log(std::unique_ptr<contents> held) : held_(std::move(held)) {}
file_send_log::~file_send_log() = default;

std::string file_send_log::system_boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

result<std::unique_ptr<file_send_log>> file_send_log::open(
  const fs::path& data_directory, std::int64_t epoch, const std::string& boot_id) {
  auto directory = data_directory / "sendlog";
  std::error_code problem;
  fs::create_directories(directory, problem);
  auto held = std::make_unique<contents>();
  auto own = directory / (std::to_string(epoch) + ".log");
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(directory, problem))
    if (entry.path().extension() == ".log" && entry.path() != own)
      paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  for (const auto& path : paths)
    held->read(path, boot_id);
  // No earlier file at all: a new directory, or one that was lost. It cannot testify.
  if (paths.empty())
    held->every_earlier_same_boot = false;
  held->file = ::open(own.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (held->file < 0)
    return fail(errc::unavailable, "cannot write " + own.string() + ": " + std::strerror(errno));
  if (!held->append("ringmaster sendlog 1 boot " + boot_id + "\n") || ::fsync(held->file) != 0)
    return fail(errc::unavailable, "cannot write " + own.string() + ": " + std::strerror(errno));
  // The file's name must survive a crash as well.
  if (int folder = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); folder >= 0) {
    ::fsync(folder);
    ::close(folder);
  }
  return std::unique_ptr<file_send_log>(new file_send_log(std::move(held)));
}

bool file_send_log::mark_sent(const attempt_id& attempt) {
  return held_->append("S " + to_string(attempt) + "\n");
}

bool file_send_log::note_result(const attempt_id& attempt, const call_sid& sid) {
  return held_->append("R " + to_string(attempt) + " " + sid.value + "\n") && ::fsync(held_->file) == 0;
}

send_log::testimony file_send_log::recall(const attempt_id& attempt) const {
  auto found = held_->known.find(attempt);
  if (found != held_->known.end())
    return found->second;
  // An attempt without a mark was certainly not sent only if every file that could hold its mark
  // was written since this machine started.
  return {held_->every_earlier_same_boot ? witness::not_sent : witness::unknown, std::nullopt};
}

void file_send_log::forget(const std::function<bool(const attempt_id&)>& needed) {
  auto& files = held_->files;
  std::erase_if(files, [&](const contents::earlier& about) {
    if (std::any_of(about.attempts.begin(), about.attempts.end(), needed))
      return false;
    std::error_code problem;
    fs::remove(about.path, problem);
    return !problem;
  });
}

} // namespace ringmaster
