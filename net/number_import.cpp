#include "net/number_import.hpp"

#include <iterator>
#include <utility>

#include <nlohmann/json.hpp>

#include "domain/phone_number.hpp"
#include "net/problem.hpp"
#include "net/target_rows.hpp"
#include "net/under_way.hpp"

namespace ringmaster::net {

namespace {

constexpr std::size_t part_rows = 2'500;
constexpr std::size_t named_max = 1'000;
constexpr int tries_max = 3;

/// Numbers on their way; shared with the jobs that work on them, one after the other.
struct part {
  std::vector<target_row> rows;
  std::vector<suppression_row> good;
  std::vector<target::rejected_row> refused;
  suppressed done;
};
using part_ptr = std::shared_ptr<part>;

void sort_row(target_row& row, const std::string& region, part& into) {
  if (row.wrong) {
    into.refused.push_back(std::move(*row.wrong));
    return;
  }
  auto read = read_number(row.draft.phone_number, region);
  if (read) {
    into.good.push_back({std::move(read->number), std::move(row.draft.contact_name)});
    return;
  }
  const auto& why = read.error();
  bool named = !why.fields.empty();
  into.refused.push_back(*wrong_row(
    row.draft.line, row.draft.phone_number, named ? why.fields[0].code : "invalid",
    named ? why.fields[0].message : why.detail).wrong);
}

std::unique_ptr<under_way<void>> start_check(exchange& x, const asio::any_io_executor& on, const part_ptr& p) {
  auto start = [&checkers = x.svc.row_checkers, p, region = x.svc.region()](deliver<void> then) {
    auto reply = std::make_shared<responder<void>>(std::move(then));
    checkers.run([p, region, reply] {
      for (auto& row : p->rows)
        sort_row(row, region, *p);
      p->rows = {};
      reply->reply(result<void>());
    });
  };
  return std::make_unique<under_way<void>>(on, std::move(start));
}

std::unique_ptr<under_way<void>>
start_store(exchange& x, const asio::any_io_executor& on, const part_ptr& p, const number_sink& sink) {
  auto start = [&engine = x.svc.engine, p, sink](deliver<void> then) {
    auto reply = std::make_shared<responder<void>>(std::move(then));
    auto job = [p, sink, reply](desk& d) {
      result<suppressed> done = sink(d, p->good);
      for (int i = 1; i < tries_max && !done && done.error().code == errc::conflict; ++i)
        done = sink(d, p->good);
      if (done)
        p->done = std::move(*done);
      reply->reply(done ? result<void>() : result<void>(fail(done.error())));
    };
    if (!engine.at_desk(std::move(job)))
      reply->reply(fail(desks_are_busy()));
  };
  return std::make_unique<under_way<void>>(on, std::move(start));
}

/// The numbers of one upload.
struct number_run {
  exchange& x;
  asio::any_io_executor executor;
  number_sink sink;
  number_report& report;
  part_ptr in_store{};
  std::unique_ptr<under_way<void>> storing{};
};

asio::awaitable<result<void>> await_store(number_run& u) {
  if (!u.storing)
    co_return result<void>();
  auto done = co_await u.storing->wait();
  u.storing.reset();
  auto p = std::exchange(u.in_store, nullptr);
  if (!done)
    co_return done;
  auto& all = u.report.done;
  all.added += p->done.added;
  all.known += p->done.known;
  all.skipped += p->done.skipped;
  for (const auto& campaign : p->done.campaigns)
    u.x.svc.engine.tell(targets_added{campaign}); // it may have nothing left to call
  u.report.rejected_total += p->refused.size();
  for (auto& row : p->refused)
    if (u.report.rejected.size() < named_max)
      u.report.rejected.push_back(std::move(row));
  co_return done;
}

asio::awaitable<result<void>> take_part(number_run& u, std::vector<target_row> rows) {
  auto p = std::make_shared<part>();
  p->rows = std::move(rows);
  auto checking = start_check(u.x, u.executor, p);
  if (auto checked = co_await checking->wait(); !checked)
    co_return checked;
  if (auto stored = co_await await_store(u); !stored)
    co_return stored;
  u.in_store = p;
  u.storing = start_store(u.x, u.executor, p, u.sink);
  co_return result<void>();
}

} // namespace

nlohmann::ordered_json show(const number_report& r) {
  nlohmann::ordered_json j;
  j["added"] = r.done.added;
  j["known"] = r.done.known;
  j["targets_skipped"] = r.done.skipped;
  j["rejected_total"] = r.rejected_total;
  auto& rows = j["rejected"] = nlohmann::ordered_json::array();
  for (const auto& row : r.rejected)
    rows.push_back({{"line", row.line}, {"value", row.value}, {"code", row.code}, {"message", row.message}});
  return j;
}

asio::awaitable<result<void>> import_numbers(
  exchange& x, std::string_view type, number_sink sink, number_report& into) {
  auto here = co_await asio::this_coro::executor;
  auto rows = type == "text/csv" ? csv_numbers() : ndjson_numbers();
  number_run u{x, here, std::move(sink), into};
  std::vector<target_row> gathered;
  result<void> readable;
  for (bool last = false; !last && readable;) {
    auto piece = co_await x.body->read_some();
    if (!piece) {
      co_await await_store(u);
      co_return fail(piece.error());
    }
    last = piece->empty();
    readable = last ? rows->finish(gathered) : rows->feed(*piece, gathered);
    if (gathered.size() < part_rows && !last && readable)
      continue;
    auto part = std::exchange(gathered, {});
    if (auto taken = co_await take_part(u, std::move(part)); !taken)
      co_return taken;
  }
  if (auto stored = co_await await_store(u); !stored)
    co_return stored;
  co_return readable;
}

asio::awaitable<http::response> answer_numbers(
  exchange& x, std::string_view type, std::string_view name, number_sink sink) {
  number_report report;
  auto done = co_await import_numbers(x, type, std::move(sink), report);
  nlohmann::ordered_json doc;
  doc[std::string(name)] = show(report);
  if (done)
    co_return answer(200, doc);
  auto why = done.error();
  why.detail += "; what was added stays: send the list again and those numbers count as known";
  co_return problem(why, x.req.id, doc);
}

} // namespace ringmaster::net
