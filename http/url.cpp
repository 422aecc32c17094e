#include "http/client.hpp"

#include <algorithm>

#include "http/names.hpp"

namespace ringmaster::http {

std::string url::authority() const {
  auto shown = host.find(':') != std::string::npos ? "[" + host + "]" : host;
  return port == (tls ? "443" : "80") ? shown : shown + ":" + port;
}

result<url> parse_url(std::string_view text) {
  auto refuse = [](std::string detail) { return fail(errc::invalid, std::move(detail)); };
  auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos)
    return refuse("the URL has no scheme");
  url parsed;
  auto scheme = text.substr(0, scheme_end);
  if (same_name(scheme, "https"))
    parsed.tls = true;
  else if (!same_name(scheme, "http"))
    return refuse("the URL is neither http nor https");
  auto rest = text.substr(scheme_end + 3);
  for (auto c : rest)
    if (c <= ' ' || c >= '\x7f' || c == '\\')
      return refuse("the URL has characters that must be escaped");
  rest = rest.substr(0, rest.find('#'));
  auto authority = rest.substr(0, rest.find_first_of("/?"));
  rest.remove_prefix(authority.size());
  if (authority.find('@') != std::string_view::npos)
    return refuse("credentials in a URL are not taken");
  if (authority.starts_with('[')) {
    auto end = authority.find(']');
    if (end == std::string_view::npos)
      return refuse("the URL has a broken IPv6 address");
    parsed.host = authority.substr(1, end - 1);
    authority.remove_prefix(end + 1);
    if (
      parsed.host.find(':') == std::string::npos ||
      parsed.host.find_first_not_of("0123456789abcdefABCDEF:.") != std::string::npos)
      return refuse("the URL has a broken IPv6 address");
  } else {
    auto colon = std::min(authority.find(':'), authority.size());
    parsed.host = authority.substr(0, colon);
    authority.remove_prefix(colon);
    auto allowed = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
             c == '_';
    };
    if (!std::all_of(parsed.host.begin(), parsed.host.end(), allowed))
      return refuse("the URL has a broken host name");
  }
  if (parsed.host.empty())
    return refuse("the URL has no host");
  if (authority.empty()) {
    parsed.port = parsed.tls ? "443" : "80";
  } else {
    if (authority.front() != ':' || authority.size() > 6)
      return refuse("the URL has a broken port");
    authority.remove_prefix(1);
    unsigned number = 0;
    for (auto c : authority) {
      if (c < '0' || c > '9')
        return refuse("the URL has a broken port");
      number = number * 10 + static_cast<unsigned>(c - '0');
    }
    if (number == 0 || number > 65535)
      return refuse("the URL has a broken port");
    parsed.port = std::to_string(number);
  }
  if (!rest.empty())
    parsed.target = (rest.front() == '?' ? "/" : "") + std::string(rest);
  return parsed;
}

} // namespace ringmaster::http
