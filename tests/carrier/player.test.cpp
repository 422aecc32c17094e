#define CAF_SUITE carrier_player
#include <caf/test/unit_test.hpp>

#include <rapidcheck.h>

#include "carrier/document.hpp"
#include "carrier/player.hpp"
#include "carrier/xml.hpp"
#include "tests/carrier/samples.hpp"
#include "wire/twiml.hpp"

using namespace ringmaster;
using namespace ringmaster::telco;
using namespace ringmaster::telco::samples;

namespace {

using kind = player_wish::kind;

/// One answered call and its player.
struct stage {
  explicit stage(scenario s = plain(), wire::fields form = order()) : rules(std::move(s)) {
    call.order = *read_create(form);
    call.fate = decide_fate(rules, call.order.to, 0, 0);
  }

  player_wish answered(const std::string& xml, const std::string& type = "text/xml", int status = 200) {
    errand_answer got;
    got.result = {try_result::how::answered, status};
    got.content_type = type;
    got.body = xml;
    return play.fetched(got, noon);
  }
  std::vector<int> codes() {
    std::vector<int> out;
    for (const auto& n : play.take_notices())
      out.push_back(n.code);
    return out;
  }

  scenario rules;
  call_record call;
  player play{rules, call};
};

scenario replies(const std::string& gather) {
  auto s = plain();
  CAF_REQUIRE(parse_script("{\"to\":\"+12125550100\",\"gather\":" + gather + "}", s));
  return s;
}

const std::string* extra(const player_wish& w, std::string_view name) {
  return wire::find(w.extra, name);
}

std::string response(const std::string& inside) { return "<Response>" + inside + "</Response>"; }

} // namespace

// -- XML -------------------------------------------------------------------------------------------

CAF_TEST(a document is read with its attributes and entities) {
  auto root = parse_xml(
    "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- a --><Response>"
    "<Say voice='a \"b\"' language=\"en&amp;de\">Tom &amp; &lt;3 &#233;&#x4f60;<![CDATA[<x>&]]></Say>"
    "<Hangup /></Response>\n");
  CAF_REQUIRE(root);
  CAF_CHECK_EQUAL(root->name, "Response");
  CAF_REQUIRE_EQUAL(root->children.size(), 2u);
  CAF_CHECK_EQUAL(root->children[0].text, "Tom & <3 é你<x>&");
  CAF_CHECK_EQUAL(*root->children[0].attribute("voice"), "a \"b\"");
  CAF_CHECK_EQUAL(*root->children[0].attribute("language"), "en&de");
}

CAF_TEST(what is not well formed is refused) {
  for (std::string_view wrong :
       {"", "text", "<a>", "<a></b>", "<a></A>", "<a/><b/>", "<a/>x", "<a b=c/>", "<a b/>",
        "<a b=\"1\" b=\"2\"/>", "<a b=\"<\"/>", "<a>&nbsp;</a>", "<a>a & b</a>", "<a>&#0;</a>",
        "<a>&#xD800;</a>", "<a>&#x110000;</a>", "<a>\x01</a>", "<a>\xff</a>", "<a>\xc0\xaf</a>",
        "<!DOCTYPE a><a/>", "<a><?php ?></a>", "<a><!-- -- --></a>", "<a><!-- </a>",
        "<a>]]></a>", "<a b=\"1\"c=\"2\"/>", "< a/>", "<1/>", "<a", "<a>&amp</a>"})
    CAF_CHECK(!parse_xml(wrong));
  std::string deep;
  for (int i = 0; i < 100; ++i)
    deep += "<a>";
  CAF_CHECK(!parse_xml(deep));
}

CAF_TEST(what the engine writes can be read here) {
  wire::twiml written;
  written.say("Tom & \"Jerry\" <3 \x01\xff 你好", "en-US").pause(2);
  wire::twiml::gather g;
  g.action = "https://e.example/g?c=1&t=2";
  g.say = "Hi";
  written.listen(g).redirect("https://e.example/again").hangup();
  auto read = read_document(written.str());
  CAF_CHECK_EQUAL(read.broken, 0);
  CAF_CHECK(read.warnings.empty());
  CAF_REQUIRE_EQUAL(read.program.size(), 5u);
  CAF_CHECK_EQUAL(std::get<verb::gather>(read.program[2]).action, g.action);
  CAF_CHECK(std::get<verb::pass_time>(read.program[1]).length == 2s);
}

CAF_TEST(whatever bytes are said by the engine make a document) {
  CAF_CHECK(rc::check("a said text leaves no markup behind", [](const std::string& text) {
    const auto read = read_document(wire::twiml().say(text, text).pause(1).str());
    RC_ASSERT(read.broken == 0);
    RC_ASSERT(read.program.size() == 2u);
  }));
}

CAF_TEST(no bytes bring the reader down) {
  CAF_CHECK(rc::check("broken documents are refused and not more", [](const std::string& noise, bool cut) {
    std::string xml = "<Response><Say a=\"b\">x &amp; y</Say><!-- c --></Response>";
    const auto at = noise.size() % xml.size();
    xml.replace(at, cut ? std::string::npos : 1, noise);
    const auto read = parse_xml(xml);
    // Said beforehand: the assertion below would look at both sides of an "or".
    const bool sound = !read || !read->name.empty();
    RC_ASSERT(sound);
  }));
}

// -- documents -------------------------------------------------------------------------------------

CAF_TEST(names are case sensitive and unknown ones are warned of and skipped) {
  auto read = read_document(response("<say>x</say><Say colour=\"red\">y</Say><Enqueue>q</Enqueue>"));
  CAF_CHECK_EQUAL(read.broken, 0);
  CAF_CHECK_EQUAL(read.warnings.size(), 3u);
  CAF_CHECK_EQUAL(read.program.size(), 1u);
  CAF_CHECK_EQUAL(read_document("<response/>").broken, 12200);
  CAF_CHECK_EQUAL(read_document("<Response>").broken, 12100);
}

CAF_TEST(speech takes the longer the more there is to say) {
  auto length = [](const std::string& xml) {
    return std::get<verb::pass_time>(read_document(response(xml)).program.at(0)).length;
  };
  CAF_CHECK(length("<Say>A much longer sentence</Say>") > length("<Say>Hi</Say>"));
  CAF_CHECK(length("<Say loop=\"3\">Hi</Say>") == 3 * length("<Say>Hi</Say>"));
  CAF_CHECK(length("<Pause/>") == 1s);
  CAF_CHECK(length("<Pause length=\"7\"/>") == 7s);
  CAF_CHECK(length("<Play digits=\"ww12\"/>") == 2s);
}

CAF_TEST(relative URLs are seen from the document) {
  const auto base = "https://e.example:8443/a/b?c=d/e";
  CAF_CHECK_EQUAL(resolve_url(base, "http://x.example/y"), "http://x.example/y");
  CAF_CHECK_EQUAL(resolve_url(base, "/y?z"), "https://e.example:8443/y?z");
  CAF_CHECK_EQUAL(resolve_url(base, "y"), "https://e.example:8443/a/y");
  CAF_CHECK_EQUAL(resolve_url("https://e.example", "y"), "https://e.example/y");
  CAF_CHECK_EQUAL(resolve_url("", "/y"), "");
}

// -- playing ---------------------------------------------------------------------------------------

CAF_TEST(a document is played verb by verb and its end hangs up) {
  stage s;
  auto wish = s.play.begin(noon);
  CAF_CHECK(wish.what == kind::fetch);
  CAF_CHECK(wish.from.post);
  wish = s.answered(response("<Pause length=\"2\"/><Pause length=\"3\"/>"));
  CAF_CHECK(wish.what == kind::wait && wish.until == noon + 2s);
  wish = s.play.go_on(noon + 2s);
  CAF_CHECK(wish.what == kind::wait && wish.until == noon + 5s);
  CAF_CHECK(s.play.go_on(noon + 5s).what == kind::hang_up);
}

CAF_TEST(hangup ends a document before its end) {
  stage s;
  s.play.begin(noon);
  CAF_CHECK(s.answered(response("<Hangup/><Pause/>")).what == kind::hang_up);
}

CAF_TEST(time in a document passes at the scale) {
  auto r = plain();
  r.time_scale = 100;
  stage s(r);
  s.play.begin(noon);
  CAF_CHECK(s.answered(response("<Pause length=\"5\"/>")).until == noon + 50ms);
}

CAF_TEST(a scripted reply is posted to the action) {
  stage s(replies(R"([{"speech":"yes","confidence":0.91},{"digits":"12#3"},null])"));
  s.play.begin(noon);
  const std::string ask = "<Gather input=\"dtmf speech\" action=\"/g\" timeout=\"4\"><Say>Well?</Say></Gather>";
  auto wish = s.answered(response(ask + "<Pause/>"));
  CAF_REQUIRE(wish.what == kind::wait);
  CAF_CHECK(wish.until > noon + 1s);
  wish = s.play.go_on(wish.until);
  CAF_REQUIRE(wish.what == kind::fetch);
  CAF_CHECK_EQUAL(wish.from.url, "https://engine.example.com/g");
  CAF_REQUIRE(extra(wish, "SpeechResult"));
  CAF_CHECK_EQUAL(*extra(wish, "SpeechResult"), "yes");
  CAF_CHECK_EQUAL(*extra(wish, "Confidence"), "0.9100");
  CAF_CHECK(!extra(wish, "Digits"));

  wish = s.answered(response(ask));
  wish = s.play.go_on(wish.until);
  CAF_REQUIRE(wish.what == kind::fetch);
  CAF_CHECK_EQUAL(*extra(wish, "Digits"), "12");
  CAF_CHECK(!extra(wish, "SpeechResult"));

  // Silence: the next verb runs, and nothing is asked.
  wish = s.answered(response(ask + "<Pause length=\"9\"/>"));
  const auto silent_until = wish.until;
  CAF_CHECK(silent_until >= noon + 4s);
  wish = s.play.go_on(silent_until);
  CAF_CHECK(wish.what == kind::wait && wish.until == silent_until + 9s);
}

CAF_TEST(silence is told where the document wants it) {
  stage s(replies("[null]"));
  s.play.begin(noon);
  auto wish = s.answered(response("<Gather input=\"speech\" action=\"https://x.example/g\" method=\"GET\" "
                                  "actionOnEmptyResult=\"true\"/>"));
  wish = s.play.go_on(wish.until);
  CAF_CHECK(wish.what == kind::fetch);
  CAF_CHECK(!wish.from.post);
  CAF_CHECK(wish.extra.empty());
}

CAF_TEST(words are not heard by a gather for keys) {
  stage s(replies("[\"yes\"]"));
  s.play.begin(noon);
  auto wish = s.answered(response("<Gather action=\"/g\"/>"));
  CAF_CHECK(s.play.go_on(wish.until).what == kind::hang_up);
}

CAF_TEST(keys end at their number) {
  stage s(replies(R"([{"digits":"12345"}])"));
  s.play.begin(noon);
  auto wish = s.answered(response("<Gather numDigits=\"2\"/>"));
  wish = s.play.go_on(wish.until);
  CAF_REQUIRE(extra(wish, "Digits"));
  CAF_CHECK_EQUAL(*extra(wish, "Digits"), "12");
  // Without an action the document itself is asked again.
  CAF_CHECK_EQUAL(wish.from.url, "https://engine.example.com/twilio/voice/abc");
}

CAF_TEST(what cannot be played asks the fallback once and then hangs up) {
  struct wrong {
    std::string body, type;
    int status, code;
  };
  for (const auto& w : {
         wrong{response(""), "application/json", 200, 12300}, {response(""), "", 200, 12300},
         {"<Response>", "text/xml", 200, 12100}, {"<Other/>", "text/xml", 200, 12200},
         {"", "text/xml", 200, 11770}, {std::string(70000, ' '), "text/xml", 200, 11750},
         {response(""), "text/xml", 500, 11200}, {"", "", 404, 11200},
         {response("<Redirect></Redirect>") , "text/plain", 200, 12300}}) {
    stage bare;
    bare.play.begin(noon);
    CAF_CHECK(bare.answered(w.body, w.type, w.status).what == kind::hang_up);
    CAF_CHECK((bare.codes() == std::vector<int>{w.code}));

    stage s(plain(), with(order(), "FallbackUrl", "https://engine.example.com/oops"));
    s.play.begin(noon);
    auto wish = s.answered(w.body, w.type, w.status);
    CAF_REQUIRE(wish.what == kind::fetch);
    CAF_CHECK_EQUAL(wish.from.url, "https://engine.example.com/oops");
    CAF_CHECK_EQUAL(*extra(wish, "ErrorCode"), std::to_string(w.code));
    CAF_CHECK_EQUAL(*extra(wish, "ErrorUrl"), "https://engine.example.com/twilio/voice/abc");
    CAF_CHECK(s.answered(w.body, w.type, w.status).what == kind::hang_up);
  }
}

CAF_TEST(application xml with a charset is a document too) {
  stage s;
  s.play.begin(noon);
  CAF_CHECK(s.answered(response("<Pause/>"), "Application/XML; charset=utf-8").what == kind::wait);
}

CAF_TEST(a redirect of HTTP is followed as GET and not for ever) {
  stage s;
  s.play.begin(noon);
  errand_answer moved;
  moved.result = {try_result::how::answered, 302};
  moved.location = "/other";
  auto wish = s.play.fetched(moved, noon);
  CAF_CHECK(wish.what == kind::fetch && !wish.from.post);
  CAF_CHECK_EQUAL(wish.from.url, "https://engine.example.com/other");
  int more = 0;
  while (s.play.fetched(moved, noon).what == kind::fetch)
    CAF_REQUIRE(++more < 20);
  CAF_CHECK_EQUAL(more, 9);
}

CAF_TEST(an inline document needs absolute URLs) {
  auto form = with(without(order(), "Url"), "Twiml", response("<Redirect>/x</Redirect>"));
  stage s(plain(), form);
  CAF_CHECK(s.play.begin(noon).what == kind::hang_up);
  CAF_CHECK((s.codes() == std::vector<int>{11100}));
}

CAF_TEST(detection that is waited for is told with the first request) {
  office o;
  o.create(with(order(), "MachineDetection", "Enable"));
  std::vector<errand> documents;
  for (auto& e : o.live(60s))
    if (e.what == errand::kind::document)
      documents.push_back(e);
  CAF_REQUIRE_EQUAL(documents.size(), 1u);
  CAF_CHECK_EQUAL(value(documents[0], "AnsweredBy"), "human");
  CAF_CHECK_EQUAL(value(documents[0], "CallStatus"), "in-progress");
}

CAF_TEST(asynchronous detection comes as a request of its own) {
  auto s = plain();
  s.outcomes = {0, 0, 0, 0, 1};
  office o(s);
  o.create(with(
    with(with(order(), "MachineDetection", "DetectMessageEnd"), "AsyncAmd", "true"),
    "AsyncAmdStatusCallback", "https://engine.example.com/amd"));
  auto sent = o.live(60s);
  int amd = 0;
  for (const auto& e : sent) {
    if (e.what == errand::kind::document)
      CAF_CHECK_EQUAL(value(e, "AnsweredBy"), "(none)");
    if (e.what != errand::kind::amd)
      continue;
    ++amd;
    CAF_CHECK_EQUAL(e.params.size(), 4u);
    CAF_CHECK_EQUAL(value(e, "AnsweredBy"), "machine_end_beep");
  }
  CAF_CHECK_EQUAL(amd, 1);
  CAF_CHECK_EQUAL(value(sent.back(), "AnsweredBy"), "machine_end_beep");
}
