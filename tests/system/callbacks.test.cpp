#define CAF_SUITE system.callbacks

#include "tests/system/population.hpp"

#include "tests/support/status_post.hpp"

#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <iostream>
#include <map>
#include <set>
#include <stdexcept>
#include <thread>

using namespace ringmaster;
using namespace ringmaster::support;
using namespace ringmaster::system_test;

namespace {

constexpr std::array<const char*, 4> life{"initiated", "ringing", "in-progress", "completed"};

/// An engine whose carrier makes calls and keeps silent about them: the test speaks for it.
struct silent_carrier {
  stage s;
  api ann;
  std::string id;

  explicit silent_carrier(std::size_t calls)
      : s(
            {
                {"CARRIER_POLL_SILENCE", "1h" },
                {"CARRIER_RING_TIMEOUT", "10m"},
                {"CARRIER_TIME_LIMIT",   "4h" }
  },
            {"--callbacks", "off", "--ring", "30m", "--talk", "30m", "--mix", "answered=1"}) {
    s.start_carrier();
    s.start_engine();
    if (!s.ready_within(seconds(15)))
      throw std::runtime_error("not ready: " + s.engine_tail());
    ann = s.add_user("ann@example.com");
    auto c = open_campaign("Silent");
    c["max_concurrent_calls"] = 1000;
    id = make_campaign(ann, c, targets(0, calls));
    if (ann.act(id, "start").status != 200)
      throw std::runtime_error("start: " + ann.campaign(id).dump());
    const bool all = wait_until(seconds(30), [&] { return s.log().creates().size() == calls; });
    if (!all || !wait_until(seconds(10), [&] { return bound() == calls; }))
      throw std::runtime_error("calls are missing: " + ann.campaign(id).dump());
  }

  std::size_t bound() const {
    const auto calls = ann.all("/api/campaigns/" + id + "/calls", "calls");
    return static_cast<std::size_t>(std::count_if(
        calls.begin(), calls.end(), [](const json& c) { return !text(c, "call_sid").empty(); }));
  }

  support::form_fields event(const support::create_seen& c, int which) const {
    return support::callback_fields(
        {c.sid, account_sid, c.to, c.from, life[static_cast<std::size_t>(which)], which, 42,
         which == 3 ? "human" : ""});
  }
  static std::string target_of(const support::create_seen& c) {
    return "/api/webhooks/call-status/" + c.token;
  }
  int post(const support::create_seen& c, const support::form_fields& fields) const {
    return support::post_signed(s.authority(), s.public_url(), target_of(c), auth_token, fields)
        .status;
  }
  json call_of(const support::create_seen& c) const {
    for (auto& call : ann.all("/api/campaigns/" + id + "/calls", "calls"))
      if (text(call, "call_sid") == c.sid)
        return call;
    return json::object();
  }
};

/// A call without what must differ between two calls: its names and the moments of arrival.
std::string final_row(json call) {
  for (const char* name :
       {"id", "attempt_id", "target_id", "call_sid", "phone_number", "created_at"})
    call.erase(name);
  for (const char* name : {"started_at", "answered_at", "ended_at"})
    call[name] = call.contains(name) && !call[name].is_null() ? "known" : "unknown";
  return call.dump();
}

} // namespace

CAF_TEST(every order of the four callbacks and every doubling of them leads to one row) {
  std::array<int, 4> order{0, 1, 2, 3};
  silent_carrier q(24 * 4);
  const auto creates = q.s.log().creates();
  std::size_t next = 0, refused = 0;
  do {
    for (int variant = 0; variant < 4; ++variant) {
      const auto& c = creates[next++];
      const auto say = [&](int which) {
        const auto status = q.post(c, q.event(c, which));
        if (status < 200 || status > 299)
          ++refused;
      };
      if (variant == 3) {
        // All at once, each twice: the order is the machine's.
        std::vector<std::thread> speakers;
        for (int i = 0; i < 8; ++i)
          speakers.emplace_back(say, order[static_cast<std::size_t>(i % 4)]);
        for (auto& speaker : speakers)
          speaker.join();
        continue;
      }
      for (int which : order) {
        say(which);
        if (variant == 1)
          say(which);
      }
      if (variant == 2)
        for (int which : order)
          say(which);
    }
  } while (std::next_permutation(order.begin(), order.end()));
  CAF_CHECK_EQUAL(refused, 0u);

  const bool done =
      wait_until(seconds(20), [&] { return text(q.ann.campaign(q.id), "status") == "completed"; });
  CAF_MESSAGE(progress_line(q.ann.campaign(q.id)));
  CAF_CHECK(done);
  std::map<std::string, std::size_t> rows;
  for (auto& call : q.ann.all("/api/campaigns/" + q.id + "/calls", "calls")) {
    CAF_CHECK_EQUAL(text(call, "status"), "completed");
    ++rows[final_row(call)];
  }
  for (const auto& [row, count] : rows)
    CAF_MESSAGE(count << " x " << row);
  CAF_CHECK_EQUAL(rows.size(), 1u);
  std::set<std::string> ends;
  for (const auto& row : q.ann.all("/api/campaigns/" + q.id + "/targets", "targets"))
    ends.insert(
        text(row, "status") + " " + text(row, "call_outcome") + " " + row["attempt_count"].dump());
  CAF_CHECK_EQUAL(ends.size(), 1u);
  CAF_CHECK(ends.contains("completed answered 1"));

  CAF_MESSAGE("each event is stored once");
  auto db = q.s.database();
  const auto stored =
      db->rows("select count(*) as n from ringmaster.webhook_inbox group by user_id, attempt_id");
  CAF_CHECK_EQUAL(stored.size(), creates.size());
  CAF_CHECK(
      std::all_of(stored.begin(), stored.end(), [](const auto& r) { return *r.at("n") == "4"; }));
}

CAF_TEST(forged and malformed and replayed callbacks change nothing at all) {
  silent_carrier q(3);
  const auto creates = q.s.log().creates();
  const auto& live = creates[0];
  const auto& other = creates[1];
  CAF_REQUIRE_EQUAL(q.post(live, q.event(live, 1)), 204);
  for (int which : {0, 1, 2, 3})
    CAF_REQUIRE_EQUAL(q.post(other, q.event(other, which)), 204);
  CAF_REQUIRE(
      wait_until(seconds(10), [&] { return progress(q.ann.campaign(q.id), "completed") == 1; }));
  const auto live_before = q.call_of(live), other_before = q.call_of(other);
  CAF_CHECK_EQUAL(text(live_before, "status"), "ringing");

  auto db = q.s.database();
  const auto before = picture(*db);
  const auto url = [&](const std::string& target) { return q.s.public_url() + target; };
  const auto raw = [&](const std::string& method, const std::string& target,
                       const std::string& body, const std::string& signature,
                       const char* type = "application/x-www-form-urlencoded") {
    support::http_headers headers{
        {"Content-Type", type}
    };
    if (!signature.empty())
      headers.emplace_back("X-Twilio-Signature", signature);
    return support::http_call(q.s.authority(), method, target, headers, body).status;
  };
  const auto target = silent_carrier::target_of(live);
  const auto end = q.event(live, 3);
  const auto right = support::carrier_signature(auth_token, url(target), end);
  const auto with = [&](support::form_fields fields, const std::string& name,
                        const std::string& value) {
    for (auto& f : fields)
      if (f.first == name)
        f.second = value;
    return fields;
  };
  const auto without = [&](support::form_fields fields, const std::string& name) {
    fields.erase(
        std::remove_if(
            fields.begin(), fields.end(), [&](const auto& f) { return f.first == name; }),
        fields.end());
    return fields;
  };
  struct shot {
    std::string what;
    int status;
    std::vector<int> right;
  };
  std::vector<shot> shots;
  const auto body = support::form_body(end);
  shots.push_back({"no signature", raw("POST", target, body, ""), {403}});
  shots.push_back({"empty signature", raw("POST", target, body, "="), {403}});
  shots.push_back(
      {"another token",
       raw("POST", target, body, support::carrier_signature("wrong", url(target), end)),
       {403}});
  shots.push_back(
      {"the signature of another address",
       raw("POST", target, body,
           support::carrier_signature(auth_token, url(silent_carrier::target_of(other)), end)),
       {403}});
  shots.push_back(
      {"the signature of another body",
       raw("POST", target, body,
           support::carrier_signature(auth_token, url(target), q.event(live, 2))),
       {403}});
  shots.push_back(
      {"a changed body",
       raw("POST", target, support::form_body(with(end, "CallDuration", "43")), right),
       {403}});
  shots.push_back(
      {"another host",
       raw("POST", target, body,
           support::carrier_signature(auth_token, "https://evil.example" + target, end)),
       {403}});
  shots.push_back({
      "a query that is not signed", raw("POST", target + "?a=b", body, right), {403, 404}
  });
  // The text of the signature has no separators: the same characters, cut elsewhere.
  auto shifted = without(without(end, "CallSid"), "CallStatus");
  shifted.emplace_back("CallSi", "d" + live.sid + "CallStatuscompleted");
  shots.push_back({
      "shifted boundaries",
      raw("POST", target, support::form_body(shifted), right),
      {400, 403, 422}
  });
  std::string pasted = target;
  shots.push_back({
      "no body at all",
      raw("POST", pasted, "", support::carrier_signature(auth_token, url(pasted), {   }
           )),
      { 400, 403, 422}
  });
  const auto sign = [&](const support::form_fields& f) {
    return support::carrier_signature(auth_token, url(target), f);
  };
  for (const auto& [what, fields] : std::vector<std::pair<std::string, support::form_fields>>{
           {"no call sid",                          without(end,  "CallSid")              },
           {"a short call sid",                     with(end,     "CallSid",                "CA12")},
           {"an upper-case call sid",                                      with(end,                           "CallSid",      "CA0123456789ABCDEF0123456789ABCDEF")},
           {"no status", without(end,             "CallStatus")                     },
           {"another account",                         with(end,                         "AccountSid",            "ACffffffffffffffffffffffffffffffff")},
           {"no account",                          without(end,"AccountSid")}
  })
    shots.push_back({
        what, raw("POST", target, support::form_body(fields), sign(fields)), {400, 403, 422}
    });
  shots.push_back({
      "a broken escape", raw("POST", target, body + "&x=%zz", right), {400, 403, 422}
  });
  shots.push_back({
      "JSON", raw("POST", target, "{}", right, "application/json"), {400, 403, 415}
  });
  shots.push_back({
      "GET",
      raw("GET", target, "", support::carrier_signature(auth_token, url(target), {   }
           )),
      { 404, 405}
  });
  auto forged = live.token;
  forged[forged.size() / 2] = forged[forged.size() / 2] == 'A' ? 'B' : 'A';
  const auto forged_target = "/api/webhooks/call-status/" + forged;
  shots.push_back({
      "a forged path token",
      raw("POST", forged_target, body,
          support::carrier_signature(auth_token, url(forged_target), end)),
      {403, 404}
  });
  shots.push_back(
      {"another route with the same signature",
       raw("POST", "/api/webhooks/voice/" + live.token, body, right),
       {403}});
  for (const auto& shot : shots) {
    CAF_MESSAGE(shot.what << ": " << shot.status);
    CAF_CHECK(std::find(shot.right.begin(), shot.right.end(), shot.status) != shot.right.end());
  }
  CAF_MESSAGE("what was seen before, byte for byte, is answered well and is no news");
  for (int round = 0; round < 3; ++round) {
    for (int which : {0, 1, 2, 3})
      CAF_CHECK_EQUAL(q.post(other, q.event(other, which)), 204);
    CAF_CHECK_EQUAL(q.post(live, q.event(live, 1)), 204);
  }
  CAF_CHECK_EQUAL(difference(before, picture(*db)), "");
  CAF_CHECK_EQUAL(q.call_of(live).dump(), live_before.dump());
  CAF_CHECK_EQUAL(q.call_of(other).dump(), other_before.dump());
}

CAF_TEST(acknowledged callbacks survive a kill and lead to the same end) {
  silent_carrier q(40);
  const auto creates = q.s.log().creates();
  for (std::size_t i = 0; i < creates.size(); ++i)
    for (int which : {0, 1, 2, 3})
      if (i % 2 == 0 || which < 2)
        CAF_REQUIRE_EQUAL(q.post(creates[i], q.event(creates[i], which)), 204);
  q.s.kill_engine();
  q.s.start_engine();
  CAF_REQUIRE(q.s.ready_as_promised().has_value());
  CAF_CHECK(
      wait_until(seconds(20), [&] { return progress(q.ann.campaign(q.id), "completed") == 20; }));
  for (std::size_t i = 1; i < creates.size(); i += 2)
    for (int which : {3, 2})
      CAF_REQUIRE_EQUAL(q.post(creates[i], q.event(creates[i], which)), 204);
  CAF_CHECK(
      wait_until(seconds(20), [&] { return text(q.ann.campaign(q.id), "status") == "completed"; }));
  std::set<std::string> rows;
  for (auto& call : q.ann.all("/api/campaigns/" + q.id + "/calls", "calls"))
    rows.insert(final_row(call));
  CAF_CHECK_EQUAL(rows.size(), 1u);
}
