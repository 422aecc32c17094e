#define CAF_SUITE main_knowledge_report

#include <caf/test/unit_test.hpp>

#include <string>

#include "main/knowledge_report.hpp"

using namespace ringmaster;
using namespace std::string_literals;

namespace {

const auto first =
    R"({"success":true,"checked":2,"answered":1,"total":3,"next_offset":2,"cases":[
      {"gap_id":"a","question":"Do you have parking?","answered":true,"reply":"Yes.","sources":[
        {"reference":"chunk:1","title":"t","quote":"q"},{"reference":"profile:hours","title":"t","quote":"q"}]},
      {"gap_id":"b","question":"Do you take dogs?","answered":false,"reply":"I do not know.","sources":[]}]})"s;
const auto last =
    R"({"success":true,"checked":1,"answered":1,"total":3,"next_offset":null,"cases":[
      {"gap_id":"c","question":"Are you open on Sunday?","answered":true,"reply":"No.","sources":[]}]})"s;

} // namespace

CAF_TEST(a check is told question by question and counted) {
  knowledge_report report(false);
  CAF_CHECK(report.all_answered());
  CAF_CHECK_EQUAL(report.summary(), "no question has been resolved with an answer yet\n"s);
  auto part = report.take(first);
  CAF_REQUIRE(part);
  CAF_CHECK_EQUAL(
      part->text, "answered      Do you have parking?  [chunk:1, profile:hours]\n"
                  "NOT ANSWERED  Do you take dogs?\n              I do not know.\n"s);
  CAF_CHECK(part->next_offset == 2);
  auto rest = report.take(last);
  CAF_REQUIRE(rest);
  CAF_CHECK(!rest->next_offset);
  CAF_CHECK_EQUAL(report.summary(), "3 questions: 2 answered, 1 not\n"s);
  CAF_CHECK(!report.all_answered());
}

CAF_TEST(one question is one question) {
  knowledge_report report(false);
  CAF_REQUIRE(report.take(last));
  CAF_CHECK_EQUAL(report.summary(), "1 question: 1 answered, 0 not\n"s);
}

CAF_TEST(a check in JSON is a line for each question) {
  knowledge_report report(true);
  auto part = report.take(last);
  CAF_REQUIRE(part);
  CAF_CHECK(part->text.starts_with("{\"answered\":true"));
  CAF_CHECK(part->text.ends_with("}\n"));
  CAF_CHECK_EQUAL(report.summary(), "{\"checked\":1,\"answered\":1}\n"s);
  CAF_CHECK(report.all_answered());
}

CAF_TEST(what is no answer of the engine is refused) {
  for (auto text : {"", "[]", "{}", R"({"cases":1})", R"({"cases":[1]})", R"({"cases":[{}]})"}) {
    knowledge_report report(false);
    auto part = report.take(text);
    CAF_REQUIRE(!part);
    CAF_CHECK(part.error().code == errc::malformed);
  }
}
