#define CAF_SUITE phone_number
#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include <rapidcheck.h>

#include "domain/phone_number.hpp"

using namespace ringmaster;

namespace {

/// "number class country" or the code of the refusal.
std::string read(std::string_view text, std::string_view region = {}) {
  auto reading = read_number(text, region);
  if (!reading) {
    CAF_CHECK(reading.error().code == errc::invalid);
    return reading.error().fields.at(0).code;
  }
  return reading->number.reveal() + ' ' + std::string{to_string(reading->kind)} + ' ' + reading->country;
}

/// "class country" alone.
std::string placed(std::string_view text) {
  auto whole = read(text);
  return whole.substr(std::min(whole.find(' ') + 1, whole.size()));
}

} // namespace

CAF_TEST(numbers are read as people write them) {
  CAF_CHECK_EQUAL(read("+14155550100"), "+14155550100 geographic US");
  CAF_CHECK_EQUAL(read("  +1 (415) 555-0100 "), "+14155550100 geographic US");
  CAF_CHECK_EQUAL(read("(415) 555-0100", "US"), "+14155550100 geographic US");
  CAF_CHECK_EQUAL(read("1-415-555-0100", "US"), "+14155550100 geographic US");
  CAF_CHECK_EQUAL(read("030 901820", "DE"), "+4930901820 geographic DE");
  CAF_CHECK_EQUAL(read("0044 20 7946 0018", "DE"), "+442079460018 geographic GB");
  CAF_CHECK_EQUAL(read("+39 02 8646 1234", "US"), "+390286461234 geographic IT");
  CAF_CHECK_EQUAL(read("+49 1512 3456789"), "+4915123456789 mobile DE");
  CAF_CHECK_EQUAL(read("+1 800 555 0199"), "+18005550199 toll_free US");
}

CAF_TEST(what cannot be read is refused by name) {
  CAF_CHECK_EQUAL(read(""), "empty");
  CAF_CHECK_EQUAL(read(" \t\n"), "empty");
  CAF_CHECK_EQUAL(read("hello"), "not_a_number");
  CAF_CHECK_EQUAL(read("+"), "not_a_number");
  CAF_CHECK_EQUAL(read("+999 555 0100"), "not_a_number");
  CAF_CHECK_EQUAL(read("415 555 0100"), "no_country_code");
  CAF_CHECK_EQUAL(read("415 555 0100", "XX"), "no_country_code");
  CAF_CHECK_EQUAL(read("+1 415 555"), "too_short");
  CAF_CHECK_EQUAL(read("555 0100", "US"), "too_short");
  CAF_CHECK_EQUAL(read("+1 415 555 01000"), "too_long");
  CAF_CHECK_EQUAL(read(std::string(101, '1'), "US"), "too_long");
  CAF_CHECK_EQUAL(read("+1 415 555 0100 ext. 12"), "not_a_number");
  // One zero less with every reading.
  CAF_CHECK_EQUAL(read("+200000000000"), "not_a_number");
  CAF_CHECK_EQUAL(read("+310000000"), "not_a_number");
}

CAF_TEST(emergency and service numbers are never read as callable) {
  CAF_CHECK_EQUAL(read("911", "US"), "short_code");
  CAF_CHECK_EQUAL(read("+1911"), "short_code");
  CAF_CHECK_EQUAL(read("112", "DE"), "short_code");
  CAF_CHECK_EQUAL(read("+49112"), "short_code");
  CAF_CHECK_EQUAL(read("999", "GB"), "short_code");
  CAF_CHECK_EQUAL(read("411", "US"), "short_code");
  CAF_CHECK_EQUAL(read("000", "AU"), "short_code");
  CAF_CHECK_EQUAL(read("+49 11833"), "short_code");
}

CAF_TEST(numbers that cost the caller are known as such) {
  for (auto number : {"+1 900 555 0100", "+1 976 555 0100", "+1 212 976 1234"})
    CAF_CHECK_EQUAL(placed(number), "premium US");
  CAF_CHECK_EQUAL(placed("+979 1 2345 6789"), "premium ");
  CAF_CHECK_EQUAL(read("+1 900 555 0100"), "+19005550100 premium US");
  CAF_CHECK_EQUAL(read("+881 6 1234 5678").substr(0, 23), "+881612345678 satellite");
  CAF_CHECK_EQUAL(read("+870 773 111 632"), "+870773111632 satellite ");
}

CAF_TEST(classes that are never called are premium shared satellite and short) {
  int never = 0;
  for (int k = 0; k <= static_cast<int>(number_class::unknown); ++k)
    never += never_called(static_cast<number_class>(k));
  CAF_CHECK_EQUAL(never, 4);
  CAF_CHECK(never_called(number_class::premium));
  CAF_CHECK(never_called(number_class::shared_cost));
  CAF_CHECK(never_called(number_class::satellite));
  CAF_CHECK(never_called(number_class::short_code));
}

CAF_TEST(a possible number that the plan does not know is callable) {
  CAF_CHECK_EQUAL(read("+1 999 555 0100"), "+19995550100 unknown US");
}

CAF_TEST(islands behind +1 are countries of their own) {
  CAF_CHECK_EQUAL(placed("+1 876 555 0123"), "mobile JM");
  CAF_CHECK_EQUAL(placed("+1 416 555 0123"), "geographic CA");
}

CAF_TEST(a number prints masked) {
  auto masked = [](const char* e164) { return phone_number::from_canonical(e164).masked(); };
  CAF_CHECK_EQUAL(masked("+14155550100"), "+1•••••0100");
  CAF_CHECK_EQUAL(masked("+4930901820"), "+49•••••1820");
  CAF_CHECK_EQUAL(masked("+3545551234"), "+354•••••234");
  CAF_CHECK_EQUAL(masked("+290123"), "+290•••••3");
  CAF_CHECK_EQUAL(masked("+1"), "+1•••••");
  CAF_CHECK_EQUAL(masked("14155550100"), "•••••");
  CAF_CHECK_EQUAL(masked(""), "");
}

CAF_TEST(reading is idempotent and never maps two countries together) {
  CAF_CHECK(rc::check("the canonical form reads as itself", [] {
    auto digits = *rc::gen::container<std::string>(rc::gen::inRange('0', static_cast<char>('9' + 1)));
    auto reading = read_number("+" + digits);
    if (!reading)
      return;
    auto again = read_number(reading->number.reveal(), "FR");
    RC_ASSERT(again.has_value());
    RC_ASSERT(again->number == reading->number);
    RC_ASSERT(again->kind == reading->kind);
    RC_ASSERT(again->country == reading->country);
    RC_ASSERT(reading->number.reveal().size() <= 16u);
  }));
}

CAF_TEST(no text makes the reader fall over) {
  CAF_CHECK(rc::check("arbitrary texts are read or refused", [](const std::string& text) {
    auto reading = read_number(text, "US");
    RC_ASSERT((reading.has_value() || reading.error().code == errc::invalid));
  }));
}

// The reader remembers what the plan says of an exchange. With blanks in it a number is asked about
// anew, so the two spellings are the memory and the plan.
CAF_TEST(a north american number is what the others of its exchange are) {
  CAF_CHECK(rc::check("six digits decide", [] {
    auto digits = [](int from, int to, int wide) {
      auto text = std::to_string(*rc::gen::inRange(from, to));
      return std::string(static_cast<std::size_t>(wide) - text.size(), '0') + text;
    };
    // Half of them in areas whose exchanges belong to several classes or countries.
    const auto known = *rc::gen::element<std::string>(
      "242", "246", "264", "268", "340", "345", "416", "441", "500", "521", "522", "533", "600", "622", "649", "658",
      "664", "670", "671", "684", "721", "758", "767", "784", "787", "800", "809", "829", "868", "869", "876", "900");
    auto area = *rc::gen::arbitrary<bool>() ? known : digits(200, 1000, 3);
    auto exchange = digits(0, 1000, 3);
    for (int i = 0; i < 3; ++i) {
      auto line = digits(0, 10'000, 4);
      auto remembered = read_number("+1" + area + exchange + line);
      auto asked = read_number("+1 " + area + " " + exchange + " " + line);
      RC_ASSERT(remembered.has_value() == asked.has_value());
      if (!asked)
        continue;
      RC_ASSERT(remembered->number == asked->number);
      RC_ASSERT(remembered->kind == asked->kind);
      RC_ASSERT(remembered->country == asked->country);
      auto national = read_number(area + exchange + line, "US");
      RC_ASSERT(national.has_value() && national->number == asked->number && national->kind == asked->kind);
    }
  }));
}

CAF_TEST(many threads read at once) {
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (auto& mine : wrong)
    threads.emplace_back([&mine] {
      for (int i = 0; i < 200; ++i) {
        auto reading = read_number("+1415555" + std::to_string(1000 + i));
        if (!reading || reading->country != "US")
          ++mine;
      }
    });
  for (auto& each : threads)
    each.join();
  for (auto count : wrong)
    CAF_CHECK_EQUAL(count, 0);
}
