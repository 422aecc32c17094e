// A user's chats with their agents.
#include <algorithm>
#include <utility>

#include "domain/knowledge_changes.hpp"
#include "persistence/desk_books.hpp"
#include "persistence/desk_pages.hpp"
#include "persistence/knowledge_json.hpp"
#include "persistence/task_json.hpp"

namespace ringmaster {
namespace {

#define CHAT_COLUMNS "select id, agent, title, messages, created_at, updated_at from chats "

constexpr db::statement one{"chat", CHAT_COLUMNS "where user_id = $1 and id = $2"};
constexpr db::statement locked{
    "chat_lock", CHAT_COLUMNS "where user_id = $1 and id = $2 for no key update"};
constexpr db::statement all{
    "chats", CHAT_COLUMNS
    "where user_id = $1 order by user_id, updated_at desc, id desc limit $2 offset $3"};
constexpr db::statement count{"chats_count", "select count(*) from chats where user_id = $1"};
constexpr db::statement make{"chat_make", R"(
  insert into chats (user_id, id, agent, title, messages, created_at, updated_at) values ($1, $2, $3, $4, 0, $5, $5))"};
constexpr db::statement grow{"chat_grow", R"(
  update chats set messages = $3, updated_at = $4 where user_id = $1 and id = $2)"};
constexpr db::statement say{"chat_say", R"(
  insert into chat_messages (user_id, chat_id, n, from_user, text, sources, gap_id, proposal_id, said_by, at)
  values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, $10))"};
constexpr db::statement last{"chat_messages", R"(
  select n, from_user, text, sources, gap_id, proposal_id, said_by, at from chat_messages
   where user_id = $1 and chat_id = $2 order by n desc limit $3)"};
constexpr db::statement drop{"chat_remove", "delete from chats where user_id = $1 and id = $2"};

brain::chat read_chat(db::row row) {
  brain::chat c;
  c.id = row.take<chat_id>();
  auto with = knowledge::parse_agent(row.take<std::string_view>());
  if (!with)
    throw db::failure(db::trouble::other, "a chat's agent is not known");
  c.with = *with;
  c.title = row.take<std::string>();
  c.messages = row.take<std::int32_t>();
  c.created_at = row.take<instant>();
  c.updated_at = row.take<instant>();
  return c;
}

tl::unexpected<error> no_such_chat() { return fail(errc::not_found, "no such chat"); }

} // namespace

result<brain::chat> postgres_chats::add(
    const chat_id& id, bool made, knowledge::agent with, const brain::message& asked,
    const brain::message& reply) {
  return guard_.run([&]() -> result<brain::chat> {
    const auto& user = d_.who.user;
    if (made)
      d_.tx.run(
          make, user, id, knowledge::to_string(with), brain::title_of(storable(asked.text)),
          d_.now);
    auto rows = d_.tx.run(locked, user, id);
    if (rows.empty())
      return no_such_chat();
    auto chat = read_chat(rows[0]);
    for (const auto* m : {&asked, &reply})
      d_.tx.run(
          say, user, id, ++chat.messages, m == &asked, storable(m->text),
          write_citations(m->sources), m->gap, m->proposal, storable(m->by),
          m->at == instant{} ? d_.now : m->at);
    d_.tx.run(grow, user, id, chat.messages, d_.now);
    chat.updated_at = d_.now;
    return chat;
  });
}

result<page<brain::chat>> postgres_chats::list(const page_request& p) {
  return guard_.run([&]() -> result<page<brain::chat>> {
    auto part = stretch_of('h', p);
    if (!part)
      return fail(part.error());
    auto rows = d_.tx.run(all, d_.who.user, part->wanted(), part->offset);
    auto out = page_of<brain::chat>(*part, rows, read_chat);
    out.total = d_.tx.run(count, d_.who.user)[0].take<std::int64_t>();
    return out;
  });
}

result<brain::chat> postgres_chats::find(const chat_id& id) {
  return guard_.run([&]() -> result<brain::chat> {
    auto rows = d_.tx.run(one, d_.who.user, id);
    if (rows.empty())
      return no_such_chat();
    return read_chat(rows[0]);
  });
}

result<std::vector<brain::message>> postgres_chats::messages(const chat_id& id, std::size_t limit) {
  return guard_.run([&]() -> result<std::vector<brain::message>> {
    if (d_.tx.run(one, d_.who.user, id).empty())
      return no_such_chat();
    auto rows = d_.tx.run(last, d_.who.user, id, static_cast<std::int64_t>(limit));
    std::vector<brain::message> list;
    for (std::size_t i = rows.size(); i > 0; --i) {
      auto row = rows[i - 1];
      brain::message m;
      m.n = row.take<std::int32_t>();
      m.from_user = row.take<bool>();
      m.text = row.take<std::string>();
      m.sources = read_citations(row.take<std::string_view>());
      m.gap = row.take<std::optional<gap_id>>();
      m.proposal = row.take<std::optional<proposal_id>>();
      m.by = row.take<std::string>();
      m.at = row.take<instant>();
      list.push_back(std::move(m));
    }
    return list;
  });
}

result<void> postgres_chats::remove(const chat_id& id) {
  return guard_.run([&]() -> result<void> {
    if (d_.who.actor == "engine")
      return users_only();
    if (d_.tx.run(drop, d_.who.user, id).affected() != 1)
      return no_such_chat();
    tell(d_, "chat.delete", "chat", id.value);
    return {};
  });
}

} // namespace ringmaster
