// What agents may not write: tried on the database itself, past the books.

#define CAF_SUITE agent_grants

#include <caf/test/unit_test.hpp>

#include "persistence/self_check.hpp"
#include "tests/persistence/knowledge_stage.hpp"

using namespace ringmaster;
using namespace ringmaster::test;

namespace {

/// Ann's: a chunk, an open, a resolved and an ignored gap, a chat, a pending and an approved
/// proposal.
struct filled {
  filled() {
    auto log = [&](const char* question) {
      return task_stage::must(h.at(
                                  ann,
                                  [&](shelf& s) {
                                    return s.knowledge.log_gap(fresh<gap_id>(), asked(question));
                                  }))
          .gap.id;
    };
    auto act = [&](const gap_id& id, const gap::act& what) {
      task_stage::must(h.at(ann, [&](shelf& s) { return s.knowledge.act(id, what, {}); }));
    };
    open = to_string(log("Do you have a wheelchair ramp?"));
    auto answered = log("Are dogs allowed in the waiting room?");
    act(answered, gap::resolve{"Yes.", {}});
    resolved = to_string(answered);
    auto left = log("Do you take American Express?");
    act(left, gap::ignore{});
    ignored = to_string(left);
    task_stage::must(h.at(ann, [&](shelf& s) {
      return s.knowledge.add_chunk(fresh<chunk_id>(), piece("Tea", "Free."), {});
    }));
    calendar::proposal_draft d;
    d.as.title = "Dentist";
    d.as.starts_at = instant(std::chrono::seconds(1'795'600'800));
    d.as.ends_at = d.as.starts_at + std::chrono::hours(1);
    for (bool yes : {false, true}) {
      auto p = task_stage::must(
          h.at(ann, [&](shelf& s) { return s.calendar.propose(fresh<proposal_id>(), d); }));
      if (yes)
        task_stage::must(
            h.at(ann, [&](shelf& s) { return s.calendar.act(p.id, calendar::approve{}, {}); }));
    }
    task_stage::must(h.at(ann, [&](shelf& s) {
      return s.chats.add(fresh<chat_id>(), true, knowledge::agent::aloha, {}, {});
    }));
    h.write_profile(ann, {});
  }

  /// What became of a statement: "done", "nothing" (no row was touched), "denied", "refused" by a
  /// check, or "failed". `role`: "agent", "user" or "engine".
  std::string attempt(const std::string& role, const std::string& sql) {
    auto app = h.s.base->connect(db::purpose::desk, "probe");
    try {
      auto tx = role == "engine" ? db::transaction::of_engine(*app)
                                 : db::transaction::of_user(*app, ann.user);
      if (role == "agent")
        tx.script("set local role rm_agent");
      auto touched = tx.script(sql).affected();
      tx.commit();
      return touched == 0 ? "nothing" : "done";
    } catch (const db::failure& why) {
      return why.what_kind == db::trouble::denied  ? "denied"
             : why.what_kind == db::trouble::check ? "refused"
                                                   : std::string("failed: ") + why.what();
    }
  }

  postgres_home h;
  identity ann = h.s.ann;
  std::string open, resolved, ignored;
};

} // namespace

CAF_TEST(no agent writes what tells agents what they know) {
  filled f;
  auto user = "'" + to_string(f.ann.user) + "'";
  auto proposal = "(select id from calendar_proposals where status = 'approved' limit 1)";
  const std::vector<std::string> forbidden{
      "insert into knowledge_chunks (user_id, id, title, text, source, category, added_by) values "
      "(" +
          user + ", gen_random_uuid(), 'x', 'y', 'z', 'other', 'me')",
      "update knowledge_chunks set text = 'All is free.'",
      "delete from knowledge_chunks",
      "insert into business_profile (user_id) values (" + user + ")",
      "update business_profile set hours = 'always'",
      "delete from business_profile",
      "insert into calendar_events (user_id, id, title, starts_at, ends_at, timezone, proposal_id, "
      "agent) values (" +
          user + ", gen_random_uuid(), 'x', now(), now() + interval '1 hour', 'UTC', " + proposal +
          ", 'sync')",
      "update calendar_events set title = 'x', sequence = sequence + 1",
      "delete from calendar_events",
      "update calendar_proposals set status = 'approved', decided_by = 'me', decided_at = now() "
      "where status = 'pending'",
      "update calendar_proposals set title = 'x'",
      "delete from calendar_proposals",
      "insert into calendar_proposals (user_id, id, agent, origin, change, title, starts_at, "
      "ends_at, timezone, status, decided_by, decided_at) "
      "values (" +
          user +
          ", gen_random_uuid(), 'sync', 'api', 'create', 'x', now(), now() + interval '1 hour', "
          "'UTC', 'rejected', 'me', now())",
      "insert into calendar_tokens (user_id, sha256) values (" + user + ", sha256('x'))",
      "delete from calendar_tokens",
      "update knowledge_gaps set question = 'x'",
      "update knowledge_gaps set asks = 'x'",
      "update knowledge_gaps set chunk_id = (select id from knowledge_chunks)",
      "update knowledge_gaps set resolution_notes = 'x'",
      "update knowledge_gaps set status = 'resolved', resolved_at = now(), resolved_by = 'me', "
      "resolution_action = 'noted' where id = '" +
          f.open + "'",
      "update knowledge_gaps set status = 'ignored', resolved_at = now(), resolved_by = 'me', "
      "resolution_action = 'ignored' where id = '" +
          f.open + "'",
      "update knowledge_gaps set status = 'open', resolved_at = null, resolved_by = '', "
      "resolution_action = '' where id = '" +
          f.ignored + "'",
      "update knowledge_gaps set resolved_by = 'me' where id = '" + f.resolved + "'",
      "insert into knowledge_gaps (user_id, id, agent, source, question, asks, category, status, "
      "resolved_at, resolved_by, resolution_action) "
      "values (" +
          user +
          ", gen_random_uuid(), 'sync', 'api', 'x', 'x', 'other', 'resolved', now(), 'me', "
          "'noted')",
      "delete from knowledge_gaps",
      "update gap_askings set answered = 'x'",
      "delete from gap_askings",
      "update chats set title = 'x'",
      "delete from chats",
      "update chat_messages set text = 'x'",
      "delete from chat_messages",
      "update assistant_settings set timezone = 'UTC'",
      "truncate knowledge_chunks",
      "set role rm_owner"};
  for (const auto& sql : forbidden) {
    CAF_MESSAGE(sql);
    CAF_CHECK_EQUAL(f.attempt("agent", sql), std::string("denied"));
  }
  // What it may: read all of it, ask, propose, and open what was resolved.
  for (const std::string table :
       {"knowledge_chunks", "knowledge_gaps", "gap_askings", "chats", "chat_messages",
        "calendar_proposals", "calendar_events", "business_profile"}) {
    CAF_MESSAGE(table);
    CAF_CHECK_EQUAL(f.attempt("agent", "select 1 from " + table), std::string("done"));
  }
  CAF_CHECK_EQUAL(
      f.attempt(
          "agent",
          "update knowledge_gaps set status = 'open', resolved_at = null, resolved_by = '', "
          "resolution_action = '', times_asked = times_asked + 1 where id = '" +
              f.resolved + "'"),
      std::string("done"));
}

CAF_TEST(the engine decides nothing in its own context either) {
  filled f;
  for (const std::string& sql : std::vector<std::string>{
           "update calendar_proposals set status = 'approved', decided_by = 'me', decided_at = "
           "now() where status = 'pending'",
           "update calendar_proposals set title = 'x'",
           "update knowledge_gaps set status = 'ignored', resolved_at = now(), resolved_by = 'me', "
           "resolution_action = 'ignored' where status = 'open'",
           "update knowledge_gaps set status = 'open', resolved_at = null, resolved_by = '', "
           "resolution_action = '' where status = 'ignored'",
           "insert into knowledge_chunks select * from knowledge_chunks"}) {
    CAF_MESSAGE(sql);
    auto became = f.attempt("engine", sql);
    CAF_CHECK(
        became == "denied" || became.starts_with("failed: ERROR:  cannot insert a non-DEFAULT"));
  }
  for (const std::string sql :
       {"update knowledge_chunks set title = 'x'", "delete from knowledge_chunks",
        "update calendar_events set title = 'x'", "delete from calendar_tokens"}) {
    CAF_MESSAGE(sql);
    CAF_CHECK_EQUAL(f.attempt("engine", sql), std::string("nothing"));
  }
}

CAF_TEST(an event changes by an approved proposal only) {
  filled f;
  auto user = "'" + to_string(f.ann.user) + "'";
  for (const std::string status : {"pending", "approved"}) {
    auto proposal = "(select id from calendar_proposals where status = '" + status + "' limit 1)";
    CAF_CHECK_EQUAL(
        f.attempt(
            "user", "insert into calendar_events (user_id, id, title, starts_at, ends_at, "
                    "timezone, proposal_id, agent) values (" +
                        user +
                        ", gen_random_uuid(), 'x', now(), now() + interval '1 hour', 'UTC', " +
                        proposal + ", 'sync')"),
        std::string("refused"));
  }
  CAF_CHECK_EQUAL(
      f.attempt("user", "update calendar_events set title = 'x'"), std::string("refused"));
  CAF_CHECK_EQUAL(
      f.attempt(
          "user", "update calendar_events set title = 'x', sequence = sequence + 1, "
                  "proposal_id = (select id from calendar_proposals where status = 'pending')"),
      std::string("refused"));
  CAF_CHECK_EQUAL(f.attempt("user", "delete from calendar_events"), std::string("denied"));
  CAF_CHECK_EQUAL(f.attempt("user", "delete from calendar_proposals"), std::string("denied"));
  CAF_CHECK_EQUAL(
      f.attempt(
          "user", "update calendar_proposals set status = 'pending', decided_by = '', decided_at = "
                  "null where status = 'approved'"),
      std::string("refused"));
}

CAF_TEST(the self check finds what agents were given too much) {
  postgres_home h;
  auto app = h.s.base->connect(db::purpose::desk, "probe");
  auto admin = test_cluster::get().connect_admin(h.s.name);
  CAF_CHECK(find_leaks(*app)->empty());
  auto hole = [&](const std::string& make, const std::string& mend) {
    CAF_MESSAGE(make);
    admin.execute(make);
    CAF_CHECK(!find_leaks(*app)->empty());
    admin.execute(mend);
    CAF_CHECK(find_leaks(*app)->empty());
  };
  for (const std::string grant :
       {"insert on ringmaster.knowledge_chunks", "update (text) on ringmaster.knowledge_chunks",
        "update on ringmaster.calendar_events", "insert on ringmaster.calendar_tokens",
        "update (status) on ringmaster.calendar_proposals",
        "update (chunk_id) on ringmaster.knowledge_gaps", "delete on ringmaster.chats",
        "update on ringmaster.gap_askings"})
    hole("grant " + grant + " to rm_agent", "revoke " + grant + " from rm_agent");
  for (const std::string table : {"knowledge_chunks", "calendar_events"})
    hole(
        "create policy loose on ringmaster." + table +
            " for update using ((select sec.is_engine()))",
        "drop policy loose on ringmaster." + table);
}
