#include "net/proxy.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>
#include <vector>

#include "domain/network.hpp"

namespace ringmaster::net {

namespace {

constexpr std::string_view forwarded_for = "x-forwarded-for";
constexpr std::string_view forwarded_proto = "x-forwarded-proto";

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

std::string_view trimmed_part(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

/// The members of every header of this name, in the order in which proxies added them.
std::vector<std::string_view> members_of(const http::request& head, std::string_view name) {
  std::vector<std::string_view> all;
  for (const auto& h : head.headers) {
    if (!same_name(h.name, name))
      continue;
    for (std::string_view rest = h.value;;) {
      auto comma = rest.find(',');
      all.push_back(trimmed_part(rest.substr(0, comma)));
      if (comma == std::string_view::npos)
        break;
      rest.remove_prefix(comma + 1);
    }
  }
  return all;
}

/// An address as proxies write it: bare, with a port, or in brackets.
std::optional<ip_address> read_hop(std::string_view text) {
  if (text.starts_with('[')) {
    auto end = text.find(']');
    return end == std::string_view::npos ? std::nullopt : parse_address(text.substr(1, end - 1));
  }
  auto colon = text.find(':');
  bool one_colon =
      colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos;
  return parse_address(one_colon ? text.substr(0, colon) : text);
}

std::string_view bare(std::string_view hop) {
  if (hop.starts_with('['))
    return hop.substr(1, hop.find(']') - 1);
  auto colon = hop.find(':');
  bool one_colon =
      colon != std::string_view::npos && hop.find(':', colon + 1) == std::string_view::npos;
  return one_colon ? hop.substr(0, colon) : hop;
}

void drop_base(const std::string& base, http::request& head) {
  auto begins = [&](const std::string& text) {
    return text.starts_with(base) &&
           (text.size() == base.size() || text[base.size()] == '/' || text[base.size()] == '?');
  };
  // The raw target must say it, too: what is signed is cut from it.
  if (base.empty() || !begins(head.path) || !begins(head.target))
    return;
  for (auto* text : {&head.path, &head.target}) {
    text->erase(0, base.size());
    if (!text->starts_with('/'))
      text->insert(text->begin(), '/');
  }
}

void take_away(http::request& head) {
  std::erase_if(head.headers, [](const http::header& h) {
    return same_name(h.name, forwarded_for) || same_name(h.name, forwarded_proto);
  });
}

void believe(const std::vector<ip_network>& trusted, http::request& head) {
  std::string client = head.remote_address;
  auto hops = members_of(head, forwarded_for);
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    auto address = read_hop(*hop);
    if (!address)
      break;
    client = bare(*hop);
    if (!within(trusted, *address))
      break;
  }
  auto schemes = members_of(head, forwarded_proto);
  bool says_so = !schemes.empty();
  bool secure = says_so && same_name(schemes.back(), "https");
  take_away(head);
  head.remote_address = std::move(client);
  if (says_so)
    head.headers.push_back({"X-Forwarded-Proto", secure ? "https" : "http"});
}

} // namespace

void undo_proxies(const config::settings& settings, http::request& head) {
  drop_base(settings.http.base_path, head);
  bool forwarded = std::any_of(head.headers.begin(), head.headers.end(), [](const http::header& h) {
    return same_name(h.name, forwarded_for) || same_name(h.name, forwarded_proto);
  });
  if (!forwarded)
    return;
  std::vector<ip_network> trusted;
  for (const auto& text : settings.http.trusted_proxies)
    if (auto network = parse_network(text))
      trusted.push_back(*network);
  auto peer = parse_address(head.remote_address);
  if (peer && within(trusted, *peer))
    believe(trusted, head);
  else
    take_away(head);
}

bool is_secure(const config::settings& settings, const http::request& req) {
  return settings.http.public_url.starts_with("https://") ||
         req.header_or("X-Forwarded-Proto") == "https";
}

std::string outside_path(const config::settings& settings, const std::string& path) {
  return settings.http.base_path + path;
}

} // namespace ringmaster::net
