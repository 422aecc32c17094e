#pragma once

#include <memory>

#include "tests/net/memory_desk.hpp"

namespace ringmaster::net_tests {

/// The books of one user's transaction in memory. They judge tasks by task::decide, as the real
/// ones do.
class memory_books {
public:
  memory_books(memory_desk& home, const identity& who);
  ~memory_books();

  task_book& tasks();
  contact_book& contacts();
  settings_book& settings();
  notification_book& notifications();
  ringmaster::vault& vault();
  usage_book& usage();
  call_book& conversations();
  identity_book& identities();

private:
  struct all;
  std::unique_ptr<all> all_;
};

} // namespace ringmaster::net_tests
