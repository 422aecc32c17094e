#pragma once

#include <filesystem>
#include <mutex>
#include <string>

#include "domain/ports.hpp"

namespace ringmaster {

/// The global stop as the file `stop.flag` in the data directory. It counts as set when it is
/// there, whoever made it (`touch` will do), and when nobody can tell whether it is there.
class stop_file final : public stop_switch {
 public:
  explicit stop_file(std::filesystem::path directory);

  bool is_set() const override;
  bool set(bool stopped, const std::string& by) override;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path directory_;
  std::filesystem::path path_;
  std::mutex mutex_;
};

} // namespace ringmaster
