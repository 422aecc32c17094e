#include "http/head.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "http/names.hpp"
#include "wire/form_reader.hpp"
#include "wire/utf8.hpp"

namespace ringmaster::http {

namespace {

using characters = std::array<bool, 256>;

constexpr characters set_of(std::string_view others) {
  characters table{};
  for (int c = '0'; c <= '9'; ++c)
    table[static_cast<std::size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c)
    table[static_cast<std::size_t>(c)] = table[static_cast<std::size_t>(c - 32)] = true;
  for (auto c : others)
    table[static_cast<unsigned char>(c)] = true;
  return table;
}

constexpr characters token_characters = set_of("!#$%&'*+-.^_`|~");
constexpr characters host_characters = set_of(".-_~:[]");

bool all_of(std::string_view text, const characters& allowed) {
  return std::all_of(
    text.begin(), text.end(), [&](char c) { return allowed[static_cast<unsigned char>(c)]; });
}

bool visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool field_content(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    auto byte = static_cast<unsigned char>(c);
    return (byte >= ' ' && byte != 0x7f) || byte == '\t';
  });
}

tl::unexpected<refusal> refuse(int status, errc code, std::string detail) {
  return tl::unexpected<refusal>(
    refusal{status, error{.code = code, .detail = std::move(detail)}});
}

tl::unexpected<refusal> malformed(std::string detail) {
  return refuse(400, errc::malformed, std::move(detail));
}

method read_method(std::string_view text) {
  for (auto m : {method::get, method::post, method::head, method::put, method::patch,
                 method::delete_, method::options})
    if (text == to_string(m))
      return m;
  return method::other;
}

std::string_view without_spaces(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

/// A list such as the value of Connection: tokens and commas.
bool token_list(std::string_view value) {
  while (true) {
    auto comma = value.find(',');
    if (!all_of(without_spaces(value.substr(0, comma)), token_characters))
      return false;
    if (comma == std::string_view::npos)
      return true;
    value.remove_prefix(comma + 1);
  }
}

/// The headers that decide about framing and routing, as they are met.
struct framing {
  std::optional<std::string_view> host, length;
  bool transfer_encoding = false;
  bool two_hosts = false, two_lengths = false;
  bool strange_expectation = false;
  bool strange_connection = false;

  void see(std::string_view name, std::string_view value, parsed_head& into) {
    switch (name.size()) {
      case 4:
        if (same_name(name, "Host"))
          two_hosts = std::exchange(host, value).has_value() || two_hosts;
        break;
      case 6:
        if (same_name(name, "Expect")) {
          into.expects_continue = same_name(value, "100-continue");
          strange_expectation = strange_expectation || !into.expects_continue;
        }
        break;
      case 10:
        if (same_name(name, "Connection")) {
          into.close = into.close || lists_token(value, "close");
          strange_connection = strange_connection || !token_list(value);
        }
        break;
      case 14:
        if (same_name(name, "Content-Length"))
          two_lengths = std::exchange(length, value).has_value() || two_lengths;
        break;
      case 17:
        transfer_encoding = transfer_encoding || same_name(name, "Transfer-Encoding");
        break;
      default: break;
    }
  }
};

/// Absolute form is taken if it names the same authority as Host; what follows is the target.
result<std::string_view> origin_form(std::string_view target, std::optional<std::string_view> host) {
  if (target.starts_with('/'))
    return target;
  auto scheme = target.find("://");
  if (scheme == std::string_view::npos || !(same_name(target.substr(0, scheme), "http") ||
                                            same_name(target.substr(0, scheme), "https")))
    return fail(errc::malformed, "the request target is not a path");
  auto rest = target.substr(scheme + 3);
  auto end = std::min(rest.find_first_of("/?#"), rest.size());
  if (!host || !same_name(rest.substr(0, end), *host))
    return fail(errc::malformed, "the request target names another authority than Host");
  rest.remove_prefix(end);
  return rest;
}

} // namespace

head_look look_for_head(std::string_view bytes, std::size_t& scanned) {
  while (scanned < bytes.size()) {
    const auto* found = static_cast<const char*>(
      std::memchr(bytes.data() + scanned, '\n', bytes.size() - scanned));
    if (found == nullptr) {
      scanned = bytes.size();
      break;
    }
    auto at = static_cast<std::size_t>(found - bytes.data());
    if (at == 0 || bytes[at - 1] != '\r')
      return {head_look::state::broken, 0};
    scanned = at + 1;
    if (at >= 3 && bytes[at - 2] == '\n')
      return {head_look::state::complete, at + 1};
  }
  return {};
}

refusal too_long(std::string_view bytes, const limits& numbers) {
  auto first_line = std::min(bytes.find('\n'), bytes.size());
  constexpr std::size_t method_and_version = 32;
  if (first_line > numbers.target_bytes + method_and_version)
    return {414, error{.code = errc::too_large, .detail = "the request target is too long"}};
  return {431, error{.code = errc::too_large, .detail = "the header fields are too large"}};
}

result<parsed_target> parse_target(std::string_view target) {
  auto question = target.find('?');
  auto raw = target.substr(0, question);
  if (!raw.starts_with('/'))
    return fail(errc::malformed, "the path does not begin with a slash");
  if (!visible(target) || target.find('#') != std::string_view::npos)
    return fail(errc::malformed, "the request target has characters that must be escaped");
  for (auto at = raw.find('%'); at != std::string_view::npos; at = raw.find('%', at + 1)) {
    auto escape = raw.substr(at, 3);
    if (same_name(escape, "%2f") || same_name(escape, "%5c"))
      return fail(errc::malformed, "the path has an escaped slash or backslash");
  }
  parsed_target parsed;
  if (!wire::append_decoded(parsed.path, raw, false))
    return fail(errc::malformed, "the path has a broken escape or a NUL");
  const auto& path = parsed.path;
  if (!wire::valid_utf8(path))
    return fail(errc::malformed, "the path is not UTF-8");
  for (auto c : path)
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f' || c == '\\')
      return fail(errc::malformed, "the path has a control character or a backslash");
  for (std::size_t at = 0; at < path.size();) {
    auto next = std::min(path.find('/', at + 1), path.size());
    auto segment = std::string_view(path).substr(at + 1, next - at - 1);
    if (segment == "." || segment == ".." || (segment.empty() && next < path.size()))
      return fail(errc::malformed, "the path has a dot segment or a double slash");
    at = next;
  }
  if (question != std::string_view::npos)
    parsed.query = target.substr(question + 1);
  return parsed;
}

tl::expected<parsed_head, refusal> parse_head(std::string_view head, const limits& numbers) {
  if (head.size() > numbers.header_bytes)
    return tl::unexpected(too_long(head, numbers));
  auto next_line = [&head]() -> std::optional<std::string_view> {
    auto end = head.find("\r\n");
    if (end == std::string_view::npos)
      return std::nullopt;
    auto line = head.substr(0, end);
    head.remove_prefix(end + 2);
    return line;
  };

  // -- request line
  auto line = next_line();
  if (!line)
    return malformed("there is no request line");
  auto first = line->find(' ');
  auto last = line->rfind(' ');
  if (first == std::string_view::npos || first == last)
    return malformed("the request line has not three parts");
  auto verb = line->substr(0, first);
  auto target = line->substr(first + 1, last - first - 1);
  auto version = line->substr(last + 1);
  if (verb.empty() || !all_of(verb, token_characters))
    return malformed("the method is not a token");
  if (target.empty() || !visible(target))
    return malformed("the request target has characters that must be escaped");
  if (target.size() > numbers.target_bytes)
    return refuse(414, errc::too_large, "the request target is too long");
  parsed_head parsed;
  if (version == "HTTP/1.0") {
    parsed.version_1_0 = parsed.close = true;
  } else if (version != "HTTP/1.1") {
    auto digit = [&](std::size_t i) { return version[i] >= '0' && version[i] <= '9'; };
    if (version.size() == 8 && version.starts_with("HTTP/") && digit(5) && version[6] == '.' && digit(7))
      return refuse(505, errc::malformed, "only HTTP/1.1 and HTTP/1.0 are spoken here");
    return malformed("the request line does not end with an HTTP version");
  }

  // -- fields
  framing frame;
  auto& headers = parsed.req.headers;
  headers.reserve(16);
  for (std::size_t count = 0;; ++count) {
    line = next_line();
    if (!line)
      return malformed("the head has no end");
    if (line->empty())
      break;
    if (count == numbers.header_fields)
      return refuse(431, errc::too_large, "there are too many header fields");
    if (line->front() == ' ' || line->front() == '\t')
      return malformed("a header field is folded over two lines");
    auto colon = line->find(':');
    if (colon == std::string_view::npos || colon == 0)
      return malformed("a header field has no name");
    auto name = line->substr(0, colon);
    auto value = without_spaces(line->substr(colon + 1));
    if (!all_of(name, token_characters))
      return malformed("the name of a header field is not a token");
    if (!field_content(value))
      return malformed("a header field has a control character");
    frame.see(name, value, parsed);
    headers.push_back({std::string(name), std::string(value)});
  }
  if (!head.empty())
    return malformed("there are bytes after the head");

  // -- framing
  if (frame.transfer_encoding)
    return refuse(501, errc::malformed, "bodies are taken with Content-Length only");
  if (frame.strange_connection)
    return malformed("the Connection field is not a list of tokens");
  if (frame.two_hosts)
    return malformed("there are two Host fields");
  if (!frame.host && !parsed.version_1_0)
    return malformed("there is no Host field");
  if (frame.host && (frame.host->empty() || !all_of(*frame.host, host_characters)))
    return malformed("the Host field is not an authority");
  if (frame.two_lengths)
    return malformed("there are two Content-Length fields");
  if (frame.length) {
    constexpr std::size_t digits_max = 15;
    if (frame.length->empty() || frame.length->size() > digits_max)
      return malformed("the Content-Length is not a plain number");
    for (auto c : *frame.length) {
      if (c < '0' || c > '9')
        return malformed("the Content-Length is not a plain number");
      parsed.content_length = parsed.content_length * 10 + static_cast<std::size_t>(c - '0');
    }
    if (parsed.version_1_0 && parsed.content_length > 0)
      return malformed("HTTP/1.0 with a body is not taken");
  }
  if (frame.strange_expectation)
    return refuse(417, errc::malformed, "only the expectation 100-continue is met");

  // -- what is asked
  parsed.req.verb = read_method(verb);
  if (parsed.req.verb == method::other)
    return refuse(501, errc::method_not_allowed, "the method is not known");
  if (target == "*" && parsed.req.verb == method::options) {
    parsed.req.target = parsed.req.path = "*";
    return parsed;
  }
  auto origin = origin_form(target, frame.host);
  if (!origin)
    return tl::unexpected(refusal{400, std::move(origin.error())});
  auto& req = parsed.req;
  if (!origin->starts_with('/')) {
    if (!origin->empty() && !origin->starts_with('?'))
      return malformed("the request target has a fragment");
    req.target = "/";
  }
  req.target += *origin;
  auto split = parse_target(req.target);
  if (!split)
    return tl::unexpected(refusal{400, std::move(split.error())});
  req.path = std::move(split->path);
  req.query = std::move(split->query);
  return parsed;
}

} // namespace ringmaster::http
