#include "tests/net/rig.hpp"

#include <exception>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "domain/account.hpp"
#include "net/api_key.hpp"
#include "wire/form.hpp"

namespace ringmaster::net_tests {

namespace asio = boost::asio;

namespace {

class piecewise final : public http::body_reader {
 public:
  piecewise(std::string text, std::size_t piece) : text_(std::move(text)), piece_(piece) {}
  asio::awaitable<result<std::string>> read_some() override {
    auto piece = text_.substr(at_, piece_);
    at_ += piece.size();
    co_return piece;
  }

 private:
  std::string text_;
  std::size_t piece_;
  std::size_t at_ = 0;
};

class collecting final : public http::body_writer {
 public:
  asio::awaitable<bool> write(std::string piece) override {
    text += piece;
    co_return true;
  }
  std::string text;
};

config::settings test_settings() {
  config::settings s;
  s.http.public_url = "https://engine.example.com";
  s.carrier.account_sid = "AC0123456789abcdef0123456789abcdef";
  s.carrier.auth_token = config::secret("0123456789abcdef0123456789abcdef");
  s.carrier.from = {"+14155550199"};
  return s;
}

uuid user_number(std::uint8_t n) {
  uuid id;
  id.bytes[0] = n;
  return id;
}

} // namespace

rig::rig()
  : ann{user_number(0xA1)}, bob{user_number(0xB0)}, settings(test_settings()), engine(desk),
    services{engine, settings, time, random, counters, "callback key"}, app(services, {}) {
  key = add_key(ann, 15);
  engine.tell_health = [](const ask_health&) { return health{true, true, true, false, true, ""}; };
}

std::string rig::add_key(user_id user, std::uint8_t scopes, std::optional<instant> expires) {
  auto made = net::make_api_key(time.wall, random);
  api_key_view view;
  view.id = made.id;
  view.name = "a key";
  view.scopes = scopes;
  view.last_four = made.last_four;
  view.created_at = time.wall;
  view.expires_at = expires;
  // As the desk reads it: ann is an operator, and that comes from her account.
  auto all = static_cast<std::uint8_t>(scopes | (user == ann ? account::operator_mark : 0));
  desk.data.keys.push_back(
    {{made.id, user, user == ann ? "ann@example.com" : "bob@example.com", made.sha256, all,
      expires},
     view});
  return made.text;
}

campaign_id rig::add_campaign(user_id user, campaign::status state) {
  campaign::view v;
  v.id = campaign_id{desk.make_id()};
  v.settings.name = "Spring check-up";
  v.settings.timezone = "America/New_York";
  v.state = state;
  v.version = 3;
  v.created_at = v.updated_at = time.wall;
  desk.data.campaigns.push_back({user, v});
  return v.id;
}

result<task::record> rig::act(user_id user, const task_id& id, const task::act& what) {
  result<task::record> after;
  identity who{user, "engine", ""};
  desk.transact(who, [&](desk_work& w) -> result<void> {
    after = w.tasks().act(id, what);
    if (!after)
      return fail(after.error());
    return {};
  });
  return after;
}

void rig::plan_with(std::vector<assistant::question> missing, std::optional<money> price) {
  engine.plan = [=, this](const plan_task& m) -> result<task::record> {
    if (auto begun = act(m.user, m.task, task::begin_planning{}); !begun)
      return begun;
    task::planned found;
    found.plan.title = "A call";
    found.plan.goal = "Get it done.";
    found.plan.steps = {"Call", "Ask"};
    found.plan.max_price = price;
    found.plan.times = {{"this week", "2026-05-25/2026-05-31"}};
    found.plan.missing = missing;
    found.questions = missing;
    found.by = "rules";
    found.prompt = "rules-1";
    return act(m.user, m.task, found);
  };
}

http::response rig::send(
  http::method verb, const std::string& target, std::string body, headers extra, bool with_key) {
  http::request req;
  req.verb = verb;
  req.target = target;
  auto question = target.find('?');
  req.path = wire::percent_decode(target.substr(0, question)).value();
  req.query = question == std::string::npos ? "" : target.substr(question + 1);
  req.headers = std::move(extra);
  if (with_key && !req.find("Authorization"))
    req.headers.push_back({"Authorization", "Bearer " + key});
  if (!body.empty() && !req.find("Content-Type"))
    req.headers.push_back({"Content-Type", "application/json"});
  req.id = "req-1";
  req.received_at = time.wall;
  req.remote_address = peer;
  app.arrived(req);

  auto policy = app.policy(req);
  if (!policy)
    return app.refuse(&req, 0, policy.error());
  if (body.size() > policy->limit)
    return app.refuse(&req, 413, error{.code = errc::too_large, .detail = "too large"});
  piecewise stream(policy->stream ? body : "", piece_bytes);
  if (!policy->stream)
    req.body = std::move(body);

  asio::io_context io;
  std::optional<http::response> answer;
  auto failed = [](std::exception_ptr e) {
    if (e)
      std::rethrow_exception(e);
  };
  auto exchange = [&]() -> asio::awaitable<void> {
    answer = co_await app.handle(std::move(req), policy->stream ? &stream : nullptr);
    // A stream of events has no end; tests of it read it themselves.
    if (answer->stream && !answer->content_type.starts_with("text/event-stream")) {
      collecting to;
      co_await answer->stream->run(to);
      answer->body = std::move(to.text);
    }
  };
  asio::co_spawn(io, exchange, failed);
  io.run();
  return std::move(answer.value());
}

std::string header_of(const http::response& r, const std::string& name) {
  for (const auto& h : r.headers)
    if (h.name == name)
      return h.value;
  return {};
}

nlohmann::ordered_json field(const http::response& r, const std::string& pointer) {
  auto doc = nlohmann::ordered_json::parse(r.body);
  nlohmann::ordered_json::json_pointer at(pointer);
  return doc.contains(at) ? doc.at(at) : nlohmann::ordered_json();
}

} // namespace ringmaster::net_tests
