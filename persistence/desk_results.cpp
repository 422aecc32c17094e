// A campaign's results as a table: targets with the findings of their last calls, in one statement
// for each piece.
#include "persistence/desk_lists.hpp"
#include "persistence/talk_json.hpp"

namespace ringmaster {
namespace {

// A call that nobody answered has nothing to tell, whatever was noted of it.
constexpr db::statement pieces{"lists_results",
  "select v.findings, " RINGMASTER_TARGET_COLUMNS R"(
    from (select * from targets x
           where x.user_id = $1 and x.campaign_id = $2 and ($3::uuid is null or x.id > $3)
           order by x.user_id, x.campaign_id, x.id limit $4) t
    left join conversations v on v.user_id = t.user_id and v.attempt_id = t.last_call
                             and t.call_outcome in ('answered', 'voicemail')
   order by t.user_id, t.campaign_id, t.id)"};

} // namespace

result<std::vector<result_row>> postgres_lists::results(
    const campaign_id& of, const std::optional<target_id>& after, std::int64_t limit) {
  return guard_.run([&]() -> result<std::vector<result_row>> {
    auto rows = d_.tx.run(pieces, d_.who.user, of, after, limit);
    std::vector<result_row> out;
    out.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      auto& r = out.emplace_back();
      if (auto found = row.take<std::optional<std::string_view>>())
        r.found = read_findings(*found);
      r.target = read_target(row);
    }
    return out;
  });
}

} // namespace ringmaster
