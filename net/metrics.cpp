#include "net/metrics.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "actors/actor_board.hpp"
#include "domain/attempt.hpp"
#include "domain/permit.hpp"

namespace ringmaster::net {

namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

/// Collects families; a value goes to the family opened last.
class page {
public:
  page& counter(std::string name, std::string help) {
    return open("ringmaster_" + std::move(name) + "_total", std::move(help), MetricType::Counter);
  }
  page& gauge(std::string name, std::string help) {
    return open("ringmaster_" + std::move(name), std::move(help), MetricType::Gauge);
  }
  template <class Number>
  page& value(Number number, std::vector<std::pair<std::string, std::string>> labels = {}) {
    auto& family = families_.back();
    prometheus::ClientMetric metric;
    for (auto& [name, text] : labels)
      metric.label.push_back({std::move(name), std::move(text)});
    (family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) =
        static_cast<double>(number);
    family.metric.push_back(std::move(metric));
    return *this;
  }
  page& histogram(std::string name, std::string help) {
    return open("ringmaster_" + std::move(name), std::move(help), MetricType::Histogram);
  }
  /// A histogram from the number in each bucket, the last one without an upper bound.
  page& value(
      const std::vector<std::pair<double, std::uint64_t>>& buckets, double sum,
      std::vector<std::pair<std::string, std::string>> labels) {
    prometheus::ClientMetric metric;
    for (auto& [name, text] : labels)
      metric.label.push_back({std::move(name), std::move(text)});
    std::uint64_t count = 0;
    for (const auto& [bound, in_it] : buckets) {
      count += in_it;
      metric.histogram.bucket.push_back({count, bound});
    }
    metric.histogram.sample_count = count;
    metric.histogram.sample_sum = sum;
    families_.back().metric.push_back(std::move(metric));
    return *this;
  }
  std::string str() const {
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, families_);
    return out.str();
  }

private:
  page& open(std::string name, std::string help, MetricType type) {
    MetricFamily family;
    family.name = std::move(name);
    family.help = std::move(help);
    family.type = type;
    families_.push_back(std::move(family));
    return *this;
  }
  std::vector<MetricFamily> families_;
};

void write_dialing(page& p, const engine_counters& c) {
  p.counter("permits_granted", "Dials that the gate let through").value(c.permits_granted.load());
  p.counter("permits_refused", "Dials that the gate held back, by reason");
  constexpr auto last_refusal = static_cast<std::size_t>(permit::refusal::ambiguity_unloaded);
  for (std::size_t i = 1; i <= last_refusal && i < c.permits_refused.size(); ++i)
    p.value(
        c.permits_refused[i].load(),
        {
            {"reason", std::string(permit::to_string(static_cast<permit::refusal>(i)))}
    });
  p.counter("creates", "Create requests at the carrier, by what came of them");
  for (auto e :
       {attempt::event::accept, attempt::event::reject, attempt::event::withdraw,
        attempt::event::lose})
    p.value(
        c.creates[static_cast<std::size_t>(e)].load(),
        {
            {"verdict", std::string(attempt::to_string(e))}
    });
  p.counter("creates_gated", "Permits that were stopped before the first byte left")
      .value(c.creates_gated.load());
  p.gauge("creates_in_flight", "Create requests without an answer yet")
      .value(c.creates_in_flight.load());
  p.gauge("attempts_ambiguous", "Attempts of which nobody knows whether they rang")
      .value(c.attempts_ambiguous.load());
  p.gauge("campaigns_active", "Campaigns that are scheduled or running")
      .value(c.campaigns_active.load());
  p.gauge("calls_live", "Calls that are not over").value(c.calls_live.load());
  p.counter("late_calls", "Calls that a fence had to end").value(c.late_calls.load());
  p.counter("campaigns_tripped", "Campaigns that the engine paused for safety")
      .value(c.campaigns_tripped.load());
  p.gauge("stopped", "1 while the global stop is set").value(c.stopped.load());
  p.gauge("carrier_open", "0 while the circuit to the carrier is broken")
      .value(c.carrier_open.load());
  p.gauge("clock_trusted", "0 while the clock is not trusted and nothing is dialed")
      .value(c.clock_trusted.load());
  p.gauge("recovery_done", "1 when everything of the last run was taken up again")
      .value(c.recovery_done.load());
}

void write_news(page& p, const engine_counters& c, const hook_counters& h) {
  p.counter("callbacks", "Callbacks and findings that were stored").value(c.callbacks.load());
  p.counter("callbacks_repeated", "Callbacks that had come before")
      .value(c.callbacks_repeated.load());
  p.counter("callbacks_conflicting", "Callbacks with another final status than the known one")
      .value(c.callbacks_conflicting.load());
  p.counter("callbacks_foreign", "Callbacks of a call that is not bound to its attempt")
      .value(c.callbacks_foreign.load());
  p.counter("webhooks", "Webhooks of the carrier, by what became of them")
      .value(
          h.accepted.load(),
          {
              {"result", "stored"}
  })
      .value(h.bad_token.load(), {{"result", "bad_token"}})
      .value(h.bad_signature.load(), {{"result", "bad_signature"}})
      .value(h.malformed.load(), {{"result", "malformed"}})
      .value(h.unavailable.load(), {{"result", "unavailable"}});
  p.counter("webhooks_stored", "Webhooks that were stored, by what they tell")
      .value(
          h.status.load(),
          {
              {"kind", "status"}
  })
      .value(h.voice.load(), {{"kind", "voice"}})
      .value(h.gather.load(), {{"kind", "gather"}})
      .value(h.amd.load(), {{"kind", "amd"}})
      .value(h.recording.load(), {{"kind", "recording"}})
      .value(h.relay.load(), {{"kind", "relay"}});
  p.counter("lines_unanswered", "Times that a live call got no instructions in time")
      .value(h.unanswered.load());
  p.counter("relay_sockets", "Sockets of live calls, by what became of their opening")
      .value(
          h.sockets.load(),
          {
              {"result", "taken"}
  })
      .value(h.sockets_refused.load(), {{"result", "refused"}})
      .value(h.sockets_garbled.load(), {{"result", "garbled"}});
  p.counter("webhooks_unknown_status", "Stored callbacks with a status that is not known here")
      .value(h.unknown_status.load());
  p.counter("polls", "Calls that were asked for because the carrier fell silent")
      .value(c.polls.load());
  p.counter("reconcile_reads", "Lists read to settle ambiguous attempts")
      .value(c.reconcile_reads.load());
}

void write_inside(page& p, const engine_counters& c) {
  p.counter("store_batches", "Transactions of the STORE lanes").value(c.store_batches.load());
  p.counter("store_changes", "Changes in these transactions").value(c.store_changes.load());
  p.counter("store_failures", "Transactions that failed").value(c.store_failures.load());
  p.counter("actor_restarts", "Actors that had to be started again").value(c.actor_restarts.load());
}

/// By kind, never by actor: the number of lines is the same with ten calls and with a million.
void write_actors(page& p, const services& svc) {
  const auto board = svc.engine.actors();
  if (!board)
    return;
  const auto totals = board->totals();
  const auto each = [&](auto write) {
    for (std::size_t k = 0; k < actor_kinds; ++k)
      write(totals[k], std::string(to_string(static_cast<actor_kind>(k))));
  };
  using labels = std::vector<std::pair<std::string, std::string>>;
  p.gauge("actors", "Actors that live, by kind");
  each([&](const kind_totals& t, const std::string& kind) {
    p.value(t.actors, labels{{"kind", kind}});
  });
  p.gauge("actor_mailbox", "Messages that wait in the mailboxes of a kind");
  each([&](const kind_totals& t, const std::string& kind) {
    p.value(t.mailbox, labels{{"kind", kind}});
  });
  p.counter("actor_messages", "Messages that were handled");
  each([&](const kind_totals& t, const std::string& kind) {
    p.value(t.messages(), labels{{"kind", kind}});
  });
  p.counter("actor_restarts_by_kind", "Actors that were made again after they ended badly");
  each([&](const kind_totals& t, const std::string& kind) {
    p.value(t.restarts, labels{{"kind", kind}});
  });
  p.histogram("actor_handler_seconds", "How long one message took");
  each([&](const kind_totals& t, const std::string& kind) {
    // Every second power of two: from 4 us to 4 s.
    std::vector<std::pair<double, std::uint64_t>> buckets;
    for (std::size_t b = 0; b < kind_totals::buckets; ++b) {
      const auto last = b + 1 == kind_totals::buckets;
      const auto bound = last ? std::numeric_limits<double>::infinity()
                              : static_cast<double>(std::uint64_t{1} << b) / 1e6;
      if (buckets.empty() || (b >= 3 && b % 2 == 1))
        buckets.emplace_back(bound, 0);
      buckets.back().first = bound;
      buckets.back().second += t.handled[b];
    }
    p.value(buckets, t.seconds, labels{{"kind", kind}});
  });
}

void write_edges(page& p, const services& svc) {
  auto each = [&](auto member) {
    for (const auto& [name, edge] : svc.edges)
      p.value(
          (edge->*member).load(), {
                                      {"listener", name}
      });
  };
  if (svc.edges.empty())
    return;
  p.counter("http_connections", "Connections that were accepted");
  each(&http::statistics::accepted);
  p.counter("http_connections_refused", "Connections above a limit");
  each(&http::statistics::refused_connections);
  p.counter("http_requests", "Requests whose head was read");
  each(&http::statistics::requests);
  p.counter("http_bad_heads", "Requests that were refused by their form");
  each(&http::statistics::bad_heads);
  p.counter("http_timeouts", "Connections that were too slow");
  each(&http::statistics::timeouts);
  p.gauge("http_connections_open", "Connections that are open now");
  each(&http::statistics::open);
  p.gauge("http_sockets_open", "WebSockets among them");
  each(&http::statistics::sockets);
}

} // namespace

std::string write_metrics(const services& svc) {
  page p;
  p.gauge("build_info", "1; the label names the version")
      .value(
          1, {
                 {"version", RINGMASTER_VERSION}
  });
  write_dialing(p, svc.counters);
  write_news(p, svc.counters, svc.hooks);
  write_inside(p, svc.counters);
  write_actors(p, svc);
  write_edges(p, svc);
  return p.str();
}

} // namespace ringmaster::net
