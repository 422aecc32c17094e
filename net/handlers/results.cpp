#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/time.hpp"
#include "net/ask.hpp"
#include "net/csv.hpp"
#include "net/handlers/handlers.hpp"
#include "wire/result_schema.hpp"

// What came of every target of a campaign, as a table.

namespace ringmaster::net::handlers {

namespace {

constexpr std::string_view results_head =
    "phone_number,contact_name,client_id,status,attempt_count,last_attempt_at,call_outcome,"
    "call_summary,reason,last_call_id,goal_achieved,opt_out";

/// One piece of the table: targets, and what their last calls came to.
struct piece {
  std::vector<target::view> rows;
  std::vector<std::optional<talk::findings>> found; ///< for each row
  std::string next_cursor;
};

/// What the export needs when the request itself is gone.
struct export_job {
  services& svc;
  identity who;
  campaign_id id;
  std::vector<std::string> wanted; ///< keys of the campaign's result schema
  piece next;
};

/// The columns that the campaign's own schema adds. One that cannot be read any more adds none.
std::vector<std::string> read_wanted(const campaign::view& c) {
  std::vector<std::string> names;
  if (auto fields = wire::read_result_schema(c.settings.talk.result_schema))
    for (const auto& f : *fields)
      names.push_back("result." + f.name);
  return names;
}

std::string write_head(const std::vector<std::string>& wanted) {
  std::string out(results_head);
  for (const auto& name : wanted)
    out += "," + csv_safe_cell(name);
  return out + "\r\n";
}

/// The value under a key as one cell; the parts of a list with semicolons between them.
std::string cell_of(const talk::findings& found, const std::string& key) {
  for (const auto& v : found.values) {
    if (v.key != key || !v.known())
      continue;
    if (!v.text.empty())
      return v.text;
    std::string out;
    for (const auto& [name, text] : v.parts)
      out += (out.empty() ? "" : "; ") + text;
    return out;
  }
  return {};
}

void write_row(
    std::string& out, const target::view& t, const std::optional<talk::findings>& found,
    const std::vector<std::string>& wanted) {
  for (const auto& cell :
       {t.number.reveal(), t.contact_name, t.client_id, std::string(target::to_string(t.state)),
        std::to_string(t.attempt_count),
        t.last_attempt_at ? to_rfc3339(*t.last_attempt_at) : std::string(), t.call_outcome,
        t.call_summary, t.reason})
    out += csv_safe_cell(cell) + ",";
  out += t.last_call ? to_string(*t.last_call) : std::string();
  out += "," + (found ? std::string(talk::to_string(found->goal_achieved)) : std::string());
  out += found ? found->opt_out ? ",yes" : ",no" : ",";
  for (const auto& key : wanted)
    out += "," + (found ? csv_safe_cell(cell_of(*found, key)) : std::string());
  out += "\r\n";
}

std::string write_rows(const piece& p, const std::vector<std::string>& wanted) {
  std::string out;
  for (std::size_t i = 0; i < p.rows.size(); ++i)
    write_row(out, p.rows[i], p.found[i], wanted);
  return out;
}

result<piece> read_piece(desk_work& w, const campaign_id& id, const std::string& cursor) {
  // Conversations are read one by one, so a transaction takes fewer rows than a page may have.
  constexpr std::int64_t rows_most = 200;
  page_request asked;
  asked.limit = rows_most;
  asked.cursor = cursor;
  auto rows = w.list_targets(id, asked, std::nullopt);
  if (!rows)
    return fail(rows.error());
  piece out{std::move(rows->items), {}, std::move(rows->next_cursor)};
  for (const auto& t : out.rows) {
    auto& found = out.found.emplace_back();
    bool reached = t.call_outcome == "answered" || t.call_outcome == "voicemail";
    if (!t.last_call || !reached)
      continue;
    auto talk = w.conversations().find(*t.last_call);
    if (talk)
      found = std::move(talk->found);
    else if (talk.error().code != errc::not_found)
      return fail(talk.error());
  }
  return out;
}

template <class Read>
auto in_transaction(desk& d, const identity& who, Read read)
    -> std::invoke_result_t<Read, desk_work&> {
  typename std::invoke_result_t<Read, desk_work&>::value_type found;
  auto done = d.transact(who, [&](desk_work& w) -> result<void> {
    auto got = read(w);
    if (!got)
      return fail(got.error());
    found = std::move(*got);
    return {};
  });
  if (!done)
    return fail(done.error());
  return found;
}

result<piece> read_next(desk& d, const export_job& job) {
  return in_transaction(
      d, job.who, [&](desk_work& w) { return read_piece(w, job.id, job.next.next_cursor); });
}

struct beginning {
  std::vector<std::string> wanted;
  piece first;
};

result<beginning> read_beginning(desk& d, const identity& who, const campaign_id& id) {
  return in_transaction(d, who, [&](desk_work& w) -> result<beginning> {
    auto campaign = w.find_campaign(id);
    if (!campaign)
      return fail(campaign.error());
    auto first = read_piece(w, id, "");
    if (!first)
      return fail(first.error());
    return beginning{read_wanted(*campaign), std::move(*first)};
  });
}

asio::awaitable<void> write_results(std::shared_ptr<export_job> job, http::body_writer& to) {
  auto text = write_head(job->wanted) + write_rows(job->next, job->wanted);
  while (co_await to.write(std::move(text)) && !job->next.next_cursor.empty()) {
    auto work = [job](desk& d) { return read_next(d, *job); };
    auto found = co_await on_desk<piece>(job->svc.engine, std::move(work));
    if (!found) {
      // The connection is cut without the end of the body: half a file must not pass for a whole.
      throw std::runtime_error(
          "the export of campaign " + to_string(job->id) + " broke off: " + found.error().detail);
    }
    job->next = std::move(*found);
    text = write_rows(job->next, job->wanted);
  }
}

} // namespace

// GET /api/campaigns/{id}/results.csv
answer_of_handler export_results(exchange& x) {
  auto id = path_id<campaign_id>(x, "campaign");
  if (!id)
    co_return refuse(x, id.error());
  auto work = [who = x.who, id = *id](desk& d) { return read_beginning(d, who, id); };
  auto found = co_await on_desk<beginning>(x.svc.engine, std::move(work));
  if (!found)
    co_return refuse(x, found.error());
  auto job = std::make_shared<export_job>(
      export_job{x.svc, x.who, *id, std::move(found->wanted), std::move(found->first)});
  http::response head;
  head.content_type = "text/csv; charset=utf-8";
  head.headers.push_back(
      {"Content-Disposition", "attachment; filename=\"results-" + to_string(*id) + ".csv\""});
  co_return http::streamed(
      std::move(head), [job](http::body_writer& to) { return write_results(job, to); });
}

} // namespace ringmaster::net::handlers
