#include "main/audit_export.hpp"

#include <istream>
#include <ostream>
#include <utility>
#include <vector>

#include "domain/time.hpp"
#include "main/json_text.hpp"
#include "net/json.hpp"

namespace ringmaster {

namespace {

std::int64_t micros(instant t) { return t.time_since_epoch().count(); }

/// One line: a row, or the seal over the rows before it.
struct line {
  user_id user;
  bool is_seal = false;
  audit_view row;
  audit_seal seal;
};

result<line> read_line(const std::string& text) {
  auto value = net::parse_json(text);
  if (!value)
    return fail(value.error());
  net::object_reader r(*value);
  line out;
  constexpr auto most = std::int64_t{1} << 62;
  auto number = [&](std::string_view name) { return r.integer(name, -most, most).value_or(0); };
  auto word = [&](std::string_view name) { return r.text(name).value_or(""); };
  r.require("user_id");
  if (auto user = user_id::parse(word("user_id")))
    out.user = *user;
  else
    r.mistake("user_id", "not_an_id", "is not an id");
  out.is_seal = r.has("hash");
  auto at = instant(std::chrono::microseconds(number("at_us")));
  r.text("at"); // for people
  if (out.is_seal) {
    out.seal.from_seq = number("from_seq");
    out.seal.to_seq = number("to_seq");
    out.seal.rows = number("rows");
    out.seal.prev = word("prev");
    out.seal.hash = word("hash");
    out.seal.at = at;
  } else {
    auto& a = out.row;
    a.seq = number("seq");
    a.at = at;
    a.actor = word("actor");
    a.action = word("action");
    a.subject_kind = word("subject_kind");
    a.subject_id = word("subject_id");
    a.from_status = word("from_status");
    a.to_status = word("to_status");
    a.reason = word("reason");
    a.request_id = word("request_id");
  }
  r.finish();
  if (auto good = r.verdict(); !good)
    return fail(good.error());
  return out;
}

} // namespace

void write_sealed(
    std::ostream& to, const user_id& user, const audit_seal& link,
    std::span<const audit_view> rows) {
  auto begin = [&](instant at) {
    to << "{\"user_id\":" << json_text(to_string(user)) << ",\"at\":" << json_text(to_rfc3339(at))
       << ",\"at_us\":" << micros(at);
  };
  for (const auto& a : rows) {
    begin(a.at);
    to << ",\"seq\":" << a.seq;
    for (const auto& [name, value] : {
             std::pair{"actor",        &a.actor       },
             {"action",       &a.action      },
             {"subject_kind", &a.subject_kind},
             {"subject_id",   &a.subject_id  },
             {"from_status",  &a.from_status },
             {"to_status",    &a.to_status   },
             {"reason",       &a.reason      },
             {"request_id",   &a.request_id  }
    })
      to << ",\"" << name << "\":" << json_text(*value);
    to << "}\n";
  }
  begin(link.at);
  to << ",\"from_seq\":" << link.from_seq << ",\"to_seq\":" << link.to_seq
     << ",\"rows\":" << link.rows << ",\"prev\":" << json_text(link.prev)
     << ",\"hash\":" << json_text(link.hash) << "}\n";
}

result<std::map<user_id, audit_verdict>>
check_export(std::istream& from, std::span<const audit_head> heads, const audit::digest& hash) {
  struct chain {
    audit::checker checker;
    std::vector<audit_view> rows;
  };
  std::map<user_id, chain> chains;
  auto chain_of = [&](const user_id& user) -> chain& {
    return chains.try_emplace(user, chain{audit::checker(user, hash), {}}).first->second;
  };
  // Whose head was written down has a chain, if only an empty one.
  for (const auto& head : heads)
    chain_of(head.user);
  std::string text;
  for (std::size_t n = 1; std::getline(from, text); ++n) {
    if (text.empty())
      continue;
    auto read = read_line(text);
    if (!read)
      return fail(
          errc::malformed,
          "line " + std::to_string(n) + " is not one of an export: " + read.error().detail);
    auto& c = chain_of(read->user);
    if (!read->is_seal) {
      c.rows.push_back(std::move(read->row));
      continue;
    }
    c.checker.take(read->seal, c.rows);
    c.rows.clear();
  }
  std::map<user_id, audit_verdict> found;
  for (auto& [user, c] : chains) {
    c.checker.compare(heads);
    auto verdict = c.checker.verdict();
    verdict.unsealed = static_cast<std::int64_t>(c.rows.size());
    found.emplace(user, std::move(verdict));
  }
  return found;
}

} // namespace ringmaster
