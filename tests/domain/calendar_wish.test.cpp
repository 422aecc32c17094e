#define CAF_SUITE calendar_wish
#include <caf/test/unit_test.hpp>

#include <string>
#include <vector>

#include "domain/calendar.hpp"
#include "tests/domain/instants.hpp"

using namespace ringmaster;
using namespace std::string_literals;
using ringmaster::testing::at;

namespace {

/// A Saturday, 10:00 in Berlin.
const instant now = at("2026-11-21T09:00:00Z");
constexpr auto home = "Europe/Berlin";

/// "create|Dentist|Tue 24 Nov 2026, 15:00 to 16:00 (Europe/Berlin)|" and what is missing; "none".
std::string read(std::string_view words) {
  auto w = calendar::read_wish(words, now, home);
  if (!w)
    return "none";
  return std::string{calendar::to_string(w->what)} + '|' + w->title + '|' +
         (w->as ? calendar::show_when(*w->as) : "") + '|' + w->missing +
         (w->keeps_day ? "|keeps day" : "") + (w->keeps_time ? "|keeps time" : "");
}

calendar::event event_of(std::string title, std::string start, std::uint8_t n) {
  calendar::entry_draft d;
  d.title = std::move(title);
  d.starts_at = std::move(start);
  calendar::event e;
  e.id.value.bytes[0] = n;
  e.as = calendar::check(d, home).value();
  return e;
}

} // namespace

CAF_TEST(a wish for an entry is read with its title and time) {
  CAF_CHECK_EQUAL(
      read("put the dentist on Tuesday at 3 pm into my calendar"),
      "create|Dentist|Tue 24 Nov 2026, 15:00 to 16:00 (Europe/Berlin)|"s);
  CAF_CHECK_EQUAL(
      read("Please add lunch with Anna to my calendar tomorrow at noon for 90 minutes."),
      "create|Lunch with Anna|Sun 22 Nov 2026, 12:00 to 13:30 (Europe/Berlin)|"s);
  CAF_CHECK_EQUAL(
      read("Can you schedule a meeting with Bob on November 26 from 2 pm to 4 pm?"),
      "create|Meeting with Bob|Thu 26 Nov 2026, 14:00 to 16:00 (Europe/Berlin)|"s);
  CAF_CHECK_EQUAL(
      read("Put Anna's birthday on December 3 into my calendar"),
      "create|Anna's birthday|Thu 3 Dec 2026, all day|"s);
}

CAF_TEST(what is missing is asked back) {
  CAF_CHECK_EQUAL(
      read("put the dentist into my calendar"), "create|Dentist||On which day and at what time?"s);
  CAF_CHECK_EQUAL(
      read("put the dentist on Tuesday into my calendar"), "create|Dentist||At what time?"s);
  CAF_CHECK_EQUAL(
      read("put the dentist at 3 pm into my calendar"), "create|Dentist||On which day?"s);
  CAF_CHECK_EQUAL(
      read("put the dentist today at 8 am into my calendar"),
      "create|Dentist||That is over already. Which day do you mean?"s);
  CAF_CHECK_EQUAL(
      read("reschedule my haircut"), "move|Haircut||To which day and time shall I move it?"s);
}

CAF_TEST(moves say what stays) {
  CAF_CHECK_EQUAL(
      read("move the haircut to 4 pm"),
      "move|Haircut|Sat 21 Nov 2026, 16:00 to 17:00 (Europe/Berlin)||keeps day"s);
  CAF_CHECK_EQUAL(
      read("Move my haircut to Wednesday"), "move|Haircut|Wed 25 Nov 2026, all day||keeps time"s);
  CAF_CHECK_EQUAL(
      read("reschedule the dentist from Tuesday to Wednesday at 5 pm"),
      "move|Dentist|Wed 25 Nov 2026, 17:00 to 18:00 (Europe/Berlin)|"s);
}

CAF_TEST(cancellations name what is meant) {
  CAF_CHECK_EQUAL(
      read("cancel my appointment with Dr. Smith"), "cancel|Appointment with Dr. Smith||"s);
  CAF_CHECK_EQUAL(
      read("Please cancel the haircut on Tuesday."), "cancel|Haircut|Tue 24 Nov 2026, all day|"s);
  CAF_CHECK_EQUAL(read("take the haircut off my calendar"), "cancel|Haircut||"s);
}

CAF_TEST(questions and other orders are no wishes) {
  for (auto words :
       {"what is the cancellation policy?", "can I cancel my appointment?", "when is my dentist?",
        "how do I move an appointment", "cancel my subscription", "do you have parking",
        "book a table for tonight at 7", "call the dentist and book an appointment on Tuesday",
        "don't cancel my appointment", "add parking to the price list", "", "???",
        "I put the calendar away", "I need to cancel my appointment, how do I do that?",
        "move my appointment, is there a fee for that?"}) {
    CAF_MESSAGE(words);
    CAF_CHECK_EQUAL(read(words), "none"s);
  }
}

CAF_TEST(the one event that fits is meant) {
  std::vector all{
      event_of("Haircut", "2026-11-24T15:00", 1),
      event_of("Appointment with Dr. Smith", "2026-11-25T10:00", 2),
      event_of("Appointment with Dr. Jones", "2026-11-26T10:00", 3)};
  auto meant = [&](std::string_view words) {
    auto wish = calendar::read_wish(words, now, home);
    CAF_REQUIRE(wish);
    auto found = calendar::find_meant(*wish, all);
    return found ? static_cast<int>(found->id.value.bytes[0]) : 0;
  };
  CAF_CHECK_EQUAL(meant("cancel my appointment with Dr. Smith"), 2);
  CAF_CHECK_EQUAL(meant("move the haircut to 4 pm"), 1);
  CAF_CHECK_EQUAL(meant("cancel my appointment"), 0);
  CAF_CHECK_EQUAL(meant("cancel my appointment on Thursday"), 3);
  CAF_CHECK_EQUAL(meant("cancel the massage"), 0);
  all[0].cancelled = true;
  CAF_CHECK_EQUAL(meant("cancel the haircut"), 0);
}

CAF_TEST(a move keeps what it does not name) {
  auto e = event_of("Haircut", "2026-11-24T15:00", 1);
  e.as.ends_at = e.as.starts_at + std::chrono::minutes{30};
  auto to = [&](std::string_view words) {
    auto as = calendar::moved(e, calendar::read_wish(words, now, home).value());
    CAF_REQUIRE(as);
    CAF_CHECK_EQUAL(as->title, e.as.title);
    return calendar::show_when(*as);
  };
  CAF_CHECK_EQUAL(
      to("move the haircut to 4 pm"), "Tue 24 Nov 2026, 16:00 to 16:30 (Europe/Berlin)"s);
  CAF_CHECK_EQUAL(
      to("move the haircut to Wednesday"), "Wed 25 Nov 2026, 15:00 to 15:30 (Europe/Berlin)"s);
  CAF_CHECK_EQUAL(
      to("move the haircut to Friday at 9 am"), "Fri 27 Nov 2026, 09:00 to 09:30 (Europe/Berlin)"s);
  auto day = event_of("Birthday", "2026-11-24", 2);
  auto later = calendar::moved(
      day, calendar::read_wish("move the birthday to November 27", now, home).value());
  CAF_REQUIRE(later);
  CAF_CHECK_EQUAL(calendar::show_when(*later), "Fri 27 Nov 2026, all day"s);
  auto no_move = calendar::read_wish("cancel the haircut", now, home).value();
  CAF_CHECK(!calendar::moved(e, no_move));
}
