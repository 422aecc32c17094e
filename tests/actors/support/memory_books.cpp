#include "tests/actors/support/memory_books.hpp"

#include <algorithm>
#include <stdexcept>

namespace ringmaster::testing {

namespace {

tl::unexpected<error> unavailable() { return fail(errc::unavailable, "the database is away"); }
[[noreturn]] void nobody_asks() { throw std::logic_error("the engine has no business with this"); }

/// The books that the engine's own actors open. The others are the edge's.
class work final : public desk_work,
                   task_book,
                   contact_book,
                   settings_book,
                   notification_book,
                   ringmaster::vault,
                   usage_book,
                   call_book {
public:
  work(memory_tasks& all, const identity& who) : all_(all), who_(who) {}

  // -- campaigns and what belongs to them --
  result<campaign::view> create_campaign(const campaign::draft&) override { nobody_asks(); }
  result<page<campaign::view>> list_campaigns(
      const page_request&, std::optional<campaign::status>, const std::string&) override {
    nobody_asks();
  }
  result<campaign::view> find_campaign(const campaign_id&) override { nobody_asks(); }
  result<void> delete_campaign(const campaign_id&) override { nobody_asks(); }
  result<void>
  add_targets(const campaign_id&, std::span<const target::checked>, target::report&) override {
    nobody_asks();
  }
  result<page<target::view>>
  list_targets(const campaign_id&, const page_request&, std::optional<target::status>) override {
    nobody_asks();
  }
  result<page<call::view>> list_calls(std::optional<campaign_id>, const page_request&) override {
    nobody_asks();
  }
  result<call::view> find_call(const attempt_id&) override { nobody_asks(); }
  result<page<suppression_view>> list_suppressions(const page_request&) override { nobody_asks(); }
  result<suppression_view>
  add_suppression(const phone_number&, const std::string&, const std::string&) override {
    nobody_asks();
  }
  result<void> remove_suppression(const suppression_id&) override { nobody_asks(); }
  result<page<audit_view>> list_audit(const page_request&, const std::string&) override {
    nobody_asks();
  }
  result<void> note_operation(
      const std::string&, const std::string&, const uuid&, const std::string&) override {
    nobody_asks();
  }
  result<page<api_key_view>> list_api_keys(const page_request&) override { nobody_asks(); }
  result<api_key_view> create_api_key(
      const api_key_id&, const std::string&, std::uint8_t, const std::string&, const std::string&,
      std::optional<instant>) override {
    nobody_asks();
  }
  result<void> delete_api_key(const api_key_id&) override { nobody_asks(); }
  result<std::optional<stored_answer>>
  claim_key(const std::string&, const std::string&, const std::string&) override {
    nobody_asks();
  }
  result<void> store_answer(const std::string&, const std::string&, const stored_answer&) override {
    nobody_asks();
  }
  task_book& tasks() override { return *this; }
  contact_book& contacts() override { return *this; }
  settings_book& settings() override { return *this; }
  notification_book& notifications() override { return *this; }
  ringmaster::vault& vault() override { return *this; }
  usage_book& usage() override { return *this; }
  call_book& conversations() override { return *this; }
  identity_book& identities() override { nobody_asks(); }
  knowledge_book& knowledge() override { return all_.known.knowledge(who_); }
  chat_book& chats() override { return all_.known.chats(who_); }
  calendar_book& calendar() override { return all_.known.calendar(who_); }
  webhook_book& webhooks() override { return all_.hooks.book(who_); }
  campaign_book& campaigns() override { nobody_asks(); }
  ledger_book& ledger() override { nobody_asks(); }
  list_book& lists() override { nobody_asks(); }
  instant now() const override { return all_.store.now(); }

  // -- tasks --
  result<task::record> create(const task_id&, const task::checked&) override { nobody_asks(); }
  result<page<task::record>> list(const page_request&, const task_book::filter&) override {
    nobody_asks();
  }
  result<task::record> find(const task_id& id) override {
    auto found = all_.data.tasks.find(id);
    if (found == all_.data.tasks.end() || found->second.user != who_.user)
      return fail(errc::not_found, "no such task");
    return found->second.now;
  }
  result<task::record>
  act(const task_id& id, const task::act& what, std::optional<std::int64_t>) override {
    if (auto known = find(id); !known)
      return known;
    return all_.act(id, what, who_.actor);
  }
  result<task::circumstances> around(const task::record&) override {
    return all_.around(who_.actor);
  }
  result<campaign_id> prepare_call(const task_id& id, const assistant::script& script) override {
    auto now = find(id);
    if (!now)
      return fail(std::move(now.error()));
    auto number = task::may_call(*now, all_.around(who_.actor));
    if (!number)
      return fail(std::move(number.error()));
    all_.data.tasks.at(id).now.script = script;
    for (const auto& [known, row] : all_.store.campaigns)
      if (row.task == id && row.brief.state == campaign::status::draft)
        return known;
    const auto& s = all_.data.settings;
    campaign_brief b;
    b.timezone = s.timezone;
    b.start = s.allowed_call_start_time;
    b.end = s.allowed_call_end_time;
    b.days = s.allowed_days_of_week;
    b.max_concurrent_calls = 1;
    auto campaign = all_.store.add_campaign(who_.user, b);
    all_.store.campaigns.at(campaign).task = id;
    all_.store.add_target(campaign, number->reveal());
    return campaign;
  }
  result<std::vector<call::view>> calls(const task_id& id) override {
    std::vector<call::view> out;
    for (const auto& [key, a] : all_.store.attempts) {
      if (all_.store.campaigns.at(a.what.campaign).task != id)
        continue;
      call::view v;
      v.id = key;
      v.task = id.value;
      v.to = a.what.to;
      v.from = a.what.from;
      v.attempt_state = attempt::to_string(a.state);
      v.sid = a.sid;
      v.state = a.call_state;
      v.created_at = a.what.permit_at;
      out.push_back(std::move(v));
    }
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
      return a.created_at > b.created_at;
    });
    return out;
  }

  // -- contacts, settings --
  result<contact::view> create(const contact_id&, const contact::checked&) override {
    nobody_asks();
  }
  result<page<contact::view>> list(const page_request&, const std::string&) override {
    nobody_asks();
  }
  result<contact::view> find(const contact_id&) override { nobody_asks(); }
  result<contact::view>
  replace(const contact_id&, const contact::checked&, std::optional<std::int64_t>) override {
    nobody_asks();
  }
  result<void> remove(const contact_id&) override { nobody_asks(); }
  result<assistant_settings> read() override { return all_.data.settings; }
  result<assistant_settings>
  write(const assistant_settings&, std::optional<std::int64_t>) override {
    nobody_asks();
  }
  result<business_profile> read_profile() override {
    all_.readers.push_back(who_);
    return all_.data.profile;
  }
  result<business_profile>
  write_profile(const business_profile&, std::optional<std::int64_t>) override {
    nobody_asks(); // agents only read it
  }

  // -- notifications, secrets, costs --
  result<notification::view> add(const notification::draft&) override { nobody_asks(); }
  result<unread_page> list(const page_request&, bool) override { nobody_asks(); }
  result<notification::view> mark_read(const notification_id&) override { nobody_asks(); }
  result<std::int64_t> mark_all_read() override { nobody_asks(); }
  result<entry> put(const std::string&, const std::string&, const std::string&) override {
    nobody_asks();
  }
  result<std::vector<entry>> list() override {
    std::vector<entry> out;
    for (const auto& [name, secret] : all_.data.secrets)
      out.push_back({name, {}, {}});
    return out;
  }
  result<void> remove(const std::string&) override { nobody_asks(); }
  result<std::optional<std::string>> open(const std::string& name) override {
    auto found = all_.data.secrets.find(name);
    return found == all_.data.secrets.end() ? std::nullopt : std::optional(found->second);
  }
  result<void> note(
      assistant::function what, std::optional<task_id> about, std::optional<attempt_id> call,
      const std::vector<assistant::usage>& tries) override {
    for (const auto& one : tries)
      all_.data.costs.push_back({what, about, one, call});
    return {};
  }
  result<std::int64_t> spent_today() override {
    auto sum = all_.data.spent_before;
    for (const auto& c : all_.data.costs)
      sum += c.one.cost_micros;
    return sum;
  }
  result<std::vector<line>> report(int) override { nobody_asks(); }

  // -- conversations --
  result<talk::loaded> load(const attempt_id& id) override {
    ++all_.loads;
    auto known = attempt(id);
    if (!known)
      return fail(std::move(known.error()));
    const auto& a = **known;
    const auto& campaign = all_.store.campaigns.at(a.what.campaign);
    auto brief = std::make_shared<assistant::live_brief>();
    brief->disclosure = "This is an automated call.";
    brief->words.introduction = "This is an automated call. I would like to book a table.";
    brief->about.instruction = "Book a table for two at seven";
    brief->of_task = campaign.task.has_value();
    auto about = std::make_shared<talk::facts>(all_.data.how_to_talk);
    about->brief = std::move(brief);
    talk::loaded l;
    l.about = std::move(about);
    l.sid = a.sid;
    l.call_ended = a.call_state && call::ended(*a.call_state);
    l.task = campaign.task;
    l.campaign = a.what.campaign;
    l.target = a.what.target;
    l.schema = all_.data.schema;
    l.record = true;
    if (auto row = all_.store.talks.find(id); row != all_.store.talks.end()) {
      l.begun = true;
      l.known = row->second.now;
      l.answered_at = row->second.begun_at;
      l.wrapped = row->second.wrapped;
      for (const auto& [n, piece] : row->second.pieces)
        l.so_far.push_back(piece);
    }
    return l;
  }
  result<std::vector<talk::segment>> transcript(const attempt_id& id, std::int32_t after) override {
    std::vector<talk::segment> out;
    for (const auto& [n, piece] : all_.store.talks.at(id).pieces)
      if (n > after)
        out.push_back(piece);
    return out;
  }
  result<talk::view> find(const attempt_id&) override { nobody_asks(); }
  result<page<call::view>> search(const std::string&, const page_request&) override {
    nobody_asks();
  }
  result<void> ask_owner(const attempt_id&, const talk::owner_question& what) override {
    all_.data.asked.push_back(what);
    return {};
  }
  result<talk::owner_question>
  answer_question(const attempt_id&, std::int32_t, bool, const std::string&) override {
    nobody_asks();
  }
  result<talk::owner_question> close_question(const attempt_id& id, std::int32_t n) override {
    for (auto& q : all_.store.talks.at(id).now.questions)
      if (q.n == n) {
        if (q.now == talk::owner_question::state::open)
          q.now = talk::owner_question::state::timeout;
        return q;
      }
    return fail(errc::not_found, "no such question");
  }
  result<void> opt_out(const attempt_id& id, const std::string& words) override {
    auto& all = all_.data.opted_out;
    auto same = [&](const auto& one) { return one.first == id; };
    if (std::none_of(all.begin(), all.end(), same)) {
      all.emplace_back(id, words);
      all_.store.log.emplace_back("opt-out");
    }
    return {};
  }
  result<void> note_recording(const attempt_id&, const talk::recording&) override { nobody_asks(); }
  result<void> note_control(const attempt_id&, const std::string&, const std::string&) override {
    nobody_asks();
  }
  result<talk::wrapped> wrap_up(
      const attempt_id& id, const talk::findings& found, const std::string& by, const std::string&,
      bool again) override {
    auto& row = all_.store.talks.at(id);
    talk::wrapped out;
    if (row.wrapped && !again) {
      out.found = row.found;
      out.fresh = false;
      return out;
    }
    const auto& campaign = all_.store.campaigns.at(all_.store.attempts.at(id).what.campaign);
    if (campaign.task) {
      auto moved = all_.act(
          *campaign.task, task::wrapped_up{found, row.now.message_left}, who_.actor);
      if (!moved)
        return fail(std::move(moved.error()));
      out.task = std::move(*moved);
    }
    if (row.follow_ups.empty())
      for (const auto& f : found.follow_ups) {
        row.follow_ups.push_back(all_.add(who_.user, f.instruction, "+12125550142"));
        ++out.follow_ups_made;
      }
    row.wrapped = true;
    ++row.times_wrapped;
    row.found = found;
    row.found_by = by;
    ++all_.data.wrap_ups;
    out.found = found;
    out.follow_ups = row.follow_ups;
    out.proposals = all_.data.proposed;
    return out;
  }

private:
  result<const memory_database::attempt_row*> attempt(const attempt_id& id) const {
    auto found = all_.store.attempts.find(id);
    if (found == all_.store.attempts.end() || found->second.what.user != who_.user)
      return fail(errc::not_found, "no such call");
    return &found->second;
  }

  memory_tasks& all_;
  const identity& who_;
};

class memory_desk final : public desk {
public:
  explicit memory_desk(memory_tasks& all) : all_(all) {}

  installation_book& installation() override { nobody_asks(); }
  result<void>
  transact(const identity& who, const std::function<result<void>(desk_work&)>& work_of) override {
    if (all_.throws > 0) {
      --all_.throws;
      throw std::runtime_error("the connection broke");
    }
    if (all_.store.frozen || all_.store.away || (all_.admit && !all_.admit(who)))
      return unavailable();
    auto before = all_.data;
    auto known_before = all_.known.data;
    auto hooks_before = all_.hooks.data;
    work books(all_, who);
    auto done = work_of(books);
    if (!done) {
      all_.data = std::move(before);
      all_.known.data = std::move(known_before);
      all_.hooks.data = std::move(hooks_before);
    } else if (all_.doubt > 0) {
      --all_.doubt;
      return unavailable();
    }
    return done;
  }
  result<std::optional<api_key_record>> find_api_key(const api_key_id&) override { nobody_asks(); }
  result<void> touch_api_key(const user_id&, const api_key_id&, instant) override { nobody_asks(); }
  result<std::vector<wrap_up_due>> wrap_ups_due(std::size_t limit) override {
    if (all_.store.frozen || all_.store.away)
      return unavailable();
    std::vector<wrap_up_due> out;
    for (const auto& [id, row] : all_.store.talks)
      if (!row.wrapped && all_.store.attempts.at(id).state == attempt::status::ended
          && out.size() < limit)
        out.push_back({row.user, id});
    return out;
  }
  webhook_outbox& outbox() override { return all_.hooks; }
  result<std::vector<task_due>> tasks_due(instant until, std::size_t limit) override {
    ++all_.dues;
    if (all_.store.frozen || all_.store.away)
      return unavailable();
    using enum task::status;
    std::vector<task_due> out;
    for (const auto& [id, t] : all_.data.tasks) {
      const auto& r = t.now;
      auto waits = r.state == pending || r.state == preparing;
      auto again = r.state == ready_to_call && r.retry_at && *r.retry_at <= until;
      if ((waits || again) && out.size() < limit)
        out.push_back({t.user, id, r.state});
    }
    return out;
  }

private:
  memory_tasks& all_;
};

} // namespace

memory_tasks::memory_tasks(memory_database& database)
    : store(database),
      known(support::memory_knowledge::surroundings{
          [this] { return store.now(); }, [this](const user_id&) { return data.profile; },
          [this](const identity&, const notification::draft& told) { data.told.push_back(told); },
          {}}) {
  data.settings.timezone = "UTC";
  data.settings.allowed_call_start_time = "00:00:00";
  data.settings.allowed_call_end_time = "24:00:00";
  store.end_task = [this](const task_id& id, const task::act& what, const std::string& actor) {
    return act(id, what, actor);
  };
}

std::unique_ptr<desk> memory_tasks::make_desk() { return std::make_unique<memory_desk>(*this); }

task_id memory_tasks::add(user_id user, std::string instruction, std::string number) {
  auto id = task_id{store.make_id()};
  task::draft d;
  d.raw_instruction = std::move(instruction);
  d.target_phone_number = std::move(number);
  auto checked = task::check(d, "US");
  if (!checked)
    throw std::logic_error(checked.error().detail);
  data.tasks[id] = {user, task::open(id, *checked, data.settings, store.now()), {}};
  return id;
}

std::size_t memory_tasks::told(notification::kind what) const {
  return static_cast<std::size_t>(std::count_if(
      data.told.begin(), data.told.end(), [&](const auto& d) { return d.what == what; }));
}

std::size_t memory_tasks::trails(const task_id& id, const std::string& action) const {
  const auto& trail = data.tasks.at(id).trail;
  return static_cast<std::size_t>(std::count(trail.begin(), trail.end(), action));
}

task::circumstances memory_tasks::around(const std::string& actor) const {
  task::circumstances c;
  c.actor = actor;
  c.now = store.now();
  c.settings = data.settings;
  c.region = "US";
  return c;
}

result<task::record>
memory_tasks::act(const task_id& id, const task::act& what, const std::string& actor) {
  auto& row = data.tasks.at(id);
  auto decided = task::decide(row.now, what, around(actor));
  if (!decided)
    return fail(std::move(decided.error()));
  row.now = std::move(decided->next);
  for (auto& d : decided->tell)
    data.told.push_back(std::move(d));
  for (auto& line : decided->audit)
    row.trail.push_back(line.action);
  return row.now;
}

} // namespace ringmaster::testing
