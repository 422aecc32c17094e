#include "persistence/outbox.hpp"

#include <utility>

#include <spdlog/spdlog.h>

#include "persistence/array.hpp"
#include "persistence/desk_books.hpp"

namespace ringmaster {
namespace {

constexpr std::int64_t swept_at_once = 200; // of one address

constexpr db::statement any_active{
    "outbox_any", "select exists (select from webhooks where active)"};

// The lease is written over the time at which the message was due: one that nobody finishes is due
// again when it runs out. Each address gives two at most, so that none fills the page alone.
constexpr db::statement claim_due{"outbox_claim", R"(
  with due as (
    select w.user_id, d.id, w.id as webhook_id, w.url, w.failing_since, encode(w.sealed, 'hex') as sealed,
           case when w.previous_until > $1 then encode(w.previous_sealed, 'hex') end as previous
      from webhooks w
      cross join lateral (
        select m.id, m.next_attempt_at from webhook_deliveries m
         where m.user_id = w.user_id and m.webhook_id = w.id and m.status in ('pending', 'sending')
           and m.next_attempt_at <= $1
         order by m.next_attempt_at, m.id limit 2 for update skip locked) d
     where w.active and w.id <> all ($4::uuid[])
     order by d.next_attempt_at, d.id limit $3)
  update webhook_deliveries m
     set status = 'sending', attempts = m.attempts + 1, next_attempt_at = $2, last_attempt_at = $1
    from due
   where m.user_id = due.user_id and m.id = due.id
  returning m.user_id, m.id, due.webhook_id, due.url, m.type, m.payload, m.attempts - m.first_attempts, m.attempts,
            due.sealed, due.previous, due.failing_since)"};

// Claimed again since (a lease ran out), or removed: nothing is found here.
constexpr db::statement finish_one{"outbox_finish", R"(
  update webhook_deliveries
     set status = $4, next_attempt_at = $5, response_code = $6, last_error = $7, took_ms = $8,
         delivered_at = case when $4 = 'delivered' then $9::timestamptz else delivered_at end
   where user_id = $1 and id = $2 and status = 'sending' and attempts = $3)"};
constexpr db::statement note_success{"outbox_success", R"(
  update webhooks set failing_since = null, last_success_at = $3
   where user_id = $1 and id = $2
     and (failing_since is not null or last_success_at is null or last_success_at < $3::timestamptz - interval '1 minute'))"};
constexpr db::statement note_failure{"outbox_failure", R"(
  update webhooks set failing_since = $3 where user_id = $1 and id = $2 and failing_since is null)"};
constexpr db::statement disable{"outbox_disable", R"(
  update webhooks set active = false, disabled_reason = $3, updated_at = $4
   where user_id = $1 and id = $2 and active)"};
constexpr db::statement tell_disabled{"outbox_disabled", R"(
  insert into audit (user_id, actor, action, subject_kind, subject_id, from_status, to_status, reason)
  values ($1, 'engine', 'webhook.disable', 'webhook', $2, 'active', 'inactive', $3))"};

// Ids grow with time: the first of each address are the oldest.
constexpr db::statement sweep_old{"outbox_sweep", R"(
  delete from webhook_deliveries m
   using webhooks w cross join lateral (
           select o.id from webhook_deliveries o
            where o.user_id = w.user_id and o.webhook_id = w.id and o.id < $1::uuid
            order by o.id limit $2) old
   where m.user_id = w.user_id and m.id = old.id)"};

/// The least id of a moment.
uuid least_id(instant t) {
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(t.time_since_epoch()).count();
  uuid id;
  for (std::size_t i = 0; i < 6; ++i)
    id.bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i) & 0xff);
  return id;
}

} // namespace

result<webhook_outbox::claimed>
postgres_outbox::claim(instant now, std::size_t most, const std::vector<webhook_id>& busy) {
  try {
    auto tx = db::transaction::of_engine(on_);
    claimed out;
    out.anybody = tx.run(any_active)[0].take<bool>();
    if (!out.anybody || most == 0)
      return out;
    db::array ids;
    for (const auto& id : busy)
      ids.add(id);
    auto rows =
        tx.run(claim_due, now, now + webhook::lease, static_cast<std::int64_t>(most), ids.take());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      webhook::parcel p;
      p.user = row.take<user_id>();
      p.id = row.take<delivery_id>();
      p.to = row.take<webhook_id>();
      p.url = row.take<std::string>();
      p.type = row.take<std::string>();
      p.payload = row.take<std::string>();
      p.attempt = row.take<std::int32_t>();
      p.claim = row.take<std::int32_t>();
      auto name = seal_name(p.to);
      for (int n = 0; n < 2; ++n)
        if (auto hex = row.take<std::optional<std::string_view>>())
          if (auto secret = seal_.open(p.user, name, from_hex(*hex)))
            p.secrets.push_back(std::move(*secret));
      p.failing_since = row.take<std::optional<instant>>();
      if (p.secrets.empty())
        spdlog::error(
            "webhook {}: its secret was sealed with another master.key; make a new one",
            to_string(p.to));
      out.parcels.push_back(std::move(p));
    }
    tx.commit();
    return out;
  } catch (const db::failure& why) {
    return fail(db::to_error(why));
  }
}

result<void> postgres_outbox::finish(
    const webhook::parcel& sent, const webhook::answer& what, const webhook::verdict& then,
    instant now) {
  try {
    auto tx = db::transaction::of_engine(on_);
    auto code = what.status > 0 ? std::optional<std::int32_t>(what.status) : std::nullopt;
    auto done = tx.run(
        finish_one, sent.user, sent.id, sent.claim, webhook::to_string(then.to),
        then.next_attempt_at, code, then.error, static_cast<std::int64_t>(what.took.count()), now);
    if (done.affected() == 1) {
      if (then.to == webhook::status::delivered)
        tx.run(note_success, sent.user, sent.to, now);
      else
        tx.run(note_failure, sent.user, sent.to, now);
      if (!then.disable.empty() &&
          tx.run(disable, sent.user, sent.to, then.disable, now).affected() == 1)
        tx.run(tell_disabled, sent.user, sent.to, then.disable);
    }
    tx.commit();
    return {};
  } catch (const db::failure& why) {
    return fail(db::to_error(why));
  }
}

result<std::int64_t> postgres_outbox::sweep(instant before) {
  try {
    auto tx = db::transaction::of_engine(on_);
    auto gone = tx.run(sweep_old, least_id(before), swept_at_once).affected();
    tx.commit();
    return gone;
  } catch (const db::failure& why) {
    return fail(db::to_error(why));
  }
}

} // namespace ringmaster
