#include "domain/audit.hpp"

#include <algorithm>
#include <utility>

namespace ringmaster::audit {

namespace {

void add(std::string& to, std::string_view field) {
  to += std::to_string(field.size());
  to += ':';
  to += field;
}
void add(std::string& to, std::int64_t number) { add(to, std::to_string(number)); }

std::string digest_of(
  const user_id& user, const std::string& prev, std::int64_t from, std::span<const audit_view> rows,
  const digest& hash) {
  std::string text = "ringmaster audit 1\n";
  add(text, to_string(user));
  add(text, prev);
  add(text, from);
  add(text, rows.empty() ? from : rows.back().seq);
  add(text, static_cast<std::int64_t>(rows.size()));
  for (const auto& row : rows)
    add(text, canonical(row));
  return hash(text);
}

} // namespace

std::string origin() { return std::string(64, '0'); }

std::string canonical(const audit_view& row) {
  std::string text;
  add(text, row.seq);
  add(text, static_cast<std::int64_t>(row.at.time_since_epoch().count()));
  for (const auto* field : {&row.actor, &row.action, &row.subject_kind, &row.subject_id,
         &row.from_status, &row.to_status, &row.reason, &row.request_id})
    add(text, *field);
  return text;
}

audit_seal seal(
  const user_id& user, const audit_seal& before, std::span<const audit_view> rows,
  const digest& hash) {
  audit_seal link;
  link.from_seq = before.to_seq + 1;
  link.to_seq = rows.back().seq;
  link.rows = static_cast<std::int64_t>(rows.size());
  link.prev = before.hash.empty() ? origin() : before.hash;
  link.hash = digest_of(user, link.prev, link.from_seq, rows, hash);
  return link;
}

void checker::complain(std::int64_t at, std::string why) {
  verdict_.valid = false;
  verdict_.first_broken = at;
  verdict_.reason = std::move(why);
}

void checker::take(const audit_seal& link, std::span<const audit_view> rows) {
  if (broken())
    return;
  const auto& before = verdict_.head;
  if (link.from_seq != before.to_seq + 1)
    return complain(before.to_seq + 1, "a seal is missing, or one stands twice");
  if (link.prev != before.hash)
    return complain(link.from_seq, "the seal does not follow from the one before it");
  if (static_cast<std::int64_t>(rows.size()) != link.rows)
    return complain(
      link.from_seq, std::to_string(link.rows) + " rows were sealed, and there are "
                       + std::to_string(rows.size()));
  if (rows.empty() || rows.back().seq != link.to_seq
      || digest_of(user_, link.prev, link.from_seq, rows, hash_) != link.hash)
    return complain(link.from_seq, "a row between " + std::to_string(link.from_seq) + " and "
                                     + std::to_string(link.to_seq) + " is not what was sealed");
  verdict_.checked += link.rows;
  verdict_.head = link;
  seen_.emplace_back(link.to_seq, link.hash);
}

void checker::compare(std::span<const audit_head> heads) {
  if (broken())
    return;
  for (const auto& head : heads) {
    if (head.user != user_)
      continue;
    auto found = std::lower_bound(
      seen_.begin(), seen_.end(), head.seq, [](const auto& s, auto seq) { return s.first < seq; });
    if (found == seen_.end() && !verdict_.complete)
      continue; // behind what was looked at
    if (found == seen_.end() || found->first != head.seq)
      return complain(head.seq, "the chain once ended at " + std::to_string(head.seq)
                                  + ", and does not come by there any more");
    if (found->second != head.hash)
      return complain(head.seq, "the chain was made anew: it does not have the digest that was "
                                "written down for " + std::to_string(head.seq));
  }
}

} // namespace ringmaster::audit
