#pragma once

#include "tests/persistence/stage.hpp"

namespace ringmaster::test {

/// A stage with tasks: made, planned, called and ended.
struct task_stage : stage {
  explicit task_stage(gate_settings gate = open_gate()) : stage(with_region(std::move(gate))) {}

  static gate_settings with_region(gate_settings gate) {
    gate.region = "US";
    gate.again.busy = gate.again.min_gap = std::chrono::seconds(60);
    return gate;
  }

  /// An id that is greater than all before: ids are ordered by the millisecond only.
  static task_id new_id() {
    wait_a_tick();
    return {make_uuid7(test_cluster::get().time().now(), test_cluster::get().random())};
  }
  static void wait_a_tick() {
    auto milliseconds = [] {
      return test_cluster::get().time().now().time_since_epoch() / std::chrono::milliseconds(1);
    };
    for (auto before = milliseconds(); milliseconds() == before;)
      continue;
  }

  /// A record, or the refusal as an exception: for what a test only prepares.
  template <class T>
  static T must(result<T> answer) {
    if (!answer)
      throw std::runtime_error(answer.error().detail);
    return std::move(*answer);
  }

  static task::draft wish(const std::string& instruction, const std::string& number = {}) {
    task::draft d;
    d.raw_instruction = instruction;
    d.target_phone_number = number;
    return d;
  }

  result<task::record> create(const identity& who, const task::draft& d) {
    auto fine = task::check(d, "US");
    if (!fine)
      return fail(fine.error());
    return at_desk(who, [&](desk_work& w) { return w.tasks().create(new_id(), *fine); });
  }
  result<task::record>
  act(const identity& who, const task_id& id, const task::act& what,
      std::optional<std::int64_t> version = {}) {
    return at_desk(who, [&](desk_work& w) { return w.tasks().act(id, what, version); });
  }
  task::record find(const identity& who, const task_id& id) {
    return must(at_desk(who, [&](desk_work& w) { return w.tasks().find(id); }));
  }
  static task::planned planned(const std::string& title = "Ask for the hours") {
    task::planned p;
    p.plan.title = title;
    p.by = "rules";
    p.prompt = "rules-1";
    return p;
  }
  static task::edited edit(task::patch p) { return {std::move(p)}; }

  /// A task that is ready to call `number`.
  task::record ready(const identity& who, const std::string& number = "+14155550123") {
    auto made = must(create(who, wish("Call and ask for the hours", number)));
    auto engine = as_engine(who);
    return must(act(engine, made.id, planned()));
  }
  static identity as_engine(const identity& who) { return {who.user, "engine", ""}; }

  static assistant::script script() {
    assistant::script s;
    s.introduction = "Hello. This is an automated call.";
    s.key_questions = {"When are you open?"};
    s.fallback_answers = {
        {"hold", "I will wait."}
    };
    s.closing = "Thank you.";
    return s;
  }

  /// Settings that let tasks call at any hour.
  assistant_settings any_hour(const identity& who, assistant_settings s = {}) {
    s.allowed_call_start_time = "00:00:00";
    s.allowed_call_end_time = "24:00:00";
    return must(at_desk(who, [&](desk_work& w) { return w.settings().write(s, std::nullopt); }));
  }

  /// A step of a task's campaign as the task's routes ask for it.
  result<campaign_steered> steer(
      const identity& who, const campaign_id& id, campaign::action on, bool later = false) {
    change::steer_campaign ask;
    ask.who = who;
    ask.campaign = id;
    ask.on = on;
    ask.when_window_opens = later;
    ask.of_task = true;
    return one<campaign_steered>(ask);
  }

  result<campaign_id> prepare(const identity& who, const task_id& id) {
    return at_desk(who, [&](desk_work& w) { return w.tasks().prepare_call(id, script()); });
  }
  /// The task's campaign, started: the task is in progress.
  campaign_id begin(const identity& who, const task_id& id) {
    auto campaign = must(prepare(who, id));
    must(steer(who, campaign, campaign::action::start));
    return campaign;
  }
  /// Its only call, dialed, accepted and over with `outcome`.
  attempt_id call_once(const identity& who, const campaign_id& campaign, call::outcome outcome) {
    auto dial = ask(who, campaign, 1).intents.at(0);
    auto accept = step(dial, attempt::event::accept);
    accept.sid = sid(static_cast<int>(++calls_));
    must(one<attempt_advanced>(accept));
    if (outcome == call::outcome::answered) {
      auto over = callback(dial, *accept.sid, call::status::completed, 3);
      over.duration_seconds = 65;
      must(one<callback_recorded>(over));
    }
    auto settle = step(dial, attempt::event::settle);
    settle.target_step =
        outcome == call::outcome::answered ? target::event::reach : target::event::give_up;
    settle.outcome = outcome;
    must(one<attempt_advanced>(settle));
    return dial.attempt;
  }
  campaign_steered finish(const identity& who, const campaign_id& campaign) {
    return must(steer(as_engine(who), campaign, campaign::action::finish));
  }

  /// How often a task's audit trail shows these steps, in their order: "task.call:a>b ...".
  std::string trail(const task_id& id) {
    return text(
        "select coalesce(string_agg(action || ':' || from_status || '>' || to_status, ' ' order by "
        "seq), '')"
        " from ringmaster.audit where subject_kind = 'call_task' and subject_id = '" +
        to_string(id) + "'");
  }
  std::string notices(const task_id& id) {
    return text(
        "select coalesce(string_agg(kind, ' ' order by id), '') from ringmaster.notifications "
        "where subject_id = '" +
        to_string(id) + "'");
  }

  std::size_t calls_ = 0;
};

} // namespace ringmaster::test
