#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "domain/desk.hpp"
#include "tests/actors/support/memory_store.hpp"
#include "tests/support/memory_knowledge.hpp"
#include "tests/support/memory_webhooks.hpp"

namespace ringmaster::testing {

/// What the database keeps of tasks; decided by the domain, kept beside the campaigns that call.
class memory_tasks {
public:
  struct row {
    user_id user;
    task::record now;
    std::vector<std::string> trail; ///< "task.plan pending>preparing", in order
  };
  struct cost {
    assistant::function what;
    std::optional<task_id> about;
    assistant::usage one;
    std::optional<attempt_id> call{};
  };
  struct tables {
    std::map<task_id, row> tasks;
    std::vector<notification::draft> told;
    std::vector<cost> costs;
    std::int64_t spent_before = 0; ///< today, before the engine began
    std::map<std::string, std::string> secrets;
    assistant_settings settings;
    business_profile profile;
    /// Of all conversations; their brief is made for each.
    talk::facts how_to_talk;
    std::vector<talk::schema_field> schema;
    std::vector<std::pair<attempt_id, std::string>> opted_out;
    std::vector<talk::owner_question> asked;
    std::size_t wrap_ups = 0;
    std::vector<proposal_id> proposed; ///< what every wrapping up proposes
  };

  explicit memory_tasks(memory_database& store);

  task_id add(user_id user, std::string instruction, std::string number = {});
  const task::record& find(const task_id& id) const { return data.tasks.at(id).now; }
  std::size_t told(notification::kind what) const;
  std::size_t trails(const task_id& id, const std::string& action) const;

  /// One act by task::decide, in whichever transaction it happens.
  result<task::record> act(const task_id& id, const task::act& what, const std::string& actor);
  task::circumstances around(const std::string& actor) const;
  std::unique_ptr<desk> make_desk();

  memory_database& store;
  tables data;
  support::memory_knowledge known; ///< knowledge base, chats and calendar
  support::memory_webhooks hooks{[this] { return store.now(); }};
  std::vector<identity> readers; ///< of the business profile
  int throws = 0;                ///< so many transactions break off
  int doubt = 0;                 ///< so many happen, but the answer is lost
  /// Called before each transaction; false: the database does not answer this one.
  std::function<bool(const identity&)> admit;
  std::size_t loads = 0; ///< of conversations
  std::size_t dues = 0; ///< how often what is due was asked for
};

} // namespace ringmaster::testing
