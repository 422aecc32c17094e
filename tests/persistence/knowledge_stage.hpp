#pragma once

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "domain/knowledge_changes.hpp"
#include "tests/persistence/talk_stage.hpp"
#include "tests/support/memory_knowledge.hpp"

// The books of knowledge, chats and calendar, wherever they are kept: what both keepers must do is
// tried on both.

namespace ringmaster::test {

struct shelf {
  knowledge_book& knowledge;
  chat_book& chats;
  calendar_book& calendar;
};

class home {
public:
  virtual ~home() = default;
  virtual std::string name() const = 0;
  virtual identity person(const std::string& who) = 0;
  virtual result<void>
  transact(const identity& who, const std::function<result<void>(shelf&)>& work) = 0;
  virtual void write_profile(const identity& who, const business_profile& p) = 0;
  /// What a user was told, oldest first: "knowledge_gap What is ...?".
  virtual std::vector<std::string> told(const identity& who) = 0;
  /// The actions in the audit trail, oldest first: "gap.resolve:open>resolved".
  virtual std::vector<std::string> trail(const identity& who) = 0;

  /// One transaction, whose answer is given back.
  template <class Work>
  auto at(const identity& who, Work work) {
    std::invoke_result_t<Work, shelf&> answer = fail(errc::internal, "not run");
    auto done = transact(who, [&](shelf& s) -> result<void> {
      answer = work(s);
      if (!answer)
        return fail(answer.error());
      return {};
    });
    if (!done)
      answer = fail(done.error());
    return answer;
  }
};

class memory_home final : public home {
public:
  std::string name() const override { return "memory"; }
  identity person(const std::string& who) override {
    user_id id{make_uuid7(test_cluster::get().time().now(), test_cluster::get().random())};
    return {id, "user:" + who + "@example.com", "req-1"};
  }
  result<void>
  transact(const identity& who, const std::function<result<void>(shelf&)>& work) override {
    auto before = std::tuple(kept_.data, told_, trail_);
    shelf s{kept_.knowledge(who), kept_.chats(who), kept_.calendar(who)};
    auto done = work(s);
    if (!done)
      std::tie(kept_.data, told_, trail_) = std::move(before);
    return done;
  }
  void write_profile(const identity& who, const business_profile& p) override {
    profiles_[who.user] = p;
  }
  std::vector<std::string> told(const identity& who) override { return told_[who.user]; }
  std::vector<std::string> trail(const identity& who) override { return trail_[who.user]; }

private:
  std::map<user_id, business_profile> profiles_;
  std::map<user_id, std::vector<std::string>> told_, trail_;
  support::memory_knowledge kept_{
      {[] { return test_cluster::get().time().now(); },
       [this](const user_id& user) { return profiles_[user]; },
       [this](const identity& who, const notification::draft& n) {
         told_[who.user].push_back(std::string(notification::to_string(n.what)) + " " + n.text);
       }, [this](const identity& who, const audit_view& row) {
         trail_[who.user].push_back(row.action + ":" + row.from_status + ">" + row.to_status);
       }}
  };
};

class postgres_home final : public home {
public:
  std::string name() const override { return "PostgreSQL"; }
  identity person(const std::string& who) override {
    return who == "ann" ? s.ann : s.add_user(who + "@example.com");
  }
  result<void>
  transact(const identity& who, const std::function<result<void>(shelf&)>& work) override {
    return s.desk->transact(who, [&](desk_work& w) {
      shelf books{w.knowledge(), w.chats(), w.calendar()};
      return work(books);
    });
  }
  void write_profile(const identity& who, const business_profile& p) override {
    auto written = s.at_desk(who, [&](desk_work& w) { return w.settings().write_profile(p, {}); });
    if (!written)
      throw std::runtime_error(written.error().detail);
  }
  std::vector<std::string> told(const identity& who) override {
    return texts(
        "select kind || ' ' || text from ringmaster.notifications where user_id = '" +
        to_string(who.user) + "' order by id");
  }
  std::vector<std::string> trail(const identity& who) override {
    return texts(
        "select action || ':' || from_status || '>' || to_status from ringmaster.audit "
        "where user_id = '" +
        to_string(who.user) +
        "' and subject_kind in ('knowledge_gap', 'knowledge_chunk', 'calendar_proposal', "
        "'calendar_event', 'calendar', 'chat') order by seq");
  }
  std::vector<std::string> texts(const std::string& sql) {
    auto admin = test_cluster::get().connect_admin(s.name);
    auto rows = admin.execute(sql);
    std::vector<std::string> list;
    for (std::size_t i = 0; i < rows.size(); ++i)
      list.push_back(rows[i].take<std::string>());
    return list;
  }

  talk_stage s;
};

inline std::vector<std::unique_ptr<home>> homes() {
  std::vector<std::unique_ptr<home>> all;
  all.push_back(std::make_unique<memory_home>());
  all.push_back(std::make_unique<postgres_home>());
  return all;
}

/// An id that is greater than all before.
template <class Id>
Id fresh() {
  task_stage::wait_a_tick();
  return Id{make_uuid7(test_cluster::get().time().now(), test_cluster::get().random())};
}

inline identity as_engine(const identity& who) { return {who.user, "engine", ""}; }

inline knowledge::checked_chunk piece(
    const std::string& title, const std::string& text,
    knowledge::category about = knowledge::category::other) {
  return {title, text, "price list of May", about};
}

inline gap::checked asked(
    const std::string& question, gap::source from = gap::source::api,
    std::optional<uuid> context = {}) {
  gap::draft d;
  d.question = question;
  d.from = from;
  d.context = context;
  d.answered = "I do not know that.";
  return task_stage::must(gap::check(d));
}

inline uuid call_id() { return fresh<attempt_id>().value; }

} // namespace ringmaster::test
