#include "net/import.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include "net/ask.hpp"
#include "net/problem.hpp"
#include "net/views.hpp"
#include "wire/digest.hpp"

namespace ringmaster::net {

namespace {

constexpr std::size_t batch_max = 1000;
constexpr std::size_t rows_at_once = 64; ///< checked before others get their turn: about 1 ms

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

/// One upload on its way.
struct upload {
  exchange& x;
  campaign_id id;
  std::int32_t default_max_attempts;
  std::string region;
  std::optional<std::string> key;
  bool repeated = false; ///< the key was seen before: hash only
  target::report report{};
  std::vector<target::checked> batch{};
  rolling_digest digest{};
};

http::response show_report(const target::report& report) {
  nlohmann::ordered_json doc;
  doc["targets"] = show(report);
  return answer(report.accepted > 0 ? 201 : 200, doc);
}

http::response show_failure(const upload& u, const error& why) {
  nlohmann::ordered_json extra;
  extra["targets"] = show(u.report);
  return problem(why, u.x.req.id, extra);
}

/// Remembers that an upload with this key has begun. True if one had begun before.
asio::awaitable<result<bool>> begin_with_key(upload& u) {
  bool seen = false;
  std::function<result<void>(desk_work&)> job = [&](desk_work& w) -> result<void> {
    auto route = idempotency_route(u.x.req) + " (begun)";
    auto claimed = w.claim_key(*u.key, route, "");
    if (!claimed)
      return fail(claimed.error());
    seen = claimed->has_value();
    if (seen)
      return {};
    return w.store_answer(*u.key, route, {100, ""});
  };
  auto done = co_await transact(u.x, std::move(job));
  if (!done)
    co_return fail(done.error());
  co_return seen;
}

/// Stores the first `count` waiting rows.
asio::awaitable<result<void>> store_rows(upload& u, std::size_t count) {
  auto made = u.report;
  std::function<result<void>(desk_work&)> job = [&](desk_work& w) -> result<void> {
    made = u.report;
    return w.add_targets(u.id, std::span(u.batch).first(count), made);
  };
  auto done = co_await transact(u.x, std::move(job));
  if (!done)
    co_return done;
  u.report = std::move(made);
  u.batch.erase(u.batch.begin(), u.batch.begin() + static_cast<std::ptrdiff_t>(count));
  co_return done;
}

asio::awaitable<result<void>> take_rows(upload& u, std::vector<target_row> rows) {
  auto checked = co_await check_rows(std::move(rows), u.default_max_attempts, u.region, u.report);
  std::move(checked.begin(), checked.end(), std::back_inserter(u.batch));
  while (u.batch.size() > batch_max) // the last rows wait for the end of the upload
    if (auto done = co_await store_rows(u, batch_max); !done)
      co_return done;
  co_return result<void>();
}

/// Reads all of the body. A mistake in its form ends it, after the good rows before it.
asio::awaitable<result<void>> pull(upload& u, row_source& rows) {
  for (bool last = false; !last;) {
    auto piece = co_await u.x.body->read_some();
    if (!piece)
      co_return fail(piece.error());
    last = piece->empty();
    if (u.key)
      u.digest.add(*piece);
    if (u.repeated)
      continue;
    std::vector<target_row> read;
    auto readable = last ? rows.finish(read) : rows.feed(*piece, read);
    if (auto done = co_await take_rows(u, std::move(read)); !done)
      co_return done;
    if (!readable) {
      if (auto done = co_await store_rows(u, u.batch.size()); !done)
        co_return done;
      co_return readable;
    }
  }
  co_return result<void>();
}

/// The last transaction: the rest of the rows, and the answer if it is to be kept.
asio::awaitable<http::response> finish(upload& u) {
  std::optional<desk_work::stored_answer> earlier;
  target::report made;
  std::function<result<void>(desk_work&)> job = [&](desk_work& w) -> result<void> {
    made = u.report;
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
    if (auto done = w.add_targets(u.id, u.batch, made); !done)
      return done;
    if (!u.key)
      return {};
    auto shown = show_report(made);
    return w.store_answer(*u.key, route, {shown.status, shown.body});
  };
  auto done = co_await transact(u.x, std::move(job));
  if (!done)
    co_return show_failure(u, done.error());
  if (earlier)
    co_return replay(*earlier);
  u.report = std::move(made);
  co_return show_report(u.report);
}

} // namespace

asio::awaitable<std::vector<target::checked>> check_rows(
  std::vector<target_row> rows, std::int32_t default_max_attempts, std::string region,
  target::report& report) {
  std::vector<target::checked> good;
  good.reserve(rows.size());
  std::size_t done = 0;
  for (auto& row : rows) {
    if (row.wrong) {
      auto& w = *row.wrong;
      note_rejected(report, w.line, w.value, std::move(w.code), std::move(w.message));
      continue;
    }
    auto checked = target::check(row.draft, default_max_attempts, region);
    if (checked) {
      good.push_back(std::move(*checked));
    } else {
      const auto& why = checked.error();
      note_rejected(
        report, row.draft.line, row.draft.phone_number,
        why.fields.empty() ? "invalid" : why.fields[0].code,
        why.fields.empty() ? why.detail : why.fields[0].message);
    }
    if (++done % rows_at_once == 0) {
      auto here = co_await asio::this_coro::executor;
      co_await asio::post(here, asio::use_awaitable);
    }
  }
  co_return good;
}

asio::awaitable<http::response> import_rows(
  exchange& x, campaign_id id, std::int32_t default_max_attempts, row_source& rows) {
  auto key = idempotency_key(x.req);
  if (!key)
    co_return refuse(x, key.error());
  upload u{x, id, default_max_attempts, x.svc.region(), std::move(*key)};
  if (u.key) {
    auto seen = co_await begin_with_key(u);
    if (!seen)
      co_return refuse(x, seen.error());
    u.repeated = *seen;
  }
  auto pulled = co_await pull(u, rows);
  if (pulled) {
    auto response = co_await finish(u);
    if (u.report.accepted > 0)
      x.svc.engine.tell(targets_added{id});
    co_return response;
  }
  if (u.report.accepted > 0)
    x.svc.engine.tell(targets_added{id});
  co_return show_failure(u, pulled.error());
}

} // namespace ringmaster::net
