#include "carrier/document.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>

#include "carrier/xml.hpp"

namespace ringmaster::telco {

namespace {

using namespace std::string_view_literals;

/// Verbs that are played, each with the attributes the carrier knows.
struct known_verb {
  std::string_view name;
  std::string_view attributes; ///< each between spaces
};
constexpr std::array played{
  known_verb{"Say", " voice language loop "},
  known_verb{"Play", " loop digits "},
  known_verb{"Pause", " length "},
  known_verb{"Hangup", " "},
  known_verb{"Redirect", " method "},
  known_verb{
    "Gather",
    " input action method actionOnEmptyResult timeout speechTimeout maxSpeechTime numDigits "
    "finishOnKey hints language speechModel profanityFilter partialResultCallback "
    "partialResultCallbackMethod bargeIn enhanced debug "},
  known_verb{
    "Dial",
    " callerId timeout timeLimit action method answerOnBridge hangupOnStar record "
    "recordingStatusCallback recordingStatusCallbackMethod recordingStatusCallbackEvent "
    "recordingTrack trim ringTone sequential "},
  known_verb{"Start", " action method "},
  known_verb{"Connect", " action method "},
};
constexpr known_verb number_noun{
  "Number",
  " url method sendDigits statusCallback statusCallbackEvent statusCallbackMethod "
  "machineDetection machineDetectionTimeout amdStatusCallback amdStatusCallbackMethod byoc "};
constexpr known_verb recording_noun{
  "Recording",
  " recordingStatusCallback recordingStatusCallbackMethod recordingStatusCallbackEvent channels "
  "track trim "};
constexpr known_verb relay_noun{
  "ConversationRelay",
  " url welcomeGreeting welcomeGreetingInterruptible language ttsLanguage transcriptionLanguage "
  "ttsProvider voice transcriptionProvider speechModel interruptible interruptSensitivity "
  "ignoreBackchannel reportInputDuringAgentSpeech preemptible dtmfDetection partialPrompts "
  "speechTimeout eotThreshold hints profanityFilter deepgramSmartFormat backgroundNoiseReduction "
  "elevenlabsTextNormalization events debug intelligenceService conversationConfiguration "
  "conversationId "};
/// The carrier's other verbs: valid, but nothing is heard of them here.
constexpr std::array silent{
  "Enqueue"sv, "Leave"sv, "Pay"sv,    "Prompt"sv, "Queue"sv, "Record"sv,
  "Refer"sv,   "Reject"sv, "Siprec"sv, "Sms"sv,   "Stop"sv};

constexpr milliseconds play_time{3000};
constexpr milliseconds key_time{500};
constexpr long loop_endless = 1000;

std::optional<long> read_integer(const element& e, std::string_view name, long min, long max) {
  const auto* text = e.attribute(name);
  if (!text)
    return std::nullopt;
  long value = 0;
  auto [end, ec] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (text->empty() || ec != std::errc{} || end != text->data() + text->size())
    return std::nullopt;
  return std::clamp(value, min, max);
}

std::string_view trim(std::string_view text) {
  auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

class compiler {
 public:
  document read(const element& root) {
    for (const auto& e : root.children)
      add(e);
    return std::move(out_);
  }

 private:
  void warn(std::string text) { out_.warnings.push_back({12200, std::move(text)}); }

  void check_attributes(const element& e, const known_verb& verb) {
    for (const auto& [name, value] : e.attributes)
      if (verb.attributes.find(" " + name + " ") == std::string_view::npos)
        warn("Attribute '" + name + "' is not known to <" + e.name + ">");
  }

  /// The verb's row, or nothing after a warning.
  const known_verb* know(const element& e) {
    for (const auto& verb : played)
      if (verb.name == e.name) {
        check_attributes(e, verb);
        return &verb;
      }
    if (std::find(silent.begin(), silent.end(), e.name) != silent.end())
      warn("<" + e.name + "> is valid but this simulator does not play it");
    else
      warn("Element <" + e.name + "> is not known");
    return nullptr;
  }

  static verb::pass_time heard(const element& e) {
    verb::pass_time out;
    if (e.name == "Pause") {
      out.length = std::chrono::seconds(read_integer(e, "length", 0, 3600).value_or(1));
      return out;
    }
    auto loops = read_integer(e, "loop", 0, loop_endless).value_or(1);
    if (loops == 0)
      loops = loop_endless;
    out.length = play_time * loops;
    if (e.name == "Say") {
      out.text = std::string(trim(e.text));
      out.length = speaking_time(out.text) * loops;
    } else if (const auto* keys = e.attribute("digits")) {
      out.keys = *keys;
      out.length = key_time * static_cast<long>(keys->size()) * loops;
    }
    return out;
  }

  void add(const element& e) {
    if (!know(e))
      return;
    if (e.name == "Hangup")
      out_.program.emplace_back(verb::hang_up{});
    else if (e.name == "Redirect")
      out_.program.emplace_back(verb::redirect{std::string(trim(e.text)), is_post(e)});
    else if (e.name == "Gather")
      add_gather(e);
    else if (e.name == "Dial")
      add_dial(e);
    else if (e.name == "Start")
      add_start(e);
    else if (e.name == "Connect")
      add_connect(e);
    else
      out_.program.emplace_back(heard(e));
  }

  static std::string text_of(const element& e, std::string_view name) {
    const auto* value = e.attribute(name);
    return value ? std::string(trim(*value)) : std::string();
  }
  static bool is_true(const element& e, std::string_view name) { return text_of(e, name) == "true"; }

  void add_dial(const element& e) {
    verb::dial d;
    d.number = std::string(trim(e.text));
    d.action = text_of(e, "action");
    d.post = is_post(e);
    for (const auto& child : e.children) {
      if (child.name != "Number") {
        warn("<" + child.name + "> inside <Dial> is not played by this simulator");
        continue;
      }
      check_attributes(child, number_noun);
      if (d.number.empty())
        d.number = std::string(trim(child.text));
    }
    out_.program.emplace_back(std::move(d));
  }

  void add_start(const element& e) {
    for (const auto& child : e.children) {
      if (child.name != "Recording") {
        warn("<" + child.name + "> inside <Start> is not played by this simulator");
        continue;
      }
      check_attributes(child, recording_noun);
      const auto* method = child.attribute("recordingStatusCallbackMethod");
      out_.program.emplace_back(
        verb::start_recording{text_of(child, "recordingStatusCallback"), !method || *method != "GET"});
    }
  }

  void add_connect(const element& e) {
    for (const auto& child : e.children) {
      if (child.name != "ConversationRelay") {
        warn("<" + child.name + "> inside <Connect> is not played by this simulator");
        continue;
      }
      check_attributes(child, relay_noun);
      verb::relay r;
      r.url = text_of(child, "url");
      r.action = text_of(e, "action");
      r.post = is_post(e);
      r.greeting = text_of(child, "welcomeGreeting");
      if (auto language = text_of(child, "language"); !language.empty())
        r.language = std::move(language);
      r.greeting_interruptible = by_speech(text_of(child, "welcomeGreetingInterruptible"), true);
      r.interruptible = by_speech(text_of(child, "interruptible"), true);
      r.reports_during = by_speech(text_of(child, "reportInputDuringAgentSpeech"), false);
      r.partial_prompts = is_true(child, "partialPrompts");
      r.keys = is_true(child, "dtmfDetection");
      for (const auto& p : child.children)
        if (p.name == "Parameter")
          r.parameters.emplace_back(text_of(p, "name"), text_of(p, "value"));
        else if (p.name != "Language")
          warn("<" + p.name + "> cannot stand inside <ConversationRelay>");
      out_.program.emplace_back(std::move(r));
    }
  }

  /// none, dtmf, speech, any; older documents have true and false.
  static bool by_speech(std::string_view value, bool otherwise) {
    if (value.empty())
      return otherwise;
    return value == "speech" || value == "any" || value == "true";
  }

  static bool is_post(const element& e) {
    const auto* method = e.attribute("method");
    return !method || *method != "GET";
  }

  void add_gather(const element& e) {
    verb::gather g;
    if (const auto* input = e.attribute("input")) {
      g.speech = input->find("speech") != std::string::npos;
      g.keys = input->find("dtmf") != std::string::npos;
      if (!g.speech && !g.keys)
        warn("<Gather input=\"" + *input + "\"> listens to nothing");
    }
    if (const auto* action = e.attribute("action"))
      g.action = std::string(trim(*action));
    g.post = is_post(e);
    const auto* on_empty = e.attribute("actionOnEmptyResult");
    g.action_on_empty = on_empty && *on_empty == "true";
    g.timeout = std::chrono::seconds(read_integer(e, "timeout", 1, 600).value_or(5));
    g.digits_max = static_cast<std::size_t>(read_integer(e, "numDigits", 1, 1000).value_or(0));
    if (const auto* key = e.attribute("finishOnKey"))
      g.finish_key = *key;
    g.barge_in = text_of(e, "bargeIn") != "false";
    if (auto pause = read_integer(e, "speechTimeout", 1, 60))
      g.end_of_speech = std::chrono::seconds(*pause);
    for (const auto& child : e.children) {
      if (child.name != "Say" && child.name != "Play" && child.name != "Pause")
        warn("<" + child.name + "> cannot stand inside <Gather>");
      else if (know(child))
        g.prompts.push_back(heard(child));
    }
    out_.program.emplace_back(std::move(g));
  }

  document out_;
};

} // namespace

document read_document(std::string_view xml) {
  auto root = parse_xml(trim(xml));
  document out;
  if (!root) {
    out.broken = 12100;
    out.why = root.error().detail;
  } else if (root->name != "Response") {
    out.broken = 12200;
    out.why = "the root element is <" + root->name + ">, not <Response>";
  } else {
    out = compiler().read(*root);
  }
  return out;
}

milliseconds speaking_time(std::string_view text) {
  // About fifteen characters a second.
  return text.empty() ? milliseconds(0)
                      : milliseconds(300 + 66 * static_cast<std::int64_t>(text.size()));
}

std::string resolve_url(std::string_view base, std::string_view reference) {
  if (reference.starts_with("http://") || reference.starts_with("https://"))
    return std::string(reference);
  base = base.substr(0, base.find_first_of("?#"));
  const auto scheme_end = base.find("://");
  if (scheme_end == std::string_view::npos)
    return {};
  const auto path_begin = base.find('/', scheme_end + 3);
  const auto origin = std::string(base.substr(0, path_begin));
  if (reference.starts_with('/'))
    return origin + std::string(reference);
  if (path_begin == std::string_view::npos)
    return origin + "/" + std::string(reference);
  return std::string(base.substr(0, base.rfind('/') + 1)) + std::string(reference);
}

} // namespace ringmaster::telco
