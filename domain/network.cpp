#include "domain/network.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace ringmaster {

namespace {

struct range {
  std::string_view network;
  std::string_view why;
};

// The registries of special-purpose addresses of IANA, with what is reserved beside them.
constexpr std::array<range, 16> closed_v4{
    {
     {"0.0.0.0/8", "this network"},
     {"10.0.0.0/8", "private"},
     {"100.64.0.0/10", "carrier-grade NAT"},
     {"127.0.0.0/8", "loopback"},
     {"169.254.0.0/16", "link-local"},
     {"172.16.0.0/12", "private"},
     {"192.0.0.0/24", "reserved"},
     {"192.0.2.0/24", "documentation"},
     {"192.31.196.0/24", "reserved"},
     {"192.88.99.0/24", "reserved"},
     {"192.168.0.0/16", "private"},
     {"198.18.0.0/15", "benchmarking"},
     {"198.51.100.0/24", "documentation"},
     {"203.0.113.0/24", "documentation"},
     {"224.0.0.0/4", "multicast"},
     {"240.0.0.0/4", "reserved"},
     }
};
// Of these, the first that fits tells why; whatever is not global unicast (2000::/3) is closed,
// too.
constexpr std::array<range, 10> closed_v6{
    {
     {"::/128", "unspecified"},
     {"::1/128", "loopback"},
     {"64:ff9b:1::/48", "private"},
     {"100::/64", "discard-only"},
     {"2001::/23", "reserved"},
     {"2001:db8::/32", "documentation"},
     {"3fff::/20", "documentation"},
     {"fc00::/7", "private"},
     {"fe80::/10", "link-local"},
     {"ff00::/8", "multicast"},
     }
};

template <std::size_t N>
std::vector<std::pair<ip_network, std::string_view>> read_all(const std::array<range, N>& table) {
  std::vector<std::pair<ip_network, std::string_view>> all;
  for (const auto& one : table)
    if (auto network = parse_network(one.network))
      all.emplace_back(*network, one.why);
  return all;
}

bool is_in(std::string_view network, const ip_address& one) {
  auto range = parse_network(network);
  return range && range->contains(one);
}

/// The IPv4 address in the four bytes from `at`, each xor `mask`.
ip_address carried(const ip_address& in, std::size_t at, std::uint8_t mask = 0) {
  ip_address out;
  for (std::size_t i = 0; i < 4; ++i)
    out.bytes[i] = in.bytes[at + i] ^ mask;
  return out;
}

std::optional<unsigned> read_number(std::string_view text, unsigned most, int base = 10) {
  unsigned value = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || problem != std::errc{} || end != text.data() + text.size() || value > most)
    return std::nullopt;
  return value;
}

std::optional<ip_address> parse_v4(std::string_view text) {
  ip_address out;
  for (std::size_t i = 0; i < 4; ++i) {
    auto end = i < 3 ? text.find('.') : text.size();
    if (end == std::string_view::npos)
      return std::nullopt;
    auto part = text.substr(0, end);
    auto value = read_number(part, 255);
    // A leading zero means eight to some and ten to others.
    if (!value || part.size() > 3 || (part.size() > 1 && part[0] == '0'))
      return std::nullopt;
    out.bytes[i] = static_cast<std::uint8_t>(*value);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

/// The groups of one side of "::"; false for what is none. A dotted end counts as two.
bool read_groups(std::string_view text, std::vector<std::uint16_t>& into) {
  while (!text.empty()) {
    auto end = std::min(text.find(':'), text.size());
    auto part = text.substr(0, end);
    if (end == text.size() && part.find('.') != std::string_view::npos) {
      auto v4 = parse_v4(part);
      if (!v4)
        return false;
      for (std::size_t i = 0; i < 4; i += 2)
        into.push_back(static_cast<std::uint16_t>(v4->bytes[i] << 8 | v4->bytes[i + 1]));
      return true;
    }
    auto value = read_number(part, 0xffff, 16);
    if (!value || part.size() > 4)
      return false;
    into.push_back(static_cast<std::uint16_t>(*value));
    if (end == text.size())
      return true;
    text.remove_prefix(end + 1);
    if (text.empty())
      return false; // a colon at the end
  }
  return true;
}

std::optional<ip_address> parse_v6(std::string_view text) {
  std::vector<std::uint16_t> head, tail;
  auto gap = text.find("::");
  auto before = text.substr(0, gap);
  if (!read_groups(before, head) ||
      (gap != std::string_view::npos && before.find('.') != std::string_view::npos))
    return std::nullopt;
  if (gap != std::string_view::npos && !read_groups(text.substr(gap + 2), tail))
    return std::nullopt;
  auto count = head.size() + tail.size();
  if (gap == std::string_view::npos ? count != 8 : count > 7)
    return std::nullopt;
  head.resize(8 - tail.size(), 0);
  head.insert(head.end(), tail.begin(), tail.end());
  ip_address out;
  out.v6 = true;
  for (std::size_t i = 0; i < 8; ++i) {
    out.bytes[2 * i] = static_cast<std::uint8_t>(head[i] >> 8);
    out.bytes[2 * i + 1] = static_cast<std::uint8_t>(head[i] & 0xff);
  }
  return out;
}

} // namespace

std::optional<ip_address> parse_address(std::string_view text) {
  return text.find(':') == std::string_view::npos ? parse_v4(text) : parse_v6(text);
}

bool ip_network::contains(const ip_address& one) const {
  if (one.v6 != first.v6)
    return false;
  for (int bit = 0; bit < bits; bit += 8) {
    auto at = static_cast<std::size_t>(bit / 8);
    auto mask = bits - bit >= 8 ? 0xff : 0xff << (8 - (bits - bit)) & 0xff;
    if ((one.bytes[at] & mask) != (first.bytes[at] & mask))
      return false;
  }
  return true;
}

std::optional<ip_network> parse_network(std::string_view text) {
  auto slash = text.find('/');
  auto address = parse_address(text.substr(0, slash));
  if (!address)
    return std::nullopt;
  int most = address->v6 ? 128 : 32;
  ip_network out{*address, most};
  if (slash != std::string_view::npos) {
    auto bits = read_number(text.substr(slash + 1), static_cast<unsigned>(most));
    if (!bits)
      return std::nullopt;
    out.bits = static_cast<int>(*bits);
  }
  for (int bit = out.bits; bit < most; ++bit)
    if (address->bytes[static_cast<std::size_t>(bit / 8)] >> (7 - bit % 8) & 1)
      return std::nullopt;
  return out;
}

std::optional<std::string_view> why_not_public(const ip_address& one) {
  static const auto v4 = read_all(closed_v4);
  static const auto v6 = read_all(closed_v6);
  if (!one.v6) {
    for (const auto& [network, why] : v4)
      if (network.contains(one))
        return why;
    return std::nullopt;
  }
  if (is_in("::ffff:0:0/96", one) || is_in("64:ff9b::/96", one))
    return why_not_public(carried(one, 12));
  if (is_in("2002::/16", one))
    return why_not_public(carried(one, 2));
  if (is_in("2001::/32", one)) { // Teredo: the server's, and the client's in inverted bits
    auto server = why_not_public(carried(one, 4));
    return server ? server : why_not_public(carried(one, 12, 0xff));
  }
  for (const auto& [network, why] : v6)
    if (network.contains(one))
      return why;
  return is_in("2000::/3", one) ? std::nullopt : std::optional<std::string_view>("reserved");
}

bool within(const std::vector<ip_network>& ranges, const ip_address& one) {
  auto plain = is_in("::ffff:0:0/96", one) ? carried(one, 12) : one;
  return std::any_of(ranges.begin(), ranges.end(), [&](const ip_network& range) {
    return range.contains(one) || range.contains(plain);
  });
}

} // namespace ringmaster
