#define CAF_SUITE send_log

#include <caf/test/unit_test.hpp>

#include <fstream>

#include "tests/support/test_cluster.hpp"

using namespace ringmaster;
using witness = send_log::witness;

namespace {

struct folder {
  folder() {
    char name[] = "/tmp/ringmaster-sendlog-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

attempt_id some(int n) {
  attempt_id id;
  id.value.bytes[0] = static_cast<std::uint8_t>(n);
  return id;
}

} // namespace

CAF_TEST(what was marked in an earlier run is known as sent) {
  folder f;
  {
    auto log = file_send_log::open(f.path, 1, "boot-a");
    CAF_REQUIRE(log.has_value());
    CAF_CHECK((*log)->mark_sent(some(1)));
    CAF_CHECK((*log)->mark_sent(some(2)));
    CAF_CHECK((*log)->note_result(some(2), call_sid{"CA00000000000000000000000000000001"}));
  }
  auto log = file_send_log::open(f.path, 2, "boot-a");
  CAF_REQUIRE(log.has_value());
  CAF_CHECK((*log)->recall(some(1)).mark == witness::sent);
  auto first = (*log)->recall(some(1));
  auto second = (*log)->recall(some(2));
  CAF_CHECK(!first.sid);
  CAF_REQUIRE(second.sid.has_value());
  CAF_CHECK_EQUAL(second.sid->value, "CA00000000000000000000000000000001");
  CAF_CHECK((*log)->recall(some(3)).mark == witness::not_sent);
}

CAF_TEST(after a restart of the machine a missing mark proves nothing) {
  folder f;
  { auto log = file_send_log::open(f.path, 1, "boot-a"); CAF_CHECK((*log)->mark_sent(some(1))); }
  auto log = file_send_log::open(f.path, 2, "boot-b");
  CAF_CHECK((*log)->recall(some(1)).mark == witness::sent);
  CAF_CHECK((*log)->recall(some(3)).mark == witness::unknown);
}

CAF_TEST(a directory without any earlier file cannot testify) {
  folder f;
  auto log = file_send_log::open(f.path, 5, "boot-a");
  CAF_CHECK((*log)->recall(some(1)).mark == witness::unknown);
}

CAF_TEST(a line that was cut is no mark) {
  folder f;
  {
    auto log = file_send_log::open(f.path, 1, "boot-a");
    CAF_CHECK((*log)->mark_sent(some(1)));
  }
  {
    std::ofstream file(f.path / "sendlog" / "1.log", std::ios::app);
    file << "S 0200000";
  }
  auto log = file_send_log::open(f.path, 2, "boot-a");
  CAF_CHECK((*log)->recall(some(1)).mark == witness::sent);
  CAF_CHECK((*log)->recall(some(2)).mark == witness::not_sent);
}

CAF_TEST(old files go when nothing of theirs is needed) {
  folder f;
  for (int epoch : {1, 2}) {
    auto log = file_send_log::open(f.path, epoch, "boot-a");
    CAF_CHECK((*log)->mark_sent(some(epoch)));
  }
  auto log = file_send_log::open(f.path, 3, "boot-a");
  (*log)->forget([](const attempt_id& id) { return id == some(2); });
  CAF_CHECK(!std::filesystem::exists(f.path / "sendlog" / "1.log"));
  CAF_CHECK(std::filesystem::exists(f.path / "sendlog" / "2.log"));
  CAF_CHECK(std::filesystem::exists(f.path / "sendlog" / "3.log"));
}
