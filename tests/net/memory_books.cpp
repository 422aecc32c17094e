#include "tests/net/memory_books.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tests/net/memory_calls.hpp"

namespace ringmaster::net_tests {

namespace {

/// The rows of one user, newest first, as a page.
template <class Owned, class View>
page<View> newest_first(
    const std::vector<Owned>& rows, const user_id& user, const page_request& p, auto wanted,
    auto view_of) {
  std::vector<View> mine;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row)
    if (row->user == user && wanted(*row))
      mine.push_back(view_of(*row));
  auto begin = static_cast<std::size_t>(p.cursor.empty() ? p.offset : std::stol(p.cursor));
  auto end = std::min(mine.size(), begin + static_cast<std::size_t>(p.limit));
  page<View> out;
  for (auto i = begin; i < end; ++i)
    out.items.push_back(mine[i]);
  out.total = static_cast<std::int64_t>(mine.size());
  if (end < mine.size())
    out.next_cursor = std::to_string(end);
  return out;
}

error changed() {
  return error{.code = errc::conflict, .detail = "somebody else changed it; read it again"};
}

class memory_contacts final : public contact_book {
public:
  memory_contacts(memory_desk& home, const identity& who) : home_(home), who_(who) {}

  result<contact::view> create(const contact_id& id, const contact::checked& d) override {
    contact::view v;
    v.id = id;
    v.created_at = home_.now;
    home_.data.contacts.push_back({who_.user, v});
    return write(home_.data.contacts.back().view, d, 1);
  }
  result<page<contact::view>> list(const page_request& p, const std::string& q) override {
    return newest_first<memory_desk::owned_contact, contact::view>(
        home_.data.contacts, who_.user, p,
        [&](const auto& row) { return row.view.name.find(q) != std::string::npos; },
        [](const auto& row) { return row.view; });
  }
  result<contact::view> find(const contact_id& id) override {
    if (auto row = row_of(id))
      return *row;
    return fail(errc::not_found, "there is no such contact");
  }
  result<contact::view> replace(
      const contact_id& id, const contact::checked& d,
      std::optional<std::int64_t> if_version) override {
    auto row = row_of(id);
    if (!row)
      return fail(errc::not_found, "there is no such contact");
    if (if_version && *if_version != row->version)
      return fail(changed());
    return write(*row, d, row->version + 1);
  }
  result<void> remove(const contact_id& id) override {
    if (!row_of(id))
      return fail(errc::not_found, "there is no such contact");
    std::erase_if(home_.data.contacts, [&](const auto& row) { return row.view.id == id; });
    for (auto& row : home_.data.tasks)
      if (row.task.contact == id)
        row.task.contact.reset();
    return {};
  }

private:
  contact::view* row_of(const contact_id& id) {
    for (auto& row : home_.data.contacts)
      if (row.user == who_.user && row.view.id == id)
        return &row.view;
    return nullptr;
  }
  contact::view write(contact::view& v, const contact::checked& d, std::int64_t version) {
    v.name = d.name;
    v.company_name = d.company_name;
    v.number = d.number;
    v.email = d.email;
    v.timezone = d.timezone;
    v.notes = d.notes;
    v.version = version;
    v.updated_at = home_.now;
    return v;
  }

  memory_desk& home_;
  const identity& who_;
};

class memory_settings final : public settings_book {
public:
  memory_settings(memory_desk& home, const identity& who) : home_(home), who_(who) {}

  result<assistant_settings> read() override { return home_.data.settings[who_.user]; }
  result<assistant_settings>
  write(const assistant_settings& s, std::optional<std::int64_t> if_version) override {
    auto& row = home_.data.settings[who_.user];
    if (if_version && *if_version != row.version)
      return fail(changed());
    auto version = row.version + 1;
    row = s;
    row.version = version;
    return row;
  }
  result<business_profile> read_profile() override { return home_.data.profiles[who_.user]; }
  result<business_profile>
  write_profile(const business_profile& p, std::optional<std::int64_t> if_version) override {
    auto& row = home_.data.profiles[who_.user];
    if (if_version && *if_version != row.version)
      return fail(changed());
    auto version = row.version + 1;
    row = p;
    row.version = version;
    row.updated_at = home_.now;
    return row;
  }

private:
  memory_desk& home_;
  const identity& who_;
};

class memory_notifications final : public notification_book {
public:
  memory_notifications(memory_desk& home, const identity& who) : home_(home), who_(who) {}

  result<notification::view> add(const notification::draft& d) override {
    notification::view v;
    v.id = notification_id{home_.make_id()};
    v.said = d;
    v.created_at = home_.now;
    home_.data.notifications.push_back({who_.user, v});
    return v;
  }
  result<unread_page> list(const page_request& p, bool unread_only) override {
    unread_page out;
    out.list = newest_first<memory_desk::owned_notification, notification::view>(
        home_.data.notifications, who_.user, p,
        [&](const auto& row) { return !unread_only || !row.view.read_at; },
        [](const auto& row) { return row.view; });
    for (const auto& row : home_.data.notifications)
      out.unread += row.user == who_.user && !row.view.read_at;
    return out;
  }
  result<notification::view> mark_read(const notification_id& id) override {
    for (auto& row : home_.data.notifications)
      if (row.user == who_.user && row.view.id == id) {
        row.view.read_at = row.view.read_at.value_or(home_.now);
        return row.view;
      }
    return fail(errc::not_found, "there is no such notification");
  }
  result<std::int64_t> mark_all_read() override {
    std::int64_t count = 0;
    for (auto& row : home_.data.notifications)
      if (row.user == who_.user && !row.view.read_at) {
        row.view.read_at = home_.now;
        ++count;
      }
    return count;
  }

private:
  memory_desk& home_;
  const identity& who_;
};

class memory_tasks final : public task_book {
public:
  memory_tasks(
      memory_desk& home, const identity& who, contact_book& contacts, settings_book& settings,
      notification_book& notifications)
      : home_(home), who_(who), contacts_(contacts), settings_(settings),
        notifications_(notifications) {}

  result<task::record> create(const task_id& id, const task::checked& d) override {
    if (d.what.contact && !contacts_.find(*d.what.contact))
      return fail_field("/contact_id", "unknown", "there is no such contact");
    auto r = task::open(id, d, settings_.read().value(), home_.now);
    home_.data.tasks.push_back({who_.user, r});
    note({"task.create", r.state, r.state, ""}, id);
    return r;
  }
  result<page<task::record>> list(const page_request& p, const filter& f) override {
    return newest_first<memory_desk::owned_task, task::record>(
        home_.data.tasks, who_.user, p,
        [&](const auto& row) {
          const auto& t = row.task;
          return (!f.state || t.state == *f.state) && (!f.urgency || t.urgency == *f.urgency) &&
                 (t.raw_instruction + t.title).find(f.q) != std::string::npos;
        },
        [](const auto& row) { return row.task; });
  }
  result<task::record> find(const task_id& id) override {
    if (auto row = row_of(id))
      return *row;
    return fail(errc::not_found, "there is no such task");
  }
  result<task::record>
  act(const task_id& id, const task::act& what, std::optional<std::int64_t> if_version) override {
    auto row = row_of(id);
    if (!row)
      return fail(errc::not_found, "there is no such task");
    if (home_.before_act)
      home_.before_act(*row);
    if (if_version && *if_version != row->version)
      return fail(changed());
    auto subject = *row;
    if (auto edit = std::get_if<task::edited>(&what); edit && edit->changes.contact) {
      subject.contact = *edit->changes.contact;
      if (subject.contact && !contacts_.find(*subject.contact))
        return fail_field("/contact_id", "unknown", "there is no such contact");
    }
    auto done = task::decide(*row, what, around(subject).value());
    if (!done)
      return fail(done.error());
    *row = done->next;
    for (const auto& n : done->tell)
      notifications_.add(n);
    for (const auto& line : done->audit)
      note(line, id);
    return *row;
  }
  result<task::circumstances> around(const task::record& r) override {
    task::circumstances c;
    c.actor = who_.actor;
    c.now = home_.now;
    c.settings = settings_.read().value();
    if (r.contact)
      if (auto found = contacts_.find(*r.contact))
        c.contact = *found;
    c.region = "US";
    return c;
  }
  result<campaign_id> prepare_call(const task_id&, const assistant::script&) override {
    return fail(errc::internal, "the edge starts no calls by itself");
  }
  result<std::vector<call::view>> calls(const task_id& id) override {
    if (!row_of(id))
      return fail(errc::not_found, "there is no such task");
    std::vector<call::view> mine;
    for (const auto& [user, c] : home_.data.calls)
      if (user == who_.user && c.task == id.value)
        mine.push_back(c);
    return mine;
  }

private:
  task::record* row_of(const task_id& id) {
    for (auto& row : home_.data.tasks)
      if (row.user == who_.user && row.task.id == id)
        return &row.task;
    return nullptr;
  }
  void note(const task::trail& line, const task_id& id) {
    audit_view a;
    a.seq = static_cast<std::int64_t>(home_.data.audit.size()) + 1;
    a.at = home_.now;
    a.actor = who_.actor;
    a.action = line.action;
    a.subject_kind = "call_task";
    a.subject_id = to_string(id);
    a.from_status = task::to_string(line.from);
    a.to_status = task::to_string(line.to);
    a.reason = line.reason;
    a.request_id = who_.request_id;
    home_.data.audit.emplace_back(who_.user, a);
  }

  memory_desk& home_;
  const identity& who_;
  contact_book& contacts_;
  settings_book& settings_;
  notification_book& notifications_;
};

class memory_vault final : public ringmaster::vault {
public:
  memory_vault(memory_desk& home, const identity& who) : home_(home), who_(who) {}

  result<entry>
  put(const std::string& name, const std::string& label, const std::string& secret) override {
    auto& row = home_.data.secrets[{who_.user, name}];
    row = {
        {name, label, home_.now},
        secret
    };
    return row.shown;
  }
  result<std::vector<entry>> list() override {
    std::vector<entry> mine;
    for (const auto& [owner, row] : home_.data.secrets)
      if (owner.first == who_.user)
        mine.push_back(row.shown);
    return mine;
  }
  result<void> remove(const std::string& name) override {
    if (home_.data.secrets.erase({who_.user, name}) == 0)
      return fail(errc::not_found, "there is no such credential");
    return {};
  }
  result<std::optional<std::string>> open(const std::string& name) override {
    auto found = home_.data.secrets.find({who_.user, name});
    if (found == home_.data.secrets.end())
      return std::optional<std::string>();
    return std::optional(found->second.secret);
  }

private:
  memory_desk& home_;
  const identity& who_;
};

class memory_usage final : public usage_book {
public:
  memory_usage(memory_desk& home, const identity& who) : home_(home), who_(who) {}

  result<void> note(
      assistant::function what, std::optional<task_id>, std::optional<attempt_id>,
      const std::vector<assistant::usage>& tries) override {
    for (const auto& t : tries)
      home_.data.usage[who_.user].push_back(
          {"2026-05-28", t.provider, t.model, std::string(to_string(what)), 1, t.prompt_tokens,
           t.completion_tokens, t.cost_micros});
    return {};
  }
  result<std::int64_t> spent_today() override {
    std::int64_t sum = 0;
    for (const auto& l : home_.data.usage[who_.user])
      sum += l.cost_micros;
    return sum;
  }
  result<std::vector<line>> report(int days) override {
    home_.days_reported = days;
    return home_.data.usage[who_.user];
  }

private:
  memory_desk& home_;
  const identity& who_;
};

} // namespace

struct memory_books::all {
  all(memory_desk& home, const identity& who)
      : contacts(home, who), settings(home, who), notifications(home, who), vault(home, who),
        usage(home, who), conversations(home, who), identities(home, who), tasks(home, who, contacts, settings, notifications) {}

  memory_contacts contacts;
  memory_settings settings;
  memory_notifications notifications;
  memory_vault vault;
  memory_usage usage;
  memory_calls conversations;
  memory_identities identities;
  memory_tasks tasks;
};

memory_books::memory_books(memory_desk& home, const identity& who)
    : all_(std::make_unique<all>(home, who)) {}
memory_books::~memory_books() = default;

task_book& memory_books::tasks() { return all_->tasks; }
contact_book& memory_books::contacts() { return all_->contacts; }
settings_book& memory_books::settings() { return all_->settings; }
notification_book& memory_books::notifications() { return all_->notifications; }
ringmaster::vault& memory_books::vault() { return all_->vault; }
usage_book& memory_books::usage() { return all_->usage; }
call_book& memory_books::conversations() { return all_->conversations; }
identity_book& memory_books::identities() { return all_->identities; }

} // namespace ringmaster::net_tests
