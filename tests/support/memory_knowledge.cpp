#include "tests/support/memory_knowledge.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>

#include "domain/knowledge_changes.hpp"
#include "domain/relevance.hpp"

namespace ringmaster::support {

namespace {

/// A part of a list that stands in its order. Cursors are places in it.
template <class T>
result<page<T>> part_of(std::vector<T> all, const page_request& p) {
  auto begin = static_cast<std::size_t>(std::max<std::int64_t>(p.offset, 0));
  if (!p.cursor.empty()) {
    auto [end, problem] =
        std::from_chars(p.cursor.data(), p.cursor.data() + p.cursor.size(), begin);
    if (problem != std::errc{} || end != p.cursor.data() + p.cursor.size())
      return fail_field("/cursor", "invalid", "this cursor is not one of this list");
  }
  auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(p.limit, 1, 500));
  page<T> out;
  out.total = static_cast<std::int64_t>(all.size());
  for (auto i = begin; i < all.size() && out.items.size() < limit; ++i)
    out.items.push_back(std::move(all[i]));
  if (begin + out.items.size() < all.size() && !out.items.empty())
    out.next_cursor = std::to_string(begin + out.items.size());
  return out;
}

bool says(const std::string& text, const std::string& q) {
  auto same = [](char a, char b) {
    auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(a) == lower(b);
  };
  return std::search(text.begin(), text.end(), q.begin(), q.end(), same) != text.end();
}

template <class List, class Id>
auto* row_of(List& rows, const Id& id) {
  auto at = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.id == id; });
  return at == rows.end() ? nullptr : &*at;
}

template <class T>
tl::unexpected<error> stale(const T& row) {
  return fail(
      errc::conflict,
      "somebody else changed it; it has version " + std::to_string(row.version) + " now");
}

tl::unexpected<error> users_only() {
  return fail(errc::forbidden, "only the user may do this, no agent");
}

} // namespace

struct memory_knowledge::part {
  memory_knowledge& home;
  identity who;

  shelf& mine() { return home.data[who.user]; }
  instant now() const { return home.around_.now(); }
  bool agent() const { return who.actor == "engine"; }
  void tell(const notification::draft& n) {
    if (home.around_.tell)
      home.around_.tell(who, n);
  }
  void trail(
      std::string action, std::string kind, const uuid& subject, std::string_view from = {},
      std::string_view to = {}, std::string reason = {}) {
    if (!home.around_.trail)
      return;
    audit_view row;
    row.at = now();
    row.actor = who.actor;
    row.action = std::move(action);
    row.subject_kind = std::move(kind);
    row.subject_id = to_string(subject);
    row.from_status = from;
    row.to_status = to;
    row.reason = std::move(reason);
    row.request_id = who.request_id;
    home.around_.trail(who, row);
  }
};

// -- knowledge ------------------------------------------------------------------------------------

class memory_knowledge::knowledge_shelf final : public knowledge_book, private part {
public:
  explicit knowledge_shelf(part p) : part(std::move(p)) {}

  result<knowledge::chunk> add_chunk(
      const chunk_id& id, const knowledge::checked_chunk& c,
      std::optional<gap_id> answers) override {
    if (agent())
      return users_only();
    if (mine().chunks.size() >= knowledge::chunks_most)
      return fail(errc::invalid, "the knowledge base is full");
    if (answers && !row_of(mine().gaps, *answers))
      return fail(errc::not_found, "no such knowledge gap");
    knowledge::chunk row;
    row.id = id;
    row.added_by = who.actor;
    row.gap = answers;
    row.created_at = now();
    mine().chunks.push_back(row);
    trail("knowledge.add", "knowledge_chunk", id.value);
    return write(mine().chunks.back(), c, 1);
  }
  result<page<knowledge::chunk>> list_chunks(
      const page_request& p, const std::string& q,
      std::optional<knowledge::category> about) override {
    std::vector<knowledge::chunk> found;
    for (auto row = mine().chunks.rbegin(); row != mine().chunks.rend(); ++row)
      if ((!about || row->about == *about) &&
          (q.empty() || says(row->title, q) || says(row->text, q)))
        found.push_back(*row);
    return part_of(std::move(found), p);
  }
  result<knowledge::chunk> find_chunk(const chunk_id& id) override {
    if (auto* row = row_of(mine().chunks, id))
      return *row;
    return no_such_chunk();
  }
  result<knowledge::chunk> replace_chunk(
      const chunk_id& id, const knowledge::checked_chunk& c,
      std::optional<std::int64_t> if_version) override {
    if (agent())
      return users_only();
    auto* row = row_of(mine().chunks, id);
    if (!row)
      return no_such_chunk();
    if (if_version && *if_version != row->version)
      return stale(*row);
    trail("knowledge.update", "knowledge_chunk", id.value);
    return write(*row, c, row->version + 1);
  }
  result<void> remove_chunk(const chunk_id& id) override {
    if (agent())
      return users_only();
    if (std::erase_if(mine().chunks, [&](const auto& row) { return row.id == id; }) == 0)
      return no_such_chunk();
    for (auto& row : mine().gaps)
      if (row.chunk == id)
        row.chunk.reset();
    trail("knowledge.delete", "knowledge_chunk", id.value);
    return {};
  }

  result<std::vector<knowledge::passage>>
  consult(const knowledge::reading& question, std::size_t chunks_limit) override {
    std::vector<knowledge::passage> all;
    if (home.around_.profile)
      all = knowledge::passages_of(home.around_.profile(who.user));
    for (const auto& row : mine().chunks) {
      const auto* asked = row.gap ? row_of(mine().gaps, *row.gap) : nullptr;
      all.push_back(
          {"chunk:" + to_string(row.id), row.title, row.text, row.about, 0,
           asked ? asked->asks : std::string{}});
    }
    knowledge::order_by_relevance(question, all);
    std::size_t chunks = 0;
    std::erase_if(all, [&](const auto& p) {
      return p.reference.starts_with("chunk:") && (p.rank <= 0 || ++chunks > chunks_limit);
    });
    return all;
  }

  result<logged> log_gap(const gap_id& id, const gap::checked& asked) override {
    gap::record* best = nullptr;
    auto fit = std::tuple(false, -1.0);
    for (auto& row : mine().gaps) {
      auto exact = row.asks == asked.read.asks;
      if (!exact && !knowledge::same_question(row.asks, asked.read.asks))
        continue;
      auto its = std::tuple(exact, knowledge::likeness(row.asks, asked.read.asks));
      if (!best || its > fit) {
        best = &row;
        fit = its;
      }
    }
    if (!best) {
      mine().gaps.push_back(gap::begun(id, asked, now()));
      ask(id, asked);
      tell(gap::notice_of(mine().gaps.back(), false));
      trail("gap.log", gap::subject, id.value, {}, "open");
      return logged{mine().gaps.back(), false, false};
    }
    const auto& context = asked.said.context;
    const auto& before = mine().askings[best->id];
    auto known = context && std::any_of(before.begin(), before.end(), [&](const auto& a) {
                   return a.context == context;
                 });
    auto noted = gap::asked_again(*best, asked, known, now());
    if (!noted)
      return fail(noted.error());
    auto was = best->state;
    *best = noted->now;
    if (noted->counted)
      ask(best->id, asked);
    if (noted->reopened) {
      tell(gap::notice_of(*best, true));
      trail(
          "gap.ask_again", gap::subject, best->id.value, gap::to_string(was),
          gap::to_string(best->state));
    }
    return logged{*best, true, noted->reopened};
  }
  result<page<gap::record>> list_gaps(const page_request& p, const gap_filter& f) override {
    std::vector<gap::record> found;
    for (const auto& row : mine().gaps)
      if ((!f.state || row.state == *f.state) && (!f.about || row.suggested == *f.about) &&
          (!f.who || row.who == *f.who) &&
          (f.q.empty() || says(row.question, f.q) || says(row.requested_info, f.q) ||
           says(row.resolution_notes, f.q)))
        found.push_back(row);
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
      return std::tie(a.calls_affected, a.times_asked, a.last_asked_at, a.id) >
             std::tie(b.calls_affected, b.times_asked, b.last_asked_at, b.id);
    });
    return part_of(std::move(found), p);
  }
  result<gap::record> find_gap(const gap_id& id) override {
    if (auto* row = row_of(mine().gaps, id))
      return *row;
    return no_such_gap();
  }
  result<std::vector<gap::asking>> askings(const gap_id& id, std::size_t limit) override {
    if (!row_of(mine().gaps, id))
      return no_such_gap();
    auto all = mine().askings[id];
    std::reverse(all.begin(), all.end());
    all.resize(std::min(all.size(), limit));
    return all;
  }
  result<gap::record>
  act(const gap_id& id, const gap::act& what, std::optional<std::int64_t> if_version) override {
    if (agent())
      return users_only();
    auto* row = row_of(mine().gaps, id);
    if (!row)
      return no_such_gap();
    if (if_version && *if_version != row->version)
      return stale(*row);
    if (const auto* answered = std::get_if<gap::resolve>(&what))
      if (answered->chunk && !row_of(mine().chunks, *answered->chunk))
        return no_such_chunk();
    auto now_it_is = gap::after(*row, what, who.actor, now());
    if (!now_it_is)
      return now_it_is;
    const auto* again = std::get_if<gap::reopen>(&what);
    trail(
        "gap." + std::string(gap::name_of(what)), gap::subject, id.value,
        gap::to_string(row->state), gap::to_string(now_it_is->state),
        again ? again->reason : now_it_is->resolution_notes);
    return *row = *now_it_is;
  }
  result<std::vector<gap::record>> cases(std::size_t limit) override {
    std::vector<gap::record> found;
    for (const auto& row : mine().gaps)
      if (row.state == gap::status::resolved && row.chunk && found.size() < limit)
        found.push_back(row);
    return found;
  }

private:
  static tl::unexpected<error> no_such_chunk() {
    return fail(errc::not_found, "no such piece of knowledge");
  }
  static tl::unexpected<error> no_such_gap() {
    return fail(errc::not_found, "no such knowledge gap");
  }
  knowledge::chunk
  write(knowledge::chunk& row, const knowledge::checked_chunk& c, std::int64_t version) {
    row.title = c.title;
    row.text = c.text;
    row.source = c.source;
    row.about = c.about;
    row.version = version;
    row.updated_at = now();
    return row;
  }
  void ask(const gap_id& id, const gap::checked& asked) {
    auto& all = mine().askings[id];
    const auto& s = asked.said;
    all.push_back(
        {static_cast<std::int64_t>(all.size()) + 1, s.who, s.from, s.question, s.answered,
         s.context, now()});
  }
};

// -- chats ----------------------------------------------------------------------------------------

class memory_knowledge::chat_shelf final : public chat_book, private part {
public:
  explicit chat_shelf(part p) : part(std::move(p)) {}

  result<brain::chat>
  add(const chat_id& id, bool made, knowledge::agent with, const brain::message& asked,
      const brain::message& reply) override {
    auto* row = chat_with(id);
    if (made) {
      if (row)
        return fail(errc::duplicate, "this exists already");
      mine().chats.push_back({});
      row = &mine().chats.back();
      row->chat.id = id;
      row->chat.with = with;
      row->chat.title = brain::title_of(asked.text);
      row->chat.created_at = now();
    }
    if (!row)
      return no_such_chat();
    for (const auto* m : {&asked, &reply}) {
      row->said.push_back(*m);
      row->said.back().n = ++row->chat.messages;
      row->said.back().from_user = m == &asked;
      if (m->at == instant{})
        row->said.back().at = now();
    }
    row->chat.updated_at = now();
    return row->chat;
  }
  result<page<brain::chat>> list(const page_request& p) override {
    std::vector<brain::chat> all;
    for (const auto& row : mine().chats)
      all.push_back(row.chat);
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
      return std::tie(a.updated_at, a.id) > std::tie(b.updated_at, b.id);
    });
    return part_of(std::move(all), p);
  }
  result<brain::chat> find(const chat_id& id) override {
    if (auto* found = chat_with(id))
      return found->chat;
    return no_such_chat();
  }
  result<std::vector<brain::message>> messages(const chat_id& id, std::size_t limit) override {
    auto* found = chat_with(id);
    if (!found)
      return no_such_chat();
    auto all = found->said;
    if (all.size() > limit)
      all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(limit));
    return all;
  }
  result<void> remove(const chat_id& id) override {
    if (std::erase_if(mine().chats, [&](const auto& c) { return c.chat.id == id; }) == 0)
      return no_such_chat();
    trail("chat.delete", "chat", id.value);
    return {};
  }

private:
  static tl::unexpected<error> no_such_chat() { return fail(errc::not_found, "no such chat"); }
  told_chat* chat_with(const chat_id& id) {
    for (auto& one : mine().chats)
      if (one.chat.id == id)
        return &one;
    return nullptr;
  }
};

// -- calendar -------------------------------------------------------------------------------------

class memory_knowledge::calendar_shelf final : public calendar_book, private part {
public:
  explicit calendar_shelf(part p) : part(std::move(p)) {}

  result<calendar::proposal>
  propose(const proposal_id& id, const calendar::proposal_draft& d) override {
    if (auto fine = calendar::check(d); !fine)
      return fail(fine.error());
    std::optional<calendar::event> standing;
    if (d.event) {
      auto* e = row_of(mine().events, *d.event);
      if (!e)
        return no_such_event();
      if (e->cancelled)
        return fail(errc::wrong_state, "this event is cancelled");
      standing = *e;
    }
    if (!d.once.empty())
      for (const auto& row : mine().proposals)
        if (row.once == d.once && row.now.context == d.context)
          return row.now;
    mine().proposals.push_back({calendar::begun(id, d, standing, now()), d.once});
    const auto& p = mine().proposals.back().now;
    tell(calendar::notice_of(p));
    trail("calendar.propose", calendar::proposal_subject, id.value, {}, "pending", p.reason);
    return p;
  }
  result<page<calendar::proposal>>
  list_proposals(const page_request& p, std::optional<calendar::status> state) override {
    std::vector<calendar::proposal> found;
    for (auto row = mine().proposals.rbegin(); row != mine().proposals.rend(); ++row)
      if (!state || row->now.state == *state)
        found.push_back(row->now);
    return part_of(std::move(found), p);
  }
  result<calendar::proposal> find_proposal(const proposal_id& id) override {
    if (auto* p = proposal_with(id))
      return *p;
    return no_such_proposal();
  }
  result<calendar::proposal>
  act(const proposal_id& id, const calendar::act& what,
      std::optional<std::int64_t> if_version) override {
    if (agent())
      return users_only();
    auto* p = proposal_with(id);
    if (!p)
      return no_such_proposal();
    if (if_version && *if_version != p->version)
      return stale(*p);
    auto stepped = calendar::after(*p, what, who.actor, now());
    if (!stepped)
      return stepped;
    if (std::holds_alternative<calendar::approve>(what)) {
      auto* e = p->event ? row_of(mine().events, *p->event) : nullptr;
      auto changed = calendar::applied(
          *stepped, e ? std::optional(*e) : std::nullopt, event_id{home.make_id()}, now());
      if (!changed)
        return fail(changed.error());
      if (e)
        *e = *changed;
      else
        mine().events.push_back(*changed);
      stepped->event = changed->id;
      trail(
          "event." + std::string(calendar::to_string(p->what)), calendar::event_subject,
          changed->id.value);
    }
    trail(
        "calendar." + std::string(calendar::name_of(what)), calendar::proposal_subject, id.value,
        calendar::to_string(p->state), calendar::to_string(stepped->state), stepped->note);
    return *p = *stepped;
  }
  result<std::vector<calendar::conflict>> conflicts(const calendar::proposal& p) override {
    std::vector<calendar::conflict> found;
    if (p.what == calendar::change::cancel)
      return found;
    for (const auto& e : mine().events)
      if (!e.cancelled && e.id != p.event && calendar::overlap(e.as, p.as))
        found.push_back({e.id, std::nullopt, e.as.title, e.as.starts_at, e.as.ends_at});
    for (const auto& row : mine().proposals) {
      const auto& other = row.now;
      if (other.state == calendar::status::pending && other.what != calendar::change::cancel &&
          other.id != p.id && (!p.event || other.event != p.event) &&
          calendar::overlap(other.as, p.as))
        found.push_back(
            {std::nullopt, other.id, other.as.title, other.as.starts_at, other.as.ends_at});
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
      return std::tie(a.starts_at, a.ends_at) < std::tie(b.starts_at, b.ends_at);
    });
    found.resize(std::min<std::size_t>(found.size(), 20));
    return found;
  }

  result<page<calendar::event>>
  list_events(const page_request& p, std::optional<instant> since, bool all) override {
    std::vector<calendar::event> found;
    for (const auto& e : by_start())
      if ((all || !e.cancelled) && (!since || e.as.starts_at >= *since))
        found.push_back(e);
    return part_of(std::move(found), p);
  }
  result<calendar::event> find_event(const event_id& id) override {
    if (auto* e = row_of(mine().events, id))
      return *e;
    return no_such_event();
  }
  result<std::vector<calendar::event>> subscribed() override {
    auto all = by_start();
    if (all.size() > 2'000)
      all.erase(all.begin(), all.end() - 2'000);
    return all;
  }

  result<void> set_token(const std::string& sha256) override {
    mine().token = sha256;
    trail("calendar.token", "calendar", who.user.value, {}, sha256.empty() ? "off" : "on");
    return {};
  }
  result<bool> token_fits(const std::string& sha256) override {
    return !sha256.empty() && mine().token == sha256;
  }

private:
  static tl::unexpected<error> no_such_event() { return fail(errc::not_found, "no such event"); }
  static tl::unexpected<error> no_such_proposal() {
    return fail(errc::not_found, "no such proposal");
  }
  calendar::proposal* proposal_with(const proposal_id& id) {
    for (auto& one : mine().proposals)
      if (one.now.id == id)
        return &one.now;
    return nullptr;
  }
  std::vector<calendar::event> by_start() {
    auto all = mine().events;
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
      return std::tie(a.as.starts_at, a.id) < std::tie(b.as.starts_at, b.id);
    });
    return all;
  }
};

// -- the whole ------------------------------------------------------------------------------------

struct memory_knowledge::reader {
  explicit reader(const part& p) : known(p), told(p), planned(p) {}
  knowledge_shelf known;
  chat_shelf told;
  calendar_shelf planned;
};

memory_knowledge::memory_knowledge(surroundings around) : around_(std::move(around)) {}
memory_knowledge::~memory_knowledge() = default;

memory_knowledge::reader& memory_knowledge::reader_of(const identity& who) {
  auto& held = readers_[{who.user, who.actor + "\n" + who.request_id}];
  if (!held)
    held = std::make_unique<reader>(part{*this, who});
  return *held;
}

uuid memory_knowledge::make_id() {
  uuid id;
  id.bytes[0] = 0x0e;
  id.bytes[6] = 0x70;
  id.bytes[8] = 0x80;
  ++ids_;
  for (std::size_t i = 0; i < 8; ++i)
    id.bytes[15 - i] |= static_cast<std::uint8_t>(i < 7 ? ids_ >> (8 * i) : 0);
  return id;
}

knowledge_book& memory_knowledge::knowledge(const identity& who) { return reader_of(who).known; }
chat_book& memory_knowledge::chats(const identity& who) { return reader_of(who).told; }
calendar_book& memory_knowledge::calendar(const identity& who) { return reader_of(who).planned; }

} // namespace ringmaster::support
