#include "persistence/campaign_rows.hpp"

#include "persistence/array.hpp"
#include "persistence/lane.hpp"

namespace ringmaster {
namespace {

constexpr db::statement one{"campaign_one",
  "select " RINGMASTER_CAMPAIGN_COLUMNS R"(
    from campaigns c join campaign_progress p on p.user_id = c.user_id and p.campaign_id = c.id
   where c.user_id = $1 and c.id = $2)"};
constexpr db::statement last_permit{"campaign_last_permit",
  "select last_permit_at from campaign_progress where user_id = $1 and campaign_id = $2"};

/// A word that stands under a check constraint, so that it is one of the known.
template <class T>
T known(std::optional<T> value, const char* what) {
  if (!value)
    throw db::failure(db::trouble::other, std::string("a ") + what + " is not known");
  return *value;
}

} // namespace

talk::settings read_talk(db::row& row) {
  auto style = known(talk::parse_style(row.take<std::string_view>()), "way of calling");
  auto s = read_own_talk(row);
  s.style = style;
  return s;
}

talk::settings read_own_talk(db::row& row) {
  talk::settings s;
  s.on_voicemail = known(talk::parse_machine_action(row.take<std::string_view>()), "voicemail action");
  s.message = row.take<std::string>();
  s.on_menu = known(talk::parse_menu_action(row.take<std::string_view>()), "menu action");
  s.menu_keys = row.take<std::string>();
  s.record = row.take<bool>();
  s.result_schema = row.take<std::string>();
  return s;
}

campaign::view read_campaign(db::row& row) {
  campaign::view v;
  v.id = row.take<campaign_id>();
  auto& s = v.settings;
  s.name = row.take<std::string>();
  s.description = row.take<std::string>();
  s.type = row.take<std::string>();
  s.script = row.take<std::string>();
  s.timezone = row.take<std::string>();
  s.allowed_call_start_time = row.take<std::string>();
  s.allowed_call_end_time = row.take<std::string>();
  s.allowed_days_of_week = row.take<std::vector<std::string>>();
  s.limits.per_minute = row.take<std::optional<std::uint32_t>>();
  s.limits.per_hour = row.take<std::optional<std::uint32_t>>();
  s.max_attempts = row.take<std::int32_t>();
  s.max_concurrent_calls = row.take<std::int32_t>();
  s.talk = read_talk(row);
  v.state = campaign::parse_status(row.take<std::string_view>()).value();
  v.version = row.take<std::int64_t>();
  v.pause_reason = row.take<std::string>();
  v.wait_reason = row.take<std::string>();
  v.start_at = row.take<std::optional<instant>>();
  v.started_at = row.take<std::optional<instant>>();
  v.completed_at = row.take<std::optional<instant>>();
  v.created_at = row.take<instant>();
  v.updated_at = row.take<instant>();
  v.counts = read_progress(row);
  v.redial_of = row.take<std::optional<campaign_id>>();
  return v;
}

std::optional<campaign::view> find_campaign_row(
  db::transaction& tx, const user_id& user, const campaign_id& id) {
  auto rows = tx.run(one, user, id);
  if (rows.empty())
    return std::nullopt;
  auto row = rows[0];
  return read_campaign(row);
}

std::optional<instant> last_permit_at(
  db::transaction& tx, const user_id& user, const campaign_id& id) {
  auto rows = tx.run(last_permit, user, id);
  return rows.empty() ? std::nullopt : rows[0].take<std::optional<instant>>();
}

campaign_brief brief_of(const user_id& user, const campaign::view& view) {
  campaign_brief b;
  b.user = user;
  b.id = view.id;
  b.state = view.state;
  b.timezone = view.settings.timezone;
  b.start = view.settings.allowed_call_start_time;
  b.end = view.settings.allowed_call_end_time;
  b.days = view.settings.allowed_days_of_week;
  b.limits = view.settings.limits;
  b.max_concurrent_calls = view.settings.max_concurrent_calls;
  b.start_at = view.start_at;
  b.counts = view.counts;
  return b;
}

std::string text_array(const std::vector<std::string>& texts) {
  db::array list;
  for (const auto& text : texts)
    list.add(text);
  return list.take();
}

} // namespace ringmaster
