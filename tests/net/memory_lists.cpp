#include "tests/net/memory_lists.hpp"

#include <algorithm>

namespace ringmaster::net_tests {

memory_desk::owned_import* memory_lists::import_of(const import_id& id) {
  for (auto& one : home_.data.imports)
    if (one.user == who_.user && one.view.id == id)
      return &one;
  return nullptr;
}

result<import_id> memory_lists::begin_import(const campaign_id& into, upload::form what) {
  if (auto known = rest_.find_campaign(into); !known)
    return fail(known.error());
  upload::view v;
  v.id = import_id{home_.make_id()};
  v.campaign = into;
  v.what = what;
  v.actor = who_.actor;
  v.created_at = v.updated_at = home_.now;
  home_.data.imports.push_back({who_.user, v, {}});
  return v.id;
}

result<void> memory_lists::resume_import(const import_id& id, const campaign_id& into) {
  auto* one = import_of(id);
  if (!one || one->view.campaign != into || one->view.state != upload::status::running)
    return fail(errc::conflict, "not running");
  return {};
}

result<void> memory_lists::add_part(
    const import_id& id, const campaign_id& into, std::span<const target::checked> rows,
    const upload::refused& refused, target::report& report) {
  auto accepted = report.accepted;
  auto duplicates = report.duplicates;
  if (auto added = rest_.add_targets(into, rows, report); !added)
    return added;
  auto* one = import_of(id);
  if (!one || one->view.state != upload::status::running)
    return fail(errc::conflict, "not running");
  one->view.accepted += static_cast<std::int64_t>(report.accepted - accepted);
  one->view.duplicates += static_cast<std::int64_t>(report.duplicates - duplicates);
  one->view.rejected += refused.rows;
  one->view.rejected_kept += refused.rows;
  if (refused.rows > 0)
    one->lines.push_back(refused.lines);
  return {};
}

result<void> memory_lists::end_import(
    const import_id& id, upload::status state, const std::string& reason) {
  auto* one = import_of(id);
  if (!one || one->view.state != upload::status::running)
    return fail(errc::conflict, "not running");
  one->view.state = state;
  one->view.reason = reason;
  one->view.ended_at = home_.now;
  return {};
}

result<page<upload::view>> memory_lists::list_imports(const campaign_id& of, const page_request& p) {
  if (auto known = rest_.find_campaign(of); !known)
    return fail(known.error());
  page<upload::view> out;
  for (auto one = home_.data.imports.rbegin(); one != home_.data.imports.rend(); ++one)
    if (one->user == who_.user && one->view.campaign == of)
      out.items.push_back(one->view);
  out.total = static_cast<std::int64_t>(out.items.size());
  out.items.resize(std::min(out.items.size(), static_cast<std::size_t>(p.limit)));
  return out;
}

result<upload::view> memory_lists::find_import(const campaign_id& of, const import_id& id) {
  auto* one = import_of(id);
  if (!one || one->view.campaign != of)
    return fail(errc::not_found, "no such upload");
  return one->view;
}

result<upload::report_piece> memory_lists::read_refused(const import_id& id, std::int64_t from) {
  auto* one = import_of(id);
  upload::report_piece piece;
  if (!one || from >= static_cast<std::int64_t>(one->lines.size()))
    return piece;
  piece.lines = one->lines[static_cast<std::size_t>(from)];
  piece.next = from + 1;
  return piece;
}

result<std::vector<result_row>> memory_lists::results(
    const campaign_id& of, const std::optional<target_id>& after, std::int64_t limit) {
  std::vector<result_row> out;
  bool begun = !after;
  for (const auto& [user, t] : home_.data.targets) {
    if (user != who_.user || t.campaign != of)
      continue;
    if (begun && static_cast<std::int64_t>(out.size()) < limit) {
      auto& row = out.emplace_back();
      row.target = t;
      bool reached = t.call_outcome == "answered" || t.call_outcome == "voicemail";
      if (t.last_call && reached)
        if (auto talk = rest_.conversations().find(*t.last_call))
          row.found = talk->found;
    }
    begun = begun || t.id == *after;
  }
  return out;
}

result<suppressed>
memory_lists::suppress(std::span<const suppression_row> rows, const std::string& source) {
  suppressed out;
  for (const auto& row : rows) {
    auto before = home_.data.suppressions.size();
    if (auto added = rest_.add_suppression(row.number, row.reason, source); !added)
      return fail(added.error());
    ++(home_.data.suppressions.size() > before ? out.added : out.known);
    for (auto& [user, t] : home_.data.targets) {
      if (user != who_.user || t.number != row.number || t.state != target::status::pending)
        continue;
      t.state = target::status::skipped;
      t.reason = "suppressed";
      ++out.skipped;
      out.campaigns.push_back(t.campaign);
    }
  }
  return out;
}

} // namespace ringmaster::net_tests
