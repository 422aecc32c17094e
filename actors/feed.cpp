#include "actors/feed.hpp"

#include <algorithm>
#include <utility>

#include "actors/guard.hpp"

namespace ringmaster {

feed_desk::feed_desk(
  caf::actor_config& config, std::uint64_t epoch, std::shared_ptr<actor_board> board)
  : watched(config, std::move(board), actor_kind::feed), epoch_(epoch) {
  guard(this, "feed");
}

bool feed_desk::can_replay(const follow_feed& what) const {
  if (what.epoch == 0)
    return true;
  return what.epoch == epoch_ && what.after <= seq_
         && (last_.empty() || last_.front().seq <= what.after + 1);
}

feed_desk::behavior_type feed_desk::make_behavior() {
  return {
    [this](notice& what) {
      last_.push_back(feed_entry{++seq_, std::move(what), epoch_});
      if (last_.size() > remembered)
        last_.pop_front();
      const auto& entry = last_.back();
      auto found = followers_.find(entry.what.user);
      if (found == followers_.end())
        return;
      std::erase_if(found->second, [&](const reader& tell) { return !(*tell)(entry); });
      if (found->second.empty())
        followers_.erase(found);
    },
    [this](const follow_feed& what) {
      if (!what.deliver || !*what.deliver)
        return;
      auto after = what.after;
      if (!can_replay(what)) {
        if (!(*what.deliver)(feed_entry{seq_, notice{what.user, "reset", {}, "{}"}, epoch_}))
          return;
        after = seq_;
      }
      for (const auto& entry : last_)
        if (entry.seq > after && entry.what.user == what.user && !(*what.deliver)(entry))
          return;
      followers_[what.user].push_back(what.deliver);
    },
  };
}

} // namespace ringmaster
