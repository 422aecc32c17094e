#define CAF_SUITE desk

#include <caf/test/unit_test.hpp>

#include <condition_variable>
#include <thread>

#include "tests/persistence/stage.hpp"

using namespace ringmaster;
using ringmaster::test::stage;
using ringmaster::test::test_cluster;

namespace {

const std::vector<std::string> hostile{
  "'; drop table ringmaster.campaigns; --", "\"quoted\" \\ back", "{a,b},NULL", "%s %d $1 $2", "<script>alert(1)</script>",
  "Zoë ✓ 日本", "null"};

} // namespace

CAF_TEST(a campaign comes back as it was made) {
  stage s;
  auto draft = stage::any_time();
  draft.description = "It's \"due\"";
  draft.limits = {10, 200};
  draft.timezone = "America/New_York";
  auto made = s.make_campaign(s.ann, draft, stage::rows(3));
  CAF_CHECK_EQUAL(made.settings.name, draft.name);
  CAF_CHECK_EQUAL(made.settings.description, draft.description);
  CAF_CHECK(made.settings.limits == draft.limits);
  CAF_CHECK(made.settings.allowed_days_of_week == draft.allowed_days_of_week);
  CAF_CHECK(made.state == campaign::status::draft);
  CAF_CHECK_EQUAL(made.counts.total, 3);
  CAF_CHECK_EQUAL(made.counts.pending, 3);
  CAF_CHECK_EQUAL(made.version, 1);
}

CAF_TEST(hostile texts stay texts in every field) {
  stage s;
  for (const auto& text : hostile) {
    auto draft = stage::any_time();
    draft.name = draft.description = draft.script = text;
    auto rows = stage::rows(1);
    rows[0].contact_name = rows[0].client_id = text;
    auto who = s.ann;
    who.actor = who.request_id = text;
    auto made = s.make_campaign(who, draft, rows);
    CAF_CHECK_EQUAL(made.settings.script, text);
    auto back = s.at_desk(who, [&](desk_work& w) -> result<page<target::view>> {
      auto found = w.list_campaigns({}, std::nullopt, text);
      if (!found || found->items.empty())
        return fail(errc::not_found, "the search did not find " + text);
      if (auto added = w.add_suppression(phone_number::from_canonical("+1415" + text), text, text); !added)
        return fail(added.error());
      api_key_id key{make_uuid7(w.now(), test_cluster::get().random())};
      if (auto k = w.create_api_key(key, text, 1, std::string(32, '\0'), text, std::nullopt); !k || k->name != text)
        return fail(errc::internal, "key");
      if (auto claimed = w.claim_key(text, text, std::string(32, '\1')); !claimed)
        return fail(claimed.error());
      if (auto kept = w.store_answer(text, text, {201, text}); !kept)
        return fail(kept.error());
      auto trail = w.list_audit({}, to_string(made.id));
      if (!trail || trail->items.empty() || trail->items[0].actor != text)
        return fail(errc::internal, "audit");
      if (auto none = w.list_audit({}, text); !none || !none->items.empty())
        return fail(errc::internal, "a subject that is no id");
      page_request p;
      p.cursor = text;
      if (w.list_targets(made.id, p, std::nullopt))
        return fail(errc::internal, "a cursor that is none");
      return w.list_targets(made.id, {}, std::nullopt);
    });
    CAF_REQUIRE_EQUAL(back.has_value() ? std::string() : back.error().detail, std::string());
    CAF_CHECK_EQUAL(back->items.at(0).contact_name, text);
    CAF_CHECK_EQUAL(back->items.at(0).client_id, text);
  }
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.campaigns"), static_cast<std::int64_t>(hostile.size()));
}

CAF_TEST(duplicates are counted and named and not added) {
  stage s;
  auto rows = stage::rows(3);
  rows[0].client_id = "a";
  auto id = s.make_campaign(s.ann, stage::any_time(), rows).id;
  auto more = stage::rows(5);
  more[3].client_id = "a";
  more.push_back(stage::row(6, more[4].number.number.reveal()));
  auto report = s.at_desk(s.ann, [&](desk_work& w) -> result<target::report> {
    target::report r;
    if (auto added = w.add_targets(id, more, r); !added)
      return fail(added.error());
    return r;
  });
  CAF_REQUIRE(report.has_value());
  CAF_CHECK_EQUAL(report->accepted, 1u);
  CAF_CHECK_EQUAL(report->duplicates, 5u);
  CAF_REQUIRE_EQUAL(report->duplicate_rows.size(), 5u);
  auto view = s.at_desk(s.ann, [&](desk_work& w) { return w.find_campaign(id); });
  CAF_CHECK_EQUAL(view->counts.total, 4);
}

CAF_TEST(lists page by cursor and by offset over the same rows) {
  stage s;
  auto id = s.make_campaign(s.ann, stage::any_time(), stage::rows(25)).id;
  auto pages = s.at_desk(s.ann, [&](desk_work& w) -> result<std::vector<std::string>> {
    std::vector<std::string> by_cursor;
    page_request p;
    p.limit = 10;
    do {
      auto page = w.list_targets(id, p, std::nullopt);
      if (!page)
        return fail(page.error());
      if (page->total != 25)
        return fail(errc::internal, "total");
      for (const auto& t : page->items)
        by_cursor.push_back(t.number.reveal());
      p.cursor = page->next_cursor;
    } while (!p.cursor.empty());
    page_request q;
    q.limit = 500;
    auto all = w.list_targets(id, q, target::status::pending);
    if (!all || all->items.size() != 25 || by_cursor.size() != 25 || !all->next_cursor.empty())
      return fail(errc::internal, "sizes");
    for (std::size_t i = 0; i < 25; ++i)
      if (all->items[i].number.reveal() != by_cursor[i])
        return fail(errc::internal, "order");
    q.offset = 20;
    auto rest = w.list_targets(id, q, std::nullopt);
    if (!rest || rest->items.size() != 5 || rest->items[0].number.reveal() != by_cursor[20])
      return fail(errc::internal, "offset");
    auto none = w.list_targets(id, q, target::status::failed);
    if (!none || none->total != 0)
      return fail(errc::internal, "filter");
    return by_cursor;
  });
  CAF_REQUIRE_EQUAL(pages.has_value() ? std::string() : pages.error().detail, std::string());
  // In the order of the upload.
  CAF_CHECK(std::is_sorted(pages->begin(), pages->end()));
}

CAF_TEST(calls and audit and campaigns page by cursor) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 12);
  s.ask(s.ann, id, 12);
  auto count = s.at_desk(s.ann, [&](desk_work& w) -> result<int> {
    int n = 0;
    for (auto of : {std::optional<campaign_id>(id), std::optional<campaign_id>()}) {
      page_request p;
      p.limit = 5;
      do {
        auto page = w.list_calls(of, p);
        if (!page)
          return fail(page.error());
        if (p.cursor.empty() && page->total != 12)
          return fail(errc::internal, "total");
        n += static_cast<int>(page->items.size());
        p.cursor = page->next_cursor;
      } while (!p.cursor.empty());
    }
    page_request p;
    p.limit = 4;
    std::int64_t last = std::numeric_limits<std::int64_t>::max();
    int rows = 0;
    do {
      auto page = w.list_audit(p, "");
      if (!page)
        return fail(page.error());
      for (const auto& row : page->items) {
        if (row.seq >= last)
          return fail(errc::internal, "order");
        last = row.seq;
        ++rows;
      }
      p.cursor = page->next_cursor;
    } while (!p.cursor.empty());
    if (rows != 16) // user, campaign, targets, start and twelve permits
      return fail(errc::internal, "audit rows: " + std::to_string(rows));
    return n;
  });
  CAF_REQUIRE_EQUAL(count.has_value() ? std::string() : count.error().detail, std::string());
  CAF_CHECK_EQUAL(*count, 24);
}

CAF_TEST(what belongs to another user looks as if it were absent) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 1);
  auto dial = s.ask(s.ann, id, 1).intents.at(0);
  auto bob = s.add_user("bob@example.com");
  std::vector<errc> codes;
  auto seen = s.desk->transact(bob, [&](desk_work& w) -> result<void> {
    target::report r;
    auto rows = stage::rows(1);
    codes.push_back(w.find_campaign(id).error().code);
    codes.push_back(w.delete_campaign(id).error().code);
    codes.push_back(w.add_targets(id, rows, r).error().code);
    codes.push_back(w.list_targets(id, {}, std::nullopt).error().code);
    codes.push_back(w.list_calls(id, {}).error().code);
    codes.push_back(w.find_call(dial.attempt).error().code);
    if (!w.list_campaigns({}, std::nullopt, "")->items.empty() || !w.list_calls(std::nullopt, {})->items.empty())
      return fail(errc::internal, "seen");
    return {};
  });
  CAF_CHECK(seen.has_value());
  CAF_CHECK_EQUAL(codes.size(), 6u);
  for (auto code : codes)
    CAF_CHECK(code == errc::not_found);
  CAF_CHECK(s.steer(bob, id, campaign::action::pause).error().code == errc::not_found);
}

CAF_TEST(a campaign is deleted with all that belongs to it and only when it has ended) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 2);
  auto dial = s.ask(s.ann, id, 1).intents.at(0);
  CAF_REQUIRE(s.one<callback_recorded>(stage::callback(dial, stage::sid(1), call::status::ringing, 1)).has_value());
  auto remove = [&] { return s.at_desk(s.ann, [&](desk_work& w) { return w.delete_campaign(id); }); };
  auto running = remove();
  CAF_REQUIRE(!running);
  CAF_CHECK(running.error().code == errc::wrong_state);
  CAF_CHECK(!running.error().allowed_transitions.empty());
  CAF_REQUIRE(s.steer(s.ann, id, campaign::action::cancel).has_value());
  CAF_CHECK(remove().error().code == errc::wrong_state); // a call is still live
  auto accept = stage::step(dial, attempt::event::accept);
  accept.sid = stage::sid(1);
  auto settle = stage::step(dial, attempt::event::settle);
  settle.target_step = target::event::give_up;
  std::vector<store_change> both{accept, settle};
  s.lane->commit(both);
  CAF_CHECK(remove().has_value());
  for (const std::string table : {"campaigns", "targets", "attempts", "call_sessions", "permits", "webhook_inbox"})
    CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster." + table), 0);
  CAF_CHECK(s.number("select count(*) from ringmaster.audit") > 0);
}

CAF_TEST(the same request twice has one effect) {
  stage s;
  std::string digest(32, 'd');
  auto first = s.at_desk(s.ann, [&](desk_work& w) -> result<void> {
    auto claim = w.claim_key("k1", "POST /api/campaigns", digest);
    if (!claim || *claim)
      return fail(errc::internal, "first");
    if (auto made = w.create_campaign(stage::any_time()); !made)
      return fail(made.error());
    return w.store_answer("k1", "POST /api/campaigns", {201, "{\"success\":true}"});
  });
  CAF_REQUIRE(first.has_value());
  auto second = s.at_desk(s.ann, [&](desk_work& w) { return w.claim_key("k1", "POST /api/campaigns", digest); });
  CAF_REQUIRE(second.has_value() && second->has_value());
  CAF_CHECK_EQUAL((*second)->status, 201);
  CAF_CHECK_EQUAL((*second)->body, "{\"success\":true}");
  auto other = s.at_desk(s.ann, [&](desk_work& w) { return w.claim_key("k1", "POST /api/campaigns", std::string(32, 'e')); });
  CAF_CHECK(!other && other.error().code == errc::key_reused);
  // A rollback frees the key.
  auto failed = s.at_desk(s.ann, [&](desk_work& w) -> result<void> {
    auto claim = w.claim_key("k2", "POST /api/campaigns", digest);
    return claim ? fail(errc::invalid, "no") : fail(claim.error());
  });
  CAF_CHECK(!failed);
  auto again = s.at_desk(s.ann, [&](desk_work& w) { return w.claim_key("k2", "POST /api/campaigns", digest); });
  CAF_CHECK(again.has_value() && !again->has_value());
}

CAF_TEST(of two parallel equal requests one waits and gets the answer of the other) {
  stage s;
  std::string digest(32, 'd');
  std::mutex mutex;
  std::condition_variable changed;
  bool claimed = false;
  std::optional<desk_work::stored_answer> got;
  std::thread second([&] {
    {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return claimed; });
    }
    auto desk = s.base->make_desk();
    auto done = desk->transact(s.ann, [&](desk_work& w) -> result<void> {
      auto claim = w.claim_key("k", "POST /x", digest);
      if (!claim)
        return fail(claim.error());
      got = *claim;
      return {};
    });
    CAF_CHECK(done.has_value());
  });
  auto done = s.desk->transact(s.ann, [&](desk_work& w) -> result<void> {
    auto claim = w.claim_key("k", "POST /x", digest);
    {
      std::lock_guard lock(mutex);
      claimed = true;
    }
    changed.notify_all();
    // Until the other one waits for this transaction.
    for (int i = 0; i < 1000; ++i)
      if (s.number("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = '" + s.name + "'") > 0)
        break;
    return w.store_answer("k", "POST /x", {200, "done"});
  });
  second.join();
  CAF_CHECK(done.has_value());
  CAF_REQUIRE(got.has_value());
  CAF_CHECK_EQUAL(got->body, "done");
}

CAF_TEST(a failed statement spoils its transaction and no other) {
  stage s;
  api_key_id id{make_uuid7(instant{}, test_cluster::get().random())};
  auto twice = s.desk->transact(s.ann, [&](desk_work& w) -> result<void> {
    auto a = w.create_api_key(id, "a", 1, std::string(32, 'a'), "", std::nullopt);
    auto b = w.create_api_key(id, "b", 1, std::string(32, 'b'), "", std::nullopt);
    auto c = w.list_api_keys({});
    CAF_CHECK(a.has_value());
    CAF_CHECK(!b && b.error().code == errc::duplicate);
    CAF_CHECK(!c);
    return {};
  });
  CAF_CHECK(!twice && twice.error().code == errc::duplicate);
  auto after = s.at_desk(s.ann, [&](desk_work& w) { return w.list_api_keys({}); });
  CAF_CHECK(after.has_value() && after->items.empty());
}

CAF_TEST(keys are found by id across users and suppressions stand once) {
  stage s;
  api_key_id id{make_uuid7(instant{}, test_cluster::get().random())};
  std::string secret;
  for (int i = 0; i < 32; ++i)
    secret += static_cast<char>(i * 8);
  CAF_REQUIRE(s.people->create_key("ANN@example.com", id, "cli", 15, secret, "wxyz", std::nullopt).has_value());
  auto found = s.desk->find_api_key(id);
  CAF_REQUIRE(found.has_value() && found->has_value());
  CAF_CHECK((*found)->user == s.ann.user);
  CAF_CHECK_EQUAL((*found)->secret_sha256, secret);
  CAF_CHECK_EQUAL((*found)->user_email, "ann@example.com");
  CAF_CHECK(s.desk->touch_api_key(s.ann.user, id, instant(std::chrono::hours(500'000))).has_value());
  auto none = s.desk->find_api_key(api_key_id{});
  CAF_CHECK(none.has_value() && !none->has_value());
  CAF_CHECK(s.people->add_user("Ann@Example.com").error().code == errc::duplicate);
  CAF_CHECK(!s.people->add_user("no address"));
  auto number = phone_number::from_canonical("+14155559999");
  auto first = s.at_desk(s.ann, [&](desk_work& w) { return w.add_suppression(number, "asked", "user"); });
  auto second = s.at_desk(s.ann, [&](desk_work& w) { return w.add_suppression(number, "again", "call"); });
  CAF_REQUIRE(first.has_value() && second.has_value());
  CAF_CHECK(first->id == second->id);
  CAF_CHECK_EQUAL(second->reason, "asked");
  CAF_CHECK(s.at_desk(s.ann, [&](desk_work& w) { return w.remove_suppression(first->id); }).has_value());
  CAF_CHECK(s.at_desk(s.ann, [&](desk_work& w) { return w.remove_suppression(first->id); }).error().code == errc::not_found);
}
