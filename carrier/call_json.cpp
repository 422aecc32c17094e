#include "carrier/call_json.hpp"

#include <array>
#include <cstdint>

#include "carrier/chance.hpp"
#include "carrier/refusal.hpp"
#include "domain/time.hpp"

namespace ringmaster::telco {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> subresources{{
  {"notifications", "Notifications"},
  {"recordings", "Recordings"},
  {"payments", "Payments"},
  {"events", "Events"},
  {"siprec", "Siprec"},
  {"streams", "Streams"},
  {"transcriptions", "Transcriptions"},
  {"user_defined_message_subscriptions", "UserDefinedMessageSubscriptions"},
  {"user_defined_messages", "UserDefinedMessages"},
}};

/// Some time passes between the end of a call and its price.
constexpr std::chrono::seconds price_delay{2};

/// Members of one object.
class object {
 public:
  explicit object(std::string& out) : out_(out) { out_ += '{'; }
  void text(std::string_view name, std::string_view value) {
    begin(name);
    append_json(out_, value);
  }
  void null(std::string_view name) {
    begin(name);
    out_ += "null";
  }
  void number(std::string_view name, std::uint64_t value) {
    begin(name);
    out_ += std::to_string(value);
  }
  void text_or_null(std::string_view name, std::string_view value) {
    value.empty() ? null(name) : text(name, value);
  }
  void time_or_null(std::string_view name, const std::optional<instant>& t) {
    t ? text(name, to_rfc2822(*t)) : null(name);
  }
  void begin(std::string_view name) {
    if (!first_)
      out_ += ',';
    first_ = false;
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }
  void end() { out_ += '}'; }

 private:
  std::string& out_;
  bool first_ = true;
};

/// `(415) 867-5309` for North American numbers; others as they are.
std::string formatted(std::string_view number) {
  if (number.size() != 12 || !number.starts_with("+1"))
    return std::string(number);
  std::string out = "(";
  out.append(number, 2, 3).append(") ").append(number, 5, 3).append("-").append(number, 8, 4);
  return out;
}

/// The same number always has the same sid.
std::string number_sid(std::string_view number) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out = "PN";
  for (std::uint64_t half = 0; half < 2; ++half) {
    auto bits = sub_seed(0, "PN", number, half);
    for (int i = 0; i < 16; ++i, bits >>= 4)
      out += digits[bits & 15];
  }
  return out;
}

std::string price_of(const call_record& c) {
  const auto minutes = (c.duration_seconds + 59) / 60;
  const auto hundredths = minutes * 140; // 0.0140 a minute
  auto fraction = std::to_string(hundredths % 10000);
  fraction.insert(0, 4 - fraction.size(), '0');
  return "-" + std::to_string(hundredths / 10000) + "." + fraction + "0";
}

std::string_view shown(call::status s) {
  return to_string(s == call::status::initiated ? call::status::queued : s);
}

} // namespace

void append_call(std::string& out, const call_record& c, std::string_view account, instant now) {
  std::string uri = "/2010-04-01/Accounts/";
  uri.append(account).append("/Calls/").append(c.sid);
  const bool completed = c.status == call::status::completed;
  object o(out);
  o.text("account_sid", account);
  o.text_or_null("answered_by", c.answered_by);
  o.text("api_version", "2010-04-01");
  o.null("caller_name");
  o.text("date_created", to_rfc2822(c.created_at));
  o.text("date_updated", to_rfc2822(c.updated_at));
  o.text("direction", "outbound-api");
  completed ? o.text("duration", std::to_string(c.duration_seconds)) : o.null("duration");
  o.time_or_null("end_time", c.ended_at);
  o.null("forwarded_from");
  o.text("from", c.order.from);
  o.text("from_formatted", formatted(c.order.from));
  o.null("group_sid");
  o.null("parent_call_sid");
  o.text("phone_number_sid", number_sid(c.order.from));
  completed && now >= *c.ended_at + price_delay ? o.text("price", price_of(c)) : o.null("price");
  o.text("price_unit", "USD");
  o.text("queue_time", std::to_string(c.queue_time.count()));
  o.text("sid", c.sid);
  o.time_or_null("start_time", c.started_at);
  o.text("status", shown(c.status));
  o.begin("subresource_uris");
  object uris(out);
  for (auto [name, path] : subresources) {
    uris.begin(name);
    out.append("\"").append(uri).append("/").append(path).append(".json\"");
  }
  uris.end();
  o.text("to", c.order.to);
  o.text("to_formatted", formatted(c.order.to));
  o.null("trunk_sid");
  o.text("uri", uri + ".json");
  o.end();
}

std::string write_page(
  const call_page& page, const call_filter& filter, std::string_view account,
  const wire::fields& query, std::string_view target, instant now) {
  // The filters as they came, without those that say which page.
  wire::fields filters;
  for (const auto& pair : query)
    if (pair.first != "Page" && pair.first != "PageToken" && pair.first != "PageSize")
      filters.push_back(pair);
  const auto size = std::to_string(filter.page_size);
  auto uri_of = [&](std::uint32_t number, std::optional<std::uint32_t> before) {
    auto pairs = filters;
    pairs.emplace_back("PageSize", size);
    pairs.emplace_back("Page", std::to_string(number));
    if (before)
      pairs.emplace_back("PageToken", write_page_token(*before));
    return "/2010-04-01/Accounts/" + std::string(account) + "/Calls.json?" + wire::write_form(pairs);
  };
  std::string out;
  out.reserve(512 + page.calls.size() * 2200);
  object o(out);
  o.begin("calls");
  out += '[';
  for (std::size_t i = 0; i < page.calls.size(); ++i) {
    if (i)
      out += ',';
    append_call(out, *page.calls[i], account, now);
  }
  out += ']';
  const auto count = static_cast<std::uint32_t>(page.calls.size());
  o.number("end", count == 0 ? page.start : page.start + count - 1);
  o.text("first_page_uri", uri_of(0, std::nullopt));
  page.next_before ? o.text("next_page_uri", uri_of(filter.page + 1, page.next_before))
                   : o.null("next_page_uri");
  o.number("page", filter.page);
  o.number("page_size", filter.page_size);
  // Pages are walked forward by token; only the first page can be told backwards.
  filter.page == 1 ? o.text("previous_page_uri", uri_of(0, std::nullopt))
                   : o.null("previous_page_uri");
  o.number("start", page.start);
  o.text("uri", target);
  o.end();
  return out;
}

} // namespace ringmaster::telco
