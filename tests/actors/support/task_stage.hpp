#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <caf/test/unit_test.hpp>

#include "tests/actors/support/stage.hpp"

namespace ringmaster::testing {

constexpr const char* wish = "Book a table for two at Luigi's for tomorrow evening";
constexpr const char* number_of_luigi = "+12125550142";

/// A stage with a user who has tasks and follows what is told of them.
struct task_stage : stage {
  std::vector<feed_entry> seen;

  task_stage() { options.disclosure = "This is an automated call."; }

  void follow() {
    follow_feed f;
    f.user = user;
    f.deliver = std::make_shared<std::function<bool(const feed_entry&)>>([this](const auto& e) {
      seen.push_back(e);
      return true;
    });
    caf::anon_send(life->all->feed, f);
  }
  std::size_t heard(const std::string& kind, const std::string& piece) const {
    return static_cast<std::size_t>(std::count_if(seen.begin(), seen.end(), [&](const auto& e) {
      return e.what.kind == kind && e.what.data.find(piece) != std::string::npos;
    }));
  }
  bool is(const task_id& id, task::status s) const { return books.find(id).state == s; }

  /// A task that is ready to call, by the shortest way there.
  task_id ready() {
    auto id = books.add(user, "Book a table for two at Luigi's", number_of_luigi);
    task::planned p;
    p.plan.goal = "Book a table.";
    if (!books.act(id, p, "engine"))
      CAF_FAIL("a task with a number and a plan is not ready");
    return id;
  }
  campaign_id campaign_of(const task_id& id) const { return books.find(id).campaign.value(); }
  void open_between(const char* start, const char* end) {
    books.data.settings.allowed_call_start_time = start;
    books.data.settings.allowed_call_end_time = end;
  }
  void let_retry(std::int32_t most) {
    books.data.settings.auto_retry_failed_calls = true;
    books.data.settings.max_retry_attempts = most;
  }
  /// Nobody picks up, the first `n` times.
  void busy(std::size_t n) {
    line.choose = [this, n](const create_order&) {
      virtual_carrier::fate f;
      if (line.requests.size() < n)
        f.life = {
            {100ms, call::status::ringing},
            {1s,    call::status::busy   }
        };
      return f;
    };
  }
};

} // namespace ringmaster::testing
