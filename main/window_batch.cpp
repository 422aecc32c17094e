#include "main/window_batch.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <unordered_map>
#include <utility>

#include <unistd.h>

#include "domain/time.hpp"
#include "domain/window.hpp"

namespace ringmaster {

namespace {

constexpr std::size_t windows_max = 10'000;
constexpr std::size_t chunk = 1024 * 1024; // also the longest line

// -- writing -----------------------------------------------------------------------------------------

void append_quoted(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  out += '"';
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += hex[byte >> 4];
      out += hex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_instant(std::string& out, std::string_view name, const std::optional<instant>& t) {
  out += name;
  if (t) {
    out += '"';
    out += to_rfc3339(*t);
    out += '"';
  } else {
    out += "null";
  }
}

void append_reading(std::string& out, const window_reading& r) {
  out += r.open ? R"({"allowed":true,"reason":)" : R"({"allowed":false,"reason":)";
  append_quoted(out, r.reason);
  append_instant(out, R"(,"next_open_at":)", r.next_open_at);
  append_instant(out, R"(,"closes_at":)", r.closes_at);
  out += "}\n";
}

void append_refusal(std::string& out, std::string_view reason) {
  out += R"({"allowed":false,"reason":)";
  append_quoted(out, reason);
  out += R"(,"next_open_at":null,"closes_at":null})";
  out += '\n';
}

std::string describe(const error& why) {
  if (why.fields.empty())
    return why.detail;
  std::string text;
  for (const auto& f : why.fields) {
    if (!text.empty())
      text += "; ";
    text += f.pointer.empty() ? f.message : f.pointer.substr(1) + ": " + f.message;
  }
  return text;
}

// -- reading -----------------------------------------------------------------------------------------

/// The members of one case. The texts live until the parser reads the next line.
struct window_case {
  std::optional<std::string_view> timezone, start, end, at;
  bool has_days = false;
};

/// Splits "mon,tue" into `days`.
void split_days(std::string_view text, std::vector<std::string>& days) {
  while (true) {
    auto comma = text.find(',');
    auto day = text.substr(0, comma);
    while (!day.empty() && day.front() == ' ')
      day.remove_prefix(1);
    while (!day.empty() && day.back() == ' ')
      day.remove_suffix(1);
    days.emplace_back(day);
    if (comma == std::string_view::npos)
      return;
    text.remove_prefix(comma + 1);
  }
}

struct text_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

} // namespace

struct window_batch::impl {
  simdjson::ondemand::parser parser;
  std::unordered_map<std::string, result<calling_window>, text_hash, std::equal_to<>> windows;
  std::vector<std::string> days;
  std::string key;

  /// The reason why the line is no case; empty when it was read.
  std::string_view read(std::string_view line, window_case& into);
  std::string_view read_days(simdjson::ondemand::value value);
  const result<calling_window>& find(const window_case& c);
};

std::string_view window_batch::impl::read_days(simdjson::ondemand::value value) {
  constexpr std::string_view wrong = "allowed_days_of_week must be a list of day names";
  simdjson::ondemand::json_type kind;
  if (value.type().get(kind))
    return wrong;
  if (kind == simdjson::ondemand::json_type::string) {
    std::string_view text;
    if (value.get_string().get(text))
      return wrong;
    split_days(text, days);
    return {};
  }
  simdjson::ondemand::array list;
  if (value.get_array().get(list))
    return wrong;
  for (auto member : list) {
    std::string_view day;
    if (member.get_string().get(day))
      return wrong;
    days.emplace_back(day);
  }
  return {};
}

std::string_view window_batch::impl::read(std::string_view line, window_case& into) {
  constexpr std::string_view broken = "the line is not a JSON object";
  days.clear();
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  simdjson::padded_string_view padded(line.data(), line.size(), line.size() + slack());
  if (parser.iterate(padded).get(document) || document.get_object().get(object))
    return broken;
  for (auto member : object) {
    simdjson::ondemand::field field;
    std::string_view name;
    if (std::move(member).get(field) || field.unescaped_key().get(name))
      return broken;
    if (name == "allowed_days_of_week") {
      if (into.has_days)
        return "a member stands twice";
      into.has_days = true;
      if (auto wrong = read_days(field.value()); !wrong.empty())
        return wrong;
      continue;
    }
    auto* place = name == "timezone"                  ? &into.timezone
                  : name == "allowed_call_start_time" ? &into.start
                  : name == "allowed_call_end_time"   ? &into.end
                  : name == "at"                      ? &into.at
                                                      : nullptr;
    if (!place)
      continue;
    if (*place)
      return "a member stands twice";
    bool is_null = false;
    if (place == &into.at && !field.value().is_null().get(is_null) && is_null)
      continue;
    std::string_view text;
    if (field.value().get_string().get(text))
      return "timezone, times and at must be texts";
    *place = text;
  }
  const char* rest = nullptr;
  if (document.current_location().get(rest) == simdjson::SUCCESS && rest < line.data() + line.size())
    return broken;
  if (!into.timezone || !into.start || !into.end || !into.has_days)
    return "timezone, allowed_call_start_time, allowed_call_end_time and allowed_days_of_week are "
           "needed";
  return {};
}

const result<calling_window>& window_batch::impl::find(const window_case& c) {
  key.assign(*c.timezone);
  for (auto text : {*c.start, *c.end}) {
    key += '\0';
    key += text;
  }
  for (const auto& day : days) {
    key += '\0';
    key += day;
  }
  if (auto known = windows.find(std::string_view{key}); known != windows.end())
    return known->second;
  if (windows.size() >= windows_max)
    windows.clear();
  return windows.emplace(key, calling_window::parse(*c.timezone, *c.start, *c.end, days))
    .first->second;
}

window_batch::window_batch() : impl_(std::make_unique<impl>()) {}
window_batch::~window_batch() = default;

std::size_t window_batch::slack() { return simdjson::SIMDJSON_PADDING; }

void window_batch::answer(std::string_view line, instant now, std::string& out) {
  window_case c;
  if (auto wrong = impl_->read(line, c); !wrong.empty())
    return append_refusal(out, wrong);
  if (c.at) {
    auto at = parse_rfc3339(*c.at);
    if (!at)
      return append_refusal(out, "at: " + describe(at.error()));
    now = *at;
  }
  const auto& window = impl_->find(c);
  if (!window)
    return append_refusal(out, describe(window.error()));
  append_reading(out, window->read(now));
}

// -- descriptors ---------------------------------------------------------------------------------------

namespace {

result<void> write_all(int out, std::string_view text) {
  while (!text.empty()) {
    auto n = ::write(out, text.data(), text.size());
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return fail(errc::unavailable, std::string{"cannot write: "} + std::strerror(errno));
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

} // namespace

result<void> run_window_batch(int in, int out, const std::function<instant()>& now) {
  window_batch batch;
  std::vector<char> buffer(2 * chunk + window_batch::slack());
  std::size_t used = 0;
  bool overlong = false; // the rest of a line that was refused is still coming in
  bool more = true;
  std::string answers;
  while (more) {
    auto n = ::read(in, buffer.data() + used, chunk);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return fail(errc::unavailable, std::string{"cannot read: "} + std::strerror(errno));
    more = n > 0;
    used += static_cast<std::size_t>(n);
    if (!more && used > 0 && buffer[used - 1] != '\n')
      buffer[used++] = '\n';
    const auto at = now();
    std::size_t begin = 0;
    while (begin < used) {
      auto* end = static_cast<char*>(std::memchr(buffer.data() + begin, '\n', used - begin));
      if (!end)
        break;
      std::string_view line(buffer.data() + begin, static_cast<std::size_t>(end - buffer.data()) - begin);
      begin += line.size() + 1;
      if (std::exchange(overlong, false))
        continue;
      if (!is_blank(line))
        batch.answer(line, at, answers);
    }
    used -= begin;
    std::memmove(buffer.data(), buffer.data() + begin, used);
    if (used >= chunk) {
      if (!overlong)
        append_refusal(answers, "the line is longer than one MiB");
      overlong = true;
      used = 0;
    } else if (overlong) {
      used = 0;
    }
    if (auto written = write_all(out, answers); !written)
      return written;
    answers.clear();
  }
  return {};
}

} // namespace ringmaster
