#include "wire/twiml.hpp"

#include "wire/utf8.hpp"

namespace ringmaster::wire {

namespace {

bool allowed(char32_t code) {
  if (code < 0x20)
    return code == '\t' || code == '\n' || code == '\r';
  // DEL and the C1 controls are legal but never meant to be spoken.
  if (code >= 0x7f && code <= 0x9f)
    return false;
  return code != 0xfffe && code != 0xffff;
}

void attribute(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty())
    return;
  out += ' ';
  out += name;
  out += "=\"";
  out += xml_escape(value);
  out += '"';
}

void append_say(
    std::string& out, std::string_view text, std::string_view language, std::string_view voice) {
  out += "<Say";
  attribute(out, "voice", voice);
  attribute(out, "language", language);
  out += '>';
  out += xml_escape(text);
  out += "</Say>";
}

} // namespace

std::string xml_escape(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  while (!text.empty()) {
    auto [size, code] = read_character(text);
    if (size == 0) {
      text.remove_prefix(1);
      continue;
    }
    switch (code) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    case '\'':
      out += "&apos;";
      break;
    default:
      if (allowed(code))
        out += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
  return out;
}

twiml& twiml::say(std::string_view text, std::string_view language, std::string_view voice) {
  append_say(body_, text, language, voice);
  return *this;
}

twiml& twiml::pause(unsigned seconds) {
  body_ += "<Pause length=\"" + std::to_string(seconds) + "\"/>";
  return *this;
}

twiml& twiml::hangup() {
  body_ += "<Hangup/>";
  return *this;
}

twiml& twiml::redirect(std::string_view url) {
  body_ += "<Redirect method=\"POST\">";
  body_ += xml_escape(url);
  body_ += "</Redirect>";
  return *this;
}

twiml& twiml::listen(const gather& g) {
  body_ += "<Gather";
  attribute(body_, "input", g.input);
  attribute(body_, "action", g.action);
  attribute(body_, "method", "POST");
  attribute(body_, "timeout", std::to_string(g.timeout_seconds));
  attribute(body_, "speechTimeout", g.speech_timeout);
  attribute(body_, "language", g.language);
  if (g.digits_max > 0)
    attribute(body_, "numDigits", std::to_string(g.digits_max));
  attribute(body_, "actionOnEmptyResult", g.action_on_empty_result ? "true" : "false");
  if (g.say.empty() && g.more.empty()) {
    body_ += "/>";
    return *this;
  }
  body_ += '>';
  if (!g.say.empty())
    append_say(body_, g.say, g.language, g.voice);
  for (const auto& text : g.more)
    append_say(body_, text, g.language, g.voice);
  body_ += "</Gather>";
  return *this;
}

twiml& twiml::play_keys(std::string_view digits) {
  std::string keys;
  for (auto c : digits)
    if (std::string_view("0123456789*#w").find(c) != std::string_view::npos)
      keys += c;
  if (keys.empty())
    return *this;
  body_ += "<Play";
  attribute(body_, "digits", keys);
  body_ += "/>";
  return *this;
}

twiml& twiml::dial(std::string_view number, std::string_view caller_id, unsigned timeout_seconds) {
  body_ += "<Dial";
  attribute(body_, "callerId", caller_id);
  attribute(body_, "timeout", std::to_string(timeout_seconds));
  body_ += "><Number>";
  body_ += xml_escape(number);
  body_ += "</Number></Dial>";
  return *this;
}

twiml& twiml::start_recording(std::string_view status_callback) {
  body_ += "<Start><Recording";
  attribute(body_, "recordingStatusCallback", status_callback);
  attribute(body_, "recordingStatusCallbackMethod", "POST");
  attribute(body_, "recordingStatusCallbackEvent", "in-progress completed absent");
  attribute(body_, "channels", "dual");
  attribute(body_, "track", "both");
  attribute(body_, "trim", "do-not-trim");
  body_ += "/></Start>";
  return *this;
}

twiml& twiml::connect(const relay& r) {
  body_ += "<Connect";
  attribute(body_, "action", r.action);
  attribute(body_, "method", "POST");
  body_ += "><ConversationRelay";
  attribute(body_, "url", r.url);
  attribute(body_, "language", r.language);
  attribute(body_, "interruptible", "speech");
  // Without it the carrier swallows what is said into a text that cannot be interrupted.
  attribute(body_, "reportInputDuringAgentSpeech", "any");
  attribute(body_, "dtmfDetection", "true");
  attribute(body_, "partialPrompts", r.partial_prompts ? "true" : "false");
  body_ += "/></Connect>";
  return *this;
}

std::string twiml::str() const {
  constexpr std::string_view prologue = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
  std::string out(prologue);
  if (body_.empty()) {
    out += "<Response/>";
  } else {
    out += "<Response>";
    out += body_;
    out += "</Response>";
  }
  return out;
}

} // namespace ringmaster::wire
