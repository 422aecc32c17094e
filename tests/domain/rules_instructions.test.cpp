// Instructions as people write them, against what a person would understand.
#define CAF_SUITE rules_instructions
#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "domain/phone_number.hpp"
#include "domain/rules.hpp"
#include "domain/rules_parts.hpp"
#include "tests/domain/instants.hpp"
#include "tests/domain/instructions.hpp"

using namespace ringmaster;
using ringmaster::testing::at;
using ringmaster::testing::instruction;
using ringmaster::testing::instructions;

namespace {

assistant::briefing briefing_of(const instruction& i) {
  assistant::briefing b;
  b.instruction = i.text;
  b.now = at("2026-11-18T15:00:00Z");
  b.timezone = i.timezone;
  b.region = i.region;
  return b;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& part : parts)
    out += "[" + part + "]";
  return out;
}

/// Each part stands in a line of its own, and no line is left over.
bool covers(std::vector<std::string> lines, const std::vector<std::string>& parts) {
  for (const auto& part : parts) {
    auto line = std::find_if(
        lines.begin(), lines.end(), [&](const auto& l) { return l.find(part) != std::string::npos; });
    if (line == lines.end())
      return false;
    lines.erase(line);
  }
  return lines.empty();
}

/// What was understood wrongly, empty if nothing.
class examination {
public:
  explicit examination(const instruction& i) : i_(i) {}

  void same(const char* what, const std::string& found, const std::string& expected) {
    if (found != expected)
      wrong_ += std::string{"\n    "} + what + " is " + found + " but should be " + expected;
  }
  void lines(const char* what, const std::vector<std::string>& found, const std::vector<std::string>& expected) {
    if (!covers(found, expected))
      wrong_ += std::string{"\n    "} + what + " are " + joined(found) + " but should be " + joined(expected);
  }
  std::string told() const { return wrong_.empty() ? "" : "\n  " + i_.text + wrong_; }

private:
  const instruction& i_;
  std::string wrong_;
};

std::string risk_of(const assistant::risks& r) {
  std::string out{to_string(r.verdict)};
  std::vector<std::string> kinds;
  for (const auto& finding : r.findings)
    kinds.push_back(finding.kind);
  std::sort(kinds.begin(), kinds.end());
  for (const auto& kind : kinds)
    out += ' ' + kind;
  return out;
}

std::string examine(const instruction& i) {
  examination e{i};
  auto about = briefing_of(i);
  auto plan = std::get<assistant::plan>(rules::answer(assistant::plan_request{about}));
  auto goal = rules::to_string(rules::find_intent(rules::reader{i.text}));
  e.same("goal", std::string{goal}, i.goal);
  auto number = read_number(plan.phone_number, i.region);
  e.same("number", number ? number->number.reveal() : "", i.number);
  e.same(
      "price",
      plan.max_price ? to_decimal(plan.max_price->micros) + ' ' + plan.max_price->currency : "",
      i.price);
  std::vector<std::string> times;
  for (const auto& t : plan.times)
    times.push_back(t.meaning);
  e.same("times", joined(times), joined(i.times));
  e.lines("constraints", plan.hard_constraints, i.hard);
  e.lines("preferences", plan.soft_preferences, i.soft);
  std::vector<std::string> missing;
  for (const auto& q : plan.missing)
    if (q.required)
      missing.push_back(q.field);
  std::sort(missing.begin(), missing.end());
  e.same("missing", joined(missing), joined(i.missing));
  e.same("risk", risk_of(rules::judge_risks(about)), i.risk);
  if (!i.who.empty())
    e.same("who", plan.contact_name.empty() || plan.company_name == i.who ? plan.company_name
                                                                          : plan.contact_name,
           i.who);
  return e.told();
}

} // namespace

CAF_TEST(there are sixty instructions and more) {
  CAF_CHECK(instructions().size() >= 60u);
}

CAF_TEST(each instruction is understood as a person would) {
  std::string wrong;
  for (const auto& i : instructions())
    wrong += examine(i);
  if (!wrong.empty())
    CAF_ERROR("understood wrongly:" << wrong);
}

CAF_TEST(every plan has a title and a goal and steps) {
  for (const auto& i : instructions()) {
    auto plan = std::get<assistant::plan>(rules::answer(assistant::plan_request{briefing_of(i)}));
    CAF_CHECK(!plan.title.empty() && plan.title.size() <= 200);
    CAF_CHECK(plan.goal.ends_with('.'));
    CAF_CHECK(plan.steps.size() >= 3u);
    for (const auto& q : plan.missing)
      CAF_CHECK(q.text.ends_with('?') || q.text.ends_with('.'));
  }
}
