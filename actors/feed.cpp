#include "actors/feed.hpp"

#include <algorithm>
#include <utility>

#include "actors/guard.hpp"

namespace ringmaster {

feed_desk::feed_desk(caf::actor_config& config) : feed_actor::base(config) { guard(this, "feed"); }

feed_desk::behavior_type feed_desk::make_behavior() {
  return {
    [this](notice& what) {
      last_.push_back(feed_entry{++seq_, std::move(what)});
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
      for (const auto& entry : last_)
        if (entry.seq > what.after && entry.what.user == what.user && !(*what.deliver)(entry))
          return;
      followers_[what.user].push_back(what.deliver);
    },
  };
}

} // namespace ringmaster
