#include "tests/support/memory_parts.hpp"

#include <tuple>

#include "domain/knowledge_changes.hpp"
#include "domain/relevance.hpp"

namespace ringmaster::support {

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

// -- the whole ------------------------------------------------------------------------------------

struct memory_knowledge::reader {
  explicit reader(const part& p)
      : known(std::make_unique<knowledge_shelf>(p)), told(std::make_unique<chat_shelf>(p)),
        planned(make_calendar(p)) {}
  std::unique_ptr<knowledge_book> known;
  std::unique_ptr<chat_book> told;
  std::unique_ptr<calendar_book> planned;
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

knowledge_book& memory_knowledge::knowledge(const identity& who) { return *reader_of(who).known; }
chat_book& memory_knowledge::chats(const identity& who) { return *reader_of(who).told; }
calendar_book& memory_knowledge::calendar(const identity& who) { return *reader_of(who).planned; }

} // namespace ringmaster::support
