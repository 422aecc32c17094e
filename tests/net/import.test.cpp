#define CAF_SUITE net_import

#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/net/rig.hpp"

using namespace ringmaster;
using namespace ringmaster::net_tests;
using json = nlohmann::ordered_json;

namespace {

std::string numbers(int from, int count) {
  std::string text = "phone_number,contact_name\r\n";
  for (int i = from; i < from + count; ++i)
    text += "+1415555" + std::to_string(1000 + i) + ",\"N, " + std::to_string(i) + "\"\r\n";
  return text;
}

headers csv(const std::string& key = "") {
  headers h{{"Content-Type", "text/csv; charset=utf-8"}};
  if (!key.empty())
    h.push_back({"Idempotency-Key", key});
  return h;
}

struct import_rig : rig {
  import_rig() : id(add_campaign(ann)), path("/api/campaigns/" + to_string(id) + "/targets") {}
  campaign_id id;
  std::string path;
};

} // namespace

CAF_TEST(a streamed list is added in batches and every row is accounted for) {
  import_rig r;
  auto text = numbers(0, 2500) + "nonsense,x\r\n" + "+14155551000,again\r\n";
  auto answer = r.post(r.path, text, csv());
  CAF_CHECK_EQUAL(answer.status, 201);
  auto report = field(answer, "/targets");
  CAF_CHECK_EQUAL(report["accepted"], 2500);
  CAF_CHECK_EQUAL(report["duplicates"], 1);
  CAF_CHECK_EQUAL(report["rejected_total"], 1);
  CAF_CHECK_EQUAL(report["rejected"][0]["line"], 2502);
  CAF_CHECK_EQUAL(report["rejected"][0]["value"], "nonsense");
  CAF_CHECK_EQUAL(r.desk.data.targets.size(), 2500u);
  CAF_CHECK_EQUAL(r.desk.transactions, 5); // campaign, begin, a part of 2500, one with the rest, end
  CAF_CHECK_EQUAL(field(answer, "/import/status"), "done");
  CAF_CHECK(r.engine.added == std::vector<campaign_id>{r.id});
}

CAF_TEST(a failure half way tells what was added and the rest can follow) {
  import_rig r;
  auto text = numbers(0, 6000);
  r.desk.fail_after = 3;
  auto answer = r.post(r.path, text, csv());
  CAF_CHECK_EQUAL(answer.status, 503);
  auto doc = json::parse(answer.body);
  CAF_CHECK_EQUAL(doc["code"], "unavailable");
  CAF_CHECK_EQUAL(doc["targets"]["accepted"], 2500);
  CAF_CHECK_EQUAL(doc["import"]["status"], "broken");
  CAF_CHECK_NOT_EQUAL(doc["detail"].get<std::string>().find("send the list again"), std::string::npos);
  CAF_CHECK(r.engine.added == std::vector<campaign_id>{r.id}); // what is in is dialed
  r.desk.away = false;
  r.desk.fail_after = -1;
  auto again = field(r.post(r.path, text, csv()), "/targets");
  CAF_CHECK_EQUAL(again["accepted"], 3500);
  CAF_CHECK_EQUAL(again["duplicates"], 2500);
}

CAF_TEST(a file that cannot be read on is taken up to there) {
  import_rig r;
  auto answer = r.post(r.path, numbers(0, 10) + "\"" + std::string(70'000, 'x'), csv());
  CAF_CHECK_EQUAL(answer.status, 413);
  CAF_CHECK_EQUAL(field(answer, "/targets/accepted"), 10);
  CAF_CHECK_EQUAL(r.desk.data.targets.size(), 10u);
}

CAF_TEST(a repeated upload with its key gets the first answer) {
  import_rig r;
  auto text = numbers(0, 1500);
  auto first = r.post(r.path, text, csv("upload-1"));
  CAF_CHECK_EQUAL(first.status, 201);
  r.piece_bytes = 777; // the pieces do not matter
  auto again = r.post(r.path, text, csv("upload-1"));
  CAF_CHECK_EQUAL(again.status, 201);
  CAF_CHECK_EQUAL(again.body, first.body);
  CAF_CHECK_EQUAL(header_of(again, "Idempotency-Replayed"), "true");
  auto other = r.post(r.path, numbers(5000, 3), csv("upload-1"));
  CAF_CHECK_EQUAL(other.status, 422);
  CAF_CHECK_EQUAL(field(other, "/code"), "key_reused");
  CAF_CHECK_EQUAL(r.desk.data.targets.size(), 1500u);
}

CAF_TEST(an upload that broke off holds its key) {
  import_rig r;
  r.desk.fail_after = 2;
  CAF_CHECK_EQUAL(r.post(r.path, numbers(0, 1500), csv("upload-2")).status, 503);
  r.desk.away = false;
  r.desk.fail_after = -1;
  auto again = r.post(r.path, numbers(0, 1500), csv("upload-2"));
  CAF_CHECK_EQUAL(again.status, 409);
  CAF_CHECK(r.desk.data.targets.empty());
}

CAF_TEST(ndjson and json are taken too) {
  import_rig r;
  auto lines = r.post(
    r.path, "{\"phone_number\":\"+14155551000\"}\n{\"phone_number\":\"oops\"}\n",
    {{"Content-Type", "application/x-ndjson"}});
  CAF_CHECK_EQUAL(field(lines, "/targets/accepted"), 1);
  CAF_CHECK_EQUAL(field(lines, "/targets/rejected/0/line"), 2);
  auto list = r.post(r.path, R"([{"phone_number":"+14155551001"}])");
  CAF_CHECK_EQUAL(list.status, 201);
  auto object = r.post(r.path, R"({"targets":[{"phone_number":"+14155551001"}]})");
  CAF_CHECK_EQUAL(object.status, 200); // nothing new
  CAF_CHECK_EQUAL(field(object, "/targets/duplicates"), 1);
}

CAF_TEST(another content type is refused before the body is read) {
  import_rig r;
  CAF_CHECK_EQUAL(r.post(r.path, "x", {{"Content-Type", "application/pdf"}}).status, 415);
  CAF_CHECK_EQUAL(r.post("/api/campaigns", "name=x", {{"Content-Type", "application/x-www-form-urlencoded"}}).status, 415);
}

CAF_TEST(what was added comes back as a table without formulas) {
  import_rig r;
  r.post(r.path, "phone,name\n+14155551000,=cmd()\n+14155551001,\"O\"\"Neil, Ann\"\n", csv());
  auto answer = r.get("/api/campaigns/" + to_string(r.id) + "/results.csv");
  CAF_CHECK_EQUAL(answer.status, 200);
  CAF_CHECK_EQUAL(answer.content_type, "text/csv; charset=utf-8");
  CAF_CHECK_NOT_EQUAL(answer.body.find("\r\n+14155551000,'=cmd(),,pending,0,"), std::string::npos);
  CAF_CHECK_NOT_EQUAL(answer.body.find("\r\n+14155551001,\"O\"\"Neil, Ann\","), std::string::npos);
}

CAF_TEST(a long export is read page by page to its end) {
  import_rig r;
  r.post(r.path, numbers(0, 1200), csv());
  auto answer = r.get("/api/campaigns/" + to_string(r.id) + "/results.csv");
  auto lines = std::count(answer.body.begin(), answer.body.end(), '\n');
  CAF_CHECK_EQUAL(lines, 1201);
}

CAF_TEST(every refused row is in the report of its upload) {
  import_rig r;
  std::string text = "phone_number\n";
  for (int i = 0; i < 4000; ++i)
    text += i % 2 == 0 ? "=wrong\n" : "+1415555" + std::to_string(1000 + i) + "\n";
  auto answer = r.post(r.path, text, csv());
  CAF_CHECK_EQUAL(field(answer, "/targets/rejected_total"), 2000);
  CAF_CHECK_EQUAL(field(answer, "/targets/rejected").size(), 1000u);
  auto report = r.get(field(answer, "/import/rejected_csv").get<std::string>());
  CAF_CHECK_EQUAL(report.status, 200);
  CAF_CHECK_EQUAL(std::count(report.body.begin(), report.body.end(), '\n'), 2001);
  CAF_CHECK(report.body.starts_with("line,value,code,message\r\n2,'=wrong,not_a_number,"));
  CAF_CHECK_NOT_EQUAL(report.body.find("\r\n4000,'=wrong,"), std::string::npos);
  auto list = r.get("/api/campaigns/" + to_string(r.id) + "/imports");
  CAF_CHECK_EQUAL(field(list, "/total"), 1);
  CAF_CHECK_EQUAL(field(list, "/imports/0/rejected"), 2000);
  CAF_CHECK_EQUAL(field(list, "/imports/0/accepted"), 2000);
  CAF_CHECK_EQUAL(field(list, "/imports/0/form"), "csv");
}

CAF_TEST(columns are read as the map says) {
  import_rig r;
  auto text = std::string("Name|Telefon|Straße\nAnn|+14155551000|A\n");
  auto answer = r.post(r.path + "?map=phone_number:Telefon,contact_name:Name", text, csv());
  CAF_CHECK_EQUAL(field(answer, "/targets/accepted"), 1);
  CAF_CHECK_EQUAL(r.desk.data.targets.back().second.contact_name, "Ann");
  auto places = r.post(r.path + "?map=phone_number:2&header=no", "x;+14155551001\n", csv());
  CAF_CHECK_EQUAL(field(places, "/targets/accepted"), 1);
  auto missing = r.post(r.path + "?map=phone_number:Handy", text, csv());
  CAF_CHECK_EQUAL(missing.status, 422);
  CAF_CHECK_NOT_EQUAL(missing.body.find("there is no column Handy; the first line has: Name, Telefon"), std::string::npos);
  CAF_CHECK_EQUAL(r.post(r.path + "?map=fone:Telefon", text, csv()).status, 422);
  CAF_CHECK_EQUAL(r.post(r.path + "?map=phone_number:x", "{}", {{"Content-Type", "application/x-ndjson"}}).status, 422);
}

CAF_TEST(a list that is not utf 8 is refused in words) {
  import_rig r;
  auto header = r.post(r.path, "phone_number,Stra\xDF" "e\n+14155551000,x\n", csv());
  CAF_CHECK_EQUAL(header.status, 415);
  CAF_CHECK_NOT_EQUAL(header.body.find("Latin-1"), std::string::npos);
  auto row = r.post(r.path, "phone_number,name\n+14155551000,M\xFCller\n+14155551001,Ann\n", csv());
  CAF_CHECK_EQUAL(field(row, "/targets/accepted"), 1);
  CAF_CHECK_EQUAL(field(row, "/targets/rejected/0/code"), "not_utf8");
}

CAF_TEST(a long json list is read as it comes in) {
  import_rig r;
  std::string text = "{ \"targets\" : [";
  for (int i = 0; i < 20'000; ++i)
    text += (i ? ",\n " : "") + std::string(R"({"phone_number": "+1415)") + std::to_string(5550000 + i) +
            R"(", "contact_name": "a \\ \" ] } {"})";
  text += ", {\"phone_number\": 7}, 12 ] }";
  CAF_REQUIRE(text.size() > r.settings.limits.body_bytes);
  r.piece_bytes = 4096;
  auto answer = r.post(r.path, text);
  CAF_CHECK_EQUAL(answer.status, 201);
  CAF_CHECK_EQUAL(field(answer, "/targets/accepted"), 20'000);
  CAF_CHECK_EQUAL(field(answer, "/targets/rejected_total"), 2);
  CAF_CHECK_EQUAL(field(answer, "/targets/rejected/0/line"), 20'001);
  CAF_CHECK_EQUAL(r.desk.data.targets.back().second.contact_name, "a \\ \" ] } {");
  auto cut = r.post(r.path, text.substr(0, text.size() - 3));
  CAF_CHECK_EQUAL(cut.status, 400);
  CAF_CHECK_EQUAL(field(cut, "/targets/duplicates"), 20'000);
}

CAF_TEST(results come as lines of json too) {
  import_rig r;
  r.post(r.path, "phone,name\n+14155551000,=cmd()\n", csv());
  auto answer = r.get("/api/campaigns/" + to_string(r.id) + "/results.ndjson");
  CAF_CHECK_EQUAL(answer.status, 200);
  CAF_CHECK_EQUAL(answer.content_type, "application/x-ndjson");
  auto line = json::parse(answer.body);
  CAF_CHECK_EQUAL(line["phone_number"], "+14155551000");
  CAF_CHECK_EQUAL(line["contact_name"], "=cmd()");
  CAF_CHECK_EQUAL(line["status"], "pending");
}
