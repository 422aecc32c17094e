#define CAF_SUITE result_schema
#include <caf/test/unit_test.hpp>

#include <string>
#include <vector>

#include "wire/result_schema.hpp"

using namespace ringmaster;
using kind = talk::schema_field::kind;
using talk::value;
using talk::value_kind;

namespace {

std::string object(const std::string& properties, const std::string& more = "") {
  return R"({"type": "object", "properties": {)" + properties + "}" + more + "}";
}

} // namespace

CAF_TEST(a schema of every type is read in its order) {
  auto read = wire::read_result_schema(object(
      R"("wants": {"type": "boolean", "description": "Does the customer want it"},
         "count": {"type": "integer", "title": "How many"}, "fee": {"type": "number"},
         "day": {"type": "string", "format": "date"}, "moment": {"type": "string", "format": "date-time"},
         "slot": {"type": "string", "enum": ["morning", "evening"]},
         "colours": {"type": "array", "items": {"type": "string"}}, "a_note-1": {"type": "string"})",
      R"(, "required": ["fee"], "additionalProperties": false, "title": "Wishes")"));
  CAF_REQUIRE(read.has_value());
  std::vector<kind> kinds;
  for (const auto& f : *read)
    kinds.push_back(f.what);
  CAF_CHECK(
      kinds == (std::vector<kind>{
                   kind::boolean, kind::integer, kind::number, kind::date, kind::datetime,
                   kind::choice, kind::list, kind::text}));
  CAF_CHECK_EQUAL((*read)[0].description, "Does the customer want it");
  CAF_CHECK_EQUAL((*read)[1].description, "How many");
  CAF_CHECK((*read)[2].required && !(*read)[0].required);
  CAF_CHECK((*read)[5].choices == (std::vector<std::string>{"morning", "evening"}));
  CAF_CHECK_EQUAL((*read)[7].name, "a_note-1");
}

CAF_TEST(no text is no schema) {
  for (auto text : {"", "  \n "}) {
    auto read = wire::read_result_schema(text);
    CAF_CHECK(read && read->empty());
  }
}

CAF_TEST(what is not supported is refused with its place) {
  std::string fifty_one, deep = R"("x": {"type": "string", "description": )";
  for (int i = 0; i < 51; ++i)
    fifty_one +=
        (i > 0 ? "," : "") + std::string{"\"f"} + std::to_string(i) + R"(": {"type": "string"})";
  for (int i = 0; i < 4000; ++i)
    deep += '[';
  for (const auto& text : std::vector<std::string>{
           "nonsense",
           "[]",
           "null",
           "{",
           R"({"type": "object"})",
           R"({"type": "array", "properties": {"a": {"type": "string"}}})",
           object(""),
           object(fifty_one),
           object(R"("a b": {"type": "string"})"),
           object(R"("": {"type": "string"})"),
           object("\"" + std::string(65, 'a') + R"(": {"type": "string"})"),
           object(R"("a": "string")"),
           object(R"("a": {"type": "object"})"),
           object(R"("a": {"type": ["string", "null"]})"),
           object(R"("a": {})"),
           object(R"("a": {"type": "string", "pattern": ".*"})"),
           object(R"("a": {"type": "string", "format": "email"})"),
           object(R"("a": {"type": "string", "enum": []})"),
           object(R"("a": {"type": "string", "enum": [1]})"),
           object(R"("a": {"type": "string", "enum": ["x", "x"]})"),
           object(R"("a": {"type": "number", "enum": ["x"]})"),
           object(R"("a": {"type": "string", "enum": ["x"], "format": "date"})"),
           object(R"("a": {"type": "array"})"),
           object(R"("a": {"type": "array", "items": {"type": "number"}})"),
           object(R"("a": {"type": "string", "items": {"type": "string"}})"),
           object(R"("a": {"type": "string"})", R"(, "required": ["b"])"),
           object(R"("a": {"type": "string"})", R"(, "required": "a")"),
           object(R"("a": {"type": "string"})", R"(, "$defs": {})"),
           object(R"("a": {"type": "string"})", R"(, "additionalProperties": {})"),
           object(R"("a": {"type": "string"}, "a": {"type": "number"})"),
           object(deep),
           object(R"("a": {"type": "string", "description": ")" + std::string(501, 'x') + "\"}")}) {
    auto read = wire::read_result_schema(text);
    if (read.has_value()) {
      CAF_ERROR("was taken: " << text.substr(0, 200));
      continue;
    }
    CAF_CHECK(read.error().code == errc::invalid);
    CAF_REQUIRE_EQUAL(read.error().fields.size(), 1u);
    CAF_CHECK_EQUAL(read.error().fields[0].pointer, "/result_schema");
  }
}

CAF_TEST(values are written as JSON) {
  struct line {
    value v;
    const char* json;
  };
  for (const auto& l : std::vector<line>{
           {{"a", value_kind::text, "A-17", {}, {}, {}},                                     R"("A-17")"      },
           {{"a", value_kind::text, "a \"quoted\"\n\xff", {}, {}, {}},
            "\"a \\\"quoted\\\"\\n\xEF\xBF\xBD\""                                                             },
           {{"a", value_kind::number, "95.00", {}, {}, {}},                                  "95.00"          },
           {{"a", value_kind::number, "-0.5", {}, {}, {}},                                   "-0.5"           },
           {{"a", value_kind::number, "007", {}, {}, {}},                                    R"("007")"       },
           {{"a", value_kind::number, "12.", {}, {}, {}},                                    R"("12.")"       },
           {{"a", value_kind::boolean, "true", {}, {}, {}},                                  "true"           },
           {{"a", value_kind::boolean, "perhaps", {}, {}, {}},                               R"("perhaps")"   },
           {{"a", value_kind::datetime, "2026-11-24", {}, {}, {}},                           R"("2026-11-24")"},
           {{"a", value_kind::json, {}, {{"amount", "95.00"}, {"currency", "USD"}}, {}, {}},
            R"({"amount": "95.00", "currency": "USD"})"                                                       },
           {{"a", value_kind::json, {}, {{"0", "red"}, {"1", "green"}}, {}, {}},
            R"(["red", "green"])"                                                                             },
           {{"a", value_kind::text, {}, {}, {}, {}},                                         "null"           },
           {{"a", value_kind::json, {}, {}, {}, {}},                                         "null"           }
  }) {
    auto written = wire::write_value(l.v);
    CAF_CHECK_EQUAL(written, l.json);
  }
}
