#include "persistence/audit_chain.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "persistence/array.hpp"
#include "persistence/desk_rows.hpp"
#include "wire/digest.hpp"

namespace ringmaster {
namespace {

constexpr std::int64_t rows_in_seal = 1'000;
constexpr int rounds_most = 50;
constexpr std::int64_t seals_in_page = 200;
constexpr std::int64_t rows_in_page = 5'000;

constexpr db::statement last_number{"audit_last_number", R"(
  select case when is_called then last_value else last_value - 1 end from audit_seq_seq)"};
constexpr db::statement lock_holders{"audit_lock_holders", R"(
  select distinct l.virtualtransaction from pg_locks l
   where l.locktype = 'relation' and l.relation = 'ringmaster.audit'::regclass and l.mode = 'RowExclusiveLock'
     and l.database = (select d.oid from pg_database d where d.datname = current_database()))"};

// Users are found by leaping from one to the next in the key, so the size of the trail does not
// matter; then each one's rows behind its last seal, by the same key.
#define OWNERS(table)                                                                              \
  "with recursive owners(user_id) as ((select a.user_id from " table " a order by a.user_id limit 1) " \
  "union all select (select a.user_id from " table " a where a.user_id > o.user_id "               \
  "order by a.user_id limit 1) from owners o where o.user_id is not null) "

constexpr db::statement unsealed{"audit_unsealed",
  OWNERS("audit") "select o.user_id, coalesce(h.to_seq, 0), coalesce(encode(h.hash, 'hex'), ''), "
  RINGMASTER_AUDIT_COLUMNS R"(
    from owners o
    left join lateral (
      select s.to_seq, s.hash from audit_seals s where s.user_id = o.user_id
       order by s.user_id desc, s.from_seq desc limit 1) h on true
   cross join lateral (
      select b.* from audit b
       where b.user_id = o.user_id and b.seq > coalesce(h.to_seq, 0) and b.seq <= $1::bigint
       order by b.user_id, b.seq limit $2) a
   where o.user_id is not null
   order by o.user_id, a.seq)"};
constexpr db::statement keep_seals{"audit_keep_seals", R"(
  insert into audit_seals (user_id, from_seq, to_seq, row_count, prev, hash)
  select s.user_id, s.from_seq, s.to_seq, s.row_count, decode(s.prev, 'hex'), decode(s.hash, 'hex')
    from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[])
      s(user_id, from_seq, to_seq, row_count, prev, hash))"};

constexpr db::statement users{"audit_users",
  OWNERS("audit") "select o.user_id from owners o where o.user_id is not null"};
constexpr db::statement heads{"audit_heads", OWNERS("audit_seals") R"(
  select o.user_id, h.to_seq, encode(h.hash, 'hex'), h.at
    from owners o cross join lateral (
      select s.to_seq, s.hash, s.at from audit_seals s where s.user_id = o.user_id
       order by s.user_id desc, s.from_seq desc limit 1) h
   where o.user_id is not null)"};

constexpr db::statement seals{"audit_seals_of", R"(
  select from_seq, to_seq, row_count, encode(prev, 'hex'), encode(hash, 'hex'), at from audit_seals
   where user_id = $1 and from_seq >= $2::bigint order by user_id, from_seq limit $3)"};
// More than were sealed, if there are: one that was added is to be found.
constexpr db::statement sealed_rows{"audit_sealed_rows",
  "select " RINGMASTER_AUDIT_COLUMNS R"( from audit a
   where a.user_id = $1 and a.seq >= $2::bigint and a.seq <= $3::bigint order by a.user_id, a.seq limit $4)"};
constexpr db::statement count_behind{"audit_behind", R"(
  select count(*) from (select 1 from audit a where a.user_id = $1 and a.seq > $2::bigint limit 100000) t)"};

std::vector<std::string> holders_of(db::transaction& tx) {
  std::vector<std::string> list;
  auto rows = tx.run(lock_holders);
  for (std::size_t i = 0; i < rows.size(); ++i)
    list.push_back(rows[i].take<std::string>());
  return list;
}

/// Seals as they are collected for one statement.
struct seal_columns {
  db::array users, from, to, counts, prev, hash;
  void add(const user_id& user, const audit_seal& s) {
    users.add(user);
    from.add(s.from_seq);
    to.add(s.to_seq);
    counts.add(s.rows);
    prev.add(s.prev);
    hash.add(s.hash);
  }
};

} // namespace

std::string audit_digest(std::string_view text) { return wire::to_hex(wire::sha256(text)); }

// -- sealing ------------------------------------------------------------------------------------

result<std::int64_t> audit_sealer::seal() {
  try {
    if (auto safe = safe_number())
      safe_ = std::max(safe_, *safe);
    return safe_ > done_ ? seal_up_to(safe_) : 0;
  } catch (const db::failure& why) {
    // What the server of before knew is worth nothing with another one.
    waiting_.reset();
    return fail(db::to_error(why));
  }
}

std::optional<std::int64_t> audit_sealer::safe_number() {
  auto tx = db::transaction::of_engine(on_);
  auto last = tx.run(last_number)[0].take<std::int64_t>();
  if (last == done_)
    return std::nullopt;
  auto holders = holders_of(tx);
  if (holders.empty()) {
    waiting_.reset();
    return last;
  }
  std::optional<std::int64_t> safe;
  if (waiting_) {
    auto still = std::any_of(holders.begin(), holders.end(), [&](const auto& one) {
      return std::find(waiting_->holders.begin(), waiting_->holders.end(), one) != waiting_->holders.end();
    });
    if (still)
      return std::nullopt;
    safe = waiting_->upto;
  }
  waiting_ = horizon{last, std::move(holders)};
  return safe;
}

std::int64_t audit_sealer::seal_up_to(std::int64_t seq) {
  std::int64_t total = 0;
  for (int round = 0; round < rounds_most; ++round) {
    auto tx = db::transaction::of_engine(on_);
    auto found = tx.run(unsealed, seq, rows_in_seal);
    if (found.empty()) {
      done_ = seq;
      return total;
    }
    seal_columns made;
    std::vector<audit_view> rows;
    user_id user;
    audit_seal before;
    auto close = [&] {
      if (!rows.empty())
        made.add(user, audit::seal(user, before, rows, audit_digest));
      rows.clear();
    };
    for (std::size_t i = 0; i < found.size(); ++i) {
      auto row = found[i];
      auto whose = row.take<user_id>();
      auto to_seq = row.take<std::int64_t>();
      auto hash = row.take<std::string>();
      if (whose != user || rows.empty()) {
        close();
        user = whose;
        before = {};
        before.to_seq = to_seq;
        before.hash = std::move(hash);
      }
      rows.push_back(read_audit(row));
    }
    close();
    tx.run(
      keep_seals, made.users.take(), made.from.take(), made.to.take(), made.counts.take(),
      made.prev.take(), made.hash.take());
    tx.commit();
    total += static_cast<std::int64_t>(found.size());
  }
  return total; // more than a look should take: the next one goes on
}

// -- reading ------------------------------------------------------------------------------------

result<std::vector<audit_head>> read_audit_heads(db::connection& on) {
  try {
    auto tx = db::transaction::of_engine(on);
    auto rows = tx.run(heads);
    std::vector<audit_head> list;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      audit_head head;
      head.user = row.take<user_id>();
      head.seq = row.take<std::int64_t>();
      head.hash = row.take<std::string>();
      head.at = row.take<instant>();
      list.push_back(std::move(head));
    }
    return list;
  } catch (const db::failure& why) {
    return fail(db::to_error(why));
  }
}

std::vector<user_id> audited_users(db::transaction& tx) {
  std::vector<user_id> list;
  auto rows = tx.run(users);
  for (std::size_t i = 0; i < rows.size(); ++i)
    list.push_back(rows[i].take<user_id>());
  return list;
}

void each_seal(
  db::transaction& tx, const user_id& user,
  const std::function<bool(const audit_seal&, std::span<const audit_view>)>& take) {
  std::int64_t next = 1;
  for (;;) {
    auto page = tx.run(seals, user, next, seals_in_page);
    std::vector<audit_seal> links;
    for (std::size_t i = 0; i < page.size(); ++i) {
      auto row = page[i];
      audit_seal link;
      link.from_seq = row.take<std::int64_t>();
      link.to_seq = row.take<std::int64_t>();
      link.rows = row.take<std::int64_t>();
      link.prev = row.take<std::string>();
      link.hash = row.take<std::string>();
      link.at = row.take<instant>();
      links.push_back(std::move(link));
    }
    for (std::size_t i = 0; i < links.size();) {
      // Small seals share a reading of rows.
      auto last = i;
      auto wanted = links[i].rows;
      while (last + 1 < links.size() && wanted + links[last + 1].rows <= rows_in_page)
        wanted += links[++last].rows;
      auto found = tx.run(
        sealed_rows, user, links[i].from_seq, links[last].to_seq, wanted + rows_in_page);
      std::vector<audit_view> rows;
      for (std::size_t k = 0; k < found.size(); ++k)
        rows.push_back(read_audit(found[k]));
      std::size_t at = 0;
      for (; i <= last; ++i) {
        auto begin = at;
        while (at < rows.size() && rows[at].seq <= links[i].to_seq)
          ++at;
        if (!take(links[i], std::span(rows).subspan(begin, at - begin)))
          return;
      }
    }
    if (static_cast<std::int64_t>(links.size()) < seals_in_page)
      return;
    next = links.back().to_seq + 1;
  }
}

audit_verdict check_audit(
  db::transaction& tx, const user_id& user, std::span<const audit_head> known,
  std::int64_t rows_most) {
  audit::checker checker(user, audit_digest);
  each_seal(tx, user, [&](const audit_seal& link, std::span<const audit_view> rows) {
    if (checker.verdict().checked >= rows_most) {
      checker.verdict().complete = false;
      return false;
    }
    checker.take(link, rows);
    return !checker.broken();
  });
  checker.compare(known);
  auto verdict = checker.verdict();
  if (verdict.valid && verdict.complete)
    verdict.unsealed = tx.run(count_behind, user, verdict.head.to_seq)[0].take<std::int64_t>();
  return verdict;
}

} // namespace ringmaster
