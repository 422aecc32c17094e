#define CAF_SUITE ids
#include <caf/test/unit_test.hpp>

#include <set>
#include <string>

#include <rapidcheck.h>

#include "domain/ids.hpp"
#include "tests/domain/instants.hpp"

using namespace ringmaster;
using ringmaster::testing::at;
using ringmaster::testing::seeded_random;

CAF_TEST(an id is shown in canonical form and read back) {
  CAF_CHECK(rc::check("text of an id reads back", [](std::array<std::uint8_t, 16> bytes) {
    uuid value{bytes};
    auto text = to_string(value);
    RC_ASSERT(text.size() == 36u);
    RC_ASSERT(parse_uuid(text) == value);
  }));
}

CAF_TEST(upper case is read and other forms are not) {
  std::string text = "0190A3C4-7b2e-7def-8abc-0123456789aB";
  auto read = parse_uuid(text);
  CAF_REQUIRE(read);
  CAF_CHECK_EQUAL(to_string(*read), "0190a3c4-7b2e-7def-8abc-0123456789ab");
  CAF_CHECK(!parse_uuid(""));
  CAF_CHECK(!parse_uuid("0190a3c47b2e7def8abc0123456789ab"));
  CAF_CHECK(!parse_uuid("{0190a3c4-7b2e-7def-8abc-0123456789ab}"));
  CAF_CHECK(!parse_uuid("0190a3c4-7b2e-7def-8abc-0123456789ag"));
  CAF_CHECK(!parse_uuid("0190a3c4_7b2e-7def-8abc-0123456789ab"));
  CAF_CHECK(!parse_uuid("0190a3c47-b2e-7def-8abc-0123456789ab"));
  CAF_CHECK(!parse_uuid("0190a3c4-7b2e-7def-8abc-0123456789abc"));
}

CAF_TEST(a new id carries its time and the marks of version seven) {
  seeded_random random(1);
  auto value = make_uuid7(at("2026-11-21T03:17:45.123456Z"), random);
  auto text = to_string(value);
  // 1795231065123 ms is 0x1a1fcb20423.
  std::uint64_t stamp = 0;
  for (int i = 0; i < 6; ++i)
    stamp = stamp << 8 | value.bytes[static_cast<std::size_t>(i)];
  CAF_CHECK_EQUAL(stamp, 1795231065123u);
  CAF_CHECK_EQUAL(text[14], '7');
  CAF_CHECK(std::string("89ab").find(text[19]) != std::string::npos);
}

CAF_TEST(later ids sort behind earlier ones and no two are equal) {
  seeded_random random(2);
  std::set<uuid> seen;
  uuid last{};
  auto t = at("2026-01-01T00:00:00Z");
  for (int i = 0; i < 1000; ++i) {
    auto value = make_uuid7(t, random);
    CAF_CHECK(last < value);
    CAF_CHECK(seen.insert(value).second);
    last = value;
    t += std::chrono::milliseconds{1};
  }
}

CAF_TEST(an attempt goes to the lane of its owner) {
  seeded_random random(3);
  auto now = at("2026-01-01T00:00:00Z");
  for (int i = 0; i < 200; ++i) {
    auto owner = make_uuid7(now, random);
    auto attempt = make_attempt_id(now, random, owner);
    CAF_CHECK(attempt.value != owner);
    CAF_CHECK_EQUAL(attempt.value.bytes[6] >> 4, 7);
    for (std::size_t lanes : {1u, 2u, 3u, 16u})
      CAF_CHECK_EQUAL(lane_of(owner, lanes), lane_of(attempt.value, lanes));
  }
}

CAF_TEST(lanes are used evenly) {
  seeded_random random(4);
  auto now = at("2026-01-01T00:00:00Z");
  std::array<int, 4> used{};
  for (int i = 0; i < 4000; ++i)
    ++used[lane_of(make_uuid7(now, random), used.size())];
  for (auto count : used)
    CAF_CHECK(count > 850 && count < 1150);
}

CAF_TEST(ids of one kind are read by their kind and nil means none) {
  CAF_CHECK(!campaign_id{});
  auto read = campaign_id::parse("0190a3c4-7b2e-7def-8abc-0123456789ab");
  CAF_REQUIRE(read);
  CAF_CHECK(static_cast<bool>(*read));
  CAF_CHECK_EQUAL(to_string(*read), "0190a3c4-7b2e-7def-8abc-0123456789ab");
  CAF_CHECK(!campaign_id::parse("42"));
}
