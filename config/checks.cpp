#include "config/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <numeric>
#include <vector>

#include "domain/network.hpp"

namespace ringmaster::config {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string one_of(const std::vector<std::string_view>& words) {
  std::string text = "must be one of ";
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0)
      text += ", ";
    text += words[i].empty() ? "empty" : words[i];
  }
  return text;
}

std::optional<std::string>
check_word(std::string_view text, const std::vector<std::string_view>& words) {
  if (std::find(words.begin(), words.end(), text) != words.end())
    return std::nullopt;
  return one_of(words);
}

} // namespace

std::optional<address> read_address(std::string_view text) {
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  auto host = text.substr(0, colon);
  auto port_text = text.substr(colon + 1);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos)
    return std::nullopt;
  std::uint16_t port = 0;
  auto [end, problem] =
    std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (
    problem != std::errc{} || end != port_text.data() + port_text.size() || host.empty() ||
    host.find_first_of(" \t/@") != std::string_view::npos)
    return std::nullopt;
  return address{std::string{host}, port};
}

bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "::1")
    return true;
  // Dotted form only: a name such as 127.example.com is no loopback address.
  return host.substr(0, 4) == "127." &&
         host.find_first_not_of("0123456789.") == std::string_view::npos &&
         std::count(host.begin(), host.end(), '.') == 3;
}

std::optional<std::string> check_listen(std::string_view text) {
  if (read_address(text))
    return std::nullopt;
  return "must be host:port, such as 127.0.0.1:8080 or [::1]:8080";
}

std::optional<std::string> check_optional_listen(std::string_view text) {
  return text.empty() ? std::nullopt : check_listen(text);
}

std::optional<std::string> check_url(std::string_view text) {
  auto rest = text;
  if (rest.substr(0, 8) == "https://")
    rest.remove_prefix(8);
  else if (rest.substr(0, 7) == "http://")
    rest.remove_prefix(7);
  else
    return "must begin with http:// or https://";
  auto host = rest.substr(0, rest.find('/'));
  if (host.empty() || host.front() == ':')
    return "names no host";
  if (rest.find_first_of("@?# \t\"<>\\") != std::string_view::npos)
    return "must have no user, query, fragment or space";
  if (rest.back() == '/')
    return "must not end with a slash";
  return std::nullopt;
}

std::optional<std::string> check_base_path(std::string_view text) {
  if (text.empty())
    return std::nullopt;
  auto fine = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '_' ||
           c == '.' || c == '~';
  };
  if (text.front() != '/' || text.back() == '/' || text.size() > 200)
    return "must begin with a slash and not end with one, such as /ringmaster";
  std::string first;
  for (auto rest = text; !rest.empty();) {
    rest.remove_prefix(1);
    auto segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(segment.size());
    bool dots = segment.find_first_not_of('.') == std::string_view::npos;
    if (dots || !std::all_of(segment.begin(), segment.end(), fine))
      return "must be made of letters, digits, -, _, . and ~ between single slashes";
    if (first.empty())
      first = segment;
  }
  // Requests come with and without the path, so it must not be the beginning of one of ours.
  for (std::string_view own : {"api", "assets", "docs", "healthz", "readyz", "metrics", "openapi.json", "style.css"})
    if (first == own)
      return "must not begin with /" + std::string{own} + ", which is a path of the engine itself";
  return std::nullopt;
}

std::optional<std::string> check_network(std::string_view text) {
  if (parse_network(text))
    return std::nullopt;
  return "must be addresses or ranges such as 127.0.0.1 or 10.0.0.0/8, with zeros behind the prefix";
}

std::optional<std::string> check_optional_url(std::string_view text) {
  return text.empty() ? std::nullopt : check_url(text);
}

std::string page_url(const settings& s) {
  auto url = s.http.public_url;
  while (url.ends_with('/'))
    url.pop_back();
  return s.http.base_path.empty() || url.ends_with(s.http.base_path) ? url : url + s.http.base_path;
}

bool keeps_secrets(std::string_view url) {
  constexpr std::string_view plain = "http://";
  if (url.substr(0, plain.size()) != plain)
    return true;
  auto host = std::string{url.substr(plain.size())};
  host = host.substr(0, host.find('/'));
  auto colon = host.rfind(':');
  bool has_port = colon != std::string::npos && host.back() != ']';
  auto where = read_address(has_port ? host : host + ":80");
  return where && is_loopback(where->host);
}

std::optional<std::string> check_provider_name(std::string_view text) {
  auto fine = [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_'; };
  if (
    !text.empty() && text.size() <= 32 && !is_digit(text[0]) && text[0] != '_' &&
    std::all_of(text.begin(), text.end(), fine))
    return std::nullopt;
  return "must be names of up to 32 small letters, digits and _, beginning with a letter";
}

std::optional<std::string> check_provider_kind(std::string_view text) {
  return check_word(text, {"", "openai", "gemini", "rules"});
}

std::optional<std::string> check_tokens_field(std::string_view text) {
  return check_word(text, {"max_tokens", "max_completion_tokens"});
}

std::optional<std::string> check_effort(std::string_view text) {
  return check_word(text, {"", "none", "minimal", "low", "medium", "high", "xhigh", "max"});
}

std::optional<std::string> check_database_url(std::string_view text) {
  if (
    text.empty() || text.substr(0, 13) == "postgresql://" || text.substr(0, 11) == "postgres://" ||
    text.find('=') != std::string_view::npos)
    return std::nullopt;
  return "must be empty, postgresql://… or key=value pairs";
}

std::optional<std::string> check_not_empty(std::string_view text) {
  if (text.empty())
    return "must not be empty";
  return std::nullopt;
}

std::optional<std::string> check_e164(std::string_view text) {
  bool fine = text.size() >= 8 && text.size() <= 16 && text[0] == '+' && text[1] != '0' &&
              std::all_of(text.begin() + 1, text.end(), is_digit);
  if (fine)
    return std::nullopt;
  return "must be numbers in E.164, such as +14155550100";
}

std::optional<std::string> check_country(std::string_view text) {
  auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (text.size() == 2 && upper(text[0]) && upper(text[1]))
    return std::nullopt;
  return "must be two-letter country codes in capitals, such as US";
}

std::optional<std::string> check_mode(std::string_view text) {
  return check_word(text, {"relay", "gather"});
}

std::optional<std::string> check_language(std::string_view text) {
  bool fits = text.size() >= 2 && text.size() <= 35 && text.front() != '-' && text.back() != '-';
  for (char c : text)
    fits = fits && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-');
  if (fits)
    return std::nullopt;
  return "must be a language tag such as en-US";
}

std::optional<std::string> check_log_level(std::string_view text) {
  return check_word(text, {"trace", "debug", "info", "warn", "error", "off"});
}

std::optional<std::string> check_log_format(std::string_view text) {
  return check_word(text, {"text", "json"});
}

std::optional<std::string> check_anything(std::string_view text) {
  auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::any_of(text.begin(), text.end(), control))
    return "must have no control characters";
  return std::nullopt;
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      auto above = row[j];
      row[j] = std::min({row[j - 1] + 1, above + 1, diagonal + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      diagonal = above;
    }
  }
  return row.back();
}

} // namespace ringmaster::config
