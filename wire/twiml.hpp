#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ringmaster::wire {

/// Writes the carrier's call instructions. Whatever bytes come in as text, the document stays
/// well-formed: markup is escaped, control characters and broken UTF-8 are removed.
class twiml {
 public:
  twiml& say(std::string_view text, std::string_view language = {}, std::string_view voice = {});
  twiml& pause(unsigned seconds);
  twiml& hangup();
  twiml& redirect(std::string_view url);

  struct gather {
    std::string input = "dtmf speech";
    std::string action; ///< absolute URL
    unsigned timeout_seconds = 5;
    std::string speech_timeout = "auto";
    bool action_on_empty_result = true;
    std::string say; ///< prompt inside the gather
    std::vector<std::string> more; ///< further prompts
    unsigned digits_max = 0;       ///< 0: any number
    std::string language;
    std::string voice;
  };
  twiml& listen(const gather& g);

  twiml& play_keys(std::string_view digits); ///< <Play digits="…"/>; what is no key is left out
  /// <Dial callerId="…"><Number>…</Number></Dial>
  twiml& dial(std::string_view number, std::string_view caller_id, unsigned timeout_seconds = 30);
  /// <Start><Recording …/></Start>
  twiml& start_recording(std::string_view status_callback);

  struct relay {
    std::string url;    ///< wss://… (ws://… only for a carrier on this machine)
    std::string action; ///< where the call goes on after the socket; absolute
    std::string language;
    bool partial_prompts = true;
  };
  /// <Connect action="…"><ConversationRelay …/></Connect>: interruptible by speech, keys reported.
  twiml& connect(const relay& r);

  /// `<?xml …?><Response>…</Response>`, or `<Response/>` when nothing was said.
  std::string str() const;

 private:
  std::string body_;
};

/// Escapes for XML text and attributes alike; removes what XML 1.0 does not allow.
std::string xml_escape(std::string_view text);

} // namespace ringmaster::wire
