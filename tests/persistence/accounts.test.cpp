#define CAF_SUITE accounts

#include <caf/test/unit_test.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "persistence/account_book.hpp"
#include "tests/persistence/stage.hpp"

using namespace ringmaster;
using ringmaster::test::stage;
using ringmaster::test::test_cluster;
using namespace std::chrono_literals;

namespace {

const account::actor by{"user:ann", "req-1"};
const std::string password = "four words in a row";

struct door : stage {
  instant now{std::chrono::seconds(1'780'000'000)};
  std::unique_ptr<db::connection> on = base->connect(db::purpose::desk, "probe");
  account_book book{*on, test_cluster::get().random()};

  static std::string digest(char c) { return std::string(32, c); }
  account::session session_of(const identity& who, char id) const {
    account::session s;
    s.sha256 = digest(id);
    s.user = who.user;
    s.created_at = s.seen_at = now;
    s.address = "192.0.2.0/24";
    return s;
  }
  long trail(const user_id& of, const std::string& action) {
    return number(
        "select count(*) from ringmaster.audit where user_id = '" + to_string(of) +
        "' and action = '" + action + "'");
  }
};

} // namespace

CAF_TEST(a password is kept as argon2id and fits itself alone) {
  door s;
  auto hash = s.book.hash_password(password);
  CAF_REQUIRE(hash.has_value());
  CAF_CHECK(hash->starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
  CAF_CHECK(*s.book.hash_password(password) != *hash);
  CAF_CHECK(s.book.fits(password, *hash));
  CAF_CHECK(!s.book.fits(password + " ", *hash));
  CAF_CHECK(!s.book.fits("", *hash));
  CAF_CHECK(!s.book.fits("a password of nobody at all", ""));
  CAF_CHECK(!s.book.fits(password, "nonsense"));
}

CAF_TEST(the first account is an operator and the next ones are users) {
  door s;
  auto bob = s.add_user("bob@example.com");
  auto all = s.book.list();
  CAF_REQUIRE(all.has_value());
  CAF_REQUIRE_EQUAL(all->size(), 2u);
  CAF_CHECK((*all)[0].as == account::role::operator_);
  CAF_CHECK((*all)[1].as == account::role::user);
  CAF_CHECK((*all)[1].id == bob.user);
  CAF_CHECK(!(*all)[0].has_password);
}

CAF_TEST(a session is found by its digest across users until it is closed) {
  door s;
  auto bob = s.add_user("bob@example.com");
  CAF_REQUIRE(s.book.open_session(s.session_of(s.ann, 'a'), by).has_value());
  CAF_REQUIRE(s.book.open_session(s.session_of(bob, 'b'), by).has_value());
  auto found = s.book.find_session(door::digest('b'));
  CAF_REQUIRE(found.has_value() && found->has_value());
  CAF_CHECK((*found)->user == bob.user);
  CAF_CHECK_EQUAL((*found)->email, "bob@example.com");
  CAF_CHECK_EQUAL((*found)->address, "192.0.2.0/24");
  CAF_CHECK((*found)->seen_at == s.now);
  CAF_CHECK(!s.book.find_session(door::digest('c'))->has_value());
  CAF_REQUIRE(s.book.touch_session(**found, s.now + 10min).has_value());
  auto touched = s.book.find_session(door::digest('b'));
  CAF_CHECK((*touched)->seen_at == s.now + 10min);
  CAF_CHECK_EQUAL(
      s.number("select count(*) from ringmaster.console_sessions where expires_at = created_at + "
               "interval '40 minutes'"),
      1);
  CAF_REQUIRE(s.book.close_session(**found, by).has_value());
  CAF_CHECK(!s.book.find_session(door::digest('b'))->has_value());
  CAF_CHECK(s.book.find_session(door::digest('a'))->has_value());
  CAF_CHECK_EQUAL(s.trail(bob.user, "session.open"), 1);
  CAF_CHECK_EQUAL(s.trail(bob.user, "session.close"), 1);
  CAF_CHECK_EQUAL(s.trail(s.ann.user, "session.close"), 0);
}

CAF_TEST(a new role and a closed account end sessions and one operator stays) {
  door s;
  auto bob = s.add_user("bob@example.com");
  api_key_id key{make_uuid7(s.now, test_cluster::get().random())};
  CAF_REQUIRE(
      s.people->create_key("bob@example.com", key, "k", 15, std::string(32, 'k'), "abcd", {})
          .has_value());
  auto scopes = [&] {
    auto found = s.desk->find_api_key(key);
    return found && *found ? int{(*found)->scopes} : -1;
  };
  CAF_CHECK(scopes() == 15);
  CAF_REQUIRE(s.book.open_session(s.session_of(bob, 'b'), by).has_value());
  CAF_CHECK(
      s.book.alter(s.ann.user, {.as = account::role::user}, by).error().code == errc::wrong_state);
  CAF_CHECK(s.book.alter(s.ann.user, {.disabled = true}, by).error().code == errc::wrong_state);
  auto raised = s.book.alter(bob.user, {.as = account::role::operator_}, by);
  CAF_REQUIRE(raised.has_value());
  CAF_CHECK(raised->as == account::role::operator_);
  CAF_CHECK(!s.book.find_session(door::digest('b'))->has_value());
  CAF_CHECK(scopes() == (15 | account::operator_mark));
  CAF_REQUIRE(s.book.open_session(s.session_of(bob, 'c'), by).has_value());
  CAF_REQUIRE(s.book.alter(bob.user, {.disabled = true}, by).has_value());
  CAF_CHECK(!s.book.find_session(door::digest('c'))->has_value());
  CAF_CHECK(!s.desk->find_api_key(key)->has_value());
  CAF_CHECK(!s.book.open_session(s.session_of(bob, 'd'), by).has_value());
  CAF_CHECK(s.book.alter(s.ann.user, {.disabled = true}, by).error().code == errc::wrong_state);
  CAF_CHECK((*s.book.find_proof("BOB@example.com"))->disabled);
  CAF_REQUIRE(s.book.alter(bob.user, {.disabled = false}, by).has_value());
  CAF_CHECK(s.desk->find_api_key(key)->has_value());
  CAF_CHECK_EQUAL(s.trail(bob.user, "user.disable") + s.trail(bob.user, "user.enable"), 2);
  CAF_CHECK(s.book.alter(user_id{}, {.disabled = true}, by).error().code == errc::not_found);
}

CAF_TEST(a link sets a password once and a later one replaces it) {
  door s;
  auto hash = *s.book.hash_password(password);
  auto made =
      s.book.add("cy@example.com", account::role::user, {door::digest('1'), s.now + 24h}, by);
  CAF_REQUIRE(made.has_value());
  CAF_CHECK(
      s.book.add("CY@example.com", account::role::user, {door::digest('9'), s.now}, by)
          .error()
          .code == errc::duplicate);
  CAF_CHECK((*s.book.find_link(door::digest('1'), s.now))->id == made->id);
  CAF_CHECK(!s.book.find_link(door::digest('1'), s.now + 24h)->has_value());
  CAF_REQUIRE(s.book.set_link(made->id, {door::digest('2'), s.now + 24h}, by).has_value());
  CAF_CHECK(
      s.book.use_link(door::digest('1'), hash, s.now, by).error().code == errc::unauthenticated);
  CAF_REQUIRE(s.book.open_session(s.session_of({made->id, "", ""}, 's'), by).has_value());
  auto used = s.book.use_link(door::digest('2'), hash, s.now, by);
  CAF_REQUIRE(used.has_value());
  CAF_CHECK(used->has_password);
  CAF_CHECK(!s.book.find_session(door::digest('s'))->has_value());
  CAF_CHECK(
      s.book.use_link(door::digest('2'), hash, s.now, by).error().code == errc::unauthenticated);
  CAF_CHECK((*s.book.find_proof("cy@example.com"))->password_hash == hash);
  CAF_CHECK(
      s.people->set_link("nobody@example.com", {door::digest('3'), s.now}).error().code ==
      errc::not_found);
  CAF_CHECK(s.people->set_link("cy@example.com", {door::digest('3'), s.now + 1h}).has_value());
  CAF_CHECK(s.book.find_link(door::digest('3'), s.now)->has_value());
}

CAF_TEST(the first password is set once whoever comes) {
  door s;
  auto bob = s.add_user("bob@example.com");
  auto hash = *s.book.hash_password(password);
  CAF_CHECK(!*s.book.anyone_has_password());
  auto first = s.book.welcome("Bob@example.com", hash, by);
  CAF_REQUIRE(first.has_value());
  CAF_CHECK(first->id == bob.user);
  CAF_CHECK(first->as == account::role::operator_);
  CAF_CHECK(*s.book.anyone_has_password());
  CAF_CHECK(s.book.welcome("eve@example.com", hash, by).error().code == errc::unauthenticated);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.users"), 2);
}

CAF_TEST(a room works for several at one time and ends while jobs wait) {
  door s;
  auto room = s.base->make_account_room(2);
  std::mutex mutex;
  std::condition_variable met;
  int inside = 0;
  int most = 0;
  // Each waits until the other is there: with one thread they would never meet.
  for (int i = 0; i < 2; ++i)
    CAF_CHECK(room->post([&](account::book& b) {
      bool can = b.list().has_value();
      std::unique_lock lock(mutex);
      most = std::max(most, inside += can);
      met.notify_all();
      met.wait_for(lock, 20s, [&] { return inside == 2; });
      met.notify_all();
    }));
  {
    std::unique_lock lock(mutex);
    CAF_CHECK(met.wait_for(lock, 20s, [&] { return inside == 2; }));
  }
  room.reset();
  CAF_CHECK_EQUAL(most, 2);
}

CAF_TEST(a day counts the calls of its user since it began) {
  door s;
  auto bob = s.add_user("bob@example.com");
  auto id = s.running(s.ann, stage::any_time(), 3);
  auto dials = s.ask(s.ann, id, 2).intents;
  CAF_REQUIRE_EQUAL(dials.size(), 2u);
  auto none = s.book.count_day(bob.user, instant{});
  CAF_REQUIRE(none.has_value());
  CAF_CHECK_EQUAL(none->calls + none->live_calls, 0);
  auto today = s.book.count_day(s.ann.user, instant{});
  CAF_REQUIRE(today.has_value());
  CAF_CHECK_EQUAL(today->live_calls, 2);
  CAF_CHECK_EQUAL(today->calls, 2);
  CAF_CHECK_EQUAL(today->answered, 0);
  auto tomorrow = s.book.count_day(s.ann.user, instant{std::chrono::hours(24 * 366 * 400)});
  CAF_CHECK_EQUAL(tomorrow->calls, 0);
  CAF_CHECK_EQUAL(tomorrow->live_calls, 2);
}
