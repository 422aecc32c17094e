#define CAF_SUITE imports

#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/persistence/stage.hpp"

using namespace ringmaster;
using ringmaster::test::stage;
using ringmaster::test::test_cluster;

namespace {

std::string number(int i) { return "+1415555" + std::to_string(1000 + i); }

std::vector<target::checked> rows(int from, int count) {
  std::vector<target::checked> all;
  for (int i = from; i < from + count; ++i)
    all.push_back(stage::row(static_cast<std::size_t>(i + 2), number(i)));
  return all;
}

template <class Body>
auto with_lists(stage& s, const identity& who, Body body) {
  return s.at_desk(who, [&](desk_work& w) { return body(w.lists()); });
}

campaign_id draft(stage& s) { return s.make_campaign(s.ann, stage::any_time(), {}).id; }

campaign::view campaign(stage& s, const identity& who, const campaign_id& id) {
  auto found = s.at_desk(who, [&](desk_work& w) { return w.find_campaign(id); });
  CAF_REQUIRE(found.has_value());
  return *found;
}

import_id begin(stage& s, const campaign_id& into) {
  auto id = with_lists(s, s.ann, [&](list_book& b) { return b.begin_import(into, upload::form::csv); });
  CAF_REQUIRE(id.has_value());
  return *id;
}

result<void> add(
  stage& s, const import_id& id, const campaign_id& into, const std::vector<target::checked>& list,
  target::report& report, const upload::refused& refused = {}) {
  return with_lists(s, s.ann, [&](list_book& b) { return b.add_part(id, into, list, refused, report); });
}

} // namespace

CAF_TEST(parts of an upload are added and counted and what is there already is not) {
  stage s;
  auto into = draft(s);
  auto id = begin(s, into);
  target::report report;
  CAF_REQUIRE(add(s, id, into, rows(0, 100), report, {"5,x,not_a_number,no\r\n", 1}).has_value());
  CAF_REQUIRE(add(s, id, into, rows(50, 100), report, {"9,y,empty,no\r\n10,z,empty,no\r\n", 2}).has_value());
  CAF_CHECK_EQUAL(report.accepted, 150u);
  CAF_CHECK_EQUAL(report.duplicates, 50u);
  CAF_REQUIRE(with_lists(s, s.ann, [&](list_book& b) { return b.end_import(id, upload::status::done, ""); }).has_value());
  auto seen = with_lists(s, s.ann, [&](list_book& b) { return b.find_import(into, id); });
  CAF_REQUIRE(seen.has_value());
  CAF_CHECK_EQUAL(seen->accepted, 150);
  CAF_CHECK_EQUAL(seen->duplicates, 50);
  CAF_CHECK_EQUAL(seen->rejected, 3);
  CAF_CHECK_EQUAL(seen->rejected_kept, 3);
  CAF_CHECK(seen->state == upload::status::done);
  std::string lines;
  for (std::int64_t from = 0;;) {
    auto piece = with_lists(s, s.ann, [&](list_book& b) { return b.read_refused(id, from); });
    CAF_REQUIRE(piece.has_value());
    if (!piece->next)
      break;
    lines += piece->lines;
    from = *piece->next;
  }
  CAF_CHECK_EQUAL(lines, "5,x,not_a_number,no\r\n9,y,empty,no\r\n10,z,empty,no\r\n");
  // An upload that has ended takes nothing more, and what it would have added is not there.
  CAF_CHECK(!add(s, id, into, rows(300, 5), report).has_value());
  auto c = campaign(s, s.ann, into);
  CAF_CHECK_EQUAL(c.counts.total, 150);
  CAF_CHECK_EQUAL(c.counts.pending, 150);
}

CAF_TEST(an upload into a campaign that has ended is refused at its next part) {
  stage s;
  auto into = draft(s);
  auto id = begin(s, into);
  target::report report;
  CAF_REQUIRE(add(s, id, into, rows(0, 10), report).has_value());
  test_cluster::get().connect_admin(s.name).execute(
    "update ringmaster.campaigns set status = 'canceled' where id = '" + to_string(into) + "'");
  auto late = add(s, id, into, rows(10, 10), report);
  CAF_REQUIRE(!late.has_value());
  CAF_CHECK(late.error().code == errc::wrong_state);
  CAF_CHECK_EQUAL(campaign(s, s.ann, into).counts.total, 10);
}

CAF_TEST(two uploads of the same numbers in two orders do not wait for each other for ever) {
  stage s;
  auto into = draft(s);
  auto there = rows(0, 2000);
  auto back = there;
  std::reverse(back.begin(), back.end());
  auto first = begin(s, into);
  auto second = begin(s, into);
  auto other = s.base->make_desk();
  std::atomic<int> failed{0};
  target::report a, b;
  std::thread beside([&] {
    auto done = other->transact(s.ann, [&](desk_work& w) { return w.lists().add_part(second, into, back, {}, b); });
    failed += !done.has_value();
  });
  failed += !add(s, first, into, there, a).has_value();
  beside.join();
  CAF_CHECK_EQUAL(failed.load(), 0);
  CAF_CHECK_EQUAL(a.accepted + b.accepted, 2000u);
  CAF_CHECK_EQUAL(a.duplicates + b.duplicates, 2000u);
  CAF_CHECK_EQUAL(campaign(s, s.ann, into).counts.total, 2000);
}

CAF_TEST(old uploads of a campaign are forgotten with their reports) {
  stage s;
  auto into = draft(s);
  target::report report;
  auto old = begin(s, into);
  CAF_REQUIRE(add(s, old, into, {}, report, {"1,x,empty,no\r\n", 1}).has_value());
  auto admin = test_cluster::get().connect_admin(s.name);
  admin.execute("update ringmaster.target_imports set created_at = now() - interval '31 days', updated_at = now() - interval '31 days'");
  auto stale = with_lists(s, s.ann, [&](list_book& b) { return b.find_import(into, old); });
  CAF_REQUIRE(stale.has_value());
  CAF_CHECK(stale->state == upload::status::broken); // nobody has said a word for so long
  begin(s, into);
  CAF_CHECK(!with_lists(s, s.ann, [&](list_book& b) { return b.find_import(into, old); }).has_value());
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.target_import_rejections"), 0);
  auto list = with_lists(s, s.ann, [&](list_book& b) { return b.list_imports(into, {}); });
  CAF_REQUIRE(list.has_value());
  CAF_CHECK_EQUAL(list->total.value_or(-1), 1);
}

CAF_TEST(uploads of others are not there) {
  stage s;
  auto bob = s.add_user("bob@example.com");
  auto into = draft(s);
  auto id = begin(s, into);
  target::report report;
  CAF_REQUIRE(add(s, id, into, {}, report, {"1,x,empty,no\r\n", 1}).has_value());
  CAF_CHECK(!with_lists(s, bob, [&](list_book& b) { return b.find_import(into, id); }).has_value());
  CAF_CHECK(!with_lists(s, bob, [&](list_book& b) { return b.list_imports(into, {}); }).has_value());
  CAF_CHECK(!with_lists(s, bob, [&](list_book& b) { return b.begin_import(into, upload::form::csv); }).has_value());
  auto lines = with_lists(s, bob, [&](list_book& b) { return b.read_refused(id, 0); });
  CAF_REQUIRE(lines.has_value());
  CAF_CHECK(!lines->next.has_value());
}

CAF_TEST(a suppressed number is set aside wherever it waits) {
  stage s;
  auto one = s.running(s.ann, stage::any_time(), 3);
  auto two = s.running(s.ann, stage::any_time(), 3);
  auto bob = s.add_user("bob@example.com");
  auto his = s.running(bob, stage::any_time(), 3);
  auto waiting = s.at_desk(s.ann, [&](desk_work& w) { return w.list_targets(one, {}, std::nullopt); });
  CAF_REQUIRE(waiting.has_value());
  auto first = waiting->items.front().number;
  std::vector<suppression_row> list{{first, "asked"}, {first, "twice"}};
  auto done = with_lists(s, s.ann, [&](list_book& b) { return b.suppress(list, "import"); });
  CAF_REQUIRE(done.has_value());
  CAF_CHECK_EQUAL(done->added, 1);
  CAF_CHECK_EQUAL(done->known, 1);
  CAF_CHECK_EQUAL(done->skipped, 2);
  CAF_CHECK_EQUAL(done->campaigns.size(), 2u);
  for (const auto& id : {one, two}) {
    CAF_CHECK_EQUAL(campaign(s, s.ann, id).counts.skipped, 1);
    CAF_CHECK_EQUAL(campaign(s, s.ann, id).counts.pending, 2);
  }
  CAF_CHECK_EQUAL(campaign(s, bob, his).counts.pending, 3);
  // And for everybody, by an operator.
  auto all = s.desk->installation().suppress(s.ann, std::vector<suppression_row>{{first, ""}}, "operator");
  CAF_REQUIRE(all.has_value());
  CAF_CHECK_EQUAL(all->added, 1);
  CAF_CHECK_EQUAL(all->skipped, 1);
  CAF_CHECK_EQUAL(campaign(s, bob, his).counts.skipped, 1);
  CAF_CHECK(s.desk->installation().lift(s.ann, first).has_value());
  CAF_CHECK(!s.desk->installation().lift(s.ann, first).has_value());
}

CAF_TEST(a registry list takes the place of the one before when it is complete) {
  stage s;
  auto& house = s.desk->installation();
  registry::draft what{"ftc-415", "US-DNC", std::chrono::sys_days(std::chrono::days(20'000))};
  auto numbers = [](int from, int count) {
    std::vector<phone_number> all;
    for (int i = from; i < from + count; ++i)
      all.push_back(phone_number::from_canonical(number(i)));
    return all;
  };
  auto first = house.begin_registry(s.ann, what);
  CAF_REQUIRE(first.has_value());
  CAF_CHECK_EQUAL(house.add_to_registry(*first, numbers(0, 10)).value_or(-1), 10);
  CAF_CHECK_EQUAL(house.add_to_registry(*first, numbers(5, 10)).value_or(-1), 5);
  CAF_REQUIRE(house.finish_registry(s.ann, *first).has_value());
  CAF_CHECK(!house.add_to_registry(*first, numbers(20, 1)).has_value());
  what.as_of += std::chrono::days(10);
  auto second = house.begin_registry(s.ann, what);
  CAF_REQUIRE(second.has_value());
  CAF_REQUIRE(house.add_to_registry(*second, numbers(0, 3)).has_value());
  CAF_CHECK_EQUAL(house.list_registries()->size(), 2u); // the old one is in use as long
  auto done = house.finish_registry(s.ann, *second);
  CAF_REQUIRE(done.has_value());
  CAF_CHECK_EQUAL(done->rows, 3);
  CAF_CHECK(done->what.as_of == what.as_of);
  CAF_CHECK_EQUAL(house.list_registries()->size(), 1u);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.registry_numbers"), 3);
  CAF_CHECK(house.remove_registry(s.ann, *second).has_value());
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.registry_numbers"), 0);
}
