#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/desk.hpp"

namespace ringmaster::support {

/// Knowledge, chats and calendar in memory, for tests of what stands on them. It decides by the
/// domain's functions as the real books do; users do not see each other, and the engine may do what
/// it may in the database. Used by one thread at a time.
class memory_knowledge {
public:
  /// What of one user is kept.
  struct told_chat {
    brain::chat chat;
    std::vector<brain::message> said;
  };
  struct planned {
    calendar::proposal now;
    std::string once;
  };
  struct shelf {
    std::vector<knowledge::chunk> chunks; ///< oldest first, as all lists here
    std::vector<gap::record> gaps;
    std::map<gap_id, std::vector<gap::asking>> askings;
    std::vector<told_chat> chats;
    std::vector<planned> proposals;
    std::vector<calendar::event> events;
    std::string token;
  };
  using tables = std::map<user_id, shelf>;

  /// Where the rest of a desk begins. All but `now` may be empty.
  struct surroundings {
    std::function<instant()> now;
    std::function<business_profile(const user_id&)> profile;
    std::function<void(const identity&, const notification::draft&)> tell;
    /// actor, action, subject_kind, subject_id, from_status, to_status, reason are filled in.
    std::function<void(const identity&, const audit_view&)> trail;
  };

  explicit memory_knowledge(surroundings around);
  ~memory_knowledge();

  /// Of one user's transaction; live as long as this object.
  knowledge_book& knowledge(const identity& who);
  chat_book& chats(const identity& who);
  calendar_book& calendar(const identity& who);

  shelf& of(const user_id& user) { return data[user]; }

  /// A transaction that fails puts back what it copied before.
  tables data;

private:
  class knowledge_shelf;
  class chat_shelf;
  class calendar_shelf;
  struct part; ///< what the three have in common
  struct reader;
  reader& reader_of(const identity& who);
  static std::unique_ptr<calendar_book> make_calendar(const part& p);
  uuid make_id();

  surroundings around_;
  std::map<std::pair<user_id, std::string>, std::unique_ptr<reader>> readers_;
  std::uint64_t ids_ = 0;
};

} // namespace ringmaster::support
