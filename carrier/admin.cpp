#include "carrier/admin.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "carrier/refusal.hpp"
#include "domain/time.hpp"

namespace ringmaster::telco {

namespace {

constexpr std::size_t calls_shown = 10000;
constexpr std::string_view ndjson = "application/x-ndjson";

http::response plain(int status, std::string text) {
  http::response out;
  out.status = status;
  out.content_type = "text/plain; charset=utf-8";
  out.body = std::move(text) + "\n";
  return out;
}

http::response lines(std::string text) {
  http::response out;
  out.content_type = ndjson;
  out.body = std::move(text);
  return out;
}

bool from_here(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

std::string calls_of(switchboard& board) {
  const auto& all = board.calls().all();
  std::string out;
  for (auto i = all.size() - std::min(all.size(), calls_shown); i < all.size(); ++i) {
    const auto& c = all[i];
    out += "{\"sid\":";
    append_json(out, c.sid);
    out += ",\"to\":";
    append_json(out, c.order.to);
    out += ",\"from\":";
    append_json(out, c.order.from);
    out += ",\"status\":";
    append_json(out, to_string(c.status));
    out += ",\"outcome\":";
    append_json(out, to_string(c.fate.outcome));
    out += ",\"token\":";
    append_json(out, path_token(c.order.status.url));
    out += ",\"created_at\":";
    append_json(out, to_rfc3339(c.created_at));
    out += ",\"duration_seconds\":" + std::to_string(c.duration_seconds) + "}\n";
  }
  return out;
}

std::uint64_t number_after(std::string_view query) {
  std::uint64_t n = 0;
  if (query.starts_with("after="))
    std::from_chars(query.data() + 6, query.data() + query.size(), n);
  return n;
}

} // namespace

bool is_admin(const http::request& req) { return req.path.starts_with("/simulator/"); }

http::response
administer(const http::request& req, scenario& rules, switchboard& board, const call_log& log) {
  if (!from_here(req.remote_address))
    return plain(403, "this view is for the machine itself");
  if (req.path == "/simulator/log" && req.verb == http::method::get)
    return lines(log.after(number_after(req.query)));
  if (req.path == "/simulator/calls" && req.verb == http::method::get)
    return lines(calls_of(board));
  if (req.path == "/simulator/scenario" && req.verb == http::method::post) {
    auto ok = parse_change(req.body, rules);
    return ok ? plain(200, "changed") : plain(400, ok.error().detail);
  }
  return plain(404, "GET /simulator/log?after=N, GET /simulator/calls, POST /simulator/scenario");
}

} // namespace ringmaster::telco
