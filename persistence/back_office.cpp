#include "persistence/back_office.hpp"

#include "persistence/array.hpp"
#include "persistence/callback_key.hpp"

namespace ringmaster {
namespace {

constexpr db::statement keep{"office_webhooks", R"(
  insert into webhook_answers (user_id, attempt_id, at, event_key, kind, verdict, answer_status, took_us, answer_bytes, body)
  select w.user_id, w.attempt_id, at(w.us), w.event_key, w.kind, w.verdict, w.status, w.took, w.bytes, w.body
    from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::int[], $8::bigint[],
                $9::bigint[], $10::text[]) w(user_id, attempt_id, us, event_key, kind, verdict, status, took, bytes, body)
   where exists (select from attempts a where a.user_id = w.user_id and a.id = w.attempt_id))"};

// The range index finds the calls of the last hours: ids begin with the time of the dial.
constexpr db::statement open_new{"office_costs", R"(
  insert into call_costs (user_id, attempt_id, ended_at, due_at)
  select s.user_id, s.id, s.ended_at, s.ended_at + $2::bigint * interval '1 millisecond'
    from call_sessions s
   where s.id >= $1::uuid and s.status = 'completed' and s.sid is not null and s.ended_at is not null
      on conflict do nothing)"};
constexpr db::statement due{"office_due", R"(
  select c.user_id, c.attempt_id, s.sid, c.tries
    from call_costs c join call_sessions s on s.user_id = c.user_id and s.id = c.attempt_id
   where c.due_at is not null and c.due_at <= now() order by c.due_at limit $1)"};
constexpr db::statement told{"office_price", R"(
  update call_costs set amount_micros = $3, currency = coalesce($4, currency), tries = tries + 1, due_at = $5
   where user_id = $1 and attempt_id = $2)"};

uuid id_at(instant t) {
  auto ms = std::chrono::floor<std::chrono::milliseconds>(t.time_since_epoch()).count();
  uuid value;
  for (int i = 5; i >= 0; --i, ms >>= 8)
    value.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(ms);
  return value;
}

/// One transaction of the engine.
template <class Work>
auto at_office(db::connection& on, Work work) -> decltype(work(std::declval<db::transaction&>())) {
  try {
    auto tx = db::transaction::of_engine(on);
    auto done = work(tx);
    tx.commit();
    return done;
  } catch (const db::failure& why) {
    return fail(db::to_error(why));
  }
}

} // namespace

result<void> back_office::keep_webhooks(std::span<const hook_note> notes) {
  if (notes.empty())
    return {};
  db::array users, attempts, times, keys, kinds, verdicts, statuses, took, bytes, bodies;
  for (const auto& n : notes) {
    users.add(n.user);
    attempts.add(n.attempt);
    times.add(n.at);
    if (n.sid && n.verdict == "accepted")
      keys.add(event_key(n.kind, n.news, n.sequence, *n.sid));
    else
      keys.add_null();
    kinds.add(n.kind);
    verdicts.add(n.verdict);
    statuses.add(n.answer_status);
    took.add(static_cast<std::int64_t>(n.took.count()));
    bytes.add(n.answer_bytes);
    bodies.add(n.body);
  }
  return at_office(*on_, [&](db::transaction& tx) -> result<void> {
    tx.run(
      keep, users.take(), attempts.take(), times.take(), keys.take(), kinds.take(),
      verdicts.take(), statuses.take(), took.take(), bytes.take(), bodies.take());
    return {};
  });
}

result<void> back_office::open_costs(instant since, std::chrono::milliseconds wait) {
  return at_office(*on_, [&](db::transaction& tx) -> result<void> {
    tx.run(open_new, id_at(since), static_cast<std::int64_t>(wait.count()));
    return {};
  });
}

result<std::vector<price_due>> back_office::prices_due(std::size_t limit) {
  return at_office(*on_, [&](db::transaction& tx) -> result<std::vector<price_due>> {
    std::vector<price_due> list;
    auto rows = tx.run(due, static_cast<std::int64_t>(limit));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      price_due one;
      one.user = row.take<user_id>();
      one.attempt = row.take<attempt_id>();
      one.sid = call_sid{row.take<std::string>()};
      one.tries = row.take<std::int32_t>();
      list.push_back(std::move(one));
    }
    return list;
  });
}

result<void> back_office::note_price(
  const price_due& of, const std::optional<money>& price, std::optional<instant> next) {
  std::optional<std::int64_t> amount;
  std::optional<std::string> currency;
  if (price) {
    amount = price->micros;
    currency = price->currency;
    next.reset();
  }
  return at_office(*on_, [&](db::transaction& tx) -> result<void> {
    tx.run(told, of.user, of.attempt, amount, currency, next);
    return {};
  });
}

} // namespace ringmaster
