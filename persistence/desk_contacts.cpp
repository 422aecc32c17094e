// Contacts: whom tasks call.
#include <algorithm>

#include "persistence/desk_books.hpp"

namespace ringmaster {
namespace {

#define CONTACT_COLUMNS                                                                            \
  "select id, name, company_name, phone_number, email, timezone, notes, version, created_at, "     \
  "updated_at from contacts "
#define OF_CONTACTS                                                                                \
  "where user_id = $1 and ($2::text is null or name ilike $2 or company_name ilike $2 "            \
  "or email ilike $2 or phone_number ilike $2 or phone_number like $3) "

constexpr db::statement one{"desk_contact", CONTACT_COLUMNS "where user_id = $1 and id = $2"};
constexpr db::statement locked{
    "desk_contact_locked", CONTACT_COLUMNS "where user_id = $1 and id = $2 for no key update"};
constexpr db::statement list_from{
    "desk_contacts_list",
    CONTACT_COLUMNS OF_CONTACTS "order by user_id desc, id desc limit $4 offset $5"};
constexpr db::statement list_after{
    "desk_contacts_list_after",
    CONTACT_COLUMNS OF_CONTACTS "and id < $5::uuid order by user_id desc, id desc limit $4"};
constexpr db::statement count{"desk_contacts_count", "select count(*) from contacts " OF_CONTACTS};
constexpr db::statement make{"desk_contact_make", R"(
  insert into contacts (user_id, id, name, company_name, phone_number, email, timezone, notes, created_at, updated_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9))"};
constexpr db::statement write{"desk_contact_write", R"(
  update contacts
     set name = $3, company_name = $4, phone_number = $5, email = $6, timezone = $7, notes = $8,
         version = version + 1, updated_at = $9
   where user_id = $1 and id = $2)"};
constexpr db::statement drop{
    "desk_contact_remove", "delete from contacts where user_id = $1 and id = $2"};

contact::view read_contact(db::row row) {
  contact::view v;
  v.id = row.take<contact_id>();
  v.name = row.take<std::string>();
  v.company_name = row.take<std::string>();
  v.number = row.take<std::optional<phone_number>>();
  v.email = row.take<std::string>();
  v.timezone = row.take<std::string>();
  v.notes = row.take<std::string>();
  v.version = row.take<std::int64_t>();
  v.created_at = row.take<instant>();
  v.updated_at = row.take<instant>();
  return v;
}

} // namespace

std::optional<contact::view>
find_contact_row(db::transaction& tx, const user_id& user, const contact_id& id) {
  auto rows = tx.run(one, user, id);
  return rows.empty() ? std::nullopt : std::optional(read_contact(rows[0]));
}

result<contact::view> postgres_contacts::create(const contact_id& id, const contact::checked& d) {
  return guard_.run([&]() -> result<contact::view> {
    d_.tx.run(
        make, d_.who.user, id, d.name, d.company_name, d.number, d.email, d.timezone, d.notes,
        d_.now);
    tell(d_, "contact.create", "contact", id.value);
    return *find_contact_row(d_.tx, d_.who.user, id);
  });
}

result<page<contact::view>> postgres_contacts::list(const page_request& p, const std::string& q) {
  return guard_.run([&]() -> result<page<contact::view>> {
    auto bounds = bounds_of(p);
    auto pattern = search_pattern(q);
    auto digits = number_pattern(q);
    const auto& user = d_.who.user;
    page<contact::view> answer;
    auto fill = [&](const db::rows& rows) {
      auto shown = std::min(rows.size(), static_cast<std::size_t>(bounds.limit));
      for (std::size_t i = 0; i < shown; ++i)
        answer.items.push_back(read_contact(rows[i]));
      if (rows.size() > shown)
        answer.next_cursor = make_cursor('p', to_string(answer.items.back().id));
    };
    if (p.cursor.empty()) {
      fill(d_.tx.run(list_from, user, pattern, digits, bounds.limit + 1, bounds.offset));
    } else {
      auto key = read_cursor('p', p.cursor);
      auto after = key ? contact_id::parse(*key) : std::nullopt;
      if (!after)
        return fail_field("/cursor", "invalid", "this cursor is not one of this list");
      fill(d_.tx.run(list_after, user, pattern, digits, bounds.limit + 1, *after));
    }
    answer.total = d_.tx.run(count, user, pattern, digits)[0].take<std::int64_t>();
    return answer;
  });
}

result<contact::view> postgres_contacts::find(const contact_id& id) {
  return guard_.run([&]() -> result<contact::view> {
    if (auto found = find_contact_row(d_.tx, d_.who.user, id))
      return std::move(*found);
    return fail(errc::not_found, "no such contact");
  });
}

result<contact::view> postgres_contacts::replace(
    const contact_id& id, const contact::checked& d, std::optional<std::int64_t> if_version) {
  return guard_.run([&]() -> result<contact::view> {
    auto rows = d_.tx.run(locked, d_.who.user, id);
    if (rows.empty())
      return fail(errc::not_found, "no such contact");
    auto before = read_contact(rows[0]);
    if (if_version && *if_version != before.version)
      return stale_version("the contact", before.version);
    d_.tx.run(
        write, d_.who.user, id, d.name, d.company_name, d.number, d.email, d.timezone, d.notes,
        d_.now);
    tell(d_, "contact.update", "contact", id.value);
    return *find_contact_row(d_.tx, d_.who.user, id);
  });
}

result<void> postgres_contacts::remove(const contact_id& id) {
  return guard_.run([&]() -> result<void> {
    if (d_.tx.run(drop, d_.who.user, id).affected() != 1)
      return fail(errc::not_found, "no such contact");
    tell(d_, "contact.delete", "contact", id.value);
    return {};
  });
}

} // namespace ringmaster
