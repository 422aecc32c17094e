#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "domain/audit.hpp"

namespace ringmaster {

/// The heads of all users' chains as they were at some time, in a file beside the database
/// (`audit-heads.ndjson` in the data directory): whoever rewrites the chain in the database cannot
/// make it agree with what was written down here. One JSON object a line, only ever appended to.
class audit_head_file {
public:
  explicit audit_head_file(std::filesystem::path where) : where_(std::move(where)) {}
  static audit_head_file in(const std::filesystem::path& data_directory) {
    return audit_head_file(data_directory / "audit-heads.ndjson");
  }

  /// Safe on disk when it returns.
  result<void> append(std::span<const audit_head> heads) const;
  /// All of them, oldest first; no file: none. A last line that was cut short is passed over.
  result<std::vector<audit_head>> read() const;

  const std::filesystem::path& where() const { return where_; }

private:
  std::filesystem::path where_;
};

} // namespace ringmaster
