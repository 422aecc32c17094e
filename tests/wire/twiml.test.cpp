#define CAF_SUITE twiml

#include <caf/test/unit_test.hpp>

#include <rapidcheck.h>

#include <cctype>
#include <optional>
#include <string>
#include <vector>

#include "wire/twiml.hpp"

using namespace ringmaster::wire;

namespace {

/// A reader of XML that knows nothing of the writer: elements, attributes in double quotes,
/// the five named entities, UTF-8 by RFC 3629. Anything else is a fault.
class xml_reader {
public:
  explicit xml_reader(std::string text) : text_(std::move(text)) {}

  /// The names of the elements in the order in which they open, or nothing.
  std::optional<std::vector<std::string>> read() {
    if (!utf8() || !skip("<?xml version=\"1.0\" encoding=\"UTF-8\"?>") || !element() ||
        at_ != text_.size())
      return std::nullopt;
    return names_;
  }
  const std::string& content() const { return content_; }

private:
  bool utf8() const {
    for (std::size_t i = 0; i < text_.size();) {
      auto b = [&](std::size_t k) {
        return i + k < text_.size() ? static_cast<unsigned char>(text_[i + k]) : 0u;
      };
      auto tail = [&](std::size_t k) { return b(k) >= 0x80 && b(k) <= 0xbf; };
      if (b(0) < 0x80) {
        if (b(0) < 0x20 && b(0) != 9 && b(0) != 10 && b(0) != 13)
          return false;
        i += 1;
      } else if (b(0) >= 0xc2 && b(0) <= 0xdf && tail(1)) {
        i += 2;
      } else if (b(0) >= 0xe0 && b(0) <= 0xef && tail(1) && tail(2)) {
        if ((b(0) == 0xe0 && b(1) < 0xa0) || (b(0) == 0xed && b(1) > 0x9f))
          return false;
        if (b(0) == 0xef && b(1) == 0xbf && b(2) >= 0xbe)
          return false;
        i += 3;
      } else if (b(0) >= 0xf0 && b(0) <= 0xf4 && tail(1) && tail(2) && tail(3)) {
        if ((b(0) == 0xf0 && b(1) < 0x90) || (b(0) == 0xf4 && b(1) > 0x8f))
          return false;
        i += 4;
      } else {
        return false;
      }
    }
    return true;
  }

  bool skip(std::string_view wanted) {
    if (text_.compare(at_, wanted.size(), wanted) != 0)
      return false;
    at_ += wanted.size();
    return true;
  }

  bool name(std::string& out) {
    auto begin = at_;
    while (at_ < text_.size() && std::isalpha(static_cast<unsigned char>(text_[at_])))
      ++at_;
    out = text_.substr(begin, at_ - begin);
    return at_ > begin;
  }

  bool character(std::string& out) {
    if (text_[at_] != '&') {
      out += text_[at_++];
      return true;
    }
    for (auto [entity, c] : {
             std::pair{"&amp;",  '&' },
             {"&lt;",   '<' },
             {"&gt;",   '>' },
             {"&quot;", '"' },
             {"&apos;", '\''}
    })
      if (skip(entity)) {
        out += c;
        return true;
      }
    return false;
  }

  bool element() {
    std::string opened;
    if (!skip("<") || !name(opened))
      return false;
    names_.push_back(opened);
    std::vector<std::string> seen;
    while (skip(" ")) {
      std::string key;
      if (!name(key) || !skip("=\""))
        return false;
      for (const auto& other : seen)
        if (other == key)
          return false;
      seen.push_back(key);
      std::string value;
      while (at_ < text_.size() && text_[at_] != '"') {
        if (text_[at_] == '<' || !character(value))
          return false;
      }
      if (!skip("\""))
        return false;
    }
    if (skip("/>"))
      return true;
    if (!skip(">"))
      return false;
    while (at_ < text_.size()) {
      if (skip("</")) {
        std::string closed;
        return name(closed) && closed == opened && skip(">");
      }
      if (text_[at_] == '<') {
        if (!element())
          return false;
      } else if (text_.compare(at_, 3, "]]>") == 0 || !character(content_)) {
        return false;
      }
    }
    return false;
  }

  std::string text_;
  std::size_t at_ = 0;
  std::vector<std::string> names_;
  std::string content_;
};

std::string any_bytes() {
  // Bytes that mean something in XML or UTF-8 come more often than chance would have it.
  auto special = rc::gen::element<std::string>(
      "<", ">", "&", "\"", "'", "]]>", "</Response>", "<Hangup/>", "<!--", "<![CDATA[", "&amp;",
      "\x01", "\x7f", "\xc3\xa8", "\xe4\xbd\xa0", "\xf0\x9f\x98\x80", "\xed\xa0\x80",
      "\xef\xbf\xbf", "\xc0\xaf", "\xf4\x90\x80\x80", "\xe2\x80", "\xff", " ", "\r\n", "?>", "-->");
  auto pieces = *rc::gen::container<std::vector<std::string>>(
      rc::gen::oneOf(special, rc::gen::container<std::string>(rc::gen::arbitrary<char>())));
  std::string text;
  for (const auto& piece : pieces)
    text += piece;
  return text;
}

constexpr auto prologue = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

} // namespace

CAF_TEST(documents look as the carrier expects them) {
  CAF_CHECK_EQUAL(twiml{}.str(), std::string(prologue) + "<Response/>");
  CAF_CHECK_EQUAL(twiml{}.hangup().str(), std::string(prologue) + "<Response><Hangup/></Response>");
  CAF_CHECK_EQUAL(
      twiml{}
          .say("Tom & \"Jerry\" <3 it's \xC3\xA9", "en-US", "Polly.Joanna-Neural")
          .pause(2)
          .hangup()
          .str(),
      std::string(prologue) + "<Response><Say voice=\"Polly.Joanna-Neural\" language=\"en-US\">Tom "
                              "&amp; &quot;Jerry&quot; &lt;3 "
                              "it&apos;s \xC3\xA9</Say><Pause length=\"2\"/><Hangup/></Response>");
  twiml::gather listen;
  listen.action = "https://e.example/gather?c=1&t=2";
  listen.say = "Hi";
  CAF_CHECK_EQUAL(
      twiml{}.listen(listen).redirect("https://e.example/again?a=1&b=2").str(),
      std::string(prologue) +
          "<Response><Gather input=\"dtmf speech\" action=\"https://e.example/gather?c=1&amp;t=2\" "
          "method=\"POST\" "
          "timeout=\"5\" speechTimeout=\"auto\" actionOnEmptyResult=\"true\"><Say>Hi</Say></Gather>"
          "<Redirect method=\"POST\">https://e.example/again?a=1&amp;b=2</Redirect></Response>");
}

CAF_TEST(the verbs of live calls look as the carrier expects them) {
  CAF_CHECK_EQUAL(
      twiml{}.play_keys("1w2#*").play_keys("abc").hangup().str(),
      std::string(prologue) + "<Response><Play digits=\"1w2#*\"/><Hangup/></Response>");
  CAF_CHECK_EQUAL(
      twiml{}.dial("+14155550100", "+14155550199").hangup().str(),
      std::string(prologue) + "<Response><Dial callerId=\"+14155550199\" "
                              "timeout=\"30\"><Number>+14155550100</Number></Dial>"
                              "<Hangup/></Response>");
  CAF_CHECK_EQUAL(
      twiml{}.start_recording("https://e.example/r#rc=5&rp=all").str(),
      std::string(prologue) +
          "<Response><Start><Recording "
          "recordingStatusCallback=\"https://e.example/r#rc=5&amp;rp=all\" "
          "recordingStatusCallbackMethod=\"POST\" recordingStatusCallbackEvent=\"in-progress "
          "completed absent\" "
          "channels=\"dual\" track=\"both\" trim=\"do-not-trim\"/></Start></Response>");
  twiml::relay relay;
  relay.url = "wss://e.example/api/relay/x";
  relay.action = "https://e.example/done";
  relay.language = "en-US";
  CAF_CHECK_EQUAL(
      twiml{}.connect(relay).hangup().str(),
      std::string(prologue) +
          "<Response><Connect action=\"https://e.example/done\" method=\"POST\"><ConversationRelay "
          "url=\"wss://e.example/api/relay/x\" language=\"en-US\" interruptible=\"speech\" "
          "reportInputDuringAgentSpeech=\"any\" dtmfDetection=\"true\" "
          "partialPrompts=\"true\"/></Connect>"
          "<Hangup/></Response>");
  twiml::gather listen;
  listen.action = "https://e.example/g";
  listen.more = {"One.", "Two."};
  listen.digits_max = 4;
  listen.voice = "Polly.Joanna-Neural";
  CAF_CHECK_EQUAL(
      twiml{}.listen(listen).str(),
      std::string(prologue) + "<Response><Gather input=\"dtmf speech\" "
                              "action=\"https://e.example/g\" method=\"POST\" timeout=\"5\" "
                              "speechTimeout=\"auto\" numDigits=\"4\" actionOnEmptyResult=\"true\">"
                              "<Say voice=\"Polly.Joanna-Neural\">One.</Say><Say "
                              "voice=\"Polly.Joanna-Neural\">Two.</Say>"
                              "</Gather></Response>");
}

CAF_TEST(what XML does not allow is removed) {
  CAF_CHECK_EQUAL(
      xml_escape(std::string(
          "a\0b\x01\x0b\x1f"
          "c\td\ne\rf\x7f"
          "g",
          16)),
      "abc\td\ne\rfg");
  CAF_CHECK_EQUAL(
      xml_escape(
          "\xc0\xaf|\xed\xa0\x80|\xf4\x90\x80\x80|\xe2\x82|\xff|\x80|\xef\xbf\xbe|\xc2\x85|"),
      "||||||||");
  CAF_CHECK_EQUAL(xml_escape("\xe2\x82\xac\xf0\x9f\x98\x80"), "\xe2\x82\xac\xf0\x9f\x98\x80");
}

CAF_TEST(the document is well formed whatever is said) {
  CAF_CHECK(rc::check("the verbs are those that were written", [] {
    auto text = any_bytes();
    auto language = any_bytes();
    auto url = any_bytes();
    twiml::gather listen;
    listen.input = any_bytes();
    listen.action = url;
    listen.speech_timeout = language;
    listen.language = language;
    listen.say = "?" + text;
    listen.voice = language;
    listen.more = {text, url};
    twiml::relay relay;
    relay.url = relay.action = url;
    relay.language = language;
    auto document = twiml{}
                        .say(text, language, url)
                        .pause(1)
                        .listen(listen)
                        .redirect(url)
                        .play_keys("1" + text)
                        .dial(text, url)
                        .start_recording(url)
                        .connect(relay)
                        .hangup()
                        .str();
    xml_reader reader(document);
    auto names = reader.read();
    RC_ASSERT(names.has_value());
    RC_ASSERT(
        *names ==
        (std::vector<std::string>{
            "Response", "Say", "Pause", "Gather", "Say", "Say", "Say", "Redirect", "Play", "Dial",
            "Number", "Start", "Recording", "Connect", "ConversationRelay", "Hangup"}));
  }));
}

CAF_TEST(plain text arrives unchanged) {
  CAF_CHECK(rc::check("text of printable characters equals itself after reading", [] {
    auto text = *rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '~'));
    xml_reader reader(twiml{}.say(text).str());
    RC_ASSERT(reader.read().has_value());
    RC_ASSERT(reader.content() == text);
  }));
}

CAF_TEST(the reader of this test tells broken documents) {
  for (std::string body :
       {"<Response>", "<Response></Say>", "<Response>&</Response>", "<Response>a<b</Response>",
        "<Response a=\"<\"/>", "<Response a=\"1\" a=\"2\"/>", "<Response/>x",
        "<Response>]]></Response>", "<Response>\x01</Response>", "<Response>\xff</Response>"})
    CAF_CHECK(!xml_reader(prologue + body).read().has_value());
}
