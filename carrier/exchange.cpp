#include "carrier/exchange.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>
#include <utility>

#include "carrier/account_json.hpp"
#include "carrier/call_json.hpp"
#include "carrier/chance.hpp"
#include "carrier/parameters.hpp"
#include "wire/digest.hpp"
#include "wire/form.hpp"

namespace ringmaster::telco {

namespace {

constexpr std::string_view root = "/2010-04-01/Accounts/";
constexpr std::string_view list_end = "/Calls.json";
constexpr std::string_view call_middle = "/Calls/";
constexpr std::string_view account_end = ".json";
constexpr std::string_view numbers_end = "/IncomingPhoneNumbers.json";
constexpr std::string_view verified_end = "/OutgoingCallerIds.json";

std::string basic(std::string_view user, std::string_view password) {
  std::string both(user);
  both.append(":").append(password);
  return "Basic " +
         wire::to_base64({reinterpret_cast<const std::uint8_t*>(both.data()), both.size()});
}

verdict refused(const refusal& why) {
  verdict v;
  v.answer.status = why.status;
  v.answer.body = to_json(why);
  if (why.status == 401)
    v.answer.headers.push_back({"WWW-Authenticate", "Basic realm=\"Twilio API\""});
  return v;
}

refusal not_found(std::string_view path) {
  return {404, 20404, "The requested resource " + std::string(path.substr(0, 200)) + " was not found"};
}

bool is_form(std::string_view content_type) {
  return content_type.substr(0, content_type.find(';')) == "application/x-www-form-urlencoded";
}

answer<wire::fields> read_form(const http::request& req) {
  if (!req.body.empty() && !is_form(req.header_or("Content-Type")))
    return refuse(415, 20415, "The body is not application/x-www-form-urlencoded");
  auto form = wire::parse_form(req.body);
  if (!form)
    return refuse(400, 20001, "The body is not a form: " + form.error().detail);
  return *std::move(form);
}

} // namespace

std::string_view to_string(delivery d) {
  static constexpr std::array<std::string_view, 4> names{"whole", "half", "cut", "never"};
  return names[static_cast<std::size_t>(d)];
}

/// What a path names.
struct exchange::place {
  enum class kind : std::uint8_t { nothing, account, numbers, verified, list, call } what = kind::nothing;
  std::string_view account, sid;

  static place read(std::string_view path) {
    if (!path.starts_with(root))
      return {};
    path.remove_prefix(root.size());
    if (path.size() < 34)
      return {};
    const auto account = path.substr(0, 34);
    path.remove_prefix(34);
    if (path == list_end)
      return {kind::list, account, {}};
    if (path == account_end)
      return {kind::account, account, {}};
    if (path == numbers_end)
      return {kind::numbers, account, {}};
    if (path == verified_end)
      return {kind::verified, account, {}};
    if (path.size() == call_middle.size() + 34 + 5 && path.starts_with(call_middle) &&
        path.ends_with(".json"))
      return {kind::call, account, path.substr(call_middle.size(), 34)};
    return {};
  }
};

exchange::exchange(
  const scenario& rules, switchboard& board, call_log& log, std::uint64_t run_key)
  : rules_(rules), board_(board), log_(log), run_key_(run_key),
    credentials_(basic(rules.account_sid, rules.auth_token)) {}

bool exchange::known_caller(const http::request& req) const {
  return wire::equal_constant_time(req.header_or("Authorization"), credentials_);
}

verdict exchange::handle(const http::request& req, std::size_t in_progress, instant now) {
  board_.advance(now);
  request_line line;
  line.method = http::to_string(req.verb);
  line.target = req.target;
  const auto at = place::read(req.path);
  line.create = at.what == place::kind::list && req.verb == http::method::post;

  auto v = [&] {
    if (!known_caller(req))
      return refused({401, 20003, "Authenticate"});
    if (at.what == place::kind::nothing || at.account != rules_.account_sid)
      return refused(not_found(req.path));
    if (rules_.concurrent_max > 0 && in_progress > rules_.concurrent_max)
      return refused({429, 20429, "Too many concurrent requests"});
    return line.create ? create(req, line, now) : other(at, req, line, now);
  }();

  if (v.delivery == delivery::none || v.delivery == delivery::never)
    v.answer.status = 0;
  line.status = v.answer.status;
  // The log is written whether or not anybody will see the answer.
  v.request = log_.request(line, now);
  char id[40];
  std::snprintf(
    id, sizeof id, "RQ%016llx%016llx",
    static_cast<unsigned long long>(mix(run_key_ ^ v.request)),
    static_cast<unsigned long long>(mix(run_key_ + v.request)));
  v.answer.headers.push_back({"Twilio-Request-Id", id});
  v.answer.headers.push_back({"Twilio-Concurrent-Requests", std::to_string(in_progress)});
  return v;
}

// -- create ----------------------------------------------------------------------------------------

bool is_owned(const scenario& rules, std::string_view from) {
  if (rules.owned_numbers.empty())
    return !from.starts_with("+1500555") || from == "+15005550006";
  return from == "+15005550006" ||
         std::find(rules.owned_numbers.begin(), rules.owned_numbers.end(), from) !=
           rules.owned_numbers.end();
}

answer<void> check_numbers(const scenario& rules, std::string_view to, std::string_view from) {
  struct magic {
    std::string_view number;
    int code;
    std::string_view message;
  };
  static constexpr std::array callees{
    magic{"+15005550001", 21217, "The phone number does not appear to be valid"},
    magic{"+15005550002", 21214, "The 'To' phone number cannot be reached"},
    magic{"+15005550003", 21215, "The account is not authorized to call this country"},
    magic{"+15005550004", 21216, "The account is not allowed to call this number"},
  };
  for (const auto& m : callees)
    if (m.number == to)
      return refuse(400, m.code, std::string(m.message));
  if (from == "+15005550001")
    return refuse(400, 21212, "The 'From' phone number is not valid");
  if (!is_owned(rules, from))
    return refuse(400, 21210, "The 'From' phone number is not verified for this account");
  return {};
}

verdict exchange::create(const http::request& req, request_line& line, instant now) {
  auto form = read_form(req);
  if (!form)
    return refused(form.error());
  auto shown = [&](std::string_view name) {
    const auto* value = wire::find(*form, name);
    return value ? value->substr(0, 256) : std::string();
  };
  line.to = shown("To");
  line.from = shown("From");
  if (const auto* url = wire::find(*form, "StatusCallback"))
    line.token = path_token(*url);

  auto order = read_create(*form);
  if (!order)
    return refused(order.error());
  if (auto ok = check_numbers(rules_, order->to, order->from); !ok)
    return refused(ok.error());
  // Only a request that could make a call is counted: its fault and fate depend on the count.
  const auto ordinal = board_.calls().count_request(order->to);
  line.fault = decide_create_fault(rules_, order->to, ordinal);
  verdict v;
  v.answer.status = 201;
  if (makes_call(line.fault)) {
    auto made = board_.create(*std::move(order), ordinal, now);
    if (!made) {
      line.fault = fault::none;
      return refused(made.error());
    }
    line.call_made = true;
    line.sid = (*made)->sid;
    v.answer.body.reserve(2400);
    append_call(v.answer.body, **made, rules_.account_sid, now);
  }
  spoil(v, line.fault, line.to, ordinal);
  return v;
}

// -- fetch, list, update ---------------------------------------------------------------------------

verdict exchange::other(
  const place& at, const http::request& req, request_line& line, instant now) {
  if (at.what == place::kind::call)
    line.sid = at.sid;
  auto about = std::string(line.method) + " " + req.path;
  const bool chancy =
    std::any_of(rules_.other_faults.begin(), rules_.other_faults.end(), [](double p) { return p > 0; });
  std::uint64_t ordinal = 0;
  if (chancy) {
    ordinal = other_ordinals_[about]++;
    line.fault = decide_other_fault(rules_, about, ordinal);
  }
  verdict v;
  // Where nothing of the request may come through, nothing is done.
  if (makes_call(line.fault)) {
    auto body = perform(at, req, now);
    if (!body) {
      line.fault = fault::none;
      return refused(body.error());
    }
    v.answer.body = *std::move(body);
  }
  spoil(v, line.fault, about, ordinal);
  return v;
}

answer<std::string> exchange::perform(
  const place& at, const http::request& req, instant now) {
  std::string body;
  const auto& account = rules_.account_sid;
  const bool of_account = at.what == place::kind::account || at.what == place::kind::numbers ||
                          at.what == place::kind::verified;
  if (of_account)
    return tell_account(at, req);
  if (req.verb == http::method::get && at.what == place::kind::list) {
    auto query = wire::parse_form(req.query);
    if (!query)
      return refuse(400, 20001, "The query cannot be read: " + query.error().detail);
    auto filter = read_filter(*query);
    if (!filter)
      return tl::unexpected<refusal>(std::move(filter).error());
    const auto page = board_.calls().list(*filter, now);
    return write_page(page, *filter, account, *query, req.target, now);
  }
  if (req.verb == http::method::get) {
    const auto* c = board_.calls().find(at.sid);
    if (!c)
      return tl::unexpected<refusal>(not_found(req.path));
    append_call(body, *c, account, now);
    return body;
  }
  if (req.verb == http::method::post) {
    auto form = read_form(req);
    if (!form)
      return tl::unexpected<refusal>(std::move(form).error());
    auto wanted = read_change(*form);
    if (!wanted)
      return tl::unexpected<refusal>(std::move(wanted).error());
    auto changed = board_.change(at.sid, *wanted, now);
    if (!changed)
      return tl::unexpected<refusal>(std::move(changed).error());
    append_call(body, **changed, account, now);
    return body;
  }
  return refuse(405, 20004, "Method not allowed");
}

/// The account and the numbers that it may call from. Where every number may, the list has the one
/// that is asked for.
answer<std::string> exchange::tell_account(const place& at, const http::request& req) const {
  if (req.verb != http::method::get)
    return refuse(405, 20004, "Method not allowed");
  const auto& sid = rules_.account_sid;
  if (at.what == place::kind::account)
    return write_account(sid);
  auto query = wire::parse_form(req.query);
  if (!query)
    return refuse(400, 20001, "The query cannot be read: " + query.error().detail);
  std::vector<std::string> numbers;
  const auto* wanted = wire::find(*query, "PhoneNumber");
  if (at.what == place::kind::numbers && !wanted)
    numbers = rules_.owned_numbers;
  else if (at.what == place::kind::numbers && is_e164(*wanted) && is_owned(rules_, *wanted))
    numbers.push_back(*wanted);
  return write_numbers(
    at.what == place::kind::numbers ? "incoming_phone_numbers" : "outgoing_caller_ids", numbers, sid,
    req.target);
}

// -- faults ----------------------------------------------------------------------------------------

/// Turns a right answer into what the fault lets the caller see.
void exchange::spoil(
  verdict& v, fault f, std::string_view about, std::uint64_t ordinal) const {
  auto fail_with = [&](refusal why) { v.answer.status = why.status, v.answer.body = to_json(why); };
  switch (f) {
    case fault::none:
      return;
    case fault::too_many_after:
      v.answer.headers.push_back({"Retry-After", "1"});
      [[fallthrough]];
    case fault::too_many:
      return fail_with({429, 20429, "Too many concurrent requests"});
    case fault::error_500:
    case fault::made_but_500:
      return fail_with({500, 20500, "An internal server error has occurred"});
    case fault::error_503:
      v.answer.status = 503;
      v.answer.content_type = "text/html";
      v.answer.body = "<html><head><title>503 Service Unavailable</title></head>"
                      "<body><h1>503 Service Unavailable</h1></body></html>\n";
      return;
    case fault::cut:
    case fault::made_but_cut:
      v.delivery = delivery::none;
      return;
    case fault::cut_middle:
      v.delivery = delivery::half;
      return;
    case fault::hang:
    case fault::made_but_hang:
      v.delivery = delivery::never;
      return;
    case fault::slow:
      v.delay = decide_slowness(rules_, about, ordinal);
      return;
    case fault::garbage: {
      // A success whose body is no call: broken JSON, none at all, or a call without its sid.
      static constexpr std::array<std::string_view, 4> bodies{
        "{\"sid\":\"CA", "", "{\"sid\":null,\"status\":\"queued\"}", "<Response/>"};
      v.answer.body = bodies[mix(sub_seed(rules_.seed, "garbage", about, ordinal)) % bodies.size()];
      return;
    }
  }
}

} // namespace ringmaster::telco
