#define CAF_SUITE audit_chain

#include <caf/test/unit_test.hpp>

#include <atomic>
#include <fstream>
#include <thread>

#include "persistence/audit_heads.hpp"
#include "persistence/back_office.hpp"
#include "tests/persistence/stage.hpp"
#include "tests/support/temp_folder.hpp"

using namespace ringmaster;
using ringmaster::test::stage;
using ringmaster::test::test_cluster;

namespace {

struct office_stage : stage {
  back_office office{base->connect(db::purpose::desk, "office")};

  void note(const identity& who, int times = 1) {
    for (int i = 0; i < times; ++i) {
      auto done = at_desk(who, [&](desk_work& w) -> result<bool> {
        auto noted = w.note_operation("test.act", "campaign", make_uuid7(w.now(), test_cluster::get().random()), "why " + std::to_string(i));
        if (!noted)
          return fail(noted.error());
        return true;
      });
      CAF_REQUIRE(done.has_value());
    }
  }
  std::int64_t seal() { return office.seal_audit().value(); }
  /// Seals until nothing is left, as the background does.
  void seal_all() {
    for (int i = 0; i < 1'000 && unsealed() > 0; ++i)
      CAF_REQUIRE(office.seal_audit().has_value());
  }
  std::int64_t unsealed() {
    return number(R"(
      select count(*) from ringmaster.audit a
       where a.seq > coalesce((select max(s.to_seq) from ringmaster.audit_seals s where s.user_id = a.user_id), 0))");
  }
  audit_verdict verify(const identity& who, const std::vector<audit_head>& heads = {}) {
    return at_desk(who, [&](desk_work& w) { return w.ledger().verify_audit(heads, 1'000'000); }).value();
  }
  /// What a superuser can do and nobody else.
  void tamper(const std::string& sql) {
    auto admin = test_cluster::get().connect_admin(name);
    admin.execute("alter table ringmaster.audit disable trigger user");
    admin.execute("alter table ringmaster.audit_seals disable trigger user");
    admin.execute(sql);
    admin.execute("alter table ringmaster.audit enable trigger user");
    admin.execute("alter table ringmaster.audit_seals enable trigger user");
  }
};

} // namespace

CAF_TEST(what was committed is sealed and the chain is valid) {
  office_stage s;
  auto bob = s.add_user("bob@example.com");
  s.note(s.ann, 3);
  s.note(bob, 2);
  CAF_CHECK(s.seal() >= 5);
  CAF_CHECK(s.seal() == 0);
  s.note(s.ann, 2);
  CAF_CHECK(s.verify(s.ann).unsealed == 2);
  CAF_CHECK(s.seal() == 2);
  auto v = s.verify(s.ann);
  CAF_CHECK(v.valid);
  CAF_CHECK(v.checked == s.number("select count(*) from ringmaster.audit where user_id = '" + to_string(s.ann.user.value) + "'"));
  CAF_CHECK(v.unsealed == 0);
  CAF_CHECK(s.verify(bob).valid);
  CAF_CHECK(s.verify(bob).head.hash != v.head.hash);
}

CAF_TEST(a row that a superuser edits is found) {
  office_stage s;
  s.note(s.ann, 3);
  s.seal();
  s.note(s.ann, 3);
  s.seal();
  auto second = s.number("select max(from_seq) from ringmaster.audit_seals");
  s.tamper("update ringmaster.audit set reason = 'another story' where seq = (select max(seq) - 1 from ringmaster.audit)");
  auto v = s.verify(s.ann);
  CAF_CHECK(!v.valid);
  CAF_CHECK(v.first_broken == std::optional<std::int64_t>(second));
  CAF_CHECK(!v.reason.empty());
}

CAF_TEST(a row that is removed from the middle or put in is found) {
  office_stage s;
  s.note(s.ann, 5);
  s.seal();
  CAF_CHECK(s.verify(s.ann).valid);
  s.tamper("delete from ringmaster.audit where seq = (select max(seq) - 2 from ringmaster.audit)");
  CAF_CHECK(!s.verify(s.ann).valid);
  s.tamper(
    "insert into ringmaster.audit (user_id, seq, at, actor, action, subject_kind) overriding system value "
    "select user_id, seq - 1, at, actor, action, subject_kind from ringmaster.audit order by seq desc offset 1 limit 1");
  CAF_CHECK(!s.verify(s.ann).valid);
}

CAF_TEST(rows that are cut off with their seals are found by the heads that were written down) {
  office_stage s;
  support::temp_folder folder;
  auto file = audit_head_file::in(folder.path());
  CAF_CHECK(file.read().value().empty());
  s.note(s.ann, 2);
  s.seal();
  CAF_REQUIRE(file.append(s.office.audit_heads().value()).has_value());
  s.note(s.ann, 2);
  s.seal();
  CAF_REQUIRE(file.append(s.office.audit_heads().value()).has_value());
  auto heads = file.read().value();
  CAF_REQUIRE(heads.size() == 2u);
  CAF_CHECK(s.verify(s.ann, heads).valid);
  s.tamper("delete from ringmaster.audit where seq > (select min(to_seq) from ringmaster.audit_seals)");
  s.tamper("delete from ringmaster.audit_seals where from_seq > (select min(from_seq) from ringmaster.audit_seals)");
  CAF_CHECK(s.verify(s.ann).valid); // the database alone does not tell
  auto v = s.verify(s.ann, heads);
  CAF_CHECK(!v.valid);
  CAF_CHECK(v.first_broken == std::optional(heads[1].seq));
}

CAF_TEST(nobody but the engine seals and nobody changes a seal) {
  office_stage s;
  s.note(s.ann);
  s.seal();
  auto on = s.base->connect(db::purpose::desk, "probe");
  auto refused = [&](const char* sql, bool as_engine) {
    try {
      auto tx = as_engine ? db::transaction::of_engine(*on) : db::transaction::of_user(*on, s.ann.user);
      auto rows = tx.script(sql);
      tx.commit();
      return rows.affected() == 0;
    } catch (const db::failure&) {
      return true;
    }
  };
  CAF_CHECK(refused("update audit_seals set row_count = row_count + 1", true));
  CAF_CHECK(refused("delete from audit_seals", true));
  CAF_CHECK(refused("update audit_seals set row_count = row_count + 1", false));
  CAF_CHECK(refused(
    "insert into audit_seals (user_id, from_seq, to_seq, row_count, prev, hash) "
    "select user_id, 900, 901, 1, prev, hash from audit_seals", false));
}

CAF_TEST(a row that is on its way holds back what stands behind it and nothing is skipped) {
  office_stage s;
  s.note(s.ann);
  s.seal_all();
  auto slow = s.base->connect(db::purpose::desk, "slow");
  auto tx = db::transaction::of_user(*slow, s.ann.user);
  tx.script(
    "insert into audit (user_id, actor, action, subject_kind) values ('" + to_string(s.ann.user.value)
    + "', 'test', 'test.slow', 'campaign')");
  s.note(s.ann, 3); // drawn later, committed before
  for (int i = 0; i < 5; ++i)
    s.seal();
  CAF_CHECK(s.verify(s.ann).unsealed == 3);
  tx.commit();
  s.seal_all();
  auto v = s.verify(s.ann);
  CAF_CHECK(v.valid);
  CAF_CHECK(v.unsealed == 0);
  CAF_CHECK(v.checked == s.number("select count(*) from ringmaster.audit"));
}

CAF_TEST(many writers at once and every row is sealed exactly once) {
  office_stage s;
  constexpr int writers = 6, acts = 60;
  std::vector<identity> people{s.ann, s.add_user("bob@example.com"), s.add_user("cy@example.com")};
  std::atomic<int> left{writers};
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w)
    threads.emplace_back([&, w] {
      auto desk = s.base->make_desk();
      for (int i = 0; i < acts; ++i) {
        // Every fifth is taken back: its number is drawn and never comes.
        bool back = i % 5 == 4;
        auto done = desk->transact(people[static_cast<std::size_t>(w) % people.size()], [&](desk_work& work) -> result<void> {
          uuid subject;
          subject.bytes[0] = static_cast<std::uint8_t>(w);
          subject.bytes[1] = static_cast<std::uint8_t>(i);
          for (int k = 0; k <= i % 3; ++k)
            if (auto noted = work.note_operation("test.act", "campaign", subject, "x"); !noted)
              return noted;
          if (back)
            return fail(errc::conflict, "taken back");
          return {};
        });
        failures += done.has_value() == back;
      }
      --left;
    });
  while (left > 0)
    if (!s.office.seal_audit())
      ++failures;
  for (auto& t : threads)
    t.join();
  s.seal_all();
  CAF_CHECK(failures == 0);
  std::int64_t checked = 0;
  for (const auto& who : people) {
    auto v = s.verify(who);
    CAF_CHECK(v.valid);
    CAF_CHECK(v.unsealed == 0);
    checked += v.checked;
  }
  CAF_CHECK(checked == s.number("select count(*) from ringmaster.audit"));
  CAF_CHECK(checked == s.number("select sum(row_count)::bigint from ringmaster.audit_seals"));
  CAF_CHECK(s.number("select count(*) from ringmaster.audit_seals") > 3);
}

CAF_TEST(a line of the heads that was cut short is passed over and a foreign one is not) {
  support::temp_folder folder;
  auto file = audit_head_file::in(folder.path());
  audit_head head{user_id{uuid{{7}}}, 12, std::string(64, 'a'), instant(std::chrono::seconds(1'780'000'000))};
  CAF_REQUIRE(file.append(std::vector{head}).has_value());
  auto add = [&](const std::string& text) {
    std::ofstream out(file.where(), std::ios::app);
    out << text;
  };
  add(R"({"at":"2026-)");
  auto read = file.read();
  CAF_REQUIRE(read.has_value());
  CAF_REQUIRE(read->size() == 1u);
  CAF_CHECK((*read)[0].hash == head.hash && (*read)[0].seq == 12 && (*read)[0].user == head.user);
  add("nonsense\n");
  CAF_CHECK(!file.read());
}

// -- webhooks and costs of calls ------------------------------------------------------------------

CAF_TEST(a call shows how the requests about it were answered) {
  office_stage s;
  auto id = s.running(s.ann, stage::any_time(), 1);
  auto dial = s.ask(s.ann, id, 1).intents.at(0);
  auto sid = stage::sid(1);
  auto ringing = stage::callback(dial, sid, call::status::ringing, 1);
  CAF_REQUIRE(s.one<callback_recorded>(ringing).has_value());
  CAF_REQUIRE(s.one<callback_recorded>(stage::callback(dial, sid, call::status::in_progress, 2)).has_value());
  hook_note good;
  good.user = dial.user;
  good.attempt = dial.attempt;
  good.at = instant(std::chrono::seconds(1'700'000'000));
  good.kind = ringing.kind;
  good.sid = ringing.sid;
  good.news = ringing.news;
  good.sequence = ringing.sequence;
  good.verdict = "accepted";
  good.answer_status = 204;
  good.took = std::chrono::microseconds(1'500);
  auto bad = good;
  bad.at += std::chrono::seconds(1);
  bad.verdict = "bad_signature";
  bad.answer_status = 403;
  bad.body = "CallSid=forged";
  auto nobody = good;
  nobody.attempt = attempt_id{make_uuid7(instant{}, test_cluster::get().random())};
  CAF_REQUIRE(s.office.keep_webhooks(std::vector{good, bad, nobody}).has_value());
  auto seen = s.at_desk(s.ann, [&](desk_work& w) { return w.ledger().webhooks(dial.attempt); }).value();
  CAF_REQUIRE(seen.size() == 3u);
  CAF_CHECK(seen[0].answer_status == std::optional<std::int32_t>(204));
  CAF_CHECK(seen[0].status == std::optional(call::status::ringing));
  CAF_CHECK(seen[0].body == ringing.raw);
  CAF_CHECK(seen[1].verdict == "bad_signature");
  CAF_CHECK(seen[1].body == "CallSid=forged");
  CAF_CHECK(!seen[2].answer_status);
  CAF_CHECK(seen[2].kind == "status");
  CAF_CHECK(seen[2].status == std::optional(call::status::in_progress));
  CAF_CHECK(s.number("select count(*) from ringmaster.webhook_answers") == 2);
  auto bob = s.add_user("bob@example.com");
  CAF_CHECK(s.at_desk(bob, [&](desk_work& w) { return w.ledger().webhooks(dial.attempt); }).error().code == errc::not_found);
  // They go with the campaign.
  auto settle = stage::step(dial, attempt::event::accept);
  settle.sid = sid;
  CAF_REQUIRE(s.one<attempt_advanced>(settle).has_value());
  auto end = stage::step(dial, attempt::event::settle);
  end.target_step = target::event::reach;
  end.call_state = call::status::completed;
  CAF_REQUIRE(s.one<attempt_advanced>(end).has_value());
  CAF_REQUIRE(s.steer(s.ann, id, campaign::action::cancel).has_value());
  CAF_REQUIRE(s.at_desk(s.ann, [&](desk_work& w) -> result<bool> {
    if (auto gone = w.delete_campaign(id); !gone)
      return fail(gone.error());
    return true;
  }).has_value());
  CAF_CHECK(s.number("select count(*) from ringmaster.webhook_answers") == 0);
}

CAF_TEST(the price of a connected call is asked for until it is told) {
  office_stage s;
  using namespace std::chrono_literals;
  auto id = s.running(s.ann, stage::any_time(), 2);
  auto dials = s.ask(s.ann, id, 2).intents;
  for (std::size_t i = 0; i < 2; ++i) {
    auto accept = stage::step(dials[i], attempt::event::accept);
    accept.sid = stage::sid(static_cast<int>(i) + 1);
    CAF_REQUIRE(s.one<attempt_advanced>(accept).has_value());
    auto over = i == 0 ? call::status::completed : call::status::busy;
    CAF_REQUIRE(s.one<callback_recorded>(stage::callback(dials[i], *accept.sid, over, 3)).has_value());
  }
  auto since = s.lane->database_time().value() - 1h;
  CAF_REQUIRE(s.office.open_costs(since, 1h).has_value());
  CAF_CHECK(s.office.prices_due(10).value().empty()); // not yet
  CAF_CHECK(s.number("select count(*) from ringmaster.call_costs") == 1); // nobody pays for busy
  s.number("with u as (update ringmaster.call_costs set due_at = now() - interval '1 second' returning 1) select count(*) from u");
  CAF_REQUIRE(s.office.open_costs(since, 1h).has_value()); // again, and nothing changes
  auto due = s.office.prices_due(10).value();
  CAF_REQUIRE(due.size() == 1u);
  CAF_CHECK(due[0].sid == stage::sid(1));
  auto cost = [&] { return s.at_desk(s.ann, [&](desk_work& w) { return w.ledger().cost(dials[0].attempt); }).value(); };
  auto now = s.lane->database_time().value();
  CAF_REQUIRE(s.office.note_price(due[0], std::nullopt, now - 1s).has_value());
  CAF_CHECK(!cost().carrier);
  due = s.office.prices_due(10).value();
  CAF_REQUIRE(due.size() == 1u);
  CAF_CHECK(due[0].tries == 1);
  CAF_REQUIRE(s.office.note_price(due[0], money{14'000, "USD"}, now).has_value());
  CAF_CHECK(s.office.prices_due(10).value().empty());
  CAF_CHECK(cost().carrier == std::optional(money{14'000, "USD"}));
  assistant::usage used;
  used.provider = "openai";
  used.cost_micros = 2'500;
  s.at_desk(s.ann, [&](desk_work& w) -> result<bool> {
    if (auto noted = w.usage().note(assistant::function{}, std::nullopt, dials[0].attempt, {used}); !noted)
      return fail(noted.error());
    return true;
  });
  CAF_CHECK(cost().models == (money{2'500, "USD"}));
  CAF_CHECK(s.at_desk(s.ann, [&](desk_work& w) { return w.ledger().carrier_spent_today(); }).value() == 14'000);
}
