// Who the user is: facts that prove it on the phone, sealed together in one row beside the
// credentials, under a name that no credential can have.
#include <algorithm>
#include <map>

#include "domain/text.hpp"
#include "persistence/desk_books.hpp"
#include "persistence/seal.hpp"
#include "persistence/task_json.hpp"

namespace ringmaster {
namespace {

constexpr std::string_view row_name = "identity fields";
constexpr std::size_t most_characters = 200;

constexpr db::statement sealed_of{"desk_identity_open", R"(
  select encode(sealed, 'hex') from credentials where user_id = $1 and name = $2)"};
// Two writers at once would each miss what the other set.
constexpr db::statement lock{"desk_identity_lock", R"(
  select 1 from users where user_id = $1 for no key update)"};
constexpr db::statement keep{"desk_identity_keep", R"(
  insert into credentials (user_id, name, sealed, updated_at) values ($1, $2, decode($3, 'hex'), $4)
      on conflict (user_id, name) do update set sealed = excluded.sealed, updated_at = excluded.updated_at)"};
constexpr db::statement drop{
    "desk_identity_drop", "delete from credentials where user_id = $1 and name = $2"};

result<text_pairs> read_fields(desk_parts& d) {
  auto rows = d.tx.run(sealed_of, d.who.user, row_name);
  if (rows.empty())
    return text_pairs{};
  auto text = d.seal
                  ? d.seal->open(d.who.user, row_name, from_hex(rows[0].take<std::string_view>()))
                  : std::nullopt;
  if (!text)
    return fail(
        errc::internal, "the identity fields cannot be opened: they were sealed with another "
                        "master.key, or their row was changed; store them again");
  return read_pairs(*text);
}

} // namespace

result<std::vector<std::string>> postgres_identities::fields() {
  return guard_.run([&]() -> result<std::vector<std::string>> {
    auto pairs = read_fields(d_);
    if (!pairs)
      return fail(pairs.error());
    std::vector<std::string> names;
    for (const auto& [name, value] : *pairs)
      names.push_back(name);
    return names;
  });
}

result<void>
postgres_identities::write(const std::vector<std::pair<std::string, std::string>>& values) {
  return guard_.run([&]() -> result<void> {
    error wrong{.code = errc::invalid, .detail = "the identity fields have mistakes"};
    for (const auto& [name, value] : values) {
      const auto& known = auth_fields();
      auto count = count_characters(value);
      if (std::find(known.begin(), known.end(), name) == known.end())
        wrong.fields.push_back({"/" + name, "unknown", "no such field"});
      else if (!count || has_control_character(value))
        wrong.fields.push_back({"/" + name, "invalid", "must be text without control characters"});
      else if (*count > most_characters)
        wrong.fields.push_back({"/" + name, "too_long", "must have at most 200 characters"});
    }
    if (!wrong.fields.empty())
      return fail(std::move(wrong));
    if (!d_.seal)
      return fail(errc::internal, "there is no key to seal with");
    const auto& user = d_.who.user;
    d_.tx.run(lock, user);
    auto before = read_fields(d_);
    // What cannot be opened any more is replaced, as its refusal says.
    std::map<std::string, std::string> now;
    if (before)
      now.insert(before->begin(), before->end());
    std::string changed;
    for (const auto& [name, value] : values) {
      auto text = std::string(trimmed(value));
      if (text.empty())
        now.erase(name);
      else
        now[name] = std::move(text);
      changed += (changed.empty() ? "" : ", ") + name;
    }
    if (now.empty()) {
      d_.tx.run(drop, user, row_name);
    } else {
      auto sealed =
          d_.seal->seal(user, row_name, write_pairs(text_pairs(now.begin(), now.end())), d_.random);
      d_.tx.run(keep, user, row_name, hex_of(sealed), d_.now);
    }
    tell(d_, "identity.write", "identity_fields", user.value, {}, {}, changed);
    return {};
  });
}

result<std::vector<std::pair<std::string, std::string>>> postgres_identities::open() {
  return guard_.run([&]() -> result<text_pairs> { return read_fields(d_); });
}

} // namespace ringmaster
