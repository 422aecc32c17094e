#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/brain.hpp"
#include "domain/calendar.hpp"
#include "domain/gap.hpp"
#include "domain/knowledge.hpp"
#include "domain/page.hpp"

// The books of what is known and planned, each within one transaction of one user.

namespace ringmaster {

/// The knowledge base and its gaps. Agents read, and log gaps; they cannot write chunks.
class knowledge_book {
public:
  virtual ~knowledge_book() = default;

  // -- chunks --
  /// `invalid` when there are knowledge::chunks_most.
  virtual result<knowledge::chunk> add_chunk(
      const chunk_id& id, const knowledge::checked_chunk& c, std::optional<gap_id> answers = {}) = 0;
  /// Newest first; with `q` by rank.
  virtual result<page<knowledge::chunk>> list_chunks(
      const page_request& p, const std::string& q, std::optional<knowledge::category> about) = 0;
  virtual result<knowledge::chunk> find_chunk(const chunk_id& id) = 0;
  virtual result<knowledge::chunk> replace_chunk(
      const chunk_id& id, const knowledge::checked_chunk& c, std::optional<std::int64_t> if_version) = 0;
  /// Gaps that it answered stay as they are and lose the link.
  virtual result<void> remove_chunk(const chunk_id& id) = 0;

  /// The one way in which agents read: the passages of the profile, and the chunks that fit best
  /// (full text and trigrams), best first.
  virtual result<std::vector<knowledge::passage>>
  consult(const knowledge::reading& question, std::size_t chunks_limit = 12) = 0;

  // -- gaps --
  struct logged {
    gap::record gap;
    bool merged = false;   ///< it was known already
    bool reopened = false; ///< and had been resolved
  };
  /// Writes the asking; a gap that asks the same thing takes it, or a new one is made, with the
  /// notification `knowledge_gap` for a new or reopened one. The same question of the same context
  /// again (a repetition within a call) changes only `last_asked_at`.
  virtual result<logged> log_gap(const gap_id& id, const gap::checked& asked) = 0;
  struct gap_filter {
    std::optional<gap::status> state;
    std::optional<knowledge::category> about;
    std::optional<knowledge::agent> who;
    std::string q; ///< in question, requested info and notes
  };
  /// By calls affected, then times asked, then last asked; always with `total`.
  virtual result<page<gap::record>> list_gaps(const page_request& p, const gap_filter& f) = 0;
  virtual result<gap::record> find_gap(const gap_id& id) = 0;
  /// Newest first, up to `limit`.
  virtual result<std::vector<gap::asking>> askings(const gap_id& id, std::size_t limit = 50) = 0;
  /// A user's act, with its audit row, through gap::decide under the row's lock.
  virtual result<gap::record>
  act(const gap_id& id, const gap::act& what, std::optional<std::int64_t> if_version = {}) = 0;
  /// The regression suite: resolved gaps with a chunk, oldest first.
  virtual result<std::vector<gap::record>> cases(std::size_t limit = 1'000) = 0;
};

/// The chats of a user with their agents.
class chat_book {
public:
  virtual ~chat_book() = default;
  /// Writes the user's message and the reply, in a chat that is made if it is not there.
  /// `not_found` for a foreign or unknown one when `made` is false.
  virtual result<brain::chat> add(
      const chat_id& id, bool made, knowledge::agent with, const brain::message& asked,
      const brain::message& reply) = 0;
  virtual result<page<brain::chat>> list(const page_request& p) = 0;
  virtual result<brain::chat> find(const chat_id& id) = 0;
  /// The last `limit` messages, in order.
  virtual result<std::vector<brain::message>> messages(const chat_id& id, std::size_t limit = 200) = 0;
  virtual result<void> remove(const chat_id& id) = 0;
};

/// The calendar.
class calendar_book {
public:
  virtual ~calendar_book() = default;
  /// With the notification `calendar_proposal`. `not_found` for an unknown event. A repetition by
  /// `once` answers the standing proposal.
  virtual result<calendar::proposal>
  propose(const proposal_id& id, const calendar::proposal_draft& d) = 0;
  /// Newest first; always with `total`.
  virtual result<page<calendar::proposal>>
  list_proposals(const page_request& p, std::optional<calendar::status> state) = 0;
  virtual result<calendar::proposal> find_proposal(const proposal_id& id) = 0;
  /// The user's act under the row's lock, with its audit row. Approving makes, moves or cancels the
  /// event in the same transaction; no agent can (by missing grants).
  virtual result<calendar::proposal> act(
      const proposal_id& id, const calendar::act& what, std::optional<std::int64_t> if_version = {}) = 0;
  /// What overlaps the entry, this proposal and its event left out; up to 20, by time.
  virtual result<std::vector<calendar::conflict>> conflicts(const calendar::proposal& p) = 0;

  /// By their start, from `since` on (none: all), cancelled ones too if `all`.
  virtual result<page<calendar::event>>
  list_events(const page_request& p, std::optional<instant> since, bool all) = 0;
  virtual result<calendar::event> find_event(const event_id& id) = 0;
  /// For the subscription: the newest 2,000 by start.
  virtual result<std::vector<calendar::event>> subscribed() = 0;

  /// The subscription's secret, as SHA-256 (32 raw bytes); setting replaces it, empty removes it.
  virtual result<void> set_token(const std::string& sha256) = 0;
  virtual result<bool> token_fits(const std::string& sha256) = 0;
};

} // namespace ringmaster
