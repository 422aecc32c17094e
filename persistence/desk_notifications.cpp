// What users are told, and whether they have read it.
#include <algorithm>

#include "persistence/desk_books.hpp"
#include "persistence/task_json.hpp"

namespace ringmaster {
namespace {

#define NOTIFICATIONS                                                                              \
  "select id, kind, title, text, subject_kind, subject_id, highlights, read_at, created_at "       \
  "from notifications where user_id = $1 "
#define NEWEST_FIRST "order by user_id desc, id desc "

constexpr db::statement one{"desk_notification", NOTIFICATIONS "and id = $2"};
constexpr db::statement all_from{
    "desk_notifications", NOTIFICATIONS NEWEST_FIRST "limit $2 offset $3"};
constexpr db::statement all_after{
    "desk_notifications_after", NOTIFICATIONS "and id < $3::uuid " NEWEST_FIRST "limit $2"};
constexpr db::statement unread_from{
    "desk_unread", NOTIFICATIONS "and read_at is null " NEWEST_FIRST "limit $2 offset $3"};
constexpr db::statement unread_after{
    "desk_unread_after",
    NOTIFICATIONS "and read_at is null and id < $3::uuid " NEWEST_FIRST "limit $2"};
constexpr db::statement count_all{
    "desk_notifications_count", "select count(*) from notifications where user_id = $1"};
constexpr db::statement count_unread{
    "desk_unread_count",
    "select count(*) from notifications where user_id = $1 and read_at is null"};
constexpr db::statement make{"desk_notification_make", R"(
  insert into notifications (user_id, id, kind, title, text, subject_kind, subject_id, highlights, created_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9))"};
constexpr db::statement read_one{"desk_notification_read", R"(
  update notifications set read_at = $3 where user_id = $1 and id = $2 and read_at is null)"};
constexpr db::statement read_all{"desk_notifications_read", R"(
  update notifications set read_at = $2 where user_id = $1 and read_at is null)"};

notification::view read_notification(db::row row) {
  notification::view v;
  v.id = row.take<notification_id>();
  auto what = notification::parse_kind(row.take<std::string_view>());
  if (!what)
    throw db::failure(db::trouble::other, "a notification's kind is not known");
  v.said.what = *what;
  v.said.title = row.take<std::string>();
  v.said.text = row.take<std::string>();
  v.said.subject_kind = row.take<std::string>();
  v.said.subject = row.take<std::optional<uuid>>().value_or(uuid{});
  v.said.highlights = read_pairs(row.take<std::string_view>());
  v.read_at = row.take<std::optional<instant>>();
  v.created_at = row.take<instant>();
  return v;
}

} // namespace

notification::view add_notification(desk_parts& d, const notification::draft& said) {
  notification_id id{make_uuid7(d.now, d.random)};
  auto subject = said.subject ? std::optional(said.subject) : std::nullopt;
  d.tx.run(
      make, d.who.user, id, notification::to_string(said.what), storable(said.title),
      storable(said.text), said.subject_kind, subject, write_pairs(said.highlights), d.now);
  return {id, said, std::nullopt, d.now};
}

result<notification::view> postgres_notifications::add(const notification::draft& said) {
  return guard_.run([&]() -> result<notification::view> { return add_notification(d_, said); });
}

result<notification_book::unread_page>
postgres_notifications::list(const page_request& p, bool unread_only) {
  return guard_.run([&]() -> result<unread_page> {
    auto bounds = bounds_of(p);
    const auto& user = d_.who.user;
    unread_page answer;
    auto& list = answer.list;
    auto fill = [&](const db::rows& rows) {
      auto shown = std::min(rows.size(), static_cast<std::size_t>(bounds.limit));
      for (std::size_t i = 0; i < shown; ++i)
        list.items.push_back(read_notification(rows[i]));
      if (rows.size() > shown)
        list.next_cursor = make_cursor('n', to_string(list.items.back().id));
    };
    if (p.cursor.empty()) {
      fill(d_.tx.run(unread_only ? unread_from : all_from, user, bounds.limit + 1, bounds.offset));
    } else {
      auto key = read_cursor('n', p.cursor);
      auto after = key ? notification_id::parse(*key) : std::nullopt;
      if (!after)
        return fail_field("/cursor", "invalid", "this cursor is not one of this list");
      fill(d_.tx.run(unread_only ? unread_after : all_after, user, bounds.limit + 1, *after));
    }
    answer.unread = d_.tx.run(count_unread, user)[0].take<std::int64_t>();
    list.total = unread_only ? answer.unread : d_.tx.run(count_all, user)[0].take<std::int64_t>();
    return answer;
  });
}

result<notification::view> postgres_notifications::mark_read(const notification_id& id) {
  return guard_.run([&]() -> result<notification::view> {
    d_.tx.run(read_one, d_.who.user, id, d_.now);
    auto rows = d_.tx.run(one, d_.who.user, id);
    if (rows.empty())
      return fail(errc::not_found, "no such notification");
    return read_notification(rows[0]);
  });
}

result<std::int64_t> postgres_notifications::mark_all_read() {
  return guard_.run([&]() -> result<std::int64_t> {
    return d_.tx.run(read_all, d_.who.user, d_.now).affected();
  });
}

} // namespace ringmaster
