#define CAF_SUITE system.knowledge

#include "tests/support/model_server.hpp"
#include "tests/system/talk_office.hpp"

#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace ringmaster;
using namespace ringmaster::support;

// What agents know, what they do not, and how they learn it: the real program, its database and its
// carrier, without any model.

namespace {

constexpr std::size_t curious = 21; ///< the first number of somebody who asks

carrier_flags curious_phones() {
  auto flags = talkative_phones();
  for (std::size_t i = 0; i < 4; ++i) {
    flags.emplace_back("--persona");
    flags.emplace_back(number(curious + i) + "=curious");
  }
  return flags;
}

std::vector<std::string> lines_of(const std::string& name) {
  std::ifstream in(RINGMASTER_SOURCE_DIR "/tests/domain/knowledge/" + name);
  std::vector<std::string> all;
  for (std::string line; std::getline(in, line);)
    if (!line.empty() && line.front() != '#')
      all.push_back(line);
  CAF_REQUIRE(!all.empty());
  return all;
}

/// The fixture's business as its owner types it into the API; all its words in one text.
std::string tell_business(const api& who) {
  json profile = json::object();
  std::string words;
  const std::string fact = "facts/";
  for (const auto& line : lines_of("business.txt")) {
    auto colon = line.find(": ");
    CAF_REQUIRE(colon != std::string::npos);
    auto name = line.substr(0, colon);
    auto value = line.substr(colon + 2);
    words += value + "\n";
    if (name == "chunk") {
      auto bar = value.find(" | ");
      const auto made = who.post(
          "/api/knowledge", {
                                {"title", value.substr(0, bar)},
                                {"text",       value.substr(bar + 3)               }
      });
      CAF_CHECK_EQUAL(made.status, 201);
      continue;
    }
    name.erase(0, std::string("profile.").size());
    if (name.starts_with(fact))
      profile["facts"][name.substr(fact.size())] = value;
    else
      profile[name == "phone" ? "phone_number" : name] = value;
  }
  const auto stored = who.call("PUT", "/api/business-profile", profile.dump());
  CAF_MESSAGE(stored.summary() << stored.body.substr(0, 400));
  CAF_CHECK(stored.ok());
  return words;
}

json ask(const api& who, const std::string& message, json more = json::object()) {
  more["message"] = message;
  const auto got = who.post("/api/brain", more);
  if (!got.ok())
    CAF_MESSAGE(got.summary() << " " << got.body.substr(0, 400));
  CAF_CHECK_EQUAL(got.status, 200);
  return got.json;
}

/// The runs of digits of a text.
std::vector<std::string> figures_of(const std::string& text) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string one;
    while (i < text.size() && std::isdigit(static_cast<unsigned char>(text[i])) != 0)
      one += text[i++];
    if (!one.empty())
      all.push_back(std::move(one));
  }
  return all;
}

bool names(const json& reply, const std::string& reference) {
  for (const auto& s : reply.value("sources", json::array())) {
    auto is_chunk = text(s, "reference").starts_with("chunk:");
    if ((is_chunk ? "chunk:" + text(s, "title") : text(s, "reference")) == reference)
      return true;
  }
  return false;
}

json gap_about(const api& who, const std::string& word) {
  for (const auto& g : who.all("/api/knowledge-gaps", "knowledge_gaps"))
    if (text(g, "question").find(word) != std::string::npos)
      return g;
  return json::object();
}

/// A campaign of one that is talked through; its call session.
json call_one(talk_office& o, const std::string& to) {
  auto settings = open_campaign("Reopening");
  settings["script"] = "Hello, this is Cut and Curl. Our salon has opened again. We would be glad "
                       "to see you.";
  const auto campaign = make_campaign(o.ann, settings, json::array({{{"phone_number", to}}}));
  CAF_CHECK(o.ann.act(campaign, "start").ok());
  std::string call;
  CAF_REQUIRE(wait_until(seconds(30), [&] {
    const auto calls =
        o.ann.get("/api/campaigns/" + campaign + "/calls").json.value("calls", json::array());
    if (!calls.empty())
      call = text(calls[0], "id");
    return !call.empty();
  }));
  CAF_CHECK(o.processed(call));
  auto seen = o.session(call);
  for (const auto& s : seen.value("segments", json::array()))
    CAF_MESSAGE(text(s, "speaker") << ": " << text(s, "text"));
  return seen;
}

} // namespace

CAF_TEST(a business is asked a hundred and twenty questions and nothing is invented) {
  talk_office o;
  auto known = tell_business(o.ann);
  std::erase(known, ' '); // a number is said without
  std::size_t covered = 0, refused = 0, right_category = 0;
  for (const auto& line : lines_of("questions.txt")) {
    std::istringstream parts(line);
    std::string reference, category, question;
    std::getline(parts, reference, '\t');
    std::getline(parts, category, '\t');
    std::getline(parts, question);
    const auto got = ask(o.ann, question);
    const auto reply = text(got, "reply");
    for (const auto& figure : figures_of(reply))
      if (known.find(figure) == std::string::npos)
        CAF_ERROR(question << " was answered by an invention: " << reply);
    if (reference != "-") {
      ++covered;
      if (!got.value("covered", false) || !names(got, reference))
        CAF_ERROR(question << " is not answered from " << reference << ": " << got.dump());
      continue;
    }
    ++refused;
    const auto gap = got.value("knowledge_gap", json());
    if (got.value("covered", true) || !gap.is_object()) {
      CAF_ERROR(question << " should be a gap: " << got.dump());
      continue;
    }
    CAF_CHECK(got.value("sources", json::array()).empty());
    // Whoever asks first names the category; what merges into a gap has that one.
    if (gap.value("times_asked", 0) > 1 || text(gap, "suggested_category") == category)
      ++right_category;
    else
      CAF_MESSAGE(question << ": " << category << " or " << text(gap, "suggested_category"));
    CAF_CHECK_EQUAL(text(gap, "status"), "open");
  }
  CAF_CHECK(covered >= 70);
  CAF_CHECK(refused >= 35);
  CAF_CHECK(right_category * 10 >= refused * 9);
  std::size_t asked = 0;
  for (const auto& g : o.ann.all("/api/knowledge-gaps", "knowledge_gaps")) {
    asked += g.value("times_asked", 0u);
    CAF_CHECK_EQUAL(text(g, "source"), "chat");
  }
  CAF_CHECK_EQUAL(asked, refused);
}

CAF_TEST(what a callee asked in vain is answered once by a person and known in the next call) {
  talk_office o({}, curious_phones());
  const auto profile = o.ann.call(
      "PUT", "/api/business-profile",
      json{
          {"name",  "Cut and Curl"                                       },
          {"hours", "Monday to Saturday 9 am to 6 pm. Closed on Sundays."}
  }
          .dump());
  CAF_REQUIRE(profile.ok());

  CAF_MESSAGE("the first call knows the hours and no parking");
  const auto first = call_one(o, number(curious));
  CAF_CHECK_NOT_EQUAL(words_of(first, "assistant").find("do not know"), std::string::npos);
  CAF_CHECK_NOT_EQUAL(words_of(first, "assistant").find("Closed on Sundays"), std::string::npos);
  const auto gap = gap_about(o.ann, "parking");
  const auto id = text(gap, "id");
  CAF_REQUIRE(!id.empty());
  CAF_CHECK_EQUAL(text(gap, "source"), "call");
  CAF_CHECK_EQUAL(text(gap, "status"), "open");
  CAF_CHECK_EQUAL(text(gap, "context_id"), text(first["call_session"], "id"));
  CAF_CHECK_EQUAL(gap.value("calls_affected", 0), 1);
  CAF_CHECK(!text(gap_about(o.ann, "haircut"), "id").empty());
  CAF_CHECK(text(gap_about(o.ann, "Sunday"), "id").empty());
  std::size_t told = 0;
  for (const auto& n : o.ann.all("/api/notifications", "notifications"))
    told += text(n, "kind") == "knowledge_gap" && text(n, "subject_id") == id;
  CAF_CHECK_EQUAL(told, 1u);

  const auto path = "/api/knowledge-gaps/" + id + "/resolve";
  CAF_MESSAGE("an answer is shown beside what was said before");
  const auto done = o.ann.post(
      path, {
                {"resolution_notes",      "Yes, there is free parking behind the house."},
                {"add_to_knowledge_base", true                                          }
  });
  CAF_MESSAGE(done.body.substr(0, 800));
  CAF_REQUIRE_EQUAL(done.status, 200);
  CAF_CHECK_EQUAL(done.json.value("still_open", true), false);
  CAF_CHECK_EQUAL(text(done.json["knowledge_gap"], "status"), "resolved");
  CAF_CHECK_NOT_EQUAL(text(done.json["before"], "reply").find("do not know"), std::string::npos);
  CAF_CHECK_NOT_EQUAL(
      text(done.json["after"], "reply").find("free parking behind the house"), std::string::npos);
  CAF_CHECK_EQUAL(done.json["after"].value("covered", false), true);
  const auto chunk = text(done.json["chunk"], "id");
  CAF_CHECK_EQUAL(o.ann.all("/api/knowledge", "chunks").size(), 1u);

  CAF_MESSAGE("the suite of what was learned holds");
  const auto checked =
      o.s.command({"knowledge", "check", "--url", o.s.public_url(), "--key", o.ann.key()});
  CAF_MESSAGE(checked.output);
  CAF_CHECK(checked.status == 0);
  CAF_CHECK_NOT_EQUAL(checked.output.find("parking"), std::string::npos);

  CAF_MESSAGE("the next call answers it");
  const auto second = call_one(o, number(curious + 1));
  CAF_CHECK_NOT_EQUAL(
      words_of(second, "assistant").find("parking behind the house"), std::string::npos);
  const auto after = o.ann.get("/api/knowledge-gaps/" + id).json["knowledge_gap"];
  CAF_CHECK_EQUAL(text(after, "status"), "resolved");
  CAF_CHECK_EQUAL(after.value("times_asked", 0), 1);
  const auto price = gap_about(o.ann, "haircut");
  CAF_CHECK_EQUAL(price.value("calls_affected", 0), 2); // that one merged

  CAF_MESSAGE("when it is not answered any more it comes back");
  CAF_CHECK(o.ann.erase("/api/knowledge/" + chunk).ok());
  const auto missed = ask(o.ann, "Is there any parking?");
  const auto again = missed.value("knowledge_gap", json::object());
  CAF_CHECK_EQUAL(text(again, "id"), id);
  CAF_CHECK_EQUAL(text(again, "status"), "open");
  CAF_CHECK_EQUAL(again.value("times_reopened", 0), 1);
}

CAF_TEST(an answer that the agent cannot use leaves the gap open until a better one replaces it) {
  // It knows where to park once that is among its data, and gives up otherwise.
  test::model_server server([](test::raw_socket& peer, const test::model_server::asked& what) {
    const std::string said =
        what.has("behind the house")
            ? R"({"content":"There is free parking behind the house. [1]"})"
            : R"({"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"log_knowledge_gap",)"
              R"("arguments":"{\"question\":\"Do you have parking?\"}"}}]})";
    const auto events = "data: {\"choices\":[{\"index\":0,\"delta\":" + said +
                        "}]}\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{},"
                        "\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    return peer.send(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: " +
        std::to_string(events.size()) + "\r\n\r\n" + events);
  });
  talk_office o({
      {"AI_PROVIDERS",      "house,rules"},
      {"AI_HOUSE_KIND",     "openai"     },
      {"AI_HOUSE_BASE_URL", server.url() },
      {"AI_HOUSE_MODEL",    "test"       }
  });
  const auto asked = ask(o.ann, "Do you have parking?");
  CAF_CHECK_EQUAL(text(asked, "by"), "house test");
  const auto id = text(asked.value("knowledge_gap", json::object()), "id");
  CAF_REQUIRE(!id.empty());
  auto resolve = [&](const std::string& notes) {
    const auto done = o.ann.post(
        "/api/knowledge-gaps/" + id + "/resolve",
        {
            {"resolution_notes",      notes},
            {"add_to_knowledge_base", true }
    });
    CAF_MESSAGE(done.summary() << " " << done.body.substr(0, 700));
    CAF_REQUIRE_EQUAL(done.status, 200);
    return done.json;
  };
  const auto weak = resolve("Ask Bill about that.");
  CAF_CHECK_EQUAL(weak.value("still_open", false), true);
  CAF_CHECK(!text(weak, "reason").empty());
  CAF_CHECK_EQUAL(text(weak["knowledge_gap"], "status"), "open");
  CAF_CHECK_EQUAL(weak["after"].value("covered", true), false);
  CAF_CHECK_EQUAL(o.ann.all("/api/knowledge", "chunks").size(), 1u);

  const auto good = resolve("There is free parking behind the house.");
  CAF_CHECK_EQUAL(good.value("still_open", true), false);
  CAF_CHECK_EQUAL(text(good["knowledge_gap"], "status"), "resolved");
  CAF_CHECK_EQUAL(text(good["after"], "reply"), "There is free parking behind the house.");
  CAF_CHECK(!good["after"].value("sources", json::array()).empty());
  const auto chunks = o.ann.all("/api/knowledge", "chunks");
  CAF_REQUIRE_EQUAL(chunks.size(), 1u);
  CAF_CHECK_NOT_EQUAL(text(chunks[0], "text").find("behind the house"), std::string::npos);
  // Trying out and replaying has logged nothing.
  CAF_CHECK_EQUAL(
      o.ann.get("/api/knowledge-gaps/" + id).json["knowledge_gap"].value("times_asked", 0), 1);
}

CAF_TEST(an appointment of a call and a wish of a chat come into the calendar by a yes) {
  talk_office o;
  CAF_MESSAGE("a call that booked proposes");
  const auto call = o.call(o.ready("Call my dentist and get the earliest appointment", number(1)));
  CAF_REQUIRE(o.processed(call));
  CAF_REQUIRE(!values_of(o.session(call), "appointment").empty());
  const auto list = "/api/calendar/proposals?status=pending";
  auto proposals = o.ann.all(list, "calendar_proposals");
  CAF_REQUIRE_EQUAL(proposals.size(), 1u);
  CAF_MESSAGE(proposals[0].dump());
  const auto proposal = text(proposals[0], "id");
  CAF_CHECK_EQUAL(text(proposals[0], "agent"), "aloha");
  CAF_CHECK_EQUAL(text(proposals[0], "context_id"), call);
  CAF_CHECK_EQUAL(text(proposals[0], "call_session_id"), call);
  CAF_CHECK(o.ann.all("/api/calendar/events", "events").empty());

  CAF_MESSAGE("processing again proposes nothing twice");
  CAF_CHECK(o.ann.post("/api/call-sessions/" + call + "/process", json::object()).ok());
  CAF_CHECK_EQUAL(o.ann.all(list, "calendar_proposals").size(), 1u);

  CAF_MESSAGE("the yes makes an event and the subscription has it");
  const auto approved =
      o.ann.post("/api/calendar/proposals/" + proposal + "/approve", json::object());
  CAF_MESSAGE(approved.body.substr(0, 600));
  CAF_CHECK_EQUAL(approved.status, 200);
  CAF_CHECK_EQUAL(o.ann.all("/api/calendar/events", "events").size(), 1u);
  const auto address = text(o.ann.call("POST", "/api/calendar/subscription", "").json, "url");
  const auto target = address.substr(address.find("/api/calendar.ics"));
  const auto feed = api(o.s.authority(), "").get(target);
  CAF_CHECK_EQUAL(feed.status, 200);
  CAF_CHECK(feed.body.starts_with("BEGIN:VCALENDAR\r\n"));
  CAF_CHECK_NOT_EQUAL(feed.body.find("BEGIN:VEVENT\r\n"), std::string::npos);
  CAF_CHECK_NOT_EQUAL(feed.body.find("SUMMARY:"), std::string::npos);

  CAF_MESSAGE("a wish in a chat is a proposal too and a no ends it");
  const auto wished =
      ask(o.ann, "Put lunch with Sam on Friday at noon into my calendar",
          {
              {"agent", "sync"}
  });
  const auto second = wished.value("calendar_proposal", json::object());
  CAF_CHECK_EQUAL(text(second, "agent"), "sync");
  CAF_CHECK_EQUAL(text(second, "status"), "pending");
  CAF_CHECK(o.ann
                .post(
                    "/api/calendar/proposals/" + text(second, "id") + "/reject",
                    {
                        {"note", "not this week"}
  })
                .ok());
  CAF_CHECK_EQUAL(o.ann.all("/api/calendar/events", "events").size(), 1u);
}
