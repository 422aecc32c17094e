#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "domain/installation_desk.hpp"
#include "domain/store.hpp"

namespace ringmaster::net_tests {

/// The installation's lists in memory.
class memory_installation final : public installation_book {
public:
  struct list {
    registry::view view;
    std::set<std::string> numbers;
  };

  result<page<everywhere_view>> list_suppressed(const page_request& p) override {
    page<everywhere_view> out;
    for (const auto& [number, view] : everywhere)
      if (static_cast<std::int64_t>(out.items.size()) < p.limit)
        out.items.push_back(view);
    out.total = static_cast<std::int64_t>(everywhere.size());
    return out;
  }
  result<suppressed> suppress(
      const identity&, std::span<const suppression_row> rows, const std::string& source) override {
    suppressed out;
    for (const auto& row : rows) {
      bool added = everywhere.emplace(row.number.reveal(), everywhere_view{row.number, row.reason, source, {}}).second;
      ++(added ? out.added : out.known);
    }
    return out;
  }
  result<void> lift(const identity&, const phone_number& number) override {
    if (everywhere.erase(number.reveal()) == 0)
      return fail(errc::not_found, "not on the list");
    return {};
  }
  result<std::vector<registry::view>> list_registries() override {
    std::vector<registry::view> all;
    for (const auto& one : lists)
      all.push_back(one.view);
    return all;
  }
  result<registry_id> begin_registry(const identity&, const registry::draft& what) override {
    list made;
    made.view.id.value.bytes[15] = ++made_;
    made.view.what = what;
    made.view.loading = true;
    lists.push_back(made);
    return made.view.id;
  }
  result<std::int64_t>
  add_to_registry(const registry_id& id, std::span<const phone_number> numbers) override {
    for (auto& one : lists) {
      if (one.view.id != id || !one.view.loading)
        continue;
      auto before = one.numbers.size();
      for (const auto& number : numbers)
        one.numbers.insert(number.reveal());
      one.view.rows = static_cast<std::int64_t>(one.numbers.size());
      return static_cast<std::int64_t>(one.numbers.size() - before);
    }
    return fail(errc::conflict, "not being loaded");
  }
  result<registry::view> finish_registry(const identity&, const registry_id& id) override {
    for (auto& one : lists) {
      if (one.view.id != id || !one.view.loading)
        continue;
      one.view.loading = false;
      auto view = one.view;
      std::erase_if(lists, [&](const list& l) { return l.view.id != id && l.view.what.name == view.what.name; });
      return view;
    }
    return fail(errc::conflict, "not being loaded");
  }
  result<void> remove_registry(const identity&, const registry_id& id) override {
    if (std::erase_if(lists, [&](const list& l) { return l.view.id == id; }) == 0)
      return fail(errc::not_found, "no such list");
    return {};
  }

  std::map<std::string, everywhere_view> everywhere;
  std::vector<list> lists;

private:
  std::uint8_t made_ = 0;
};

} // namespace ringmaster::net_tests
