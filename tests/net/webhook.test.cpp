#define CAF_SUITE net_webhook

#include <caf/test/unit_test.hpp>

#include <rapidcheck.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "net/twilio/voice.hpp"
#include "tests/net/rig.hpp"
#include "wire/callback_token.hpp"
#include "wire/carrier_signature.hpp"
#include "wire/form.hpp"

using namespace ringmaster;
using namespace ringmaster::net_tests;
using http::method;

namespace {

const std::string sid = "CA0123456789abcdef0123456789abcdef";
const std::string account = "AC0123456789abcdef0123456789abcdef";
const std::string auth_token = "0123456789abcdef0123456789abcdef";

struct hook_rig : rig {
  hook_rig() {
    attempt = attempt_id{desk.make_id()};
    token = wire::write_callback_token("callback key", ann, attempt);
    engine.record = [this](const change::record_callback& m) -> result<callback_recorded> {
      stored.push_back(m);
      return callback_recorded{};
    };
    engine.open = [this](const change::open_call& m) -> result<call_opened> {
      stored.push_back(m.callback);
      return opened;
    };
    opened.script = "Hello & welcome.";
    opened.how.style = talk::style::announcement;
    opened.timezone = "UTC";
    opened.start = "00:00";
    opened.end = "24:00";
    opened.days = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  }

  wire::fields form(const std::string& status = "ringing") const {
    return {{"CallSid", sid},      {"AccountSid", account},  {"CallStatus", status},
            {"SequenceNumber", "1"}, {"CalledCity", ""},       {"CallbackSource", "call-progress-events"},
            {"To", "+14155550100"},  {"Timestamp", "Tue, 03 Feb 2026 09:15:30 +0000"}};
  }
  std::string path(const std::string& kind = "call-status") const {
    return "/api/webhooks/" + kind + "/" + token;
  }
  http::response deliver(
    const std::string& target, const std::string& body, const std::string& signature,
    const std::string& type = "application/x-www-form-urlencoded") {
    return send(
      method::post, target, body, {{"Content-Type", type}, {"X-Twilio-Signature", signature}}, false);
  }
  /// Signed as the carrier would, over the public URL.
  http::response deliver(const wire::fields& fields, const std::string& kind = "call-status") {
    auto signature = wire::sign(auth_token, "https://engine.example.com" + path(kind), fields);
    return deliver(path(kind), wire::write_form(fields), signature);
  }

  attempt_id attempt;
  std::string token;
  std::vector<change::record_callback> stored;
  call_opened opened;
};

wire::fields with(wire::fields all, const std::string& name, std::optional<std::string> value) {
  std::erase_if(all, [&](const auto& f) { return f.first == name; });
  if (value)
    all.emplace_back(name, *value);
  return all;
}

} // namespace

CAF_TEST(a signed callback is stored with what it says) {
  hook_rig r;
  auto fields = with(with(r.form("completed"), "CallDuration", "42"), "AnsweredBy", "human");
  auto answer = r.deliver(fields);
  CAF_CHECK_EQUAL(answer.status, 204);
  CAF_CHECK(answer.body.empty());
  CAF_REQUIRE_EQUAL(r.stored.size(), 1u);
  const auto& news = r.stored[0];
  CAF_CHECK(news.user == r.ann);
  CAF_CHECK(news.attempt == r.attempt);
  CAF_CHECK_EQUAL(news.kind, "status");
  CAF_CHECK_EQUAL(news.sid.value, sid);
  CAF_CHECK(news.news == call::status::completed);
  CAF_CHECK(news.sequence == 1);
  CAF_CHECK(news.duration_seconds == 42);
  CAF_CHECK_EQUAL(news.answered_by, "human");
  CAF_CHECK_EQUAL(news.raw, wire::write_form(fields));
  CAF_CHECK_EQUAL(r.services.hooks.accepted.load(), 1u);
}

CAF_TEST(both forms of the port and both tokens are accepted) {
  hook_rig r;
  auto fields = r.form();
  auto body = wire::write_form(fields);
  auto with_port = wire::sign(auth_token, "https://engine.example.com:443" + r.path(), fields);
  CAF_CHECK_EQUAL(r.deliver(r.path(), body, with_port).status, 204);
  r.settings.carrier.previous_auth_token = config::secret("an older token");
  auto older = wire::sign("an older token", "https://engine.example.com" + r.path(), fields);
  CAF_CHECK_EQUAL(r.deliver(r.path(), body, older).status, 204);
}

CAF_TEST(a forged path is refused before the signature is looked at) {
  hook_rig r;
  auto fields = r.form();
  for (auto forged : {wire::write_callback_token("another key", r.ann, r.attempt), std::string(64, 'A'),
                      r.token.substr(1), std::string("x")}) {
    auto path = "/api/webhooks/call-status/" + forged;
    auto signature = wire::sign(auth_token, "https://engine.example.com" + path, fields);
    auto answer = r.deliver(path, wire::write_form(fields), signature);
    CAF_CHECK_EQUAL(answer.status, 403);
    CAF_CHECK(answer.body.empty());
  }
  CAF_CHECK_EQUAL(r.services.hooks.bad_token.load(), 4u);
  CAF_CHECK_EQUAL(r.services.hooks.bad_signature.load(), 0u);
  CAF_CHECK(r.stored.empty());
}

CAF_TEST(what the carrier did not sign changes nothing but a counter) {
  hook_rig r;
  auto fields = r.form();
  auto body = wire::write_form(fields);
  auto right = wire::sign(auth_token, "https://engine.example.com" + r.path(), fields);
  auto other_route = wire::sign(auth_token, "https://engine.example.com" + r.path("voice"), fields);
  auto other_host = wire::sign(auth_token, "https://evil.example.com" + r.path(), fields);
  for (const auto& signature : {std::string(), std::string("nonsense"), other_route, other_host,
                                wire::sign("", "https://engine.example.com" + r.path(), fields)})
    CAF_CHECK_EQUAL(r.deliver(r.path(), body, signature).status, 403);
  CAF_CHECK_EQUAL(r.deliver(r.path(), body + "&Extra=1", right).status, 403);
  CAF_CHECK_EQUAL(r.deliver(r.path(), body, right, "application/json").status, 403);
  CAF_CHECK_EQUAL(r.deliver(r.path() + "?x=1", body, right).status, 403);
  CAF_CHECK_EQUAL(r.deliver(r.path(), "%zz", right).status, 403);
  CAF_CHECK(r.stored.empty());
  CAF_CHECK_EQUAL(r.services.hooks.accepted.load(), 0u);
}

CAF_TEST(names and values cannot be shifted against each other) {
  hook_rig r;
  // The signed text has no separators, so this form has the signature of a sound one.
  auto sound = r.form("completed");
  auto shifted = with(with(sound, "CallStatus", std::nullopt), "CallSid", std::nullopt);
  shifted.emplace_back("CallSid", sid + "CallStatuscompleted");
  auto signature = wire::sign(auth_token, "https://engine.example.com" + r.path(), sound);
  CAF_CHECK_EQUAL(
    signature, wire::sign(auth_token, "https://engine.example.com" + r.path(), shifted));
  CAF_CHECK_EQUAL(r.deliver(r.path(), wire::write_form(shifted), signature).status, 400);
  CAF_CHECK(r.stored.empty());
}

CAF_TEST(a signed form of another shape is refused and counted) {
  hook_rig r;
  auto sound = r.form();
  std::vector<wire::fields> odd{
    with(sound, "CallSid", std::nullopt),
    with(sound, "CallSid", "CA0123456789ABCDEF0123456789ABCDEF"),
    with(sound, "AccountSid", "ACffffffffffffffffffffffffffffffff"),
    with(sound, "CallStatus", std::nullopt),
    with(sound, "SequenceNumber", "-1"),
    with(sound, "SequenceNumber", "1x"),
    with(sound, "CallDuration", "99999999999"),
    with(sound, "AnsweredBy", "\xFF"),
  };
  auto twice = sound;
  twice.emplace_back("CallStatus", "completed");
  odd.push_back(twice);
  for (const auto& fields : odd)
    CAF_CHECK_EQUAL(r.deliver(fields).status, 400);
  CAF_CHECK_EQUAL(r.services.hooks.malformed.load(), odd.size());
  CAF_CHECK(r.stored.empty());
}

CAF_TEST(an unknown status is stored without moving the call) {
  hook_rig r;
  CAF_CHECK_EQUAL(r.deliver(r.form("teleported")).status, 204);
  CAF_REQUIRE_EQUAL(r.stored.size(), 1u);
  CAF_CHECK(!r.stored[0].news);
  CAF_CHECK_EQUAL(r.services.hooks.unknown_status.load(), 1u);
}

CAF_TEST(the carrier is asked to come again only when that can help) {
  hook_rig r;
  r.engine.record = nullptr; // unavailable
  auto away = r.deliver(r.form());
  CAF_CHECK_EQUAL(away.status, 503);
  CAF_CHECK_EQUAL(header_of(away, "Retry-After"), "1");
  r.engine.record = [](const change::record_callback&) -> result<callback_recorded> {
    return fail(errc::not_found, "no such attempt");
  };
  CAF_CHECK_EQUAL(r.deliver(r.form()).status, 204);
}

CAF_TEST(webhooks are posted and nothing else) {
  hook_rig r;
  auto answer = r.send(method::get, r.path("voice"), "", {}, false);
  CAF_CHECK_EQUAL(answer.status, 405);
  CAF_CHECK_EQUAL(header_of(answer, "Allow"), "POST");
}

CAF_TEST(random forms without the carriers signature are never stored) {
  hook_rig r;
  CAF_CHECK(rc::check("nothing gets in", [&] {
    auto body = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    auto signature = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    RC_ASSERT(r.deliver(r.path(), body, signature).status == 403);
    RC_ASSERT(r.stored.empty());
  }));
}

// -- the answer -------------------------------------------------------------------------------------

CAF_TEST(an answered call hears the disclosure and the script and the same each time) {
  hook_rig r;
  auto first = r.deliver(r.form("in-progress"), "voice");
  CAF_CHECK_EQUAL(first.status, 200);
  CAF_CHECK_EQUAL(first.content_type, "text/xml");
  auto disclosure = first.body.find("This is an automated call.");
  auto script = first.body.find("Hello &amp; welcome.");
  CAF_CHECK_NOT_EQUAL(disclosure, std::string::npos);
  CAF_CHECK(script != std::string::npos && disclosure < script);
  CAF_CHECK(first.body.find("<Hangup/>") > script);
  CAF_CHECK_EQUAL(r.deliver(r.form("in-progress"), "voice").body, first.body);
  CAF_CHECK_EQUAL(r.stored[0].kind, "voice");
}

CAF_TEST(a call that should not be is ended) {
  auto body_when = [](const std::function<void(hook_rig&)>& change) {
    hook_rig r;
    change(r);
    auto answer = r.deliver(r.form("in-progress"), "voice");
    CAF_CHECK_EQUAL(answer.status, 200);
    CAF_CHECK_EQUAL(answer.content_type, "text/xml");
    return answer.body;
  };
  auto ended = [](const std::string& body) {
    return body.find("<Hangup/>") != std::string::npos && body.find("<Say") == std::string::npos;
  };
  CAF_CHECK(ended(body_when([](hook_rig& r) { r.counters.stopped = 1; })));
  CAF_CHECK(ended(body_when([](hook_rig& r) { r.opened.owner = campaign::status::canceled; })));
  CAF_CHECK(ended(body_when([](hook_rig& r) {
    r.opened.recorded.bound = call_sid{"CAffffffffffffffffffffffffffffffff"};
  })));
  CAF_CHECK(ended(body_when([](hook_rig& r) {
    r.engine.open = [](const change::open_call&) -> result<call_opened> {
      return fail(errc::not_found, "gone");
    };
  })));
}

CAF_TEST(a long script is cut into pieces that can be said and nothing is lost) {
  CAF_CHECK(rc::check("pieces are short and whole", [] {
    auto words = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("word", "grüße.", "日本語日本語日本語", "x"));
    std::string text;
    std::string bare;
    for (const auto& w : words) {
      text += w + " ";
      bare += w;
    }
    std::string joined;
    for (const auto& piece : net::twilio::cut_for_speech(text, 20)) {
      RC_ASSERT(piece.size() <= 20u && !piece.empty());
      RC_ASSERT((static_cast<unsigned char>(piece[0]) & 0xC0) != 0x80);
      for (char c : piece)
        if (c != ' ')
          joined += c;
    }
    RC_ASSERT(joined == bare);
  }));
  CAF_CHECK(net::twilio::write_script("d", std::string(8000, '&')).size() <= 64u * 1024u);
}

CAF_TEST(how a webhook was answered is noted as soon as its path is ours) {
  hook_rig r;
  CAF_CHECK_EQUAL(r.deliver(r.form()).status, 204);
  auto forged = wire::write_form(r.form());
  CAF_CHECK_EQUAL(r.deliver(r.path(), forged, "AAAA").status, 403);
  CAF_CHECK_EQUAL(r.deliver(with(r.form(), "CallSid", "CA1")).status, 400);
  CAF_CHECK_EQUAL(r.deliver("/api/webhooks/call-status/none-of-ours", forged, "AAAA").status, 403);
  r.engine.record = nullptr;
  CAF_CHECK_EQUAL(r.deliver(r.form("busy")).status, 503);
  auto notes = r.services.hook_log.take();
  CAF_REQUIRE(notes.size() == 4u); // what nobody here made belongs to no call
  std::vector<std::string> verdicts;
  for (const auto& n : notes) {
    verdicts.push_back(n.verdict + " " + std::to_string(n.answer_status));
    CAF_CHECK(n.attempt == r.attempt);
    CAF_CHECK(n.user == r.ann);
    CAF_CHECK(n.kind == "status");
  }
  std::vector<std::string> wanted{"accepted 204", "bad_signature 403", "malformed 400", "not_stored 503"};
  CAF_CHECK(verdicts == wanted);
  CAF_CHECK(notes[0].sid && notes[0].sid->value == sid);
  CAF_CHECK(notes[0].news == std::optional(call::status::ringing));
  CAF_CHECK(notes[0].body.empty()); // the event keeps it
  CAF_CHECK(notes[1].body == forged);
  CAF_CHECK(r.services.hook_log.take().empty());
}

CAF_TEST(forged webhooks fill neither the memory nor the book) {
  hook_rig r;
  for (int i = 0; i < 100; ++i)
    r.deliver(r.path(), std::string(10'000, 'x'), "AAAA");
  for (std::size_t i = 0; i < net::hook_log::most; ++i)
    r.deliver(r.form());
  auto notes = r.services.hook_log.take();
  CAF_CHECK(notes.size() == net::hook_log::most);
  CAF_CHECK(r.services.hook_log.dropped() == 100);
  CAF_CHECK(notes[0].body.size() == net::hook_log::body_most);
  CAF_CHECK(notes[net::hook_log::refused_most].verdict == "accepted");
}
