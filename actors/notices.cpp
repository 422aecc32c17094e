#include "actors/notices.hpp"

#include <utility>

namespace ringmaster {

namespace {

/// One member; ids, words and numbers need no escape.
void add(std::string& to, std::string_view name, std::string_view raw) {
  to += to.empty() ? '{' : ',';
  to += '"';
  to += name;
  to += "\":";
  to += raw;
}
std::string in_quotes(std::string_view word) { return '"' + std::string(word) + '"'; }

/// Text that people spoke, as a string of JSON; bytes above ASCII stand as they are.
std::string escaped(std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string out = "\"";
  for (const auto c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += hex[byte >> 4];
      out += hex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::optional<notification::kind> told_of(const task::record& r) {
  using task::status;
  switch (r.state) {
  case status::waiting_for_user:
    return r.approval_reason.empty() ? notification::kind::clarification_needed
                                     : notification::kind::approval_needed;
  case status::completed:
    return notification::kind::call_completed;
  case status::failed:
    return notification::kind::call_failed;
  case status::ready_to_call:
    // It failed, and will be called for again.
    return r.retry_at ? std::optional(notification::kind::call_failed) : std::nullopt;
  default:
    return std::nullopt;
  }
}

} // namespace

notice task_notice(const user_id& user, const task::record& now) {
  std::string data;
  add(data, "call_task_id", in_quotes(to_string(now.id)));
  add(data, "status", in_quotes(task::to_string(now.state)));
  add(data, "version", std::to_string(now.version));
  return {user, "task", to_string(now.id), data + '}'};
}

std::optional<notice> notification_notice(const user_id& user, const task::record& now) {
  auto kind = told_of(now);
  if (!kind)
    return std::nullopt;
  std::string data;
  add(data, "kind", in_quotes(notification::to_string(*kind)));
  add(data, "subject_kind", in_quotes("call_task"));
  add(data, "subject_id", in_quotes(to_string(now.id)));
  add(data, "status", in_quotes(task::to_string(now.state)));
  return notice{user, "notification", to_string(now.id), data + '}'};
}

notice segment_notice(const user_id& user, const attempt_id& call, const talk::segment& piece) {
  std::string data;
  add(data, "call_id", in_quotes(to_string(call)));
  add(data, "n", std::to_string(piece.n));
  add(data, "speaker", in_quotes(talk::to_string(piece.who)));
  add(data, "start_ms", std::to_string(piece.start_ms));
  add(data, "end_ms", std::to_string(piece.end_ms));
  add(data, "text", escaped(piece.text));
  add(data, "sentiment", in_quotes(talk::to_string(piece.mood)));
  return {user, "segment", to_string(call), data + '}'};
}

notice question_notice(const user_id& user, const attempt_id& call, std::int32_t question) {
  std::string data;
  add(data, "kind", in_quotes(notification::to_string(notification::kind::approval_needed)));
  add(data, "subject_kind", in_quotes("call_session"));
  add(data, "subject_id", in_quotes(to_string(call)));
  add(data, "question", std::to_string(question));
  return {user, "notification", to_string(call), data + '}'};
}

notice processed_notice(const user_id& user, const attempt_id& call) {
  std::string data;
  add(data, "call_id", in_quotes(to_string(call)));
  add(data, "what", in_quotes("processed"));
  return {user, "call", to_string(call), data + '}'};
}

notice gap_notice(const user_id& user, const gap::record& now) {
  std::string data;
  add(data, "knowledge_gap_id", in_quotes(to_string(now.id)));
  add(data, "status", in_quotes(gap::to_string(now.state)));
  add(data, "times_asked", std::to_string(now.times_asked));
  add(data, "version", std::to_string(now.version));
  return {user, "gap", to_string(now.id), data + '}'};
}

std::optional<notice> gap_notification(const user_id& user, const knowledge_book::logged& what) {
  if (what.merged && !what.reopened)
    return std::nullopt;
  std::string data;
  add(data, "kind", in_quotes(notification::to_string(notification::kind::knowledge_gap)));
  add(data, "subject_kind", in_quotes("knowledge_gap"));
  add(data, "subject_id", in_quotes(to_string(what.gap.id)));
  add(data, "status", in_quotes(gap::to_string(what.gap.state)));
  return notice{user, "notification", to_string(what.gap.id), data + '}'};
}

notice proposal_notice(const user_id& user, const proposal_id& id) {
  std::string data;
  add(data, "calendar_proposal_id", in_quotes(to_string(id)));
  add(data, "status", in_quotes(calendar::to_string(calendar::status::pending)));
  return {user, "proposal", to_string(id), data + '}'};
}

notice proposal_notification(const user_id& user, const proposal_id& id) {
  std::string data;
  add(data, "kind", in_quotes(notification::to_string(notification::kind::calendar_proposal)));
  add(data, "subject_kind", in_quotes("calendar_proposal"));
  add(data, "subject_id", in_quotes(to_string(id)));
  return {user, "notification", to_string(id), data + '}'};
}

std::string show_progress(const campaign::progress& counts) {
  std::string data;
  add(data, "targets", std::to_string(counts.total));
  add(data, "pending", std::to_string(counts.pending));
  add(data, "calling", std::to_string(counts.calling));
  add(data, "completed", std::to_string(counts.completed));
  add(data, "failed", std::to_string(counts.failed));
  add(data, "skipped", std::to_string(counts.skipped));
  add(data, "attempts", std::to_string(counts.attempts));
  return data + '}';
}

notice campaign_notice(const campaign_brief& now, std::string_view action) {
  std::string data;
  add(data, "campaign_id", in_quotes(to_string(now.id)));
  add(data, "action", in_quotes(action));
  add(data, "status", in_quotes(campaign::to_string(now.state)));
  add(data, "progress", show_progress(now.counts));
  return {now.user, "campaign", to_string(now.id), data + '}'};
}

} // namespace ringmaster
