#define CAF_SUITE gap
#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include <rapidcheck.h>

#include "domain/gap.hpp"

using namespace ringmaster;
using gap::status;

namespace {

gap::draft asked(std::string question) {
  gap::draft d;
  d.question = std::move(question);
  return d;
}

} // namespace

CAF_TEST(words of gaps read back) {
  for (auto s : {status::open, status::resolved, status::ignored})
    CAF_CHECK(gap::parse_status(gap::to_string(s)) == s);
  CAF_CHECK(!gap::parse_status("closed"));
  for (auto s : {gap::source::chat, gap::source::call, gap::source::task, gap::source::api})
    CAF_CHECK(gap::parse_source(gap::to_string(s)) == s);
  CAF_CHECK(!gap::parse_source(""));
}

CAF_TEST(an asking is completed from its question) {
  auto d = asked("  How much is a haircut for kids?  ");
  d.answered = "I do not know that.";
  d.metadata = {
      {"page", " 7 "}
  };
  auto c = gap::check(d);
  CAF_REQUIRE(c.has_value());
  CAF_CHECK_EQUAL(c->said.question, "How much is a haircut for kids?");
  CAF_CHECK_EQUAL(c->read.asks, "cost haircut kid");
  CAF_CHECK(c->about == knowledge::category::prices);
  CAF_CHECK_EQUAL(c->said.category, "prices");
  CAF_CHECK_EQUAL(c->said.requested_info, "The price, for: How much is a haircut for kids?");
  CAF_CHECK(c->said.metadata.front().second == "7");
  d.category = "services"; // a model's opinion counts where it is a known word
  CAF_CHECK(gap::check(d)->about == knowledge::category::services);
  d.category = "barbers";
  CAF_CHECK(gap::check(d)->about == knowledge::category::prices);
  d.requested_info = "The price list";
  CAF_CHECK(gap::check(d)->said.requested_info == "The price list");
}

CAF_TEST(mistakes of an asking are told together) {
  auto d = asked("");
  d.requested_info = std::string(501, 'x');
  d.answered = std::string(2'001, 'x');
  d.metadata.assign(21, {"a", "b"});
  auto bad = gap::check(d);
  CAF_REQUIRE(!bad.has_value());
  CAF_CHECK(bad.error().code == errc::invalid);
  std::vector<std::string> pointers;
  for (const auto& f : bad.error().fields)
    pointers.push_back(f.pointer);
  CAF_CHECK_EQUAL(pointers[0], "/question");
  CAF_CHECK_EQUAL(pointers[1], "/requested_info");
  CAF_CHECK_EQUAL(pointers[2], "/answered");
  CAF_CHECK_EQUAL(pointers[3], "/metadata");
  CAF_CHECK_EQUAL(pointers[4], "/metadata/1/name"); // named twice
  for (const char* nothing : {"Hello?", "...", "and so?"}) {
    auto empty = gap::check(asked(nothing));
    CAF_REQUIRE(!empty.has_value());
    CAF_CHECK(empty.error().fields.front().code == "no_words");
  }
  CAF_CHECK(gap::check(asked("Do you rent tandems? " + std::string(479, 'x'))).has_value());
  CAF_CHECK(!gap::check(asked(std::string(501, 'x'))).has_value());
}

CAF_TEST(a gap lives by its table) {
  auto becomes = [](status from, const gap::act& a) -> std::string {
    auto to = gap::decide(from, a);
    return to ? std::string{gap::to_string(*to)} : "no";
  };
  const gap::act all[]{
      gap::resolve{"yes",                 {}},
      gap::ignore{   },
      gap::reopen{                     },
      gap::ask_again{                                        }
  };
  // clang-format off
  const char* expected[3][4]{
      {"resolved", "ignored", "no",   "open"   },
      {"no",       "no",      "open", "open"   },
      {"no",       "no",      "open", "ignored"}
  };
  // clang-format on
  for (int s = 0; s < 3; ++s)
    for (int a = 0; a < 4; ++a) {
      CAF_CHECK_EQUAL(becomes(static_cast<status>(s), all[a]), expected[s][a]);
      auto listed = std::any_of(gap::steps().begin(), gap::steps().end(), [&](const auto& step) {
        return step.from == static_cast<status>(s) && step.on == gap::name_of(all[a]);
      });
      CAF_CHECK_EQUAL(listed, becomes(static_cast<status>(s), all[a]) != "no");
    }
  auto refused = gap::decide(status::resolved, gap::resolve{"again", {}});
  CAF_REQUIRE(!refused.has_value());
  CAF_CHECK(refused.error().code == errc::wrong_state);
  CAF_CHECK(refused.error().current_status == "resolved");
  CAF_REQUIRE_EQUAL(refused.error().allowed_transitions.size(), 1u);
  CAF_CHECK(refused.error().allowed_transitions.front() == "reopen");
}

CAF_TEST(checking an asking holds for any bytes) {
  CAF_CHECK(rc::check("total", [] {
    gap::draft d;
    d.question = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    d.requested_info = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    d.category = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    if (auto c = gap::check(d)) {
      RC_ASSERT(!c->read.asks.empty());
      RC_ASSERT(!c->said.question.empty() && !c->said.requested_info.empty());
      RC_ASSERT(gap::check(c->said).has_value());
    } else {
      RC_ASSERT(!c.error().fields.empty());
    }
  }));
}
