#pragma once

#include <memory>
#include <mutex>
#include <set>

#include "domain/ids.hpp"

namespace ringmaster::net {

/// Lets each user try the carrier or a model once at a time: a trial reaches out of the house. Safe
/// from any thread.
class trial_guard {
public:
  /// The trial lasts as long as the ticket; null while another one of this user lasts.
  using ticket = std::shared_ptr<void>;
  ticket begin(const user_id& user) {
    std::lock_guard lock(held_->mutex);
    if (!held_->trying.insert(user).second)
      return nullptr;
    return {static_cast<void*>(held_.get()), [held = held_, user](void*) {
              std::lock_guard inner(held->mutex);
              held->trying.erase(user);
            }};
  }

private:
  struct book {
    std::mutex mutex;
    std::set<user_id> trying;
  };
  std::shared_ptr<book> held_ = std::make_shared<book>();
};

} // namespace ringmaster::net
