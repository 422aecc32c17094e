#include "wire/carrier_signature.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "wire/digest.hpp"
#include "wire/form_reader.hpp"
#include "wire/keyed_hash.hpp"

namespace ringmaster::wire {

namespace {

/// The second half of the signed text: names and values in byte order, equal pairs once. Both
/// buffers belong to the thread and keep their memory.
std::string_view sorted_text(const fields& params) {
  thread_local std::vector<std::uint32_t> order;
  thread_local std::string text;
  order.resize(params.size());
  for (std::uint32_t i = 0; i < order.size(); ++i)
    order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return params[a] < params[b];
  });
  text.clear();
  const std::pair<std::string, std::string>* last = nullptr;
  for (auto i : order) {
    const auto& pair = params[i];
    if (last != nullptr && *last == pair)
      continue;
    last = &pair;
    text += pair.first;
    text += pair.second;
  }
  return text;
}

std::array<std::uint8_t, 20> mac_of(
  std::string_view token, std::span<const std::string_view> pieces) {
  return hmac_sha1(token, pieces);
}

/// Where the port stands in a URL, or could stand.
struct port_place {
  std::size_t begin = 0; ///< of `:port`, or where it would be inserted
  std::size_t size = 0;  ///< with the colon; 0 if there is no port
  std::string_view standard;
};

std::optional<port_place> find_port(std::string_view url) {
  auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos)
    return std::nullopt;
  auto scheme = url.substr(0, scheme_end);
  port_place place;
  if (scheme == "https" || scheme == "wss")
    place.standard = ":443";
  else if (scheme == "http" || scheme == "ws")
    place.standard = ":80";
  else
    return std::nullopt;
  auto begin = scheme_end + 3;
  auto end = std::min(url.find_first_of("/?#", begin), url.size());
  auto authority = url.substr(begin, end - begin);
  auto host = authority.rfind('@');
  host = host == std::string_view::npos ? 0 : host + 1;
  auto colon = authority.rfind(':');
  auto bracket = authority.rfind(']'); // of an IPv6 address, whose colons are not the port's
  bool has_port = colon != std::string_view::npos && colon >= host &&
                  (bracket == std::string_view::npos || colon > bracket);
  place.begin = begin + (has_port ? colon : authority.size());
  place.size = has_port ? authority.size() - colon : 0;
  return place;
}

/// Tries the URL as written, then the other spelling of the port.
bool fits(
  const std::vector<std::string>& auth_tokens, std::string_view url, std::string_view params,
  std::string_view signature) {
  auto wanted = from_base64(signature);
  if (!wanted || wanted->size() != 20)
    return false;
  auto matches = [&](std::span<const std::string_view> pieces) {
    bool found = false;
    for (const auto& token : auth_tokens) {
      if (token.empty())
        continue; // a missing token must not become a key that everybody knows
      auto mac = mac_of(token, pieces);
      found |= equal_constant_time(
        std::string_view(reinterpret_cast<const char*>(mac.data()), mac.size()), *wanted);
    }
    return found;
  };
  if (matches(std::array{url, params}))
    return true;
  auto place = find_port(url);
  if (!place)
    return false;
  return matches(std::array{
    url.substr(0, place->begin), place->size == 0 ? place->standard : std::string_view{},
    url.substr(place->begin + place->size), params});
}

} // namespace

std::string sign(std::string_view auth_token, std::string_view url, const fields& params) {
  return to_base64(mac_of(auth_token, std::array{url, sorted_text(params)}));
}

bool verify(
  const std::vector<std::string>& auth_tokens, std::string_view url, const fields& params,
  std::string_view signature) {
  return fits(auth_tokens, url, sorted_text(params), signature);
}

bool verify_json(
  const std::vector<std::string>& auth_tokens, std::string_view url, std::string_view raw_body,
  std::string_view signature) {
  auto query = url.find('?');
  if (query == std::string_view::npos)
    return false;
  constexpr std::string_view name = "bodySHA256=";
  std::optional<std::string_view> hash;
  for (auto at = query + 1; at <= url.size();) {
    auto end = std::min(url.find('&', at), url.size());
    auto pair = url.substr(at, end - at);
    if (pair.starts_with(name)) {
      if (hash)
        return false; // two of them: which one was meant cannot be told
      hash = pair.substr(name.size());
    }
    at = end + 1;
  }
  if (!hash || !equal_constant_time(*hash, to_hex(sha256(raw_body))))
    return false;
  return fits(auth_tokens, url, {}, signature);
}

bool verify_form(
  const std::vector<std::string>& auth_tokens, std::string_view url, std::string_view form_body,
  std::string_view signature, fields& decoded) {
  constexpr std::size_t fields_max = 256;
  if (!read_form(form_body, fields_max, decoded)) {
    decoded.clear();
    return false;
  }
  return fits(auth_tokens, url, sorted_text(decoded), signature);
}

} // namespace ringmaster::wire
