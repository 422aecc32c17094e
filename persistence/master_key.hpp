#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "domain/error.hpp"
#include "domain/ids.hpp"

namespace ringmaster {

/// Signs for which user, in which role, until when and for which backend a transaction works.
/// The database verifies it by the same key (`sec.principal`).
class context_key {
 public:
  explicit context_key(std::string key) : key_(std::move(key)) {}

  /// `user.role.expiry.hmac`
  std::string sign(
    const user_id& user, std::string_view role, std::int64_t expires, int backend) const;
  /// The padded blocks of HMAC-SHA256, as hex, for the table that the database verifies with.
  std::string inner_block_hex() const { return block_hex(0x36); }
  std::string outer_block_hex() const { return block_hex(0x5c); }

 private:
  std::string block_hex(std::uint8_t pad) const;
  std::string key_;
};

/// The installation's secret: 32 random bytes in `master.key` beside the data. All other keys of
/// the installation are derived from it.
class master_key {
 public:
  /// Reads the file, or makes it (mode 0600) where there is none. Refuses one that others may
  /// read, and one that is not 64 hex digits.
  static result<master_key> load_or_make(
    const std::filesystem::path& directory, random_source& random);

  std::shared_ptr<const context_key> context() const;
  /// A secret for one purpose, as URL-safe text.
  std::string derive(std::string_view purpose) const;

 private:
  explicit master_key(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string bytes_;
};

} // namespace ringmaster
