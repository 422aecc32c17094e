#pragma once

#include <string>

namespace ringmaster::support {

/// A folder below /tmp that goes with its owner. Other users may enter it (mode 0755), so that a
/// database which runs as an unprivileged user finds its data below it. Kept, and named on stderr,
/// when RINGMASTER_TEST_KEEP is set.
class temp_folder {
 public:
  temp_folder();
  ~temp_folder();
  temp_folder(const temp_folder&) = delete;
  temp_folder& operator=(const temp_folder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

std::string read_text(const std::string& path);
void write_text(const std::string& path, const std::string& text);

} // namespace ringmaster::support
