// What the engine's books say about a user's calls: the carrier's requests, costs, and the trail's
// chain.
#include "persistence/audit_chain.hpp"
#include "persistence/callback_key.hpp"
#include "persistence/desk_books.hpp"

namespace ringmaster {
namespace {

constexpr db::statement known{"desk_ledger_call",
  "select 1 from attempts where user_id = $1 and id = $2"};

// An event whose answer nobody noted stands there all the same, and so does what was turned away.
constexpr db::statement requests{"desk_ledger_requests", R"(
  select coalesce(w.at, i.received_at), w.kind, coalesce(w.event_key, i.event_key), w.verdict, w.answer_status,
         w.took_us, w.answer_bytes, case when w.body <> '' then w.body else coalesce(i.raw, '') end
    from (select * from webhook_answers a where a.user_id = $1 and a.attempt_id = $2) w
    full join (select * from webhook_inbox b where b.user_id = $1 and b.attempt_id = $2) i
      on i.event_key = w.event_key
   order by 1, w.n limit 500)"};

constexpr db::statement price{"desk_ledger_price", R"(
  select amount_micros, currency from call_costs where user_id = $1 and attempt_id = $2)"};
constexpr db::statement models{"desk_ledger_models", R"(
  select coalesce(sum(cost_micros), 0)::bigint from model_usage where user_id = $1 and attempt_id = $2)"};
// The database adds no currencies up; dollars are what budgets are in.
constexpr db::statement spent{"desk_ledger_spent", R"(
  select coalesce(sum(amount_micros), 0)::bigint from call_costs
   where user_id = $1 and ended_at >= date_trunc('day', now(), 'UTC') and currency = 'USD')"};

} // namespace

result<std::vector<hook_view>> postgres_ledger::webhooks(const attempt_id& of) {
  return guard_.run([&]() -> result<std::vector<hook_view>> {
    if (d_.tx.run(known, d_.who.user, of).empty())
      return fail(errc::not_found, "no such call session");
    std::vector<hook_view> list;
    auto rows = d_.tx.run(requests, d_.who.user, of);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      hook_view v;
      v.at = row.take<instant>();
      auto kind = row.take<std::optional<std::string>>();
      auto key = row.take<std::optional<std::int64_t>>();
      v.verdict = row.take<std::optional<std::string>>().value_or("accepted");
      v.answer_status = row.take<std::optional<std::int32_t>>();
      v.took_us = row.take<std::optional<std::int64_t>>();
      v.answer_bytes = row.take<std::optional<std::int64_t>>();
      v.body = row.take<std::string>();
      if (key)
        v.status = status_of_event(*key);
      v.kind = kind ? *kind : key ? std::string(kind_of_event(*key)) : std::string{};
      list.push_back(std::move(v));
    }
    return list;
  });
}

result<call_cost> postgres_ledger::cost(const attempt_id& of) {
  return guard_.run([&]() -> result<call_cost> {
    if (d_.tx.run(known, d_.who.user, of).empty())
      return fail(errc::not_found, "no such call session");
    call_cost c;
    if (auto rows = d_.tx.run(price, d_.who.user, of); !rows.empty()) {
      auto row = rows[0];
      auto amount = row.take<std::optional<std::int64_t>>();
      if (amount)
        c.carrier = money{*amount, row.take<std::string>()};
    }
    c.models.micros = d_.tx.run(models, d_.who.user, of)[0].take<std::int64_t>();
    return c;
  });
}

result<std::int64_t> postgres_ledger::carrier_spent_today() {
  return guard_.run([&]() -> result<std::int64_t> {
    return d_.tx.run(spent, d_.who.user)[0].take<std::int64_t>();
  });
}

result<audit_verdict> postgres_ledger::verify_audit(
  std::span<const audit_head> heads, std::int64_t rows_most) {
  return guard_.run([&]() -> result<audit_verdict> {
    return check_audit(d_.tx, d_.who.user, heads, rows_most);
  });
}

} // namespace ringmaster
