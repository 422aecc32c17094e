#include "net/twilio/document.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "net/twilio/heard.hpp"
#include "net/twilio/voice.hpp"
#include "wire/callback_token.hpp"
#include "wire/twiml.hpp"

namespace ringmaster::net::twilio {

namespace {

constexpr std::size_t document_max = 64 * 1024; // the carrier reads no more

/// How the carrier repeats what failed: a document is waited for, news is not.
constexpr std::string_view while_heard = "#rc=2&rp=ct,5xx";
constexpr std::string_view until_taken = "#rc=5&rp=all&ct=2000&rt=5000";

/// The carrier counts whole seconds from the end of the prompt.
unsigned listening_seconds(std::chrono::milliseconds span) {
  auto seconds = std::chrono::ceil<std::chrono::seconds>(span).count();
  return static_cast<unsigned>(std::clamp<long long>(seconds, 1, 60));
}

std::string hang_up() {
  wire::twiml t;
  return t.hangup().str();
}

std::string socket_url(const line_place& at, std::int32_t session) {
  auto url = at.public_url;
  if (url.starts_with("http"))
    url.replace(0, 4, "ws"); // https becomes wss
  return url + "/api/relay/" +
         wire::write_relay_token(at.callback_key, at.user, at.attempt, session);
}

std::vector<std::string> pieces_of(const std::vector<std::string>& texts) {
  std::vector<std::string> all;
  for (const auto& text : texts)
    for (auto& piece : cut_for_speech(text))
      all.push_back(std::move(piece));
  return all;
}

} // namespace

std::string line_place::hook(std::string_view kind) const {
  return public_url + "/api/webhooks/" + std::string(kind) + "/" +
         wire::write_callback_token(callback_key, user, attempt);
}

line_place place_of(const services& svc, verified& seen) {
  constexpr std::size_t number_max = 32;
  line_place at;
  at.public_url = public_url(svc);
  at.callback_key = svc.callback_key;
  at.user = seen.news.user;
  at.attempt = seen.news.attempt;
  at.language = svc.settings.talk.language;
  at.voice = svc.settings.talk.voice;
  at.may_record = svc.settings.calling.recording;
  auto from = seen.value("From", number_max);
  if (from.size() > 1 && from.front() == '+' &&
      from.find_first_not_of("0123456789", 1) == std::string_view::npos)
    at.caller_id = from;
  return at;
}

std::optional<document_number> read_document_number(std::string_view text) {
  constexpr std::int32_t number_max = 1'000'000;
  document_number n;
  auto end = text.data() + text.size();
  auto [stopped, code] = std::from_chars(text.data(), end, n.number);
  if (code != std::errc() || n.number < 0 || n.number > number_max)
    return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(stopped - text.data()));
  if (text.starts_with('w')) {
    n.waiting = true;
    text.remove_prefix(1);
  }
  if (text.starts_with('r')) {
    n.again = true;
    text.remove_prefix(1);
  }
  if (!text.empty())
    return std::nullopt;
  return n;
}

std::string write_document_number(const document_number& n) {
  return std::to_string(n.number) + (n.waiting ? "w" : "") + (n.again ? "r" : "");
}

std::string write_document(const line_document& doc, const line_place& at) {
  using next = line_document::next;
  auto back = [&](bool waiting) {
    document_number n;
    n.number = doc.number;
    n.waiting = waiting;
    return at.hook("gather") + "/" + write_document_number(n) + std::string(while_heard);
  };
  wire::twiml t;
  if (doc.record && at.may_record)
    t.start_recording(at.hook("recording") + std::string(until_taken));
  auto texts = pieces_of(doc.say);
  // Keys are pressed when the text is over, so it stands before them too.
  bool inside = doc.then == next::listen && doc.interruptible && doc.press.empty();
  if (!inside)
    for (const auto& text : texts)
      t.say(text, at.language, at.voice);
  t.play_keys(doc.press);
  switch (doc.then) {
  case next::listen: {
    wire::twiml::gather g;
    g.action = back(false);
    g.timeout_seconds = listening_seconds(doc.listen_for);
    g.language = at.language;
    g.voice = at.voice;
    if (inside)
      g.more = std::move(texts);
    t.listen(g).redirect(back(false));
    break;
  }
  case next::again:
    t.redirect(back(true));
    break;
  case next::hang_up:
    t.hangup();
    break;
  case next::connect:
    t.dial(doc.to.reveal(), at.caller_id).hangup();
    break;
  case next::relay: {
    wire::twiml::relay r;
    r.url = socket_url(at, doc.session);
    r.action = at.hook("relay-action") + std::string(while_heard);
    r.language = at.language;
    t.connect(r).hangup();
    break;
  }
  }
  auto document = t.str();
  return document.size() <= document_max ? document : hang_up();
}

std::string apologize(const line_place& at) {
  wire::twiml t;
  return t.say("I am sorry, I cannot go on with this call now. Goodbye.", at.language, at.voice)
      .hangup()
      .str();
}

std::string come_again(std::string_view url) {
  wire::twiml t;
  return t.pause(1).redirect(url).str();
}

http::response say(std::string document) {
  http::response out;
  out.content_type = "text/xml";
  out.body = std::move(document);
  return out;
}

} // namespace ringmaster::net::twilio
