#include "net/news.hpp"

#include <string>
#include <utility>

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

void tell_gap(engine& to, const user_id& user, const gap::record& g) {
  json data;
  data["knowledge_gap_id"] = to_string(g.id);
  data["status"] = std::string(gap::to_string(g.state));
  data["times_asked"] = g.times_asked;
  data["version"] = g.version;
  to.tell(notice{user, "gap", to_string(g.id), data.dump()});
}

void tell_proposal(engine& to, const user_id& user, const calendar::proposal& p) {
  json data;
  data["calendar_proposal_id"] = to_string(p.id);
  data["status"] = std::string(calendar::to_string(p.state));
  data["version"] = p.version;
  to.tell(notice{user, "proposal", to_string(p.id), data.dump()});
}

result<std::vector<notification::view>> said_now(desk_work& w, const uuid& subject) {
  auto found = w.notifications().list({.limit = 5, .offset = 0, .cursor = ""}, true);
  if (!found)
    return fail(found.error());
  std::vector<notification::view> out;
  for (auto& n : found->list.items)
    if (n.created_at == w.now() && n.said.subject == subject)
      out.push_back(std::move(n));
  return out;
}

} // namespace ringmaster::net
