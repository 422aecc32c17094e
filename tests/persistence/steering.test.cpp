#define CAF_SUITE steering

#include <caf/test/unit_test.hpp>

#include "tests/persistence/stage.hpp"

using namespace ringmaster;
using ringmaster::test::stage;
using ringmaster::test::test_cluster;

namespace {

// Half an hour that is never now.
campaign::draft closed_now(stage& s) {
  auto draft = stage::any_time();
  auto hour = s.number("select ((extract(hour from now() at time zone 'UTC')::int + 3) % 24)::bigint");
  char text[16];
  std::snprintf(text, sizeof text, "%02d:00:00", static_cast<int>(hour));
  draft.allowed_call_start_time = text;
  std::snprintf(text, sizeof text, "%02d:30:00", static_cast<int>(hour));
  draft.allowed_call_end_time = text;
  return draft;
}

} // namespace

CAF_TEST(each step of the life has one audit row with who and why) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 1);
  CAF_REQUIRE(s.steer(s.ann, id, campaign::action::pause).has_value());
  CAF_REQUIRE(s.steer(s.ann, id, campaign::action::resume).has_value());
  change::steer_campaign trip;
  trip.who = {s.ann.user, "engine", ""};
  trip.campaign = id;
  trip.on = campaign::action::trip;
  trip.reason = "the caller id was refused";
  auto tripped = s.one<campaign_steered>(trip);
  CAF_REQUIRE(tripped.has_value());
  CAF_CHECK_EQUAL(tripped->view.pause_reason, "the caller id was refused");
  CAF_CHECK(tripped->step.then == campaign::effect::stop_dialing);
  auto resumed = s.steer(s.ann, id, campaign::action::resume);
  CAF_REQUIRE(resumed.has_value());
  CAF_CHECK(resumed->view.pause_reason.empty());
  CAF_CHECK(resumed->brief.state == campaign::status::running);
  CAF_CHECK_EQUAL(s.text("select string_agg(action || ':' || from_status || '>' || to_status || ':' || actor, ' ' order by seq) "
                         "from ringmaster.audit where action ~ 'start|pause|resume|trip'"),
    "campaign.start:draft>running:user:ann@example.com campaign.pause:running>paused:user:ann@example.com "
    "campaign.resume:paused>running:user:ann@example.com campaign.trip:running>paused:engine "
    "campaign.resume:paused>running:user:ann@example.com");
}

CAF_TEST(a closed window refuses the start and writes nothing) {
  stage s;
  auto view = s.make_campaign(s.ann, closed_now(s), stage::rows(1));
  auto refused = s.steer(s.ann, view.id, campaign::action::start);
  CAF_REQUIRE(!refused);
  CAF_CHECK(refused.error().code == errc::window_closed);
  CAF_CHECK(refused.error().next_open_at.has_value());
  CAF_CHECK_EQUAL(s.text("select status from ringmaster.campaigns"), "draft");
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.audit where action = 'campaign.start'"), 0);
  // Unless the user says: then when it opens.
  auto later = s.steer(s.ann, view.id, campaign::action::start, true);
  CAF_REQUIRE(later.has_value());
  CAF_CHECK(later->view.state == campaign::status::scheduled);
  CAF_CHECK(later->view.start_at == refused.error().next_open_at);
  auto active = s.lane->active_campaigns();
  CAF_REQUIRE(active.has_value());
  CAF_REQUIRE_EQUAL(active->size(), 1u);
  CAF_CHECK(active->at(0).start_at == later->view.start_at);
}

CAF_TEST(a wrong step names what is possible) {
  stage s;
  auto view = s.make_campaign(s.ann, stage::any_time(), stage::rows(1));
  auto refused = s.steer(s.ann, view.id, campaign::action::pause);
  CAF_REQUIRE(!refused);
  CAF_CHECK(refused.error().code == errc::wrong_state);
  CAF_CHECK(!refused.error().allowed_transitions.empty());
  CAF_CHECK(s.steer(s.ann, campaign_id{}, campaign::action::start).error().code == errc::not_found);
}

CAF_TEST(canceling twice is one change) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 1);
  auto first = s.steer(s.ann, id, campaign::action::cancel);
  auto second = s.steer(s.ann, id, campaign::action::cancel);
  CAF_REQUIRE(first.has_value() && second.has_value());
  CAF_CHECK_EQUAL(first->view.version, second->view.version);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.audit where action = 'campaign.cancel'"), 1);
}

CAF_TEST(an update is checked and grows the version) {
  stage s;
  auto view = s.make_campaign(s.ann, stage::any_time(), stage::rows(1));
  change::steer_campaign update;
  update.who = s.ann;
  update.campaign = view.id;
  update.on = campaign::action::update;
  update.settings.emplace();
  update.settings->name = "Autumn 'check-up'";
  update.settings->rate_limit_per_minute = std::optional<std::uint32_t>(20);
  auto updated = s.one<campaign_steered>(update);
  CAF_REQUIRE(updated.has_value());
  CAF_CHECK_EQUAL(updated->view.settings.name, "Autumn 'check-up'");
  CAF_CHECK(updated->view.settings.limits.per_minute == 20u);
  CAF_CHECK_EQUAL(updated->view.version, view.version + 1);
  update.settings->timezone = "Mars/Olympus";
  auto refused = s.one<campaign_steered>(update);
  CAF_REQUIRE(!refused);
  CAF_CHECK(refused.error().code == errc::invalid);
  CAF_CHECK_EQUAL(s.text("select timezone from ringmaster.campaigns"), "UTC");
}

CAF_TEST(a scheduled campaign begins and needs an instant) {
  stage s;
  auto view = s.make_campaign(s.ann, stage::any_time(), stage::rows(1));
  CAF_CHECK(!s.steer(s.ann, view.id, campaign::action::schedule));
  change::steer_campaign schedule;
  schedule.who = s.ann;
  schedule.campaign = view.id;
  schedule.on = campaign::action::schedule;
  schedule.start_at = instant(std::chrono::hours(24 * 365 * 60));
  auto scheduled = s.one<campaign_steered>(schedule);
  CAF_REQUIRE(scheduled.has_value());
  CAF_CHECK(scheduled->view.start_at == schedule.start_at);
  auto begun = s.steer(s.ann, view.id, campaign::action::begin);
  CAF_REQUIRE(begun.has_value());
  CAF_CHECK(begun->view.state == campaign::status::running);
  CAF_CHECK(begun->view.started_at.has_value());
}

CAF_TEST(a campaign with work left is not finished) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 1);
  auto refused = s.steer(s.ann, id, campaign::action::finish);
  CAF_REQUIRE(!refused);
  CAF_CHECK(refused.error().code == errc::wrong_state);
}

CAF_TEST(a server that goes away and comes back is used again) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 2);
  auto admin = test_cluster::get().connect_admin("postgres");
  admin.execute("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = '" + s.name + "'");
  // The idle connections were cut: the next transaction opens a new one.
  CAF_CHECK_EQUAL(s.ask(s.ann, id, 1).intents.size(), 1u);
  CAF_CHECK(s.at_desk(s.ann, [&](desk_work& w) { return w.find_campaign(id); }).has_value());
  CAF_CHECK(s.lane->database_time().has_value());
}

CAF_TEST(a database that only reads gives no permit) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 1);
  auto admin = test_cluster::get().connect_admin("postgres");
  admin.execute("alter database " + s.name + " set default_transaction_read_only = on");
  admin.execute("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = '" + s.name + "'");
  change::ask_permits ask;
  ask.user = s.ann.user;
  ask.campaign = id;
  auto refused = s.one<permits>(ask);
  CAF_REQUIRE(!refused);
  CAF_CHECK(refused.error().code == errc::unavailable);
  admin.execute("alter database " + s.name + " reset default_transaction_read_only");
  CAF_CHECK_EQUAL(s.ask(s.ann, id, 1).intents.size(), 1u);
}
