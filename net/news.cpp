#include "net/news.hpp"

#include <string>

#include <nlohmann/json.hpp>

#include "net/task_views.hpp"

namespace ringmaster::net {

using json = nlohmann::ordered_json;

void tell_changed(engine& to, const user_id& user, const task::record& t) {
  to.tell(tasks_changed{user, t.id});
  json data;
  data["id"] = to_string(t.id);
  data["status"] = std::string(task::to_string(t.state));
  data["version"] = t.version;
  to.tell(notice{user, "task", to_string(t.id), data.dump()});
}

void tell_said(engine& to, const user_id& user, const notification::view& n) {
  to.tell(notice{
      user, "notification", to_string(n.id),
      show(n).dump(-1, ' ', false, json::error_handler_t::replace)});
}

} // namespace ringmaster::net
