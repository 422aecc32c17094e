// Conversations as their owner sees and steers them, and what a call does while it goes on.
#include <algorithm>

#include "domain/text.hpp"
#include "persistence/array.hpp"
#include "persistence/desk_books.hpp"
#include "persistence/talk_json.hpp"
#include "persistence/talk_rows.hpp"

namespace ringmaster {
namespace {

constexpr std::size_t most_terms = 20;

constexpr db::statement ask{"talk_ask", R"(
  insert into call_questions (user_id, attempt_id, n, text, amount_micros, amount_currency, asked_at)
  values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing)"};
constexpr db::statement question{"talk_question", R"(
  select text, amount_micros, amount_currency, status, note from call_questions
   where user_id = $1 and attempt_id = $2 and n = $3 for no key update)"};
constexpr db::statement answer{"talk_answer", R"(
  update call_questions set status = $4, note = $5, decided_by = $6, decided_at = $7
   where user_id = $1 and attempt_id = $2 and n = $3 and status = 'open')"};
constexpr db::statement close{"talk_close", R"(
  update call_questions set status = 'timeout', decided_at = $4
   where user_id = $1 and attempt_id = $2 and n = $3 and status = 'open')"};

// What is over stays over, and what was known stays known: these come in any order, and twice.
constexpr db::statement keep_recording{"talk_recording", R"(
  insert into conversations as c (user_id, attempt_id, recording_sid, recording_url, recording_status, recording_seconds)
  values ($1, $2, $3, $4, $5, $6)
      on conflict (user_id, attempt_id) do update
     set recording_sid = case when excluded.recording_sid = '' then c.recording_sid else excluded.recording_sid end,
         recording_url = case when excluded.recording_url = '' then c.recording_url else excluded.recording_url end,
         recording_status = excluded.recording_status,
         recording_seconds = greatest(c.recording_seconds, excluded.recording_seconds)
   where c.recording_status in ('', 'in-progress') or excluded.recording_status <> 'in-progress')"};

// -- a wish not to be called --------------------------------------------------------------------

constexpr db::statement waiting{"talk_opt_out_waiting", R"(
  select distinct campaign_id from targets where user_id = $1 and phone_number = $2 and status = 'pending')"};
constexpr db::statement suppress{"talk_opt_out_suppress", R"(
  insert into suppressions (user_id, id, phone_number, reason, source) values ($1, $2, $3, $4, 'call')
      on conflict (user_id, phone_number) do nothing)"};
constexpr db::statement skip{"talk_opt_out_skip", R"(
  with skipped as (
    update targets set status = 'skipped', reason = 'the number asked not to be called'
     where user_id = $1 and phone_number = $2 and status = 'pending' and campaign_id = any($3::uuid[])
    returning campaign_id),
  counted as (select campaign_id, count(*) as n from skipped group by 1)
  update campaign_progress p set pending = p.pending - c.n, skipped = p.skipped + c.n
    from counted c where p.user_id = $1 and p.campaign_id = c.campaign_id)"};
constexpr db::statement call_no_more{"talk_opt_out_tasks", R"(
  update call_tasks t
     set retry_at = null, reason = 'the number asked not to be called', version = t.version + 1, updated_at = $3
   where t.user_id = $1 and t.status = 'ready_to_call' and t.retry_at is not null
     and coalesce(t.target_phone_number,
                  (select c.phone_number from contacts c where c.user_id = t.user_id and c.id = t.contact_id)) = $2
  returning t.id)"};
constexpr db::statement note_opt_out{"talk_opt_out_note", R"(
  insert into conversations as c (user_id, attempt_id, opt_out_at) values ($1, $2, $3)
      on conflict (user_id, attempt_id) do update set opt_out_at = excluded.opt_out_at where c.opt_out_at is null)"};

/// At most `most` characters of what was said, as it may be stored.
std::string cut(std::string_view text, std::size_t most) {
  auto clean = storable(text);
  std::size_t at = 0;
  for (std::size_t n = 0; at < clean.size() && n < most; ++n)
    do
      ++at;
    while (at < clean.size() && (static_cast<unsigned char>(clean[at]) & 0xc0) == 0x80);
  return clean.substr(0, at);
}

/// Words, and phrases in quotes.
std::vector<std::string> terms_of(const std::string& q) {
  std::vector<std::string> terms;
  std::string term;
  bool quoted = false;
  auto finish = [&] {
    if (!term.empty() && terms.size() < most_terms)
      terms.push_back(storable(term));
    term.clear();
  };
  for (char c : q) {
    if (c == '"') {
      finish();
      quoted = !quoted;
    } else if (!quoted && trimmed(std::string_view(&c, 1)).empty()) {
      finish();
    } else {
      term += c;
    }
  }
  finish();
  return terms;
}

result<talk::owner_question> lock_question(desk_parts& d, const attempt_id& id, std::int32_t n) {
  auto rows = d.tx.run(question, d.who.user, id, n);
  if (rows.empty())
    return fail(errc::not_found, "no such question");
  auto row = rows[0];
  talk::owner_question q;
  q.n = n;
  q.text = row.take<std::string>();
  auto micros = row.take<std::optional<std::int64_t>>();
  auto currency = row.take<std::optional<std::string>>();
  if (micros && currency)
    q.amount = money{*micros, std::move(*currency)};
  if (auto state = parse_question_state(row.take<std::string_view>()))
    q.now = *state;
  q.note = row.take<std::string>();
  return q;
}

/// What was asked, for trail and notices.
std::string said(const talk::owner_question& q) {
  return (q.amount ? show(*q.amount) + ": " : std::string{}) + q.text;
}

} // namespace

result<std::vector<talk::segment>>
postgres_calls::transcript(const attempt_id& id, std::int32_t after) {
  return guard_.run([&]() -> result<std::vector<talk::segment>> {
    if (!find_call_place(d_, id))
      return no_such_call();
    return read_segments(d_, id, after);
  });
}

result<talk::view> postgres_calls::find(const attempt_id& id) {
  return guard_.run([&]() -> result<talk::view> {
    auto row = find_conversation(d_, id);
    if (!row)
      return no_such_call();
    talk::view v;
    v.id = id;
    v.known = std::move(row->known);
    v.begun_at = row->begun_at;
    if (!row->recorded.status.empty())
      v.recording = std::move(row->recorded);
    v.found = std::move(row->found);
    v.found_by = std::move(row->found_by);
    v.wrapped_at = row->wrapped_at;
    v.times_wrapped = row->times_wrapped;
    v.follow_ups = follow_ups_of(d_, id);
    return v;
  });
}

result<page<call::view>> postgres_calls::search(const std::string& q, const page_request& p) {
  return guard_.run([&] { return find_calls_saying(d_, terms_of(q), p); });
}

result<void> postgres_calls::ask_owner(const attempt_id& id, const talk::owner_question& what) {
  return guard_.run([&]() -> result<void> {
    auto place = find_call_place(d_, id);
    if (!place)
      return no_such_call();
    auto asked = d_.tx.run(
        ask, d_.who.user, id, what.n, storable(what.text),
        what.amount ? std::optional(what.amount->micros) : std::nullopt,
        what.amount ? std::optional(what.amount->currency) : std::nullopt, d_.now);
    if (asked.affected() == 0)
      return {};
    tell(d_, "call.ask_owner", call_subject, id.value, {}, "open", storable(said(what)));
    notification::draft note;
    note.what = notification::kind::approval_needed;
    note.title = "A call waits for your answer";
    note.text = what.text;
    note.subject_kind = call_subject;
    note.subject = id.value;
    note.highlights.emplace_back("question", std::to_string(what.n));
    if (what.amount)
      note.highlights.emplace_back("amount", show(*what.amount));
    note.highlights.emplace_back("phone_number", place->to.reveal());
    add_notification(d_, note);
    return {};
  });
}

result<talk::owner_question> postgres_calls::answer_question(
    const attempt_id& id, std::int32_t n, bool yes, const std::string& note) {
  return guard_.run([&]() -> result<talk::owner_question> {
    if (d_.who.actor == "engine")
      return fail(errc::forbidden, "only the owner answers a question");
    auto q = lock_question(d_, id, n);
    if (!q)
      return q;
    if (q->now != talk::owner_question::state::open) {
      error decided{.code = errc::wrong_state, .detail = "this question is decided"};
      decided.current_status = stored_word(q->now);
      return fail(std::move(decided));
    }
    q->now = yes ? talk::owner_question::state::yes : talk::owner_question::state::no;
    q->note = storable(note);
    auto written =
        d_.tx.run(answer, d_.who.user, id, n, stored_word(q->now), q->note, d_.who.actor, d_.now);
    if (written.affected() != 1)
      throw db::failure(db::trouble::busy, "a question changed while it was answered");
    tell(
        d_, yes ? "call.approve" : "call.decline", call_subject, id.value, "open",
        stored_word(q->now), said(*q) + (q->note.empty() ? "" : " (" + q->note + ")"));
    return q;
  });
}

result<talk::owner_question> postgres_calls::close_question(const attempt_id& id, std::int32_t n) {
  return guard_.run([&]() -> result<talk::owner_question> {
    auto q = lock_question(d_, id, n);
    if (!q || q->now != talk::owner_question::state::open)
      return q;
    d_.tx.run(close, d_.who.user, id, n, d_.now);
    q->now = talk::owner_question::state::timeout;
    tell(d_, "call.no_answer", call_subject, id.value, "open", "timeout", said(*q));
    return q;
  });
}

result<void> postgres_calls::opt_out(const attempt_id& id, const std::string& words) {
  return guard_.run([&]() -> result<void> {
    auto place = find_call_place(d_, id);
    if (!place)
      return no_such_call();
    const auto& user = d_.who.user;
    // The locks of campaigns first, in their order, then the tasks, the conversation last.
    db::array owners;
    owners.add(place->campaign);
    auto others = d_.tx.run(waiting, user, place->to);
    for (std::size_t i = 0; i < others.size(); ++i)
      owners.add(others[i].take<campaign_id>());
    auto campaigns = owners.take();
    lock_progress(d_, campaigns);
    if (auto row = find_conversation(d_, id); row && row->opt_out_at)
      return {};
    suppression_id suppressed{make_uuid7(d_.now, d_.random)};
    auto reason = cut(words, 500);
    auto added = d_.tx.run(suppress, user, suppressed, place->to, reason).affected() == 1;
    d_.tx.run(skip, user, place->to, campaigns);
    auto tasks = d_.tx.run(call_no_more, user, place->to, d_.now);
    d_.tx.run(note_opt_out, user, id, d_.now);
    if (added)
      tell(d_, "suppression.add", "suppression", suppressed.value, {}, {}, reason);
    for (std::size_t i = 0; i < tasks.size(); ++i)
      tell(
          d_, "task.no_retry", "call_task", tasks[i].take<uuid>(), "ready_to_call", "ready_to_call",
          "the number asked not to be called");
    tell(d_, "call.opt_out", call_subject, id.value, {}, {}, reason);
    return {};
  });
}

result<void> postgres_calls::note_recording(const attempt_id& id, const talk::recording& what) {
  return guard_.run([&]() -> result<void> {
    if (!find_call_place(d_, id))
      return no_such_call();
    d_.tx.run(
        keep_recording, d_.who.user, id, storable(what.sid), storable(what.url),
        storable(what.status), std::max(what.duration_seconds, 0));
    return {};
  });
}

result<void> postgres_calls::note_control(
    const attempt_id& id, const std::string& action, const std::string& what) {
  return guard_.run([&]() -> result<void> {
    if (!find_call_place(d_, id))
      return no_such_call();
    tell(d_, action, call_subject, id.value, {}, {}, cut(what, 1000));
    return {};
  });
}

} // namespace ringmaster
