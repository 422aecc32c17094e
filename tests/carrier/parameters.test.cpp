#define CAF_SUITE carrier_parameters
#include <caf/test/unit_test.hpp>

#include <set>

#include "carrier/parameters.hpp"
#include "tests/carrier/samples.hpp"

using namespace ringmaster;
using namespace ringmaster::telco;
using namespace ringmaster::telco::samples;

namespace {

int code_of(const wire::fields& form) {
  auto read = read_create(form);
  return read ? 0 : read.error().code;
}

int change_code(const wire::fields& form) {
  auto read = read_change(form);
  return read ? 0 : read.error().code;
}

int filter_code(const wire::fields& query) {
  auto read = read_filter(query);
  return read ? 0 : read.error().code;
}

} // namespace

CAF_TEST(a full create is read as it was written) {
  auto form = order();
  for (auto [name, value] : std::initializer_list<std::pair<const char*, const char*>>{
         {"Method", "GET"}, {"Timeout", "25"}, {"TimeLimit", "900"}, {"Record", "true"},
         {"MachineDetection", "DetectMessageEnd"}, {"AsyncAmd", "true"},
         {"AsyncAmdStatusCallback", "https://engine.example.com/amd"},
         {"FallbackUrl", "https://engine.example.com/oops"}, {"StatusCallbackMethod", "GET"}})
    form = with(form, name, value);
  auto read = read_create(form);
  CAF_REQUIRE(read);
  CAF_CHECK_EQUAL(read->to, "+12125550100");
  CAF_CHECK(!read->document.post);
  CAF_CHECK(!read->status.post);
  CAF_CHECK_EQUAL(read->timeout_seconds, 25);
  CAF_CHECK_EQUAL(read->time_limit_seconds, 900);
  CAF_CHECK(read->record && read->detection_async);
  CAF_CHECK(read->detection == detection::message_end);
  CAF_CHECK_EQUAL(int{read->events}, 15);
}

CAF_TEST(defaults are those of the carrier) {
  auto read = read_create(without(order(), "StatusCallbackEvent"));
  CAF_REQUIRE(read);
  CAF_CHECK_EQUAL(int{read->events}, int{event::completed});
  CAF_CHECK_EQUAL(read->timeout_seconds, 60);
  CAF_CHECK(read->document.post);
  CAF_CHECK(read->detection == detection::off);
}

CAF_TEST(what is missing has a code of its own) {
  CAF_CHECK_EQUAL(code_of(without(order(), "To")), 21201);
  CAF_CHECK_EQUAL(code_of(with(order(), "To", "")), 21201);
  CAF_CHECK_EQUAL(code_of(without(order(), "From")), 21213);
  CAF_CHECK_EQUAL(code_of(without(order(), "Url")), 21205);
  CAF_CHECK_EQUAL(code_of(with(without(order(), "Url"), "Twiml", "<Response/>")), 0);
}

CAF_TEST(a plus that arrived as a space is refused) {
  CAF_CHECK_EQUAL(code_of(with(order(), "To", " 12125550100")), 21211);
  auto form = wire::parse_form("To=+12125550100&From=%2B14155550199&Url=https%3A%2F%2Fe.example%2Fv");
  CAF_REQUIRE(form);
  CAF_CHECK_EQUAL(code_of(*form), 21211);
}

CAF_TEST(every wrong value is refused with the code of its parameter) {
  struct wrong {
    const char *name, *value;
    int code;
  };
  for (const auto& w : {
         wrong{"To", "2125550100", 21211}, {"To", "+02125550100", 21211}, {"To", "+1212", 21211},
         {"To", "+1212555010012345678", 21211}, {"To", "+1 212 555", 21211},
         {"From", "hello", 21212}, {"From", "client:ann", 21212},
         {"Url", "ftp://e.example/", 21205}, {"Url", "/relative", 21205},
         {"Url", "https://", 21205}, {"Url", "https://e.example/a b", 21205},
         {"StatusCallback", "https://under_score.example/x", 21205}, {"Method", "PUT", 21209},
         {"StatusCallbackMethod", "post", 21209}, {"StatusCallbackEvent", "answered completed", 20001},
         {"Timeout", "0", 21208}, {"Timeout", "601", 21208}, {"Timeout", "5s", 21208},
         {"Timeout", "", 21208}, {"TimeLimit", "-1", 20001}, {"Record", "yes", 20001},
         {"MachineDetection", "enable", 21234}, {"MachineDetectionTimeout", "2", 21234},
         {"MachineDetectionSpeechThreshold", "999", 21234}, {"AsyncAmd", "True", 21234},
         {"SendDigits", "12x", 21206}, {"SendDigits", "123456789012345678901234567890123", 21206},
         {"Trim", "trim", 20001}, {"RecordingStatusCallbackEvent", "in-progress completed", 20001},
         {"ApplicationSid", "AP1", 21218}, {"Byoc", "BY", 20001},
         {"to", "+12125550100", 20001}, {"Status", "completed", 20001}, {"Colour", "blue", 20001}})
    CAF_CHECK_EQUAL(code_of(with(order(), w.name, w.value)), w.code);
  CAF_CHECK_EQUAL(code_of(with(without(order(), "Url"), "Twiml", std::string(4001, 'x'))), 32018);
  CAF_CHECK_EQUAL(code_of(with(without(order(), "Url"), "Twiml", std::string(4000, 'x'))), 0);
}

CAF_TEST(a parameter that stands twice is refused unless it repeats by design) {
  auto form = order();
  form.emplace_back("Timeout", "20");
  form.emplace_back("Timeout", "20");
  CAF_CHECK_EQUAL(code_of(form), 20001);
  CAF_CHECK_EQUAL(code_of(order()), 0);
}

CAF_TEST(digits to send switch detection off) {
  auto form = with(with(order(), "MachineDetection", "Enable"), "SendDigits", "ww1");
  CAF_CHECK(read_create(form)->detection == detection::off);
}

CAF_TEST(the table holds each parameter of the carrier once) {
  std::set<std::string_view> names;
  std::size_t creates = 0, updates = 0;
  for (const auto& p : call_parameters()) {
    CAF_CHECK(names.insert(p.name).second);
    creates += p.create;
    updates += p.update;
  }
  CAF_CHECK_EQUAL(creates, 36u);
  CAF_CHECK_EQUAL(updates, 9u);
}

CAF_TEST(an update takes only what an update may change) {
  CAF_CHECK_EQUAL(change_code({{"Status", "canceled"}}), 0);
  CAF_CHECK_EQUAL(change_code({{"Status", "cancelled"}}), 20001);
  CAF_CHECK_EQUAL(change_code({{"Status", "busy"}}), 20001);
  CAF_CHECK_EQUAL(change_code({{"To", "+12125550100"}}), 20001);
  CAF_CHECK_EQUAL(change_code({{"Url", "https://e.example/"}, {"Twiml", "<Response/>"}}), 20001);
  auto read = read_change({{"TimeLimit", "60"}, {"Url", "https://e.example/x"}, {"Method", "GET"}});
  CAF_REQUIRE(read);
  CAF_CHECK_EQUAL(*read->time_limit_seconds, 60);
  CAF_CHECK(!read->post);
}

CAF_TEST(inequalities of a list are part of the names) {
  auto read = read_filter(*wire::parse_form(
    "Status=in-progress&StartTime%3E=2026-01-02T03%3A04%3A05Z&StartTime%3C=2026-01-05&PageSize=3"));
  CAF_REQUIRE(read);
  CAF_CHECK(read->status == call::status::in_progress);
  CAF_CHECK(read->start_from == *parse_rfc3339("2026-01-02T03:04:05Z"));
  CAF_CHECK(read->start_before == *parse_rfc3339("2026-01-05T00:00:00Z"));
  CAF_CHECK_EQUAL(read->page_size, 3u);
  auto day = read_filter({{"EndTime", "2026-01-05"}});
  CAF_REQUIRE(day);
  CAF_CHECK(*day->end_before - *day->end_from == 24h);
}

CAF_TEST(a list refuses what it does not know) {
  for (const auto& [name, value] : wire::fields{
         {"PageSize", "0"}, {"PageSize", "1001"}, {"Status", "initiated"}, {"Status", "answered"},
         {"Status", "x"}, {"StartTime>", "yesterday"}, {"PageToken", "3"}, {"Page", "-1"},
         {"Page", "1"}, {"to", "+12125550100"}, {"ParentCallSid", "CA1"}, {"Start>", "2026-01-01"}})
    CAF_CHECK_EQUAL(filter_code({{name, value}}), 20001);
  CAF_CHECK_EQUAL(filter_code({{"To", "+12125550100"}, {"To", "+12125550100"}}), 20001);
  CAF_CHECK_EQUAL(filter_code({}), 0);
}
