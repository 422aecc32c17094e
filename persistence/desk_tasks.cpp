// Tasks, as their owner and the engine work with them.
#include <algorithm>

#include "persistence/desk_books.hpp"
#include "persistence/task_rows.hpp"

namespace ringmaster {
namespace {

#define OF_TASKS                                                                                   \
  " from call_tasks t where t.user_id = $1 and ($2::text is null or t.status = $2) "               \
  "and ($3::text is null or t.priority = $3) "                                                     \
  "and ($4::text is null or t.title ilike $4 or t.raw_instruction ilike $4 "                       \
  "or t.target_phone_number ilike $4 or t.target_phone_number like $5) "

constexpr db::statement list_from{
    "desk_tasks_list", "select " RINGMASTER_TASK_COLUMNS OF_TASKS
                       "order by t.user_id desc, t.id desc limit $6 offset $7"};
constexpr db::statement list_after{
    "desk_tasks_list_after", "select " RINGMASTER_TASK_COLUMNS OF_TASKS
                             "and t.id < $7::uuid order by t.user_id desc, t.id desc limit $6"};
constexpr db::statement count{"desk_tasks_count", "select count(*)" OF_TASKS};

template <class Enum, class Word>
std::optional<std::string> word_of(const std::optional<Enum>& value, Word word) {
  return value ? std::optional(std::string(word(*value))) : std::nullopt;
}

} // namespace

result<task::record> postgres_tasks::create(const task_id& id, const task::checked& draft) {
  return guard_.run([&]() -> result<task::record> {
    auto around = task_around(d_, draft.what.contact);
    if (draft.what.contact && !around.contact)
      return fail_field("/contact_id", "not_found", "no contact has this id");
    auto r = task::open(id, draft, around.settings, d_.now);
    insert_task_row(d_, r);
    return r;
  });
}

result<page<task::record>> postgres_tasks::list(const page_request& p, const filter& f) {
  return guard_.run([&]() -> result<page<task::record>> {
    auto bounds = bounds_of(p);
    auto state = word_of(f.state, stored_word);
    auto urgency = word_of(f.urgency, [](auto u) { return task::to_string(u); });
    auto pattern = search_pattern(f.q);
    auto digits = number_pattern(f.q);
    const auto& user = d_.who.user;
    page<task::record> answer;
    auto fill = [&](const db::rows& rows) {
      auto shown = std::min(rows.size(), static_cast<std::size_t>(bounds.limit));
      for (std::size_t i = 0; i < shown; ++i)
        answer.items.push_back(read_task(rows[i]));
      if (rows.size() > shown)
        answer.next_cursor = make_cursor('j', to_string(answer.items.back().id));
    };
    if (p.cursor.empty()) {
      fill(d_.tx.run(
          list_from, user, state, urgency, pattern, digits, bounds.limit + 1, bounds.offset));
    } else {
      auto key = read_cursor('j', p.cursor);
      auto after = key ? task_id::parse(*key) : std::nullopt;
      if (!after)
        return fail_field("/cursor", "invalid", "this cursor is not one of this list");
      fill(d_.tx.run(list_after, user, state, urgency, pattern, digits, bounds.limit + 1, *after));
    }
    answer.total = d_.tx.run(count, user, state, urgency, pattern, digits)[0].take<std::int64_t>();
    return answer;
  });
}

result<task::record> postgres_tasks::find(const task_id& id) {
  return guard_.run([&]() -> result<task::record> {
    if (auto r = find_task_row(d_, id))
      return std::move(*r);
    return fail(errc::not_found, "no such call task");
  });
}

result<task::record> postgres_tasks::act(
    const task_id& id, const task::act& what, std::optional<std::int64_t> if_version) {
  return guard_.run([&] { return act_on_task(d_, id, what, if_version); });
}

result<task::circumstances> postgres_tasks::around(const task::record& r) {
  return guard_.run([&]() -> result<task::circumstances> { return task_around(d_, r.contact); });
}

result<campaign_id>
postgres_tasks::prepare_call(const task_id& id, const assistant::script& script) {
  return guard_.run([&] { return prepare_task_call(d_, id, script); });
}

result<std::vector<call::view>> postgres_tasks::calls(const task_id& id) {
  return guard_.run([&]() -> result<std::vector<call::view>> {
    if (!find_task_row(d_, id))
      return fail(errc::not_found, "no such call task");
    return calls_of_task(d_, id.value);
  });
}

// -- searching ------------------------------------------------------------------------------------

std::optional<std::string> search_pattern(const std::string& q) {
  if (q.empty())
    return std::nullopt;
  std::string pattern = "%";
  for (char c : q) {
    if (c == '%' || c == '_' || c == '\\')
      pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

std::optional<std::string> number_pattern(const std::string& q) {
  std::string digits;
  for (char c : q) {
    if (c >= '0' && c <= '9')
      digits += c;
    else if (std::string_view("+-(). /").find(c) == std::string_view::npos)
      return std::nullopt;
  }
  return digits.size() < 3 ? std::nullopt : std::optional("%" + digits + "%");
}

tl::unexpected<error> stale_version(const std::string& what, std::int64_t version) {
  return fail(
      errc::conflict, what + " was changed meanwhile; its version is " + std::to_string(version));
}

} // namespace ringmaster
