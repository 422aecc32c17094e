#define CAF_SUITE net_calendar

#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <string>

#include "net/calendar_token.hpp"
#include "tests/net/knowledge_rig.hpp"

using namespace ringmaster;
using namespace ringmaster::net_tests;
using namespace std::string_literals;
using http::method;

namespace {

const auto proposals = "/api/calendar/proposals"s;
const auto events = "/api/calendar/events"s;
const auto nobody = "0192f0c4-0000-7000-8000-00000000dead"s;

std::string path_of(const std::string& id, const std::string& rest = "") {
  return proposals + "/" + id + rest;
}

/// The event that an approved proposal has made.
std::string approve(rig& r, const std::string& id) {
  auto done = r.send(method::post, path_of(id, "/approve"));
  CAF_REQUIRE_EQUAL(done.status, 200);
  return word(done, "/event/id");
}

/// Path and query of the private address.
std::string subscribe(rig& r) {
  auto url = word(r.send(method::post, "/api/calendar/subscription"), "/url");
  const auto base = "https://engine.example.com"s;
  CAF_REQUIRE(url.starts_with(base));
  return url.substr(base.size());
}

http::response fetch(rig& r, const std::string& target, headers extra = {}) {
  return r.send(method::get, target, "", std::move(extra), false);
}

} // namespace

CAF_TEST(a proposal waits for a yes and becomes an event) {
  knowledge_rig r;
  auto made = r.post(proposals, R"({"title":"Dentist","starts_at":"2026-11-24T15:00",
    "timezone":"Europe/Berlin","location":"Main Street","reason":"confirmed","agent":"aloha"})");
  CAF_REQUIRE_EQUAL(made.status, 201);
  for (auto [pointer, value] : {
           std::pair{"agent",             "aloha"                                          },
           std::pair{"source",            "api"                                            },
           std::pair{"change",            "create"                                         },
           std::pair{"status",            "pending"                                        },
           std::pair{"reason",            "confirmed"                                      },
           std::pair{"entry/starts_at",   "2026-11-24T14:00:00Z"                           },
           std::pair{"entry/ends_at",     "2026-11-24T15:00:00Z"                           },
           std::pair{"entry/when",        "Tue 24 Nov 2026, 15:00 to 16:00 (Europe/Berlin)"},
           std::pair{"allowed_actions/0", "edit"                                           },
           std::pair{"event_id",          "null"                                           },
           std::pair{"call_session_id",   "null"                                           }
  }) {
    CAF_MESSAGE(pointer);
    CAF_CHECK_EQUAL(word(made, "/calendar_proposal/"s + pointer), std::string(value));
  }
  CAF_CHECK_EQUAL(word(r.get("/api/notifications"), "/notifications/0/kind"), "calendar_proposal"s);
  CAF_CHECK_EQUAL(word(r.get(events), "/total"), "0"s); // nothing changes silently
  auto path = header_of(made, "Location");
  auto done = r.post(path + "/approve", R"({"note":"fine"})");
  CAF_REQUIRE_EQUAL(done.status, 200);
  CAF_CHECK_EQUAL(word(done, "/calendar_proposal/status"), "approved"s);
  CAF_CHECK_EQUAL(word(done, "/calendar_proposal/note"), "fine"s);
  CAF_CHECK(word(done, "/calendar_proposal/decided_by").starts_with("key:"));
  CAF_CHECK_EQUAL(word(done, "/event/entry/title"), "Dentist"s);
  CAF_CHECK_EQUAL(word(done, "/event/agent"), "aloha"s);
  CAF_CHECK_EQUAL(word(r.get(events), "/total"), "1"s);
  auto event = r.get(events + "/" + word(done, "/event/id"));
  CAF_CHECK_EQUAL(word(event, "/event/entry/location"), "Main Street"s);
  auto twice = r.send(method::post, path + "/approve");
  CAF_CHECK_EQUAL(twice.status, 409);
  CAF_CHECK_EQUAL(word(twice, "/current_status"), "approved"s);
  CAF_CHECK_EQUAL(r.send(method::post, path + "/reject").status, 409);
  auto heard = std::count_if(r.engine.notices.begin(), r.engine.notices.end(), [](const notice& n) {
    return n.kind == "proposal";
  });
  CAF_CHECK_EQUAL(heard, 2);
}

CAF_TEST(a proposal is edited before it is approved) {
  knowledge_rig r;
  auto id = r.propose("Dentist", "2026-11-24T15:00Z");
  auto moved = r.send(method::patch, path_of(id), R"({"starts_at":"2026-11-25T09:30Z"})");
  CAF_REQUIRE_EQUAL(moved.status, 200);
  CAF_CHECK_EQUAL(word(moved, "/calendar_proposal/entry/ends_at"), "2026-11-25T10:30:00Z"s);
  CAF_CHECK_EQUAL(word(moved, "/calendar_proposal/original/starts_at"), "2026-11-24T15:00:00Z"s);
  auto longer = r.send(
      method::patch, path_of(id),
      R"({"title":"Dentist, long","duration_minutes":90,"notes":"card","location":null})");
  CAF_CHECK_EQUAL(word(longer, "/calendar_proposal/entry/starts_at"), "2026-11-25T09:30:00Z"s);
  CAF_CHECK_EQUAL(word(longer, "/calendar_proposal/entry/ends_at"), "2026-11-25T11:00:00Z"s);
  CAF_CHECK_EQUAL(word(longer, "/calendar_proposal/entry/title"), "Dentist, long"s);
  auto day = r.send(method::patch, path_of(id), R"({"starts_at":"2026-11-26"})");
  CAF_CHECK_EQUAL(word(day, "/calendar_proposal/entry/all_day"), "true"s);
  headers stale{
      {"If-Match", header_of(moved, "ETag")}
  };
  CAF_CHECK_EQUAL(r.send(method::patch, path_of(id), R"({"title":"x"})", stale).status, 412);
  CAF_CHECK_EQUAL(r.send(method::post, path_of(id, "/approve"), "", stale).status, 412);
  CAF_CHECK_EQUAL(r.send(method::patch, path_of(id), "{}").status, 422);
  CAF_CHECK_EQUAL(
      mistakes_of(r.send(method::patch, path_of(id), R"({"title":" ","starts_at":"soon"})")),
      "/title empty, /starts_at not_a_time"s);
  CAF_CHECK_EQUAL(r.send(method::post, path_of(id, "/reject"), R"({"note":"away"})").status, 200);
  CAF_CHECK_EQUAL(r.send(method::patch, path_of(id), R"({"title":"x"})").status, 409);
  CAF_CHECK_EQUAL(word(r.get(events), "/total"), "0"s);
}

CAF_TEST(events are moved and cancelled by proposals only) {
  knowledge_rig r;
  auto event = approve(r, r.propose("Dentist", "2026-11-24T15:00Z"));
  auto move = r.post(
      proposals,
      R"({"change":"move","event_id":")" + event + R"(","starts_at":"2026-11-25T15:00Z"})");
  CAF_REQUIRE_EQUAL(move.status, 201);
  CAF_CHECK_EQUAL(word(move, "/calendar_proposal/entry/title"), "Dentist"s);
  CAF_CHECK_EQUAL(word(r.get(events + "/" + event), "/event/sequence"), "0"s);
  CAF_CHECK_EQUAL(approve(r, word(move, "/calendar_proposal/id")), event);
  auto moved = r.get(events + "/" + event);
  CAF_CHECK_EQUAL(word(moved, "/event/entry/starts_at"), "2026-11-25T15:00:00Z"s);
  CAF_CHECK_EQUAL(word(moved, "/event/sequence"), "1"s);
  auto cancel = r.post(proposals, R"({"change":"cancel","event_id":")" + event + "\"}");
  CAF_REQUIRE_EQUAL(cancel.status, 201);
  auto id = word(cancel, "/calendar_proposal/id");
  CAF_CHECK_EQUAL(r.send(method::patch, path_of(id), R"({"title":"x"})").status, 409);
  approve(r, id);
  CAF_CHECK_EQUAL(word(r.get(events + "/" + event), "/event/status"), "cancelled"s);
  CAF_CHECK_EQUAL(word(r.get(events), "/total"), "0"s);
  CAF_CHECK_EQUAL(word(r.get(events + "?cancelled=true"), "/total"), "1"s);
  CAF_CHECK_EQUAL(
      r.post(proposals, R"({"change":"cancel","event_id":")" + event + "\"}").status, 409);
  CAF_CHECK_EQUAL(
      r.post(proposals, R"({"change":"cancel","event_id":")" + nobody + "\"}").status, 404);
}

CAF_TEST(every mistake of a proposal is told) {
  knowledge_rig r;
  CAF_CHECK_EQUAL(mistakes_of(r.post(proposals, "{}")), "/title required, /starts_at required"s);
  CAF_CHECK_EQUAL(
      mistakes_of(r.post(
          proposals,
          R"({"agent":"eva","change":"bend","event_id":"x","context_id":"y","more":1})")),
      "/agent unknown_agent, /change unknown_change, /event_id not_an_id, /context_id not_an_id, "
      "/title required, /starts_at required, /more unknown_field"s);
  CAF_CHECK_EQUAL(
      mistakes_of(r.post(proposals, R"({"title":"x","starts_at":"soon","timezone":"Mars/Base"})")),
      "/timezone unknown_timezone"s);
  CAF_CHECK_EQUAL(
      mistakes_of(r.post(
          proposals,
          R"({"title":"x","starts_at":"2026-11-24T15:00","ends_at":"2026-11-24T14:00"})")),
      "/ends_at not_after_start"s);
  CAF_CHECK_EQUAL(mistakes_of(r.post(proposals, R"({"change":"move"})")), "/event_id required"s);
  // studio and insight do not propose.
  CAF_CHECK_EQUAL(
      r.post(proposals, R"({"agent":"studio","title":"x","starts_at":"2026-11-24T15:00"})").status,
      403);
  CAF_CHECK(r.desk.known.of(r.ann).proposals.empty());
}

CAF_TEST(conflicts are shown until it is decided) {
  knowledge_rig r;
  auto lunch = approve(r, r.propose("Lunch", "2026-11-24T12:00Z"));
  auto other = r.propose("Call", "2026-11-24T12:30Z");
  auto id = r.propose("Dentist", "2026-11-24T12:15Z");
  r.propose("Later", "2026-11-24T13:30Z"); // touches nothing
  auto read = r.get(path_of(id));
  CAF_REQUIRE_EQUAL(field(read, "/calendar_proposal/conflicts").size(), 2u);
  CAF_CHECK_EQUAL(word(read, "/calendar_proposal/conflicts/0/event_id"), lunch);
  CAF_CHECK_EQUAL(word(read, "/calendar_proposal/conflicts/0/title"), "Lunch"s);
  CAF_CHECK_EQUAL(word(read, "/calendar_proposal/conflicts/1/calendar_proposal_id"), other);
  auto all = r.get(proposals + "?status=pending");
  CAF_CHECK_EQUAL(word(all, "/total"), "3"s);
  CAF_CHECK_EQUAL(field(all, "/calendar_proposals/0/conflicts").size(), 0u);
  CAF_CHECK_EQUAL(field(all, "/calendar_proposals/1/conflicts").size(), 2u);
  auto done = r.send(method::post, path_of(id, "/approve"));
  CAF_CHECK_EQUAL(field(done, "/calendar_proposal/conflicts").size(), 2u);
  CAF_CHECK_EQUAL(field(r.get(path_of(id)), "/calendar_proposal/conflicts").size(), 0u);
  CAF_CHECK_EQUAL(mistakes_of(r.get(proposals + "?status=x")), "?status unknown_status"s);
  CAF_CHECK_EQUAL(mistakes_of(r.get(events + "?since=x")), "?since not_a_time"s);
  CAF_CHECK_EQUAL(word(r.get(events + "?since=2026-11-25T00:00:00Z"), "/total"), "0"s);
}

CAF_TEST(approving is for keys that may dial and rejecting for writers too) {
  knowledge_rig r;
  auto id = r.propose("Dentist", "2026-11-24T15:00Z");
  r.key = r.add_key(r.ann, static_cast<std::uint8_t>(scope::read));
  CAF_CHECK_EQUAL(r.get(path_of(id)).status, 200);
  CAF_CHECK_EQUAL(r.send(method::patch, path_of(id), R"({"title":"x"})").status, 403);
  CAF_CHECK_EQUAL(r.send(method::post, path_of(id, "/reject")).status, 403);
  CAF_CHECK_EQUAL(r.send(method::post, "/api/calendar/subscription").status, 403);
  r.key = r.add_key(r.ann, static_cast<std::uint8_t>(scope::write));
  CAF_CHECK_EQUAL(r.send(method::post, path_of(id, "/approve")).status, 403);
  CAF_CHECK_EQUAL(r.send(method::post, path_of(id, "/reject")).status, 200);
  auto other = r.propose("Lunch", "2026-11-24T12:00Z");
  r.key = r.add_key(r.ann, static_cast<std::uint8_t>(scope::dial));
  CAF_CHECK_EQUAL(r.send(method::post, path_of(other, "/approve")).status, 200);
}

CAF_TEST(the calendar of others is not there) {
  knowledge_rig r;
  auto id = r.propose("Dentist", "2026-11-24T15:00Z");
  auto event = approve(r, r.propose("Lunch", "2026-11-24T12:00Z"));
  r.key = r.add_key(r.bob, 15);
  CAF_CHECK_EQUAL(r.get(path_of(id)).status, 404);
  CAF_CHECK_EQUAL(r.send(method::patch, path_of(id), R"({"title":"x"})").status, 404);
  CAF_CHECK_EQUAL(r.send(method::patch, path_of(id), "{}").status, 404);
  CAF_CHECK_EQUAL(r.send(method::post, path_of(id, "/approve")).status, 404);
  CAF_CHECK_EQUAL(r.send(method::post, path_of(id, "/reject")).status, 404);
  CAF_CHECK_EQUAL(r.get(events + "/" + event).status, 404);
  CAF_CHECK_EQUAL(r.get(events + "/" + event + "/ics").status, 404);
  CAF_CHECK_EQUAL(
      r.post(proposals, R"({"change":"cancel","event_id":")" + event + "\"}").status, 404);
  CAF_CHECK_EQUAL(word(r.get(proposals), "/total"), "0"s);
  CAF_CHECK_EQUAL(word(r.get(events), "/total"), "0"s);
  CAF_CHECK_EQUAL(r.get(path_of("x")).status, 404);
  CAF_CHECK_EQUAL(r.get(events + "/x").status, 404);
}

CAF_TEST(an event is downloaded for other programs) {
  knowledge_rig r;
  auto event = approve(r, r.propose("Dentist", "2026-11-24T15:00Z"));
  auto file = r.get(events + "/" + event + "/ics");
  CAF_CHECK_EQUAL(file.status, 200);
  CAF_CHECK_EQUAL(file.content_type, "text/calendar; charset=utf-8"s);
  CAF_CHECK_EQUAL(header_of(file, "Content-Disposition"), "attachment; filename=\"event.ics\""s);
  CAF_CHECK(file.body.starts_with("BEGIN:VCALENDAR\r\n"));
  CAF_CHECK(file.body.find("UID:" + event + "@ringmaster\r\n") != std::string::npos);
  CAF_CHECK_EQUAL(r.get(events + "/x/ics").status, 404);
}

CAF_TEST(a subscription needs its token and nothing else) {
  knowledge_rig r;
  auto target = subscribe(r);
  approve(r, r.propose("Dentist", "2026-11-24T15:00Z"));
  auto read = fetch(r, target);
  CAF_REQUIRE_EQUAL(read.status, 200);
  CAF_CHECK_EQUAL(read.content_type, "text/calendar; charset=utf-8"s);
  CAF_CHECK(read.body.find("SUMMARY:Dentist\r\n") != std::string::npos);
  CAF_CHECK_EQUAL(header_of(read, "Cache-Control"), "private, no-cache"s);
  auto caching = std::count_if(read.headers.begin(), read.headers.end(), [](const http::header& h) {
    return h.name == "Cache-Control";
  });
  CAF_CHECK_EQUAL(caching, 1);
  auto again = fetch(
      r, target,
      {
          {"If-None-Match", header_of(read, "ETag")}
  });
  CAF_CHECK_EQUAL(again.status, 304);
  CAF_CHECK(again.body.empty());
  // Time alone changes nothing.
  r.time.wall += std::chrono::hours(1);
  CAF_CHECK_EQUAL(header_of(fetch(r, target), "ETag"), header_of(read, "ETag"));
  CAF_CHECK_EQUAL(r.send(method::head, target, "", {}, false).status, 200);
  // Another key's owner gets the calendar of the token, not his own.
  r.key = r.add_key(r.bob, 15);
  CAF_CHECK(r.get(target).body.find("SUMMARY:Dentist\r\n") != std::string::npos);
}

CAF_TEST(a wrong token is not found however wrong it is) {
  knowledge_rig r;
  auto target = subscribe(r);
  auto token = target.substr(target.find('=') + 1);
  CAF_CHECK_EQUAL(token.size(), 64u);
  auto other = token;
  other.back() = other.back() == 'A' ? 'B' : 'A';
  auto foreign = net::make_calendar_token(r.bob, r.random).text;
  auto body = fetch(r, "/api/calendar.ics").body;
  for (const auto& wrong :
       {""s, "x"s, other, foreign, token + "A", token.substr(1), "%zz"s, std::string(64, '*'),
        std::string(64, 'A')}) {
    CAF_MESSAGE(wrong);
    auto refused = fetch(r, "/api/calendar.ics?token=" + wrong);
    CAF_CHECK_EQUAL(refused.status, 404);
    CAF_CHECK_EQUAL(refused.body, body);
  }
  // A new token takes the old one's place, and a deletion takes both.
  auto next = subscribe(r);
  CAF_CHECK_NOT_EQUAL(next, target);
  CAF_CHECK_EQUAL(fetch(r, target).status, 404);
  CAF_CHECK_EQUAL(fetch(r, next).status, 200);
  CAF_CHECK_EQUAL(r.send(method::delete_, "/api/calendar/subscription").status, 200);
  CAF_CHECK_EQUAL(fetch(r, next).status, 404);
  r.desk.away = true;
  CAF_CHECK_EQUAL(fetch(r, next).status, 503);
}

CAF_TEST(the secret of a subscription is kept nowhere) {
  knowledge_rig r;
  headers key{
      {"Idempotency-Key", "k"}
  };
  auto made = r.send(method::post, "/api/calendar/subscription", "", key);
  CAF_CHECK_EQUAL(made.status, 201);
  auto url = word(made, "/url");
  auto again = r.send(method::post, "/api/calendar/subscription", "", key);
  CAF_CHECK_EQUAL(again.status, 201);
  CAF_CHECK(field(again, "/url").is_null());
  auto token = url.substr(url.find('=') + 1);
  const auto& kept = r.desk.known.of(r.ann).token;
  CAF_CHECK_EQUAL(kept.size(), 32u);
  auto known = net::read_calendar_token(token);
  CAF_REQUIRE(known);
  CAF_CHECK(kept == known->sha256);
  CAF_CHECK(known->user == r.ann);
  for (const auto& [name, claim] : r.desk.data.claims)
    CAF_CHECK(claim.answer.body.find(token) == std::string::npos);
}
