#include "main/wiring.hpp"

#include <algorithm>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "actors/engine.hpp"
#include "domain/counters.hpp"
#include "gateways/assistant/model_gateway.hpp"
#include "gateways/telephony/carrier_client.hpp"
#include "gateways/telephony/line_inspector.hpp"
#include "gateways/webhooks/webhook_sender.hpp"
#include "http/server.hpp"
#include "main/absent_carrier.hpp"
#include "main/clock.hpp"
#include "main/console_setup.hpp"
#include "main/housekeeping.hpp"
#include "main/stop_file.hpp"
#include "net/application.hpp"
#include "net/bridge.hpp"
#include "net/console.hpp"
#include "net/services.hpp"
#include "persistence/account_book.hpp"
#include "persistence/store.hpp"

namespace ringmaster {

namespace {

// -- settings for each part --------------------------------------------------------------------------

http::limits edge_limits(const config::settings& s) {
  http::limits n;
  n.header_bytes = s.limits.header_bytes;
  n.header_timeout = s.limits.header_timeout;
  n.idle_timeout = s.limits.idle_timeout;
  n.connections = s.limits.connections;
  n.connections_per_address = s.limits.connections_per_address;
  return n;
}

std::size_t cores() { return std::max<std::size_t>(1, std::thread::hardware_concurrency()); }

std::size_t edge_threads(const config::settings& s) {
  return s.http.threads > 0 ? s.http.threads : std::min<std::size_t>(cores(), 8);
}

telephony::carrier_settings line_settings(const config::settings& s, const std::string& callback_key) {
  telephony::carrier_settings line;
  line.base_url = s.carrier.base_url;
  line.account_sid = s.carrier.account_sid;
  bool by_key = !s.carrier.api_key_sid.empty();
  line.user = by_key ? s.carrier.api_key_sid : s.carrier.account_sid;
  line.password = by_key ? s.carrier.api_key_secret.reveal() : s.carrier.auth_token.reveal();
  line.public_url = s.http.public_url;
  line.callback_key = callback_key;
  line.request_timeout = s.carrier.request_timeout;
  line.connect_timeout = std::min(line.connect_timeout, s.carrier.request_timeout);
  line.connections = s.carrier.connections;
  line.ca_file = s.carrier.ca_file;
  line.detect_machines = s.calling.detect_machines;
  return line;
}

engine_options options_of(const config::settings& s) {
  auto seconds = [](std::chrono::milliseconds d) {
    return std::chrono::ceil<std::chrono::seconds>(d);
  };
  engine_options o;
  o.calls_per_second = s.carrier.calls_per_second;
  o.ladder.first = seconds(s.carrier.reconcile_after);
  o.ladder.again = seconds(s.carrier.reconcile_again);
  o.ladder.give_up = seconds(s.carrier.reconcile_give_up);
  o.retry.busy = seconds(s.calling.retry_busy);
  o.retry.no_answer = seconds(s.calling.retry_no_answer);
  o.retry.voicemail = seconds(s.calling.retry_voicemail);
  o.retry.failed = seconds(s.calling.retry_failed);
  o.retry.min_gap = seconds(s.calling.min_gap);
  o.ring_timeout = s.carrier.ring_timeout;
  o.time_limit = s.carrier.time_limit;
  o.poll_silence = s.carrier.poll_silence;
  o.close_guard = s.calling.close_guard;
  o.connections = s.carrier.connections;
  o.disclosure = s.calling.disclosure;
  o.line = s.carrier.mode == "relay" ? talk::line_kind::stream : talk::line_kind::turns;
  o.recording_allowed = s.calling.recording;
  o.talk.time_most = s.carrier.time_limit;
  o.talk.filler_after = s.talk.filler_after;
  o.talk.thought_most = s.talk.thought_most;
  o.talk.silence_after = s.talk.silence_after;
  o.talk.hold_most = s.talk.hold_most;
  o.talk.owner_patience = s.talk.owner_patience;
  o.talk.turns_most = static_cast<std::int32_t>(s.talk.turns_most);
  o.questions_per_user = s.brain.per_user;
  o.questions_queued_per_user = s.brain.per_user_queue;
  o.questions_most = s.brain.most;
  o.questions_queued = s.brain.queue;
  o.question_patience = s.brain.patience;
  o.consult_patience = s.brain.consult_patience;
  o.watch = s.actors.watch;
  o.threads = std::clamp<std::size_t>(cores() / 2, 1, 8);
  return o;
}

bool names_carrier(const config::settings& s) {
  return !s.carrier.account_sid.empty() && !s.carrier.auth_token.empty();
}

} // namespace

/// In the order in which they are made; `drain` undoes it by hand, because actors, gateway and
/// edge call each other until the actors have ended.
struct wiring::parts {
  explicit parts(const config::settings& s) : settings(s), stop(s.data.directory) {
    // Where a recording may begin, whoever is called hears of it with the disclosure.
    if (s.calling.recording && !s.calling.recording_notice.empty())
      settings.calling.disclosure += " " + s.calling.recording_notice;
  }

  config::settings settings;
  system_clock_port time;
  system_random random;
  stop_file stop;
  engine_counters counters;
  std::unique_ptr<database> store;
  std::unique_ptr<file_send_log> marks;
  std::unique_ptr<carrier> line;
  std::unique_ptr<assistant::model_gateway> models;
  std::unique_ptr<telephony::line_inspector> inspector;
  std::unique_ptr<webhook_carrier> post;
  std::unique_ptr<engine> actors;
  std::unique_ptr<net::engine> bridge;
  std::unique_ptr<account_room> room;
  std::unique_ptr<net::console> console;
  std::unique_ptr<net::services> services;
  std::unique_ptr<housekeeping> keeper;

  struct edge {
    std::unique_ptr<net::application> app;
    std::unique_ptr<http::server> server;
  };
  std::vector<edge> edges;
  std::string address;
  bool drained = false;

  result<void> open_store();
  result<void> open_line(const std::string& callback_key);
  result<void> open_models();
  result<void> open_post();
  void make_actors();
  result<void> open_console();
  result<void> open_edges(const std::string& callback_key);
};

result<void> wiring::parts::open_store() {
  auto gate = read_gate(settings);
  if (!gate)
    return fail(gate.error());
  auto opened = database::open(settings, std::move(*gate), time, random, {});
  if (!opened)
    return fail(opened.error());
  store = std::move(*opened);
  auto log = store->open_send_log();
  if (!log)
    return fail(log.error());
  marks = std::move(*log);
  return {};
}

result<void> wiring::parts::open_line(const std::string& callback_key) {
  inspector = std::make_unique<telephony::line_inspector>(
    telephony::inspector_settings::from(settings, callback_key), time, random);
  if (!names_carrier(settings)) {
    spdlog::warn("no carrier is configured: the API is served, and nothing is dialed");
    line = std::make_unique<absent_carrier>();
    return {};
  }
  auto made = telephony::carrier_client::make(line_settings(settings, callback_key));
  if (!made)
    return fail(made.error());
  line = std::move(*made);
  return {};
}

result<void> wiring::parts::open_models() {
  auto made = assistant::model_gateway::make(
    assistant::gateway_settings::from(settings), time, random);
  if (!made)
    return fail(made.error());
  models = std::move(*made);
  return {};
}

result<void> wiring::parts::open_post() {
  webhooks::sender_settings how;
  for (const auto& text : settings.webhooks.allow_private)
    if (auto range = parse_network(text))
      how.allowed.push_back(*range);
  how.ca_file = settings.webhooks.ca_file;
  auto made = webhooks::webhook_sender::make(std::move(how), time);
  if (!made)
    return fail(made.error());
  post = std::move(*made);
  return {};
}

void wiring::parts::make_actors() {
  std::vector<std::unique_ptr<lane_store>> lanes;
  std::vector<std::unique_ptr<desk>> desks;
  for (std::size_t i = 0; i < settings.database.lanes; ++i)
    lanes.push_back(store->lane());
  for (std::size_t i = 0; i < settings.database.desks; ++i)
    desks.push_back(store->make_desk());
  actors = std::make_unique<engine>(
    engine_parts{time, random, *line, *marks, stop, counters, *models, options_of(settings), nullptr,
                 post.get()},
    std::move(lanes), std::move(desks));
  bridge = net::make_bridge(
    {actors->scheduler(), actors->lanes(), actors->desks(), actors->tasks(), actors->feed(),
     actors->wrap_up(), actors->brain(), actors->watch(), actors->courier()},
    settings.limits.desk_queue);
}

result<void> wiring::parts::open_console() {
  auto directory = find_console(settings);
  auto files = net::console_files::read(directory, settings.http.base_path);
  if (!files)
    return fail(files.error());
  if (files->empty())
    spdlog::info(
      "the web console is not here{}; the API is served without it",
      directory.empty() ? "" : " (" + directory + ")");
  room = store->make_account_room();
  console = std::unique_ptr<net::console>(new net::console{*room, std::move(*files), host_zone()});
  return {};
}

result<void> wiring::parts::open_edges(const std::string& callback_key) {
  services = std::unique_ptr<net::services>(
    new net::services{*bridge, settings, time, random, counters, callback_key});
  services->console = console.get();
  services->audit_heads = [file = audit_head_file::in(settings.data.directory)] { return file.read(); };
  services->line = inspector.get();
  services->minds = models.get();
  for (const auto& listener : net::listeners_of(settings)) {
    edge e;
    e.app = std::make_unique<net::application>(*services, listener.what);
    e.server =
      std::make_unique<http::server>(*e.app, edge_limits(settings), edge_threads(settings));
    services->edges.emplace_back(listener.name, &e.server->counters());
    edges.push_back(std::move(e));
  }
  // Every list is complete before the first request can look at it.
  std::size_t i = 0;
  for (const auto& listener : net::listeners_of(settings)) {
    auto bound = edges[i].server->start(listener.address);
    if (!bound)
      return fail(bound.error());
    if (i++ == 0)
      address = *bound;
    else
      spdlog::info("{} listens on http://{}", listener.name, *bound);
  }
  return {};
}

wiring::wiring(std::unique_ptr<parts> all) : parts_(std::move(all)) {}

wiring::~wiring() { drain(); }

result<std::unique_ptr<wiring>> wiring::start(const config::settings& settings) {
  auto made = std::unique_ptr<wiring>(new wiring(std::make_unique<parts>(settings)));
  auto& p = *made->parts_;
  if (auto opened = p.open_store(); !opened)
    return fail(opened.error());
  const auto callback_key = p.store->keys().derive("callback");
  if (auto opened = p.open_line(callback_key); !opened)
    return fail(opened.error());
  if (auto opened = p.open_models(); !opened)
    return fail(opened.error());
  if (auto opened = p.open_post(); !opened)
    return fail(opened.error());
  p.make_actors();
  if (auto opened = p.open_console(); !opened)
    return fail(opened.error());
  // Webhooks are taken from here on; the recovery goes on behind them.
  if (auto opened = p.open_edges(callback_key); !opened)
    return fail(opened.error());
  p.actors->start();
  housekeeping::manners manners;
  manners.price_after = settings.carrier.price_after;
  manners.asks_prices = names_carrier(settings);
  p.keeper = std::make_unique<housekeeping>(
    p.store->make_back_office(), p.services->hook_log, *p.line, p.time,
    audit_head_file::in(settings.data.directory), manners);
  return made;
}

void wiring::drain() {
  auto& p = *parts_;
  if (std::exchange(p.drained, true))
    return;
  const auto begin = p.time.boot();
  const auto patience = p.settings.limits.drain_timeout;
  if (p.actors)
    p.actors->halt();
  std::vector<std::thread> draining;
  for (auto& e : p.edges)
    draining.emplace_back([&e, patience] { e.server->drain(patience); });
  for (auto& thread : draining)
    thread.join();
  if (p.services)
    p.services->row_checkers.finish();
  if (p.actors) {
    auto used = std::chrono::duration_cast<std::chrono::milliseconds>(p.time.boot() - begin);
    p.actors->shutdown(std::max(patience - used, std::chrono::milliseconds(0)));
  }
  p.keeper.reset(); // what the actors wrote last is sealed, too
  p.line.reset();
  p.inspector.reset();
  p.models.reset();
  p.post.reset();
  p.bridge.reset();
  p.actors.reset();
  p.room.reset();
  p.edges.clear();
  p.services.reset();
  p.console.reset();
  p.marks.reset();
  p.store.reset();
}

const std::string& wiring::address() const { return parts_->address; }
const config::settings& wiring::settings() const { return parts_->settings; }
database& wiring::store() { return *parts_->store; }

result<std::string> wiring::welcome() {
  auto& p = *parts_;
  auto on = p.store->connect(db::purpose::desk, "welcome");
  account_book accounts(*on, p.random);
  return open_welcome(accounts, p.console->first, p.settings, p.address, p.time, p.random);
}

} // namespace ringmaster
