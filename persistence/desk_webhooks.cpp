// Users' webhooks and the messages to them. Who writes the messages: migration 0016, and the
// statements with which calls end.
#include <algorithm>

#include "persistence/array.hpp"
#include "persistence/desk_books.hpp"
#include "persistence/seal.hpp"

namespace ringmaster {
namespace {

#define WEBHOOKS                                                                                   \
  "select id, url, description, topics, active, disabled_reason, failing_since, last_success_at, " \
  "case when previous_until > now() then previous_until end, created_at, updated_at "              \
  "from webhooks where user_id = $1 "
#define DELIVERIES                                                                                 \
  "select id, webhook_id, type, status, attempts, response_code, last_error, took_ms, "            \
  "next_attempt_at, last_attempt_at, delivered_at, created_at "

constexpr db::statement all{"desk_webhooks", WEBHOOKS "order by user_id, id"};
constexpr db::statement one{"desk_webhook", WEBHOOKS "and id = $2"};
// Two that add at once come one after the other, so that the limit holds.
constexpr db::statement lock_user{
    "desk_webhooks_lock", "select pg_advisory_xact_lock(hashtextextended($1, 5520164))"};
constexpr db::statement count_all{
    "desk_webhooks_count", "select count(*) from webhooks where user_id = $1"};
constexpr db::statement add{"desk_webhook_add", R"(
  insert into webhooks (user_id, id, url, description, topics, active, sealed, created_at, updated_at)
  values ($1, $2, $3, $4, $5::text[], $6, decode($7, 'hex'), $8, $8))"};
constexpr db::statement write{"desk_webhook_write", R"(
  update webhooks
     set url = $3, description = $4, topics = $5::text[], active = $6, updated_at = $7,
         disabled_reason = case when $6 then '' else disabled_reason end,
         failing_since = case when $6 and not active or url <> $3 then null else failing_since end
   where user_id = $1 and id = $2)"};
constexpr db::statement drop{
    "desk_webhook_remove", "delete from webhooks where user_id = $1 and id = $2"};
constexpr db::statement turn{"desk_webhook_rotate", R"(
  update webhooks
     set previous_sealed = sealed, previous_until = $4, sealed = decode($3, 'hex'), updated_at = $5
   where user_id = $1 and id = $2)"};
constexpr db::statement write_test{"desk_webhook_test", R"(
  insert into webhook_deliveries (user_id, id, webhook_id, type, payload, next_attempt_at, created_at)
  values ($1, $3, $2, 'webhook.test',
          webhook_body('webhook.test', jsonb_build_object('webhook_id', $2::uuid)), $4, $4))"};

constexpr db::statement listed{"desk_deliveries", DELIVERIES R"(from webhook_deliveries
   where user_id = $1 and webhook_id = $2 and ($5::text is null or status = $5)
   order by user_id desc, webhook_id desc, id desc limit $3 offset $4)"};
constexpr db::statement listed_after{"desk_deliveries_after", DELIVERIES R"(from webhook_deliveries
   where user_id = $1 and webhook_id = $2 and id < $4::uuid and ($5::text is null or status = $5)
   order by user_id desc, webhook_id desc, id desc limit $3)"};
constexpr db::statement found{
    "desk_delivery", DELIVERIES
    ", payload from webhook_deliveries where user_id = $1 and webhook_id = $2 and id = $3"};
#define AGAIN                                                                                      \
  "update webhook_deliveries set status = 'pending', next_attempt_at = $4, "                       \
  "first_attempts = attempts where user_id = $1 and webhook_id = $2 "                              \
  "and status in ('delivered', 'failed') "
constexpr db::statement again_one{"desk_replay", AGAIN "and id = $3::uuid"};
constexpr db::statement again_since{"desk_replay_since", AGAIN "and created_at >= $3::timestamptz"};

webhook::view read_webhook(db::row row) {
  webhook::view v;
  v.id = row.take<webhook_id>();
  v.url = row.take<std::string>();
  v.description = row.take<std::string>();
  v.topics = row.take<std::vector<std::string>>();
  v.active = row.take<bool>();
  v.disabled_reason = row.take<std::string>();
  v.failing_since = row.take<std::optional<instant>>();
  v.last_success_at = row.take<std::optional<instant>>();
  v.previous_secret_until = row.take<std::optional<instant>>();
  v.created_at = row.take<instant>();
  v.updated_at = row.take<instant>();
  return v;
}

webhook::delivery read_delivery(db::row& row) {
  webhook::delivery d;
  d.id = row.take<delivery_id>();
  d.to = row.take<webhook_id>();
  d.type = row.take<std::string>();
  auto state = webhook::parse_status(row.take<std::string_view>());
  if (!state)
    throw db::failure(db::trouble::other, "a delivery's status is not known");
  d.state = *state;
  d.attempts = row.take<std::int32_t>();
  d.response_code = row.take<std::optional<std::int32_t>>();
  d.last_error = row.take<std::string>();
  d.took_ms = row.take<std::optional<std::int32_t>>();
  d.next_attempt_at = row.take<std::optional<instant>>();
  d.last_attempt_at = row.take<std::optional<instant>>();
  d.delivered_at = row.take<std::optional<instant>>();
  d.created_at = row.take<instant>();
  return d;
}

tl::unexpected<error> no_webhook() { return fail(errc::not_found, "no such webhook"); }

std::string array_of(const std::vector<std::string>& topics) {
  db::array a;
  for (const auto& t : topics)
    a.add(t);
  return a.take();
}

result<webhook::view> read_one(desk_parts& d, const webhook_id& id) {
  auto rows = d.tx.run(one, d.who.user, id);
  if (rows.empty())
    return no_webhook();
  return read_webhook(rows[0]);
}

} // namespace

std::string seal_name(const webhook_id& id) { return "webhook " + to_string(id); }

result<webhook::view> postgres_webhooks::create(
    const webhook_id& id, const webhook::draft& w, const std::string& secret) {
  return guard_.run([&]() -> result<webhook::view> {
    const auto& user = d_.who.user;
    d_.tx.run(lock_user, user);
    if (d_.tx.run(count_all, user)[0].take<std::int64_t>() >= most)
      return fail_field(
          "/url", "too_many", "there are 20 webhooks already; remove one that is not needed");
    if (!d_.seal)
      return fail(errc::internal, "there is no key to seal with");
    auto sealed = d_.seal->seal(user, seal_name(id), secret, d_.random);
    d_.tx.run(
        add, user, id, w.url, w.description, array_of(w.topics), w.active, hex_of(sealed), d_.now);
    tell(d_, "webhook.add", "webhook", id.value);
    return read_one(d_, id);
  });
}

result<std::vector<webhook::view>> postgres_webhooks::list() {
  return guard_.run([&]() -> result<std::vector<webhook::view>> {
    std::vector<webhook::view> list;
    auto rows = d_.tx.run(all, d_.who.user);
    for (std::size_t i = 0; i < rows.size(); ++i)
      list.push_back(read_webhook(rows[i]));
    return list;
  });
}

result<webhook::view> postgres_webhooks::find(const webhook_id& id) {
  return guard_.run([&] { return read_one(d_, id); });
}

result<webhook::view> postgres_webhooks::replace(const webhook_id& id, const webhook::draft& w) {
  return guard_.run([&]() -> result<webhook::view> {
    auto before = read_one(d_, id);
    if (!before)
      return before;
    d_.tx.run(write, d_.who.user, id, w.url, w.description, array_of(w.topics), w.active, d_.now);
    auto word = [](bool active) { return active ? "active" : "inactive"; };
    tell(d_, "webhook.change", "webhook", id.value, word(before->active), word(w.active));
    return read_one(d_, id);
  });
}

result<void> postgres_webhooks::remove(const webhook_id& id) {
  return guard_.run([&]() -> result<void> {
    if (d_.tx.run(drop, d_.who.user, id).affected() != 1)
      return no_webhook();
    tell(d_, "webhook.remove", "webhook", id.value);
    return {};
  });
}

result<webhook::view> postgres_webhooks::rotate(const webhook_id& id, const std::string& secret) {
  return guard_.run([&]() -> result<webhook::view> {
    if (!d_.seal)
      return fail(errc::internal, "there is no key to seal with");
    const auto& user = d_.who.user;
    auto sealed = d_.seal->seal(user, seal_name(id), secret, d_.random);
    auto until = d_.now + webhook::rotation;
    if (d_.tx.run(turn, user, id, hex_of(sealed), until, d_.now).affected() != 1)
      return no_webhook();
    tell(d_, "webhook.rotate", "webhook", id.value);
    return read_one(d_, id);
  });
}

result<webhook::delivery> postgres_webhooks::test(const webhook_id& id) {
  return guard_.run([&]() -> result<webhook::delivery> {
    auto to = read_one(d_, id);
    if (!to)
      return fail(to.error());
    if (!to->active)
      return fail(errc::wrong_state, "the webhook is switched off; switch it on first");
    delivery_id made{make_uuid7(d_.now, d_.random)};
    d_.tx.run(write_test, d_.who.user, id, made, d_.now);
    tell(d_, "webhook.test", "webhook", id.value);
    return find_delivery(id, made);
  });
}

result<page<webhook::delivery>> postgres_webhooks::deliveries(
    const webhook_id& id, const page_request& p, std::optional<webhook::status> state) {
  return guard_.run([&]() -> result<page<webhook::delivery>> {
    if (auto known = read_one(d_, id); !known)
      return fail(known.error());
    auto bounds = bounds_of(p);
    auto word = state ? db::parameter(std::in_place, webhook::to_string(*state)) : db::parameter{};
    page<webhook::delivery> out;
    auto fill = [&](const db::rows& rows) {
      auto shown = std::min(rows.size(), static_cast<std::size_t>(bounds.limit));
      for (std::size_t i = 0; i < shown; ++i) {
        auto row = rows[i];
        out.items.push_back(read_delivery(row));
      }
      if (rows.size() > shown)
        out.next_cursor = make_cursor('w', to_string(out.items.back().id));
    };
    const auto& user = d_.who.user;
    if (p.cursor.empty()) {
      fill(d_.tx.run(listed, user, id, bounds.limit + 1, bounds.offset, word));
      return out;
    }
    auto key = read_cursor('w', p.cursor);
    auto after = key ? delivery_id::parse(*key) : std::nullopt;
    if (!after)
      return fail_field("/cursor", "invalid", "this cursor is not one of this list");
    fill(d_.tx.run(listed_after, user, id, bounds.limit + 1, *after, word));
    return out;
  });
}

result<webhook::delivery>
postgres_webhooks::find_delivery(const webhook_id& id, const delivery_id& which) {
  return guard_.run([&]() -> result<webhook::delivery> {
    auto rows = d_.tx.run(found, d_.who.user, id, which);
    if (rows.empty())
      return fail(errc::not_found, "no such delivery");
    auto row = rows[0];
    auto out = read_delivery(row);
    out.payload = row.take<std::string>();
    return out;
  });
}

result<std::int64_t> postgres_webhooks::replay(const webhook_id& id, const delivery_id& which) {
  return guard_.run([&]() -> result<std::int64_t> {
    if (auto known = find_delivery(id, which); !known)
      return fail(known.error());
    auto count = d_.tx.run(again_one, d_.who.user, id, which, d_.now).affected();
    tell(d_, "webhook.replay", "webhook", id.value, {}, {}, to_string(which));
    return count;
  });
}

result<std::int64_t> postgres_webhooks::replay_since(const webhook_id& id, instant since) {
  return guard_.run([&]() -> result<std::int64_t> {
    if (auto known = read_one(d_, id); !known)
      return fail(known.error());
    auto count = d_.tx.run(again_since, d_.who.user, id, since, d_.now).affected();
    tell(d_, "webhook.replay", "webhook", id.value, {}, {}, "since " + db::timestamp_text(since));
    return count;
  });
}

} // namespace ringmaster
