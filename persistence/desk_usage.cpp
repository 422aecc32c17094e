// What the models cost.
#include <algorithm>

#include "persistence/array.hpp"
#include "persistence/desk_books.hpp"
#include "persistence/task_json.hpp"

namespace ringmaster {
namespace {

constexpr int most_days = 366;

constexpr db::statement keep{"desk_usage_note", R"(
  insert into model_usage (user_id, function, task_id, attempt_id, provider, model, prompt_version, prompt_tokens,
                           completion_tokens, cost_micros, took_ms, failure)
  select $1, $2, $3::uuid, $4::uuid, r.* from unnest($5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[],
                                                     $10::bigint[], $11::bigint[], $12::text[]) r)"};
constexpr db::statement spent{"desk_usage_today", R"(
  select coalesce(sum(cost_micros), 0)::bigint from model_usage
   where user_id = $1 and at >= date_trunc('day', now(), 'UTC'))"};
constexpr db::statement lines{"desk_usage_report", R"(
  select to_char(at at time zone 'UTC', 'YYYY-MM-DD') as day, provider, model, function, count(*),
         sum(prompt_tokens)::bigint, sum(completion_tokens)::bigint, sum(cost_micros)::bigint
    from model_usage
   where user_id = $1 and at >= date_trunc('day', now(), 'UTC') - ($2::int - 1) * interval '24 hours'
   group by 1, 2, 3, 4 order by 1 desc, 2, 3, 4)"};

} // namespace

result<void> postgres_usage::note(
    assistant::function what, std::optional<task_id> about, std::optional<attempt_id> call,
    const std::vector<assistant::usage>& tries) {
  return guard_.run([&]() -> result<void> {
    if (tries.empty())
      return {};
    db::array providers, models, prompts, asked, answered, costs, took, failures;
    auto counted = [](std::int64_t n) { return std::max<std::int64_t>(n, 0); };
    for (const auto& t : tries) {
      providers.add(storable(t.provider));
      models.add(storable(t.model));
      prompts.add(storable(t.prompt_version));
      asked.add(counted(t.prompt_tokens));
      answered.add(counted(t.completion_tokens));
      costs.add(counted(t.cost_micros));
      took.add(counted(t.took.count()));
      failures.add(storable(t.failure));
    }
    d_.tx.run(
        keep, d_.who.user, assistant::to_string(what), about, call, providers.take(), models.take(),
        prompts.take(), asked.take(), answered.take(), costs.take(), took.take(), failures.take());
    return {};
  });
}

result<std::int64_t> postgres_usage::spent_today() {
  return guard_.run([&]() -> result<std::int64_t> {
    return d_.tx.run(spent, d_.who.user)[0].take<std::int64_t>();
  });
}

result<std::vector<usage_book::line>> postgres_usage::report(int days) {
  return guard_.run([&]() -> result<std::vector<line>> {
    std::vector<line> list;
    auto rows = d_.tx.run(lines, d_.who.user, std::int32_t{std::clamp(days, 1, most_days)});
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      line l;
      l.day = row.take<std::string>();
      l.provider = row.take<std::string>();
      l.model = row.take<std::string>();
      l.function = row.take<std::string>();
      l.requests = row.take<std::int64_t>();
      l.prompt_tokens = row.take<std::int64_t>();
      l.completion_tokens = row.take<std::int64_t>();
      l.cost_micros = row.take<std::int64_t>();
      list.push_back(std::move(l));
    }
    return list;
  });
}

} // namespace ringmaster
