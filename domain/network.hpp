#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Addresses of the internet, and which of them a stranger may send this machine to.

namespace ringmaster {

/// An IPv4 address stands in the first four bytes.
struct ip_address {
  std::array<std::uint8_t, 16> bytes{};
  bool v6 = false;

  friend bool operator==(const ip_address&, const ip_address&) = default;
};
/// Dotted decimals without leading zeros, or the colon form with or without a dotted end. No zone,
/// no brackets.
std::optional<ip_address> parse_address(std::string_view text);

/// A range of addresses, as "10.0.0.0/8" or "fd00::/8"; an address alone is a range of one.
struct ip_network {
  ip_address first;
  int bits = 0;

  bool contains(const ip_address& one) const;
  friend bool operator==(const ip_network&, const ip_network&) = default;
};
/// Nothing for what is no range; bits beyond the prefix must be zero.
std::optional<ip_network> parse_network(std::string_view text);

/// Why nobody but the operator may have this address connected to: "loopback", "private", ...
/// Nothing for an address of the public internet. An address that carries one of IPv4 (mapped,
/// NAT64, 6to4, Teredo) is judged by that one.
std::optional<std::string_view> why_not_public(const ip_address& one);

/// True if one of the ranges has it; an IPv4 address that came mapped into IPv6 counts as itself.
bool within(const std::vector<ip_network>& ranges, const ip_address& one);

} // namespace ringmaster
