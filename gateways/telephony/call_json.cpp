#include "gateways/telephony/call_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include <simdjson.h>

#include "domain/time.hpp"

namespace ringmaster::telephony {

namespace {

namespace dom = simdjson::dom;

constexpr std::size_t depth_max = 32;
constexpr std::size_t text_max = 1024; ///< of one field; longer ones are none of ours

tl::unexpected<error> unreadable(std::string detail) {
  return fail(errc::malformed, "the carrier's answer cannot be read: " + std::move(detail));
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
  });
}

/// The fields that matter, each at most once. `take` answers false for a value it does not like.
template <std::size_t Size, class Take>
result<void> read_fields(
  dom::object from, const std::array<std::string_view, Size>& names, Take take) {
  std::array<bool, Size> seen{};
  for (auto [key, value] : from) {
    auto found = std::find(names.begin(), names.end(), key);
    if (found == names.end())
      continue;
    auto which = static_cast<std::size_t>(found - names.begin());
    if (std::exchange(seen[which], true))
      return unreadable(std::string(key) + " comes twice");
    if (!value.is_null() && !take(which, value))
      return unreadable(std::string(key) + " has a wrong value");
  }
  return {};
}

bool take_text(const dom::element& value, std::string& into) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS || text.size() > text_max || has_control(text))
    return false;
  into = text;
  return true;
}

/// Numbers come as text; a plain number is understood too.
bool take_number(const dom::element& value, std::optional<std::int64_t>& into) {
  std::int64_t number = 0;
  if (value.get(number) == simdjson::SUCCESS) {
    into = number;
    return true;
  }
  std::string text;
  if (!take_text(value, text))
    return false;
  if (text.empty())
    return true;
  auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end.ec != std::errc{} || end.ptr != text.data() + text.size())
    return false;
  into = number;
  return true;
}

bool take_time(const dom::element& value, std::optional<instant>& into) {
  std::string text;
  if (!take_text(value, text))
    return false;
  if (text.empty())
    return true;
  auto time = parse_rfc2822(text);
  if (!time)
    return false;
  into = *time;
  return true;
}

/// "-0.01400": a price is what it takes from the account. What is given back is none.
bool take_price(const dom::element& value, std::optional<std::int64_t>& into) {
  std::string text;
  if (!take_text(value, text))
    return false;
  if (text.starts_with('-'))
    into = parse_decimal(std::string_view(text).substr(1));
  else if (auto amount = parse_decimal(text); amount == 0)
    into = 0;
  return true;
}

result<call_resource> read_resource(dom::object from) {
  enum { sid, to, from_, direction, answered_by, parent, status, queue, created, started, ended, lasted, price, unit };
  static constexpr auto names = std::to_array<std::string_view>(
    {"sid", "to", "from", "direction", "answered_by", "parent_call_sid", "status", "queue_time", "date_created",
     "start_time", "end_time", "duration", "price", "price_unit"});
  call_resource made;
  std::optional<std::int64_t> queue_time, duration, micros;
  std::string currency = "USD";
  auto read = read_fields(from, names, [&](std::size_t which, const dom::element& value) {
    std::string text;
    switch (which) {
      case sid:
        if (!take_text(value, text))
          return false;
        made.sid = call_sid::parse(text);
        return made.sid.has_value();
      case to: return take_text(value, made.to);
      case from_: return take_text(value, made.from);
      case direction: return take_text(value, made.direction);
      case answered_by: return take_text(value, made.answered_by);
      case parent:
        if (!take_text(value, text))
          return false;
        made.has_parent = !text.empty();
        return true;
      case status:
        if (!take_text(value, text))
          return false;
        made.state = call::parse_status(text);
        return true;
      case queue: return take_number(value, queue_time) && queue_time.value_or(0) >= 0;
      case created: return take_time(value, made.created_at);
      case started: return take_time(value, made.started_at);
      case ended: return take_time(value, made.ended_at);
      case lasted: return take_number(value, duration) && duration.value_or(0) >= 0;
      case price: return take_price(value, micros);
      default: return take_text(value, currency);
    }
  });
  if (!read)
    return tl::unexpected(read.error());
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
  if (micros && is_currency(currency))
    made.price = money{*micros, currency};
  if (queue_time)
    made.queue_time = std::chrono::milliseconds(std::min(*queue_time, most));
  if (duration)
    made.duration_seconds = static_cast<std::int32_t>(std::min(*duration, most));
  return made;
}

} // namespace

struct answer_reader::impl {
  explicit impl(std::size_t size_max) : parser(size_max) {
    // The depth is told here; the capacity grows as answers need it.
    allocated = parser.allocate(64 * 1024, depth_max) == simdjson::SUCCESS;
  }

  result<dom::object> open(std::string_view body) {
    dom::object root;
    if (!allocated)
      return unreadable("no memory");
    if (auto failed = parser.parse(body.data(), body.size()).get(root))
      return unreadable(simdjson::error_message(failed));
    return root;
  }

  dom::parser parser;
  bool allocated = false;
};

answer_reader::answer_reader(std::size_t size_max) : impl_(std::make_unique<impl>(size_max)) {}

answer_reader::~answer_reader() = default;

result<call_resource> answer_reader::read_call(std::string_view body) {
  auto root = impl_->open(body);
  if (!root)
    return tl::unexpected(root.error());
  return read_resource(*root);
}

result<call_page> answer_reader::read_page(std::string_view body) {
  auto root = impl_->open(body);
  if (!root)
    return tl::unexpected(root.error());
  static constexpr auto names = std::to_array<std::string_view>({"calls", "next_page_uri"});
  call_page page;
  bool has_calls = false;
  std::optional<error> broken;
  auto read = read_fields(*root, names, [&](std::size_t which, const dom::element& value) {
    if (which == 1)
      return take_text(value, page.next);
    dom::array rows;
    if (value.get(rows) != simdjson::SUCCESS)
      return false;
    has_calls = true;
    for (auto row : rows) {
      dom::object one;
      if (row.get(one) != simdjson::SUCCESS)
        return false;
      auto resource = read_resource(one);
      if (!resource) {
        broken = std::move(resource.error());
        return false;
      }
      if (!resource->sid)
        return false;
      page.calls.push_back(std::move(*resource));
    }
    return true;
  });
  if (broken)
    return tl::unexpected(std::move(*broken));
  if (!read)
    return tl::unexpected(read.error());
  if (!has_calls)
    return unreadable("there is no list of calls");
  return page;
}

carrier_error answer_reader::read_error(std::string_view body) {
  carrier_error made;
  auto root = impl_->open(body);
  if (!root)
    return made;
  static constexpr auto names = std::to_array<std::string_view>({"code", "message"});
  std::optional<std::int64_t> code;
  auto read = read_fields(*root, names, [&](std::size_t which, const dom::element& value) {
    if (which == 0)
      return take_number(value, code);
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS)
      return false;
    made.message = text.substr(0, text_max);
    return true;
  });
  if (!read)
    return {};
  if (code && *code > 0 && *code <= std::numeric_limits<std::int32_t>::max())
    made.code = static_cast<std::int32_t>(*code);
  return made;
}

result<call_news> to_news(call_resource&& from) {
  if (!from.sid)
    return unreadable("the call has no id");
  if (!from.state)
    return unreadable("the status of the call is not known");
  call_news news;
  news.sid = std::move(*from.sid);
  news.state = *from.state;
  news.started_at = from.started_at;
  news.ended_at = from.ended_at;
  news.duration_seconds = from.duration_seconds;
  news.answered_by = std::move(from.answered_by);
  news.to = std::move(from.to);
  news.from = std::move(from.from);
  news.price = std::move(from.price);
  return news;
}

} // namespace ringmaster::telephony
