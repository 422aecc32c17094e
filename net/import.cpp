#include "net/import.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include "net/csv.hpp"
#include "net/problem.hpp"
#include "net/under_way.hpp"
#include "net/views.hpp"
#include "wire/digest.hpp"

namespace ringmaster::net {

namespace {

constexpr std::size_t rows_at_once = 64; ///< checked before others get their turn: about 1 ms
constexpr std::size_t part_rows = 2'500; ///< in one transaction
constexpr std::size_t parts_ahead = 3;   ///< being checked, or checked and not yet stored
constexpr std::size_t named_max = 1'000; ///< rows that the answer names
constexpr int tries_max = 3;             ///< of a transaction that came in somebody's way
constexpr std::size_t rows_until_told = 100'000; ///< a campaign that runs dials them meanwhile

/// A digest of everything that was added, whatever pieces it came in.
class rolling_digest {
 public:
  void add(std::string_view piece) {
    while (!piece.empty()) {
      auto take = std::min(piece.size(), block_ - pending_.size());
      pending_ += piece.substr(0, take);
      piece.remove_prefix(take);
      if (pending_.size() == block_)
        roll();
    }
  }
  std::string hex() {
    roll();
    return wire::to_hex(wire::sha256(state_));
  }

 private:
  void roll() {
    auto hash = wire::sha256(state_ + pending_);
    state_.assign(reinterpret_cast<const char*>(hash.data()), hash.size());
    pending_.clear();
  }
  static constexpr std::size_t block_ = 64 * 1024;
  std::string state_;
  std::string pending_;
};

/// Some rows on their way through the checks into the database. Shared with the jobs that work on
/// it, one after the other.
struct part {
  std::vector<target_row> rows;
  std::vector<target::checked> good;
  upload::refused refused;
  target::report report; ///< of these rows alone
};
using part_ptr = std::shared_ptr<part>;

/// One upload on its way.
struct upload_run {
  exchange& x;
  upload_order order;
  std::string region;
  std::optional<std::string> key;
  asio::any_io_executor executor;
  bool repeated = false; ///< the key was seen before: hash only
  import_id id{};
  target::report report{};
  rolling_digest digest{};
  std::vector<target_row> gathered{};
  struct checking {
    part_ptr what;
    std::unique_ptr<under_way<void>> done;
  };
  std::deque<checking> ahead{};
  part_ptr in_store{};
  std::unique_ptr<under_way<void>> storing{};
  std::size_t untold = 0; ///< added rows that the engine does not know of
};

/// Checks a row and puts it where it belongs.
void sort_row(target_row& row, const upload_order& order, const std::string& region, part& into) {
  auto refuse = [&](const target_row& why) {
    const auto& w = *why.wrong;
    write_refused(w, into.refused);
    note_rejected(into.report, w.line, w.value, w.code, w.message);
  };
  if (row.wrong)
    return refuse(row);
  auto checked = target::check(row.draft, order.default_max_attempts, region);
  if (checked) {
    into.good.push_back(std::move(*checked));
    return;
  }
  const auto& why = checked.error();
  bool named = !why.fields.empty();
  refuse(wrong_row(
    row.draft.line, row.draft.phone_number, named ? why.fields[0].code : "invalid",
    named ? why.fields[0].message : why.detail));
}

void merge(target::report& all, target::report&& one) {
  auto take = [](auto& to, auto& from) {
    for (auto& row : from)
      if (to.size() < named_max)
        to.push_back(std::move(row));
  };
  all.accepted += one.accepted;
  all.duplicates += one.duplicates;
  all.rejected_total += one.rejected_total;
  take(all.rejected, one.rejected);
  take(all.duplicate_rows, one.duplicate_rows);
}

/// One of several requests: if it breaks off, it can be made again.
bool goes_on(const upload_run& u) { return u.order.on || u.order.more; }

http::response show_report(const upload_run& u) {
  nlohmann::ordered_json doc;
  doc["targets"] = show(u.report);
  doc["import"] = show_upload(
    u.order.into, u.id, u.order.more ? upload::status::running : upload::status::done);
  return answer(u.report.accepted > 0 ? 201 : 200, doc);
}

http::response show_failure(const upload_run& u, error why) {
  nlohmann::ordered_json extra;
  extra["targets"] = show(u.report);
  if (u.id)
    extra["import"] = show_upload(
      u.order.into, u.id, goes_on(u) ? upload::status::running : upload::status::broken);
  if (u.report.accepted > 0)
    why.detail += "; what was added stays: send the list again and those rows count as duplicates";
  return problem(why, u.x.req.id, extra);
}

void tell_added(upload_run& u) {
  if (u.untold > 0)
    u.x.svc.engine.tell(targets_added{u.order.into});
  u.untold = 0;
}

/// Remembers that an upload with this key has begun, unless one had before, and notes the upload.
asio::awaitable<result<void>> begin(upload_run& u) {
  std::function<result<void>(desk_work&)> job = [&](desk_work& w) -> result<void> {
    u.repeated = false;
    if (u.key) {
      auto route = idempotency_route(u.x.req) + " (begun)";
      auto claimed = w.claim_key(*u.key, route, "");
      if (!claimed)
        return fail(claimed.error());
      if ((u.repeated = claimed->has_value()))
        return {};
      if (auto kept = w.store_answer(*u.key, route, {100, ""}); !kept)
        return kept;
    }
    if (u.order.on) {
      u.id = *u.order.on;
      return w.lists().resume_import(u.id, u.order.into);
    }
    auto made = w.lists().begin_import(u.order.into, u.order.what);
    if (!made)
      return fail(made.error());
    u.id = *made;
    return {};
  };
  co_return co_await transact(u.x, std::move(job));
}

void start_check(upload_run& u) {
  auto p = std::make_shared<part>();
  p->rows = std::exchange(u.gathered, {});
  u.gathered.reserve(part_rows);
  auto start = [&checkers = u.x.svc.row_checkers, p, order = u.order,
                region = u.region](deliver<void> then) {
    // The responder answers by itself if the job is dropped before it ran.
    auto reply = std::make_shared<responder<void>>(std::move(then));
    checkers.run([p, order, region, reply] {
      p->good.reserve(p->rows.size());
      for (auto& row : p->rows)
        sort_row(row, order, region, *p);
      p->rows = {};
      reply->reply(result<void>());
    });
  };
  u.ahead.push_back({p, std::make_unique<under_way<void>>(u.executor, std::move(start))});
}

void start_store(upload_run& u, const part_ptr& p) {
  auto start = [&engine = u.x.svc.engine, p, who = u.x.who, id = u.id,
                into = u.order.into](deliver<void> then) {
    auto reply = std::make_shared<responder<void>>(std::move(then));
    auto job = [p, who, id, into, reply](desk& d) {
      result<void> done;
      for (int i = 0; i < tries_max; ++i) {
        auto made = p->report;
        done = d.transact(who, [&](desk_work& w) {
          made = p->report;
          return w.lists().add_part(id, into, p->good, p->refused, made);
        });
        if (done)
          p->report = std::move(made);
        if (done || done.error().code != errc::conflict)
          break;
      }
      reply->reply(std::move(done));
    };
    if (!engine.at_desk(std::move(job)))
      reply->reply(fail(desks_are_busy()));
  };
  u.in_store = p;
  u.storing = std::make_unique<under_way<void>>(u.executor, std::move(start));
}

asio::awaitable<result<void>> await_store(upload_run& u) {
  if (!u.storing)
    co_return result<void>();
  auto done = co_await u.storing->wait();
  u.storing.reset();
  auto p = std::exchange(u.in_store, nullptr);
  if (!done)
    co_return done;
  u.untold += p->report.accepted;
  merge(u.report, std::move(p->report));
  if (u.untold >= rows_until_told)
    tell_added(u);
  co_return done;
}

/// Hands the oldest part that is being checked to the database.
asio::awaitable<result<void>> pass_on(upload_run& u) {
  auto next = std::move(u.ahead.front());
  u.ahead.pop_front();
  if (auto checked = co_await next.done->wait(); !checked)
    co_return checked;
  if (auto stored = co_await await_store(u); !stored)
    co_return stored;
  start_store(u, next.what);
  co_return result<void>();
}

asio::awaitable<result<void>> take_rows(upload_run& u, std::vector<target_row>& rows) {
  for (auto& row : rows) {
    auto& line = row.wrong ? row.wrong->line : row.draft.line;
    line += u.order.lines_before;
    u.gathered.push_back(std::move(row));
    if (u.gathered.size() < part_rows)
      continue;
    start_check(u);
    while (u.ahead.size() >= parts_ahead)
      if (auto passed = co_await pass_on(u); !passed)
        co_return passed;
  }
  co_return result<void>();
}

/// Everything that was read comes to its end.
asio::awaitable<result<void>> drain(upload_run& u) {
  if (!u.gathered.empty())
    start_check(u);
  while (!u.ahead.empty())
    if (auto passed = co_await pass_on(u); !passed)
      co_return passed;
  co_return co_await await_store(u);
}

/// Reads all of the body. A mistake in its form ends it, after the good rows before it.
asio::awaitable<result<void>> pull(upload_run& u, row_source& rows, std::string begun) {
  std::vector<target_row> read;
  for (bool last = false; !last;) {
    std::string piece = std::exchange(begun, {});
    if (piece.empty()) {
      auto came = co_await u.x.body->read_some();
      if (!came) {
        co_await drain(u);
        co_return fail(came.error());
      }
      piece = std::move(*came);
      last = piece.empty();
    }
    if (u.key)
      u.digest.add(piece);
    if (u.repeated)
      continue;
    read.clear();
    auto readable = last ? rows.finish(read) : rows.feed(piece, read);
    if (auto taken = co_await take_rows(u, read); !taken)
      co_return taken;
    if (!readable) {
      auto drained = co_await drain(u);
      co_return drained ? readable : drained;
    }
  }
  co_return co_await drain(u);
}

/// The upload's own end, and the answer if it is to be kept.
asio::awaitable<http::response> finish(upload_run& u) {
  std::optional<desk_work::stored_answer> earlier;
  std::function<result<void>(desk_work&)> job = [&](desk_work& w) -> result<void> {
    auto route = idempotency_route(u.x.req);
    if (u.key) {
      auto claimed = w.claim_key(*u.key, route, u.digest.hex());
      if (!claimed)
        return fail(claimed.error());
      if ((earlier = std::move(*claimed)))
        return {};
      if (u.repeated)
        return fail(
          errc::conflict, "an upload with this Idempotency-Key has begun and not come to its end; "
                          "if it is not running any more, send the list with a new key");
    }
    if (!u.order.more)
      if (auto done = w.lists().end_import(u.id, upload::status::done, ""); !done)
        return done;
    if (!u.key)
      return {};
    auto shown = show_report(u);
    return w.store_answer(*u.key, route, {shown.status, shown.body});
  };
  auto done = co_await transact(u.x, std::move(job));
  if (!done)
    co_return show_failure(u, done.error());
  if (earlier)
    co_return replay(*earlier);
  co_return show_report(u);
}

/// Notes that the upload broke. If that cannot be noted, it is seen by its silence later.
asio::awaitable<http::response> give_up(upload_run& u, error why) {
  // What is on its way to the database arrives there: it is part of the report.
  co_await await_store(u);
  std::function<result<void>(desk_work&)> job = [&](desk_work& w) {
    return w.lists().end_import(u.id, upload::status::broken, why.detail);
  };
  if (u.id && !goes_on(u))
    co_await transact(u.x, std::move(job));
  co_return show_failure(u, std::move(why));
}

} // namespace

asio::awaitable<std::vector<target::checked>> check_rows(
  std::vector<target_row> rows, std::int32_t default_max_attempts, std::string region,
  target::report& report, upload::refused* refused) {
  part all;
  all.good.reserve(rows.size());
  upload_order order;
  order.default_max_attempts = default_max_attempts;
  std::size_t done = 0;
  for (auto& row : rows) {
    sort_row(row, order, region, all);
    if (++done % rows_at_once == 0) {
      auto here = co_await asio::this_coro::executor;
      co_await asio::post(here, asio::use_awaitable);
    }
  }
  merge(report, std::move(all.report));
  if (refused)
    *refused = std::move(all.refused);
  co_return std::move(all.good);
}

asio::awaitable<http::response> import_rows(
  exchange& x, upload_order order, row_source& rows, std::string begun) {
  auto key = idempotency_key(x.req);
  if (!key)
    co_return refuse(x, key.error());
  auto here = co_await asio::this_coro::executor;
  upload_run u{x, order, x.svc.region(), std::move(*key), here};
  auto noted = co_await begin(u);
  if (!noted)
    co_return refuse(x, noted.error());
  auto pulled = co_await pull(u, rows, std::move(begun));
  // One co_await in each statement: g++ 12 destroys twice what a conditional one brings.
  http::response response;
  if (pulled)
    response = co_await finish(u);
  else
    response = co_await give_up(u, pulled.error());
  tell_added(u);
  co_return response;
}

std::string_view refused_head() { return "line,value,code,message\r\n"; }

void write_refused(const target::rejected_row& row, upload::refused& into) {
  into.lines += std::to_string(row.line) + "," + csv_safe_cell(row.value) + "," +
                csv_safe_cell(row.code) + "," + csv_safe_cell(row.message) + "\r\n";
  ++into.rows;
}

nlohmann::ordered_json show_upload(const campaign_id& of, const import_id& id, upload::status state) {
  auto name = to_string(id);
  nlohmann::ordered_json doc;
  doc["id"] = name;
  doc["status"] = upload::to_string(state);
  doc["rejected_csv"] = "/api/campaigns/" + to_string(of) + "/imports/" + name + "/rejected.csv";
  return doc;
}

} // namespace ringmaster::net
