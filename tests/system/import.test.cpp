#define CAF_SUITE system.import

#include "tests/support/stage.hpp"

#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <string>
#include <thread>

using namespace ringmaster;
using namespace ringmaster::support;

namespace {

constexpr std::size_t rows = 100'000;
constexpr std::size_t wrong_every = 1'000;

/// A list with a row in a thousand that is no number, and the first ten rows once more at its end.
std::string list() {
  std::string text = "Kunde|Telefon|Name\n";
  for (std::size_t i = 0; i < rows; ++i)
    text += "c-" + std::to_string(i) + "|" + (i % wrong_every == 7 ? "=1+1" : number(i)) + "|Person " +
            std::to_string(i) + "\n";
  for (std::size_t i = 0; i < 10; ++i)
    text += "|" + (i == 7 ? "x" : number(i)) + "|Again\n";
  return text;
}

} // namespace

CAF_TEST(an upload that the engine is killed in is sent again and every row is there once) {
  stage s;
  s.start_engine();
  CAF_REQUIRE(s.ready_within(seconds(30)).has_value());
  auto user = s.add_user("lists@example.com");
  auto made = user.post("/api/campaigns", open_campaign("Long list"));
  CAF_REQUIRE_EQUAL(made.status, 201);
  auto path = "/api/campaigns/" + text(made.json["campaign"], "id");
  auto upload = path + "/targets?map=client_id:Kunde,phone_number:Telefon,contact_name:Name";
  const auto body = list();
  const http_headers csv{{"Content-Type", "text/csv"}};

  answer first;
  std::thread sending([&] { first = user.call("POST", upload, body, csv, seconds(120)); });
  auto total = [&] { return progress(user.campaign(path.substr(15)), "total"); };
  const bool begun = wait_until(seconds(60), [&] { return total() >= 10'000; });
  s.kill_engine();
  sending.join();
  CAF_REQUIRE(begun);
  CAF_CHECK_EQUAL(first.status, 0); // it was in the middle of it

  s.start_engine();
  CAF_REQUIRE(s.ready_within(seconds(60)).has_value());
  const auto there = total();
  CAF_CHECK(there >= 10'000);
  CAF_CHECK(there < static_cast<long>(rows - rows / wrong_every));
  auto again = user.call("POST", upload, body, csv, seconds(240));
  CAF_REQUIRE_EQUAL(again.status, 201);
  const auto& report = again.json["targets"];
  const auto good = static_cast<long>(rows - rows / wrong_every);
  CAF_CHECK_EQUAL(report["accepted"].get<long>(), good - there);
  CAF_CHECK_EQUAL(report["duplicates"].get<long>(), there + 9);
  CAF_CHECK_EQUAL(report["rejected_total"].get<long>(), static_cast<long>(rows / wrong_every) + 1);
  CAF_CHECK_EQUAL(total(), good);
  auto db = s.database();
  CAF_CHECK_EQUAL(db->count("select count(distinct phone_number) from ringmaster.targets"), good);
  CAF_CHECK_EQUAL(db->count("select count(*) from ringmaster.targets"), good);
  CAF_CHECK_EQUAL(db->count("select count(distinct client_id) from ringmaster.targets"), good);

  auto refused = user.get(text(again.json["import"], "rejected_csv"));
  CAF_CHECK_EQUAL(refused.status, 200);
  CAF_CHECK_EQUAL(std::count(refused.body.begin(), refused.body.end(), '\n'), static_cast<long>(rows / wrong_every) + 2);
  CAF_CHECK(refused.body.starts_with("line,value,code,message\r\n9,'=1+1,"));
  auto imports = user.get(path + "/imports");
  CAF_REQUIRE_EQUAL(imports.json["imports"].size(), 2u);
  CAF_CHECK_EQUAL(text(imports.json["imports"][0], "status"), "done");
  CAF_CHECK_EQUAL(imports.json["imports"][1]["accepted"].get<long>(), there);
}

CAF_TEST(the command sends a list in pieces of one upload and keeps the report beside it) {
  stage s;
  s.start_engine();
  CAF_REQUIRE(s.ready_within(seconds(30)).has_value());
  auto user = s.add_user("lists@example.com");
  auto made = user.post("/api/campaigns", open_campaign("By command"));
  CAF_REQUIRE_EQUAL(made.status, 201);
  auto id = text(made.json["campaign"], "id");
  const auto csv = s.folder() / "list.csv";
  std::ofstream(csv, std::ios::binary) << list();
  std::vector<std::string> words{"import", id, csv, "--url", s.public_url(), "--key", user.key(),
                                 "--map", "client_id:Kunde,phone_number:Telefon,contact_name:Name"};
  auto done = s.command(words);
  CAF_CHECK_EQUAL(done.status.value_or(-1), 1); // some rows were refused
  CAF_CHECK_NOT_EQUAL(done.output.find("100010 rows: 99900 accepted, 9 duplicates, 101 rejected"), std::string::npos);
  std::ifstream kept(csv + ".rejected.csv", std::ios::binary);
  std::string report((std::istreambuf_iterator<char>(kept)), {});
  CAF_CHECK_EQUAL(std::count(report.begin(), report.end(), '\n'), 102);
  CAF_CHECK_NOT_EQUAL(report.find("\r\n99009,'=1+1,"), std::string::npos); // its line in the file
  auto imports = user.get("/api/campaigns/" + id + "/imports");
  CAF_REQUIRE_EQUAL(imports.json["imports"].size(), 1u);
  CAF_CHECK_EQUAL(imports.json["imports"][0]["accepted"].get<long>(), 99'900);

  const auto lines = s.folder() / "list.ndjson";
  std::ofstream(lines, std::ios::binary) << "{\"phone_number\":\"" << number(0) << "\"}\n{\"phone_number\":\""
                                         << number(rows + 1) << "\"}\n";
  auto more = s.command({"import", id, lines, "--url", s.public_url(), "--key", user.key()});
  CAF_CHECK_EQUAL(more.status.value_or(-1), 0);
  CAF_CHECK_NOT_EQUAL(more.output.find("2 rows: 1 accepted, 1 duplicates, 0 rejected"), std::string::npos);
}
