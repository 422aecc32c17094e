// The knowledge base: its chunks, and what they have to a question.
#include <algorithm>
#include <utility>

#include "domain/relevance.hpp"
#include "persistence/desk_books.hpp"
#include "persistence/desk_pages.hpp"
#include "persistence/task_json.hpp"

namespace ringmaster {
namespace {

constexpr const char* subject = "knowledge_chunk";

#define CHUNK_COLUMNS                                                                              \
  "select id, title, text, source, category, added_by, gap_id, version, created_at, updated_at "   \
  "from knowledge_chunks "
// A search reads all rows of its user: title and text by their words, by a part of them as it
// stands, and titles that are spelled otherwise.
#define SEARCHED                                                                                   \
  "cross join (select (select string_agg(quote_literal(w), ' & ')::tsquery "                       \
  "from unnest(tsvector_to_array(to_tsvector('pg_catalog.english'::regconfig, $2::text))) w "      \
  "where w ~ '^[[:alnum:]]+$') as wanted offset 0) q "                                             \
  "where user_id = $1 and ($4::text is null or category = $4) and (coalesce(words @@ q.wanted, "   \
  "false) "                                                                                        \
  "or title ilike $3 or text ilike $3 or alike_within($2, title) >= 0.5) "

constexpr db::statement one{"knowledge_chunk", CHUNK_COLUMNS "where user_id = $1 and id = $2"};
constexpr db::statement locked{
    "knowledge_chunk_lock", CHUNK_COLUMNS "where user_id = $1 and id = $2 for no key update"};
constexpr db::statement newest{
    "knowledge_chunks", CHUNK_COLUMNS "where user_id = $1 and ($2::text is null or category = $2) "
                                      "order by user_id desc, id desc limit $3 offset $4"};
constexpr db::statement count{
    "knowledge_chunks_count", "select count(*) from knowledge_chunks where user_id = $1 and "
                              "($2::text is null or category = $2)"};
constexpr db::statement search{
    "knowledge_search", CHUNK_COLUMNS SEARCHED
    "order by coalesce(ts_rank(words, q.wanted, 32), 0) + alike_within($2, title) desc, id desc "
    "limit $5 offset $6"};
constexpr db::statement count_found{
    "knowledge_search_count", "select count(*) from knowledge_chunks " SEARCHED};
constexpr db::statement make{"knowledge_chunk_make", R"(
  insert into knowledge_chunks (user_id, id, title, text, source, category, added_by, gap_id, created_at, updated_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9))"};
constexpr db::statement write{"knowledge_chunk_write", R"(
  update knowledge_chunks
     set title = $3, text = $4, source = $5, category = $6, version = version + 1, updated_at = $7
   where user_id = $1 and id = $2)"};
constexpr db::statement drop{
    "knowledge_chunk_remove", "delete from knowledge_chunks where user_id = $1 and id = $2"};

// Whatever has one of the words, a title that is in what is asked though spelled otherwise, or an
// answer to a question like it. Words that are rare in the first few hundred chunks count more, so
// that what is common does not crowd them out. The best are ranked again, beside the profile.
constexpr db::statement candidates{"knowledge_consult", R"(
  with lexemes as materialized (
    select quote_literal(w)::tsquery as one
      from unnest(tsvector_to_array(to_tsvector('pg_catalog.english'::regconfig, $2::text))) w
     where w ~ '^[[:alnum:]]+$'),
  sample as materialized (select k.words from knowledge_chunks k where k.user_id = $1 order by k.user_id, k.id limit 400),
  q as materialized (
    select (select string_agg(l.one::text, ' | ')::tsquery from lexemes l) as wanted,
           (select string_agg(r.one::text, ' | ')::tsquery
              from (select l.one from lexemes l left join sample k on k.words @@ l.one
                     group by l.one having count(k.words) <= 4) r) as rare)
  select c.id, c.title, c.text, c.category, coalesce(g.asks, ''),
         ((coalesce(ts_rank(c.words, q.wanted, 32), 0) + coalesce((c.words @@ q.rare)::int, 0) + coalesce(ts_rank(c.words, q.rare, 32), 0)
           + s.in_title / 2 + s.asked) * 1e6)::bigint as fit
    from knowledge_chunks c
    cross join q
    left join knowledge_gaps g on g.user_id = c.user_id and g.id = c.gap_id
    cross join lateral (select alike_within(c.title, $3) as in_title, coalesce(alike(g.asks, $4), 0) as asked offset 0) s
   where c.user_id = $1 and (coalesce(c.words @@ q.wanted, false) or s.in_title >= 0.5 or s.asked >= 0.4)
   order by fit desc, c.id desc limit $5)"};

knowledge::category category_of(std::string_view word) {
  if (auto known = knowledge::parse_category(word))
    return *known;
  throw db::failure(db::trouble::other, "a chunk's category is not known");
}

knowledge::chunk read_chunk(db::row row) {
  knowledge::chunk c;
  c.id = row.take<chunk_id>();
  c.title = row.take<std::string>();
  c.text = row.take<std::string>();
  c.source = row.take<std::string>();
  c.about = category_of(row.take<std::string_view>());
  c.added_by = row.take<std::string>();
  c.gap = row.take<std::optional<gap_id>>();
  c.version = row.take<std::int64_t>();
  c.created_at = row.take<instant>();
  c.updated_at = row.take<instant>();
  return c;
}

/// Those of the words looked for that were said as they stand, in their order there. Without the
/// small words of the question they are compared with titles in half the time.
std::string spoken(const knowledge::reading& question) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  auto in_word = [&](char c) {
    c = lower(c);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           (static_cast<unsigned char>(c) & 0x80);
  };
  std::string said, word;
  for (char c : question.text + " ") {
    if (in_word(c)) {
      word += lower(c);
      continue;
    }
    if (std::find(question.terms.begin(), question.terms.end(), word) != question.terms.end())
      said += (said.empty() ? "" : " ") + word;
    word.clear();
  }
  return said;
}

tl::unexpected<error> no_such_chunk() {
  return fail(errc::not_found, "no such piece of knowledge");
}

} // namespace

tl::unexpected<error> users_only() {
  return fail(errc::forbidden, "only the user may do this, no agent");
}

bool has_chunk(desk_parts& d, const chunk_id& id) { return !d.tx.run(one, d.who.user, id).empty(); }

result<knowledge::chunk> postgres_knowledge::add_chunk(
    const chunk_id& id, const knowledge::checked_chunk& c, std::optional<gap_id> answers) {
  return guard_.run([&]() -> result<knowledge::chunk> {
    if (d_.who.actor == "engine")
      return users_only();
    const auto& user = d_.who.user;
    serialise_knowledge(d_);
    auto there = d_.tx.run(count, user, db::parameter{})[0].take<std::int64_t>();
    if (there >= static_cast<std::int64_t>(knowledge::chunks_most))
      return fail(
          errc::invalid, "the knowledge base is full: it holds " +
                             std::to_string(knowledge::chunks_most) + " pieces");
    if (answers)
      if (auto asked = find_gap(*answers); !asked)
        return fail(asked.error());
    d_.tx.run(
        make, user, id, storable(c.title), storable(c.text), storable(c.source),
        knowledge::to_string(c.about), d_.who.actor, answers, d_.now);
    tell(d_, "knowledge.add", subject, id.value);
    return read_chunk(d_.tx.run(one, user, id)[0]);
  });
}

result<page<knowledge::chunk>> postgres_knowledge::list_chunks(
    const page_request& p, const std::string& q, std::optional<knowledge::category> about) {
  return guard_.run([&]() -> result<page<knowledge::chunk>> {
    auto part = stretch_of(q.empty() ? 'k' : 'K', p);
    if (!part)
      return fail(part.error());
    const auto& user = d_.who.user;
    auto word = about ? std::optional(std::string(knowledge::to_string(*about))) : std::nullopt;
    auto words = storable(q);
    auto pattern = search_pattern(words);
    auto rows = q.empty()
                    ? d_.tx.run(newest, user, word, part->wanted(), part->offset)
                    : d_.tx.run(search, user, words, pattern, word, part->wanted(), part->offset);
    auto out = page_of<knowledge::chunk>(*part, rows, read_chunk);
    auto counted = q.empty() ? d_.tx.run(count, user, word)
                             : d_.tx.run(count_found, user, words, pattern, word);
    out.total = counted[0].take<std::int64_t>();
    return out;
  });
}

result<knowledge::chunk> postgres_knowledge::find_chunk(const chunk_id& id) {
  return guard_.run([&]() -> result<knowledge::chunk> {
    auto rows = d_.tx.run(one, d_.who.user, id);
    if (rows.empty())
      return no_such_chunk();
    return read_chunk(rows[0]);
  });
}

result<knowledge::chunk> postgres_knowledge::replace_chunk(
    const chunk_id& id, const knowledge::checked_chunk& c, std::optional<std::int64_t> if_version) {
  return guard_.run([&]() -> result<knowledge::chunk> {
    if (d_.who.actor == "engine")
      return users_only();
    auto rows = d_.tx.run(locked, d_.who.user, id);
    if (rows.empty())
      return no_such_chunk();
    auto before = read_chunk(rows[0]);
    if (if_version && *if_version != before.version)
      return stale_version("the piece of knowledge", before.version);
    d_.tx.run(
        write, d_.who.user, id, storable(c.title), storable(c.text), storable(c.source),
        knowledge::to_string(c.about), d_.now);
    tell(d_, "knowledge.update", subject, id.value);
    return read_chunk(d_.tx.run(one, d_.who.user, id)[0]);
  });
}

result<void> postgres_knowledge::remove_chunk(const chunk_id& id) {
  return guard_.run([&]() -> result<void> {
    if (d_.who.actor == "engine")
      return users_only();
    if (d_.tx.run(drop, d_.who.user, id).affected() != 1)
      return no_such_chunk();
    tell(d_, "knowledge.delete", subject, id.value);
    return {};
  });
}

result<std::vector<knowledge::passage>>
postgres_knowledge::consult(const knowledge::reading& question, std::size_t chunks_limit) {
  return guard_.run([&]() -> result<std::vector<knowledge::passage>> {
    const auto& user = d_.who.user;
    auto found = knowledge::passages_of(read_profile_row(d_.tx, user));
    auto of_profile = found.size();
    std::string words;
    for (const auto& term : question.terms)
      words += (words.empty() ? "" : " ") + term;
    auto most = static_cast<std::int64_t>(std::max<std::size_t>(chunks_limit * 4, 48));
    auto rows = d_.tx.run(
        candidates, user, storable(words), storable(spoken(question)), storable(question.asks),
        most);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      knowledge::passage p;
      p.reference = "chunk:" + to_string(row.take<uuid>());
      p.title = row.take<std::string>();
      p.text = row.take<std::string>();
      p.about = category_of(row.take<std::string_view>());
      p.answers = row.take<std::string>();
      p.rank = std::min(static_cast<double>(row.take<std::int64_t>()) / 1e6, 1.0);
      found.push_back(std::move(p));
    }
    knowledge::order_by_relevance(question, found);
    // All of the profile, and of the chunks the best.
    auto spare = found.size() - of_profile;
    spare -= std::min(spare, chunks_limit);
    for (auto at = found.end(); spare > 0 && at != found.begin();)
      if ((--at)->reference.starts_with("chunk:")) {
        at = found.erase(at);
        --spare;
      }
    return found;
  });
}

} // namespace ringmaster
