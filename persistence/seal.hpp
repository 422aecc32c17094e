#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/ids.hpp"

namespace ringmaster {

/// Seals secrets of users with a key of this installation (XChaCha20-Poly1305). What is sealed is
/// bound to its user and its name: moved to another row it does not open.
class sealer {
public:
  /// `key` is a secret of 32 bytes as URL-safe text: master_key::derive.
  explicit sealer(const std::string& key);
  ~sealer();
  sealer(const sealer&) = default;
  sealer& operator=(const sealer&) = default;

  /// A nonce and the sealed secret, as bytes.
  std::string seal(
      const user_id& user, std::string_view name, std::string_view secret,
      random_source& random) const;
  /// Nothing if it was sealed with another key, for another row, or was changed.
  std::optional<std::string>
  open(const user_id& user, std::string_view name, std::string_view sealed) const;

private:
  std::array<std::uint8_t, 32> key_{};
};

} // namespace ringmaster
