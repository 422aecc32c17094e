// What a user has settled for their assistant, and what it may say about their business.
#include "domain/text.hpp"
#include "persistence/campaign_rows.hpp"
#include "persistence/desk_books.hpp"
#include "persistence/task_json.hpp"

namespace ringmaster {
namespace {

#define SETTINGS                                                                                   \
  "select max_auto_approve_micros, max_auto_approve_currency, default_call_tone, "                 \
  "allowed_auth_fields, auto_retry_failed_calls, max_retry_attempts, timezone, "                   \
  "allowed_call_start_time, allowed_call_end_time, allowed_days_of_week, daily_budget_micros, "    \
  "daily_budget_currency, transfer_numbers, version from assistant_settings where user_id = $1"
constexpr db::statement settings_of{"desk_settings", SETTINGS};
constexpr db::statement make_settings{"desk_settings_make", R"(
  insert into assistant_settings (user_id, max_auto_approve_micros, max_auto_approve_currency, default_call_tone,
                                  allowed_auth_fields, auto_retry_failed_calls, max_retry_attempts, timezone,
                                  allowed_call_start_time, allowed_call_end_time, allowed_days_of_week,
                                  daily_budget_micros, daily_budget_currency, version, updated_at, transfer_numbers)
  values ($1, $2, $3, $4, $5::text[], $6, $7, $8, $9, $10, $11::text[], $12, $13, $14, $15, $16::text[])
      on conflict (user_id) do nothing)"};
constexpr db::statement write_settings{"desk_settings_write", R"(
  update assistant_settings
     set max_auto_approve_micros = $2, max_auto_approve_currency = $3, default_call_tone = $4,
         allowed_auth_fields = $5::text[], auto_retry_failed_calls = $6, max_retry_attempts = $7, timezone = $8,
         allowed_call_start_time = $9, allowed_call_end_time = $10, allowed_days_of_week = $11::text[],
         daily_budget_micros = $12, daily_budget_currency = $13, version = $14, updated_at = $15,
         transfer_numbers = $16::text[]
   where user_id = $1 and version = $14 - 1)"};

constexpr db::statement profile_of{"desk_profile", R"(
  select name, description, hours, address, website, email, phone_number, facts, version, updated_at
    from business_profile where user_id = $1)"};
constexpr db::statement make_profile{"desk_profile_make", R"(
  insert into business_profile (user_id, name, description, hours, address, website, email, phone_number, facts,
                                version, updated_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10, $11) on conflict (user_id) do nothing)"};
constexpr db::statement change_profile{"desk_profile_write", R"(
  update business_profile
     set name = $2, description = $3, hours = $4, address = $5, website = $6, email = $7, phone_number = $8,
         facts = $9::jsonb, version = $10, updated_at = $11
   where user_id = $1 and version = $10 - 1)"};

/// What was read has gone out of date between reading and writing.
tl::unexpected<error> changed_at_once(const char* what) {
  return fail(
      errc::conflict, std::string(what) + " was changed at the same moment; read it and try again");
}

} // namespace

business_profile read_profile_row(db::transaction& tx, const user_id& user) {
  business_profile p;
  auto rows = tx.run(profile_of, user);
  if (rows.empty())
    return p;
  auto row = rows[0];
  p.name = row.take<std::string>();
  p.description = row.take<std::string>();
  p.hours = row.take<std::string>();
  p.address = row.take<std::string>();
  p.website = row.take<std::string>();
  p.email = row.take<std::string>();
  p.number = row.take<std::optional<phone_number>>();
  p.facts = read_pairs(row.take<std::string_view>());
  p.version = row.take<std::int64_t>();
  p.updated_at = row.take<instant>();
  return p;
}

assistant_settings read_settings_row(db::transaction& tx, const user_id& user) {
  assistant_settings s;
  auto rows = tx.run(settings_of, user);
  if (rows.empty())
    return s;
  auto row = rows[0];
  s.max_auto_approve_amount.micros = row.take<std::int64_t>();
  s.max_auto_approve_amount.currency = row.take<std::string>();
  if (auto voice = parse_tone(row.take<std::string_view>()))
    s.default_call_tone = *voice;
  s.allowed_auth_fields = row.take<std::vector<std::string>>();
  s.auto_retry_failed_calls = row.take<bool>();
  s.max_retry_attempts = row.take<std::int32_t>();
  s.timezone = row.take<std::string>();
  s.allowed_call_start_time = row.take<std::string>();
  s.allowed_call_end_time = row.take<std::string>();
  s.allowed_days_of_week = row.take<std::vector<std::string>>();
  auto budget = row.take<std::optional<std::int64_t>>();
  auto currency = row.take<std::optional<std::string>>();
  if (budget && currency)
    s.daily_model_budget = money{*budget, std::move(*currency)};
  s.transfer_numbers = row.take<std::vector<std::string>>();
  s.version = row.take<std::int64_t>();
  return s;
}

result<assistant_settings> postgres_settings::read() {
  return guard_.run(
      [&]() -> result<assistant_settings> { return read_settings_row(d_.tx, d_.who.user); });
}

result<assistant_settings>
postgres_settings::write(const assistant_settings& s, std::optional<std::int64_t> if_version) {
  return guard_.run([&]() -> result<assistant_settings> {
    if (auto window = check(s); !window)
      return fail(window.error());
    auto before = read_settings_row(d_.tx, d_.who.user);
    if (if_version && *if_version != before.version)
      return stale_version("the assistant's settings", before.version);
    const auto& budget = s.daily_model_budget;
    auto written = d_.tx.run(
        before.version == 0 ? make_settings : write_settings, d_.who.user,
        s.max_auto_approve_amount.micros, s.max_auto_approve_amount.currency,
        to_string(s.default_call_tone), text_array(s.allowed_auth_fields),
        s.auto_retry_failed_calls, s.max_retry_attempts, trimmed(s.timezone),
        s.allowed_call_start_time, s.allowed_call_end_time, text_array(s.allowed_days_of_week),
        budget ? std::optional(budget->micros) : std::nullopt,
        budget ? std::optional(budget->currency) : std::nullopt, before.version + 1, d_.now,
        text_array(s.transfer_numbers));
    if (written.affected() != 1)
      return changed_at_once("the assistant's settings");
    tell(d_, "settings.update", "assistant_settings", d_.who.user.value);
    return read_settings_row(d_.tx, d_.who.user);
  });
}

result<business_profile> postgres_settings::read_profile() {
  return guard_.run(
      [&]() -> result<business_profile> { return read_profile_row(d_.tx, d_.who.user); });
}

result<business_profile> postgres_settings::write_profile(
    const business_profile& p, std::optional<std::int64_t> if_version) {
  return guard_.run([&]() -> result<business_profile> {
    if (auto fine = check(p); !fine)
      return fail(fine.error());
    auto before = read_profile_row(d_.tx, d_.who.user);
    if (if_version && *if_version != before.version)
      return stale_version("the business profile", before.version);
    auto written = d_.tx.run(
        before.version == 0 ? make_profile : change_profile, d_.who.user, p.name, p.description,
        p.hours, p.address, p.website, p.email, p.number, write_pairs(p.facts), before.version + 1,
        d_.now);
    if (written.affected() != 1)
      return changed_at_once("the business profile");
    tell(d_, "profile.update", "business_profile", d_.who.user.value);
    return read_profile_row(d_.tx, d_.who.user);
  });
}

} // namespace ringmaster
