#include "net/twilio/webhook.hpp"

#include <charconv>
#include <utility>

#include "net/ask.hpp"
#include "net/json.hpp"
#include "wire/callback_token.hpp"
#include "wire/carrier_signature.hpp"

namespace ringmaster::net::twilio {

namespace {

constexpr std::string_view form_type = "application/x-www-form-urlencoded";

bool is_form(const http::request& req) {
  auto type = req.header_or("Content-Type");
  type = type.substr(0, type.find(';'));
  while (!type.empty() && type.back() == ' ')
    type.remove_suffix(1);
  return type == form_type;
}

/// The fields of a callback that matter here. A name that is there twice makes the form unusable.
struct callback_form {
  const std::string* call_sid = nullptr;
  const std::string* account_sid = nullptr;
  const std::string* call_status = nullptr;
  const std::string* sequence_number = nullptr;
  const std::string* call_duration = nullptr;
  const std::string* answered_by = nullptr;
  bool usable = true;

  explicit callback_form(const wire::fields& all) {
    for (const auto& [name, value] : all) {
      auto place = place_of(name);
      if (!place)
        continue;
      usable = usable && !*place && value.size() <= 256 && valid_utf8(value);
      *place = &value;
    }
  }

  const std::string** place_of(std::string_view name) {
    if (name == "CallSid")
      return &call_sid;
    if (name == "AccountSid")
      return &account_sid;
    if (name == "CallStatus")
      return &call_status;
    if (name == "SequenceNumber")
      return &sequence_number;
    if (name == "CallDuration")
      return &call_duration;
    if (name == "AnsweredBy")
      return &answered_by;
    return nullptr;
  }
};

/// An optional number in a form; empty counts as absent. False if it is there and none.
bool read_count(const std::string* text, std::int32_t most, std::optional<std::int32_t>& into) {
  if (!text || text->empty())
    return true;
  std::int32_t number = 0;
  auto end = text->data() + text->size();
  auto [stopped, code] = std::from_chars(text->data(), end, number);
  if (code != std::errc() || stopped != end || number < 0 || number > most)
    return false;
  into = number;
  return true;
}

/// False if the form is not what a callback looks like.
bool read_news(
    services& svc, const wire::fields& fields, std::string_view kind,
    change::record_callback& news) {
  callback_form form(fields);
  bool stateless = kind == "amd" || kind == "recording";
  if (!form.usable || !form.call_sid || !form.account_sid || (!form.call_status && !stateless))
    return false;
  auto sid = call_sid::parse(*form.call_sid);
  if (!sid || *form.account_sid != svc.settings.carrier.account_sid)
    return false;
  if (!read_count(form.sequence_number, 1'000'000, news.sequence) ||
      !read_count(form.call_duration, 10'000'000, news.duration_seconds))
    return false;
  if (form.answered_by)
    news.answered_by = *form.answered_by;
  news.kind = kind;
  news.sid = std::move(*sid);
  if (form.call_status)
    news.news = call::parse_status(*form.call_status);
  if (form.call_status && !news.news)
    svc.hooks.unknown_status.fetch_add(1, std::memory_order_relaxed);
  return true;
}

} // namespace

verified verify(exchange& x, std::string_view token, std::string_view kind) {
  auto& svc = x.svc;
  auto& req = x.req;
  verified out;
  auto subject = wire::read_callback_token(svc.callback_key, token);
  // Our callback URLs have no query. With one, the text that is signed could be cut elsewhere.
  if (!subject || req.target.find('?') != std::string::npos) {
    out.why = doubt::token;
    return out;
  }
  // Whose call it is about is certain from here on; whether the carrier sent it is not.
  auto& note = x.hook.emplace();
  note.user = subject->user;
  note.attempt = subject->attempt;
  note.kind = kind;
  note.at = req.received_at;
  auto turned_away = [&](std::string_view verdict) {
    note.verdict = verdict;
    if (valid_utf8(req.body) && req.body.find('\0') == std::string::npos)
      note.body = req.body.substr(0, hook_log::body_most);
    while (!valid_utf8(note.body))
      note.body.pop_back(); // a character that was cut
  };
  auto signature = req.header_or("X-Twilio-Signature");
  thread_local wire::fields fields;
  auto url = public_url(svc) + req.target;
  if (signature.empty() || !is_form(req) ||
      !wire::verify_form(svc.hook_tokens(), url, req.body, signature, fields)) {
    out.why = doubt::signature;
    turned_away("bad_signature");
    return out;
  }
  if (!valid_utf8(req.body) || !read_news(svc, fields, kind, out.news)) {
    out.why = doubt::shape;
    turned_away("malformed");
    return out;
  }
  note.verdict = "accepted";
  note.sid = out.news.sid;
  note.news = out.news.news;
  note.sequence = out.news.sequence;
  out.news.user = subject->user;
  out.news.attempt = subject->attempt;
  out.news.raw = std::move(req.body);
  out.news.received_at = req.received_at;
  if (kind != "status")
    out.form = std::move(fields);
  return out;
}

std::string_view verified::value(std::string_view name, std::size_t most) {
  std::string_view found;
  bool there = false;
  for (const auto& [key, text] : form) {
    if (key != name)
      continue;
    if (there || text.size() > most || !valid_utf8(text))
      why = doubt::shape;
    else
      found = text;
    there = true;
  }
  return found;
}

std::string public_url(const services& svc) {
  auto url = svc.settings.http.public_url;
  while (url.ends_with('/'))
    url.pop_back();
  return url;
}

void count_stored(services& svc, std::string_view kind) {
  auto& h = svc.hooks;
  auto& one = kind == "status"      ? h.status
              : kind == "voice"     ? h.voice
              : kind == "gather"    ? h.gather
              : kind == "amd"       ? h.amd
              : kind == "recording" ? h.recording
                                    : h.relay;
  one.fetch_add(1, std::memory_order_relaxed);
  h.accepted.fetch_add(1, std::memory_order_relaxed);
}

asio::awaitable<std::optional<http::response>>
store(services& svc, change::record_callback news, bool& gone) {
  auto kind = news.kind;
  auto stored = co_await ask<callback_recorded>(svc.engine, std::move(news));
  gone = !stored && stored.error().code == errc::not_found;
  std::optional<http::response> answer;
  if (!stored && !gone)
    answer = not_stored(svc, stored.error());
  else
    count_stored(svc, kind);
  co_return answer;
}

http::response turn_away(services& svc, doubt why) {
  auto& counter = why == doubt::token       ? svc.hooks.bad_token
                  : why == doubt::signature ? svc.hooks.bad_signature
                                            : svc.hooks.malformed;
  counter.fetch_add(1, std::memory_order_relaxed);
  http::response out;
  out.status = why == doubt::shape ? 400 : 403;
  return out;
}

http::response not_stored(services& svc, const error& why) {
  svc.hooks.unavailable.fetch_add(1, std::memory_order_relaxed);
  http::response out;
  out.status = why.code == errc::unavailable ? 503 : 500;
  if (out.status == 503)
    out.headers.push_back(
        {"Retry-After", std::to_string(why.retry_after.value_or(std::chrono::seconds(1)).count())});
  return out;
}

asio::awaitable<http::response> take_status(exchange& x) {
  auto seen = verify(x, x.values[0], "status");
  if (seen.why != doubt::none)
    co_return turn_away(x.svc, seen.why);
  // A call of an attempt that is gone is nobody's news; the carrier need not come again.
  bool gone = false;
  auto failed = co_await store(x.svc, std::move(seen.news), gone);
  if (failed)
    co_return std::move(*failed);
  http::response out;
  out.status = 204;
  co_return out;
}

} // namespace ringmaster::net::twilio
