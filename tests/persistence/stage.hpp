#pragma once

#include <memory>
#include <string>
#include <vector>

#include "persistence/array.hpp"
#include "tests/support/test_cluster.hpp"

namespace ringmaster::test {

/// A gate that lets every well-formed call to the United States through at any hour.
inline gate_settings open_gate() {
  gate_settings gate;
  gate.callers = {phone_number::from_canonical("+14155550001"), phone_number::from_canonical("+14155550002")};
  gate.countries = {"US"};
  gate.callee.min_gap = std::chrono::seconds(0);
  gate.callee.legal_start = {0};
  gate.callee.legal_end = {86'400};
  return gate;
}

/// A database of its own with a lane, a desk and a user.
struct stage {
  explicit stage(gate_settings gate = open_gate())
    : name(test_cluster::get().fresh_name()), base(opened(name, std::move(gate))), lane(base->lane()),
      desk(base->make_desk()), people(base->make_accounts()), ann(add_user("ann@example.com")) {}

  static std::unique_ptr<database> opened(const std::string& name, gate_settings gate) {
    auto made = test_cluster::get().open(name, std::move(gate));
    if (!made)
      throw std::runtime_error(made.error().detail);
    return std::move(*made);
  }

  /// As if the engine had been killed and started again.
  void restart(gate_settings gate = open_gate()) {
    people.reset();
    desk.reset();
    lane.reset();
    base.reset();
    base = opened(name, std::move(gate));
    lane = base->lane();
    desk = base->make_desk();
    people = base->make_accounts();
  }

  identity add_user(const std::string& email) {
    auto user = people->add_user(email);
    if (!user)
      throw std::runtime_error(user.error().detail);
    return {user->id, "user:" + email, "req-1"};
  }

  /// A draft whose window never closes.
  static campaign::draft any_time() {
    campaign::draft d;
    d.name = "Spring check-up";
    d.script = "Hello";
    d.allowed_call_start_time = "00:00:00";
    d.allowed_call_end_time = "24:00:00";
    d.allowed_days_of_week = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    d.max_concurrent_calls = 10'000;
    d.max_attempts = 3;
    return d;
  }

  static target::checked row(std::size_t line, const std::string& number) {
    target::checked c;
    c.line = line;
    c.number = {phone_number::from_canonical(number), number_class::geographic, "US"};
    c.max_attempts = 3;
    return c;
  }

  static std::vector<target::checked> rows(std::size_t count, std::size_t first = 0) {
    std::vector<target::checked> list;
    for (std::size_t i = 0; i < count; ++i)
      list.push_back(row(i + 1, "+1415" + std::to_string(5'000'000 + first + i)));
    return list;
  }

  /// One transaction at the desk, whose answer is given back.
  template <class Work>
  auto at_desk(const identity& who, Work work) {
    std::invoke_result_t<Work, desk_work&> answer = fail(errc::internal, "not run");
    auto done = desk->transact(who, [&](desk_work& w) -> result<void> {
      answer = work(w);
      if (!answer)
        return fail(answer.error());
      return {};
    });
    if (!done)
      answer = fail(done.error());
    return answer;
  }

  campaign::view make_campaign(
    const identity& who, const campaign::draft& draft, const std::vector<target::checked>& targets) {
    auto view = at_desk(who, [&](desk_work& w) -> result<campaign::view> {
      auto made = w.create_campaign(draft);
      if (!made)
        return made;
      target::report report;
      if (auto added = w.add_targets(made->id, targets, report); !added)
        return fail(added.error());
      return w.find_campaign(made->id);
    });
    if (!view)
      throw std::runtime_error(view.error().detail);
    return *view;
  }

  result<campaign_steered> steer(
    const identity& who, const campaign_id& id, campaign::action on, bool later = false) {
    change::steer_campaign ask;
    ask.who = who;
    ask.campaign = id;
    ask.on = on;
    ask.when_window_opens = later;
    return one<campaign_steered>(ask);
  }

  /// A running campaign with `count` targets.
  campaign_id running(const identity& who, const campaign::draft& draft, std::size_t count, std::size_t first = 0) {
    auto id = make_campaign(who, draft, rows(count, first)).id;
    if (auto started = steer(who, id, campaign::action::start); !started)
      throw std::runtime_error(started.error().detail);
    return id;
  }

  template <class Answer>
  result<Answer> one(store_change what) {
    std::vector<store_change> list{std::move(what)};
    auto answers = lane->commit(list);
    if (!answers[0])
      return fail(answers[0].error());
    return std::get<Answer>(*answers[0]);
  }

  permits ask(const identity& who, const campaign_id& id, std::uint32_t wanted) {
    change::ask_permits asking;
    asking.user = who.user;
    asking.campaign = id;
    asking.wanted = wanted;
    auto answer = one<permits>(asking);
    if (!answer)
      throw std::runtime_error(answer.error().detail);
    return *answer;
  }

  static change::advance_attempt step(const intent& dial, attempt::event on) {
    change::advance_attempt change;
    change.user = dial.user;
    change.campaign = dial.campaign;
    change.target = dial.target;
    change.attempt = dial.attempt;
    change.on = on;
    return change;
  }

  static call_sid sid(int number) {
    char text[40];
    std::snprintf(text, sizeof text, "CA%032x", static_cast<unsigned>(number));
    return call_sid{text};
  }

  static change::record_callback callback(
    const intent& dial, const call_sid& sid, call::status news, int sequence) {
    change::record_callback cb;
    cb.user = dial.user;
    cb.attempt = dial.attempt;
    cb.sid = sid;
    cb.news = news;
    cb.sequence = sequence;
    cb.raw = "CallSid=" + sid.value + "&CallStatus=" + std::string(call::to_string(news));
    cb.received_at = instant(std::chrono::seconds(1'800'000'000 + sequence));
    return cb;
  }

  /// A single number from the database, read as its superuser.
  std::int64_t number(const std::string& sql) {
    auto admin = test_cluster::get().connect_admin(name);
    return admin.execute(sql)[0].take<std::int64_t>();
  }
  std::string text(const std::string& sql) {
    auto admin = test_cluster::get().connect_admin(name);
    return admin.execute(sql)[0].take<std::string>();
  }

  std::string name;
  std::unique_ptr<database> base;
  std::unique_ptr<lane_store> lane;
  std::unique_ptr<ringmaster::desk> desk;
  std::unique_ptr<accounts> people;
  identity ann;
};

} // namespace ringmaster::test
