#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/error.hpp"
#include "domain/ids.hpp"
#include "domain/people.hpp"

// What a user's agents know: the business profile and the chunks of the knowledge base, and how a
// question is held against them. Nothing here invents: an answer is words of a source.

namespace ringmaster {

using chunk_id = id<struct chunk_tag>;
using gap_id = id<struct gap_tag>;

namespace knowledge {

/// The named agents. What each may do besides answering stands in `may`.
enum class agent : std::uint8_t { aloha, sync, studio, insight };
std::string_view to_string(agent a);
std::optional<agent> parse_agent(std::string_view text);

enum class power : std::uint8_t { hold_calls, propose_calendar };
/// A table: aloha holds calls; aloha and sync propose to the calendar.
bool may(agent who, power what);

/// What a question is about. `other` where no word tells.
enum class category : std::uint8_t {
  hours, location, prices, payment, services, booking, policies, contact, people, other,
};
std::string_view to_string(category c);
std::optional<category> parse_category(std::string_view text);
/// By a table of keywords; `other` if none is there.
category categorise(std::string_view question);

// -- chunks -----------------------------------------------------------------------------------------

inline constexpr std::size_t chunks_most = 10'000; ///< of one user

struct chunk_draft {
  std::string title;    ///< up to 200 characters; empty: the first words of the text
  std::string text;     ///< 1..4,000
  std::string source;   ///< where it is from, up to 200: "price list of May"; empty: "user"
  std::string category; ///< a word of `category`; empty: by the words of title and text
};
struct checked_chunk {
  std::string title, text, source;
  category about = category::other;
};
/// All mistakes together, pointers like "/text".
result<checked_chunk> check(const chunk_draft& d);

struct chunk {
  chunk_id id;
  std::string title, text, source;
  category about = category::other;
  std::string added_by;         ///< the principal of the audit trail
  std::optional<gap_id> gap;    ///< the gap that it answers
  std::int64_t version = 1;
  instant created_at{}, updated_at{};
};

// -- questions --------------------------------------------------------------------------------------

/// A question, read. All empty where there is none.
struct reading {
  std::string text;               ///< as it was asked, one line, up to 500 characters
  /// What it asks for, in canonical words: lower case, contractions, politeness and fillers gone,
  /// word forms and synonyms made one, sorted, no doubles: "cost haircut kid". Two questions with
  /// the same `asks` ask the same thing.
  std::string asks;
  /// What a search looks for: the words of `asks` and their synonyms and forms; letters and digits only.
  std::vector<std::string> terms;
  category about = category::other;
};
/// Reads words of a person: the last question among them, or all of it where none shows itself.
reading read(std::string_view words);
/// True if somebody wants to know something: a question mark, or a question's words in a row as a
/// transcription without marks has them ("do you have parking", "i was wondering whether you ...").
bool is_question(std::string_view words);

/// How alike two `asks` are, 0..1: shared words weigh more the rarer they are in questions.
double likeness(std::string_view asks, std::string_view other);
/// True if they ask the same thing. Other numbers, days, names or a negation make another question.
bool same_question(std::string_view asks, std::string_view other);

// -- answers ----------------------------------------------------------------------------------------

/// Something that may be cited.
struct passage {
  std::string reference; ///< "profile:hours", "profile:facts/parking", "chunk:<uuid>"
  std::string title;     ///< "Business profile: hours"; a chunk's title
  std::string text;
  category about = category::other;
  double rank = 0;       ///< how well the search thinks it fits; the higher the better
  /// The user answered exactly this with it: `asks` of the gap that the chunk came from.
  std::string answers{};
};
/// Everything that a profile says, a passage each.
std::vector<passage> passages_of(const business_profile& p);

struct citation {
  std::string reference, title;
  std::string quote; ///< the sentence or sentences of the passage that were used
  friend bool operator==(const citation&, const citation&) = default;
};

struct answer {
  bool covered = false;
  std::string text;               ///< spoken English; where it is not covered, that it is not known
  std::vector<citation> sources;  ///< at least one if covered
  std::string requested_info;     ///< not covered: what would have to be known, one line
  category suggested = category::other;
};
/// Answers by rules, from the words of the passages alone. Covered means: a sentence of a passage
/// has the words that the question asks about (or their synonyms), nothing that contradicts its
/// conditions (another day, another service), and a value of the kind that is asked for: a price for
/// "how much", a time for "when", a place for "where".
answer compose(const reading& question, std::span<const passage> found);

/// What is said where nothing covers a question.
std::string_view does_not_know(agent who);

/// The facts of a text (amounts, numbers, times, dates, addresses of mail and web, phone numbers,
/// names) that stand neither in the sources nor in the question; empty: it is grounded. A text
/// that refuses or asks back has no facts.
std::vector<std::string>
ungrounded(std::string_view text, std::string_view question, std::span<const passage> sources);
/// The passages that bear a text, best first; empty if none does.
std::vector<citation> sources_of(std::string_view text, std::span<const passage> found);

} // namespace knowledge
} // namespace ringmaster
