#include "domain/registry.hpp"

#include <algorithm>
#include <utility>

#include "domain/mistakes.hpp"

namespace ringmaster {

namespace registry {

namespace {

bool made_of(std::string_view text, std::size_t most, std::string_view letters) {
  return !text.empty() && text.size() <= most && text.find_first_not_of(letters) == std::string_view::npos;
}

} // namespace

result<void> check(const draft& d, instant now) {
  mistakes wrong;
  if (!made_of(d.name, 100, "abcdefghijklmnopqrstuvwxyz0123456789-_."))
    wrong.add("/name", "malformed", "must be 1 to 100 of a-z 0-9 - _ .");
  if (!made_of(d.jurisdiction, 40, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"))
    wrong.add("/jurisdiction", "malformed", "must be 1 to 40 of A-Z 0-9 -, as US-DNC");
  if (d.as_of > std::chrono::floor<std::chrono::days>(now) + std::chrono::days(1))
    wrong.add("/as_of", "out_of_range", "is a day that has not come");
  if (!wrong.none())
    return fail(wrong.take());
  return {};
}

} // namespace registry

bool registry_fresh(std::chrono::sys_days as_of, instant now) {
  auto today = std::chrono::floor<std::chrono::days>(now);
  return today - as_of <= registry::age_most;
}

} // namespace ringmaster
