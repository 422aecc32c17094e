#include "http/answer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>

namespace ringmaster::http {

namespace {

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits;
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_safe(std::string& out, std::string_view text) {
  auto unsafe = [](char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f'; };
  if (std::none_of(text.begin(), text.end(), unsafe)) {
    out += text;
    return;
  }
  for (auto c : text)
    if (!unsafe(c))
      out += c;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  append_safe(out, name);
  out += ": ";
  append_safe(out, value);
  out += "\r\n";
}

} // namespace

std::string_view date_line::at(instant now) {
  auto second = std::chrono::system_clock::to_time_t(now);
  if (second != second_) {
    second_ = second;
    std::tm parts{};
    gmtime_r(&second, &parts);
    // Not strftime, whose names follow the locale.
    constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    auto two = [](int n) { return std::string{static_cast<char>('0' + n / 10), static_cast<char>('0' + n % 10)}; };
    text_ = std::string(days[static_cast<std::size_t>(parts.tm_wday)]) + ", " + two(parts.tm_mday) + ' ' +
            months[static_cast<std::size_t>(parts.tm_mon)] + ' ' + std::to_string(1900 + parts.tm_year) + ' ' +
            two(parts.tm_hour) + ':' + two(parts.tm_min) + ':' + two(parts.tm_sec) + " GMT";
  }
  return text_;
}

std::string_view reason_of(int status) {
  switch (status) {
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "Status";
  }
}

void append_head(
  std::string& out, const response& answer, framing_kind framing, bool close, bool body_follows,
  std::string_view date, std::string_view request_id) {
  auto status = answer.status >= 100 && answer.status <= 999 ? answer.status : 500;
  bool bodiless = status == 204 || status == 304 || status < 200;
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(status));
  out += ' ';
  out += reason_of(status);
  out += "\r\nDate: ";
  out += date;
  if (!request_id.empty()) {
    out += "\r\nX-Request-Id: ";
    out += request_id;
  }
  out += "\r\n";
  if (!bodiless) {
    if (body_follows)
      append_field(out, "Content-Type", answer.content_type);
    if (framing == framing_kind::length) {
      out += "Content-Length: ";
      append_number(out, answer.body.size());
      out += "\r\n";
    } else if (framing == framing_kind::chunked) {
      out += "Transfer-Encoding: chunked\r\n";
    }
  }
  for (const auto& field : answer.headers)
    append_field(out, field.name, field.value);
  if (close)
    out += "Connection: close\r\n";
  out += "\r\n";
}

bool sane_request_id(std::string_view text) {
  constexpr std::size_t longest = 64;
  return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}

std::string request_id_from(std::uint64_t number) {
  constexpr std::string_view digits = "0123456789abcdefghjkmnpqrstvwxyz";
  std::string text(13, '0');
  for (auto& c : text) {
    c = digits[number & 31];
    number >>= 5;
  }
  return text;
}

} // namespace ringmaster::http
