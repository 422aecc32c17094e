// Secrets of users: they go in sealed, and only the engine takes them out. The row of the identity
// fields (desk_identities.cpp) has a name that no credential can have.
#include "persistence/desk_books.hpp"
#include "persistence/seal.hpp"
#include "wire/digest.hpp"

namespace ringmaster {
namespace {

constexpr std::size_t most_secret = 4096;
constexpr std::size_t most_name = 40;
constexpr std::size_t most_label = 200;

constexpr db::statement keep{"desk_vault_put", R"(
  insert into credentials (user_id, name, label, sealed, updated_at)
  values ($1, $2, $3, decode($4, 'hex'), $5)
      on conflict (user_id, name) do update
     set label = excluded.label, sealed = excluded.sealed, updated_at = excluded.updated_at)"};
constexpr db::statement all{"desk_vault_list", R"(
  select name, label, updated_at from credentials
   where user_id = $1 and name <> 'identity fields' order by user_id, name)"};
constexpr db::statement drop{
    "desk_vault_remove", "delete from credentials where user_id = $1 and name = $2"};
constexpr db::statement sealed_of{
    "desk_vault_open",
    "select encode(sealed, 'hex') from credentials where user_id = $1 and name = $2"};

bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= most_name &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos;
}

} // namespace

std::string hex_of(const std::string& bytes) {
  return wire::to_hex(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}

std::string from_hex(std::string_view text) {
  auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    bytes += static_cast<char>(digit(text[i]) * 16 + digit(text[i + 1]));
  return bytes;
}

result<vault::entry>
postgres_vault::put(const std::string& name, const std::string& label, const std::string& secret) {
  return guard_.run([&]() -> result<entry> {
    if (!is_name(name))
      return fail_field("/name", "invalid", "must be 1 to 40 of a-z, 0-9, _ and -");
    if (secret.empty() || secret.size() > most_secret)
      return fail_field("/secret", "out_of_range", "must have 1 to 4,096 bytes");
    if (label.size() > most_label)
      return fail_field("/label", "too_long", "must have at most 200 bytes");
    if (!d_.seal)
      return fail(errc::internal, "there is no key to seal with");
    const auto& user = d_.who.user;
    auto sealed = d_.seal->seal(user, name, secret, d_.random);
    d_.tx.run(keep, user, name, label, hex_of(sealed), d_.now);
    tell(d_, "credential.put", "credential", user.value, {}, {}, name);
    return entry{name, label, d_.now};
  });
}

result<std::vector<vault::entry>> postgres_vault::list() {
  return guard_.run([&]() -> result<std::vector<entry>> {
    std::vector<entry> list;
    auto rows = d_.tx.run(all, d_.who.user);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      entry e;
      e.name = row.take<std::string>();
      e.label = row.take<std::string>();
      e.updated_at = row.take<instant>();
      list.push_back(std::move(e));
    }
    return list;
  });
}

result<void> postgres_vault::remove(const std::string& name) {
  return guard_.run([&]() -> result<void> {
    if (!is_name(name) || d_.tx.run(drop, d_.who.user, name).affected() != 1)
      return fail(errc::not_found, "no such credential");
    tell(d_, "credential.remove", "credential", d_.who.user.value, {}, {}, name);
    return {};
  });
}

result<std::optional<std::string>> postgres_vault::open(const std::string& name) {
  return guard_.run([&]() -> result<std::optional<std::string>> {
    if (!is_name(name))
      return std::optional<std::string>{};
    auto rows = d_.tx.run(sealed_of, d_.who.user, name);
    if (rows.empty())
      return std::optional<std::string>{};
    auto secret = d_.seal
                      ? d_.seal->open(d_.who.user, name, from_hex(rows[0].take<std::string_view>()))
                      : std::nullopt;
    if (!secret)
      return fail(
          errc::internal, "the credential " + name +
                              " cannot be opened: it was sealed with another master.key, or its "
                              "row was changed; store it again");
    return secret;
  });
}

} // namespace ringmaster
