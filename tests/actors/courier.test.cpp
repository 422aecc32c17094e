// The COURIER: messages to webhooks, on a virtual clock.

#define CAF_SUITE courier
#include <caf/test/unit_test.hpp>

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "actors/courier.hpp"
#include "tests/actors/support/stage.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;
using webhook::status;

namespace {

/// Remembers what it was given, and answers when the test says.
struct scripted_post final : webhook_carrier {
  struct sent {
    webhook::parcel what;
    std::function<void(webhook::answer)> done;
  };
  void send(webhook::parcel what, std::function<void(webhook::answer)> done) override {
    all.push_back(what);
    if (answers) {
      auto how = answers(what);
      done(how);
    } else {
      waiting.push_back({std::move(what), std::move(done)});
    }
  }
  void answer(std::size_t i, int code) {
    webhook::answer a;
    a.status = code;
    waiting.at(i).done(a);
  }

  std::vector<webhook::parcel> all;
  std::deque<sent> waiting;
  std::function<webhook::answer(const webhook::parcel&)> answers;
};

webhook::answer code(int status) {
  webhook::answer a;
  a.status = status;
  return a;
}

struct office : stage {
  office() { post = &mail; }

  webhook_id address(const std::string& url) {
    webhook::draft d;
    d.url = url;
    auto id = webhook_id{make_uuid7(time.now(), random)};
    auto made = books.hooks.book(identity{user, "user:ann", "r-1"}).create(id, d, "secret");
    return made.value().id;
  }
  void fact(const std::string& text) { books.hooks.post(user, "call.completed", text); }
  void nudge() {
    caf::anon_send(life->all->courier, webhooks_changed{});
    drain();
  }
  std::vector<std::string> payloads() const {
    std::vector<std::string> out;
    for (const auto& p : mail.all)
      out.push_back(p.payload);
    return out;
  }
  std::size_t count(status s) const {
    std::size_t n = 0;
    for (const auto& m : books.hooks.data.messages)
      n += m.is.state == s;
    return n;
  }

  scripted_post mail;
};

} // namespace

CAF_TEST(without an address nothing is armed and the store is asked once) {
  office o;
  o.start();
  auto asked = o.books.hooks.claims;
  CAF_CHECK_EQUAL(asked, 1u);
  o.elapse(1h);
  CAF_CHECK_EQUAL(o.books.hooks.claims, asked);
}

CAF_TEST(what was written is carried within a second) {
  office o;
  o.mail.answers = [](const auto&) { return code(204); };
  o.address("https://a.example");
  o.start();
  o.fact("one");
  CAF_CHECK(o.mail.all.empty());
  o.elapse(1s);
  CAF_CHECK((o.payloads() == std::vector<std::string>{"one"}));
  CAF_CHECK_EQUAL(o.count(status::delivered), 1u);
  o.elapse(1h);
  CAF_CHECK_EQUAL(o.mail.all.size(), 1u);
}

CAF_TEST(the first address of all is told to the courier and wakes it) {
  office o;
  o.mail.answers = [](const auto&) { return code(200); };
  o.start();
  o.address("https://a.example");
  o.fact("one");
  o.elapse(1min);
  CAF_CHECK(o.mail.all.empty()); // nobody said so
  o.nudge();
  CAF_CHECK_EQUAL(o.mail.all.size(), 1u);
}

CAF_TEST(a refused message comes again after its delays under the same id until it is given up) {
  office o;
  o.mail.answers = [](const auto&) { return code(500); };
  o.address("https://a.example");
  o.fact("one");
  std::vector<std::chrono::nanoseconds> at;
  o.start();
  auto began = o.time.steady;
  for (int i = 0; i < 7; ++i) {
    auto before = o.mail.all.size();
    CAF_CHECK_EQUAL(before, static_cast<std::size_t>(i) + 1);
    CAF_CHECK(o.until([&] { return o.mail.all.size() > before; }, 12h));
    at.push_back(o.time.steady - began);
    began = o.time.steady;
  }
  const auto delays = webhook::delays();
  for (std::size_t i = 0; i < at.size(); ++i) {
    CAF_CHECK(at[i] >= delays[i]);
    CAF_CHECK(at[i] <= delays[i] + delays[i] / 10 + 2s);
  }
  for (const auto& p : o.mail.all) {
    CAF_CHECK(p.id == o.mail.all.front().id);
    CAF_CHECK_EQUAL(p.payload, "one");
  }
  CAF_CHECK_EQUAL(o.mail.all.back().attempt, 8);
  CAF_CHECK_EQUAL(o.count(status::failed), 1u);
  o.elapse(24h);
  CAF_CHECK_EQUAL(o.mail.all.size(), 8u);
}

CAF_TEST(a slow address has two on their way and delays no other) {
  office o;
  o.address("https://slow.example");
  o.start();
  for (int i = 0; i < 10; ++i)
    o.fact("slow");
  o.nudge();
  CAF_CHECK_EQUAL(o.mail.waiting.size(), 2u);
  o.address("https://quick.example");
  o.fact("both");
  o.nudge();
  o.elapse(5s);
  // One more: that of the quick address.
  CAF_CHECK_EQUAL(o.mail.waiting.size(), 3u);
  CAF_CHECK_EQUAL(o.mail.waiting.back().what.url, "https://quick.example");
  // When both have been answered the next two leave at once.
  o.mail.answer(0, 200);
  o.mail.answer(1, 200);
  o.drain();
  CAF_CHECK_EQUAL(o.mail.waiting.size(), 5u);
  CAF_CHECK_EQUAL(o.mail.waiting.back().what.url, "https://slow.example");
}

CAF_TEST(no more than so many are on their way in all) {
  office o;
  for (int i = 0; i < 100; ++i)
    o.address("https://a.example/" + std::to_string(i));
  o.start();
  o.fact("one");
  o.nudge();
  CAF_CHECK_EQUAL(o.mail.waiting.size(), courier::in_flight_most);
  o.elapse(10s);
  CAF_CHECK_EQUAL(o.mail.waiting.size(), courier::in_flight_most);
  for (std::size_t i = 0; i < courier::in_flight_most; ++i)
    o.mail.answer(i, 200);
  o.drain();
  CAF_CHECK_EQUAL(o.mail.waiting.size(), 100u);
}

CAF_TEST(a message on its way when the engine is killed is sent again under the same id) {
  office o;
  o.address("https://a.example");
  o.fact("one");
  o.start();
  CAF_REQUIRE_EQUAL(o.mail.all.size(), 1u);
  o.restart();
  o.elapse(30s);
  CAF_CHECK_EQUAL(o.mail.all.size(), 1u); // its lease holds
  o.elapse(35s);
  CAF_REQUIRE_EQUAL(o.mail.all.size(), 2u);
  CAF_CHECK(o.mail.all[0].id == o.mail.all[1].id);
  CAF_CHECK_EQUAL(o.mail.all[1].claim, 2);
  // The answer to the first comes to nobody; the second counts.
  o.mail.answer(1, 200);
  o.drain();
  CAF_CHECK_EQUAL(o.count(status::delivered), 1u);
}

CAF_TEST(an answer after the lease does not end what was claimed again) {
  office o;
  o.address("https://a.example");
  o.fact("one");
  o.start();
  // Somebody else takes it when the lease has run out.
  o.time.base += 61s;
  auto taken = o.books.hooks.claim(o.time.now(), 10, {});
  CAF_REQUIRE_EQUAL(taken->parcels.size(), 1u);
  o.mail.answer(0, 500);
  o.drain();
  CAF_CHECK_EQUAL(o.count(status::sending), 1u);
}

CAF_TEST(an address that is gone is switched off and told nothing more) {
  office o;
  o.mail.answers = [](const auto&) { return code(410); };
  o.address("https://a.example");
  o.fact("one");
  o.start();
  CAF_CHECK_EQUAL(o.count(status::failed), 1u);
  CAF_CHECK(!o.books.hooks.data.hooks.front().view.active);
  CAF_CHECK(!o.books.hooks.data.hooks.front().view.disabled_reason.empty());
  o.fact("two");
  o.elapse(2s);
  auto asked = o.books.hooks.claims;
  o.elapse(1h);
  CAF_CHECK_EQUAL(o.mail.all.size(), 1u);
  CAF_CHECK_EQUAL(o.books.hooks.claims, asked); // nobody is switched on
}

CAF_TEST(a database that is away is asked again and nothing is lost) {
  office o;
  auto away = true;
  o.mail.answers = [](const auto&) { return code(200); };
  o.address("https://a.example");
  o.books.hooks.admit = [&] { return !away; };
  o.fact("one");
  o.start();
  o.elapse(1min);
  CAF_CHECK(o.mail.all.empty());
  away = false;
  CAF_CHECK(o.until([&] { return o.count(status::delivered) == 1; }, 10min));
}

CAF_TEST(what is older than thirty days goes) {
  office o;
  o.mail.answers = [](const auto&) { return code(200); };
  o.address("https://a.example");
  o.fact("old");
  o.start();
  CAF_CHECK_EQUAL(o.count(status::delivered), 1u);
  o.time.base += 31 * 24h;
  o.fact("new");
  o.elapse(2h);
  CAF_CHECK_EQUAL(o.books.hooks.data.messages.size(), 1u);
}
