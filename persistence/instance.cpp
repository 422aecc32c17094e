#include "persistence/instance.hpp"

namespace ringmaster {
namespace {

constexpr db::statement alive{"instance_alive", "select 1"};
// Permit transactions hold this lock shared, so that an epoch begins between them.
constexpr db::statement fence{"instance_fence", "select pg_advisory_xact_lock(7237124683)"};
constexpr db::statement next_epoch{"instance_epoch", R"(
  update engine_state set epoch = epoch + 1 where id = 1 returning epoch)"};

} // namespace

bool instance::lock() {
  try {
    keeper_->execute("set lock_timeout = '2s'");
    keeper_->execute("set statement_timeout = 0");
    keeper_->execute("select pg_advisory_lock(7237124682)");
    return true;
  } catch (const db::failure& why) {
    if (why.what_kind != db::trouble::busy)
      throw;
    keeper_->close();
    return false;
  }
}

result<std::unique_ptr<instance>> instance::acquire(std::unique_ptr<db::connection> keeper) {
  auto made = std::unique_ptr<instance>(new instance(std::move(keeper)));
  try {
    if (made->lock())
      return made;
  } catch (const db::failure& why) {
    return fail(errc::unavailable, std::string("the database is away: ") + why.what());
  }
  return fail(
    errc::conflict, "another engine runs on this database; two would dial every number twice. Stop "
                    "it first, or give this one a database of its own");
}

result<void> instance::begin_epoch(db::connection& app) {
  try {
    auto tx = db::transaction::of_engine(app);
    tx.run(fence);
    auto rows = tx.run(next_epoch);
    if (rows.empty())
      return fail(errc::internal, "engine_state has lost its row");
    auto epoch = rows[0].take<std::int64_t>();
    tx.commit();
    epoch_ = epoch;
    return {};
  } catch (const db::failure& why) {
    return fail(errc::unavailable, std::string("cannot begin an epoch: ") + why.what());
  }
}

bool instance::hold() {
  std::lock_guard guard(mutex_);
  try {
    if (keeper_->is_open()) {
      try {
        keeper_->execute(alive.sql);
        return true;
      } catch (const db::failure&) {
        keeper_->close();
      }
    }
    return lock();
  } catch (const db::failure&) {
    keeper_->close();
    return false;
  }
}

} // namespace ringmaster
