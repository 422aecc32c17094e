#include "carrier/player.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace ringmaster::telco {

namespace {

constexpr std::size_t document_max = 64 * 1024;
constexpr int redirects_max = 10;
/// Between the last word and the decision that it was the last.
constexpr milliseconds end_of_speech{800};
constexpr milliseconds key_time{400};

bool is_xml(std::string_view content_type) {
  auto type = std::string(content_type.substr(0, content_type.find(';')));
  while (!type.empty() && type.back() == ' ')
    type.pop_back();
  std::transform(type.begin(), type.end(), type.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return type == "text/xml" || type == "application/xml";
}

/// The keys that count: up to the finish key, at most as many as asked for.
std::string keys_heard(const verb::gather& g, std::string keys) {
  if (!g.finish_key.empty())
    keys = keys.substr(0, keys.find(g.finish_key[0]));
  if (g.digits_max > 0 && keys.size() > g.digits_max)
    keys.resize(g.digits_max);
  return keys;
}

/// What reaches the carrier of what the callee does: words are not heard by a Gather for keys.
reply perceived(const verb::gather& g, reply said) {
  using kind = reply::kind;
  if (said.what == kind::digits)
    said.text = keys_heard(g, std::move(said.text));
  const bool lost = said.text.empty() || (said.what == kind::speech && !g.speech) ||
                    (said.what == kind::digits && !g.keys);
  return lost ? reply{} : said;
}

} // namespace

player::player(const scenario& rules, const call_record& call) : rules_(rules), call_(call) {}

std::vector<notice> player::take_notices() { return std::exchange(notices_, {}); }

player_wish player::begin(instant now) {
  if (!call_.order.twiml.empty())
    return replace(call_.order.twiml, now);
  wire::fields extra;
  if (!call_.answered_by.empty()) {
    extra.emplace_back("AnsweredBy", call_.answered_by);
    extra.emplace_back(
      "MachineDetectionDuration", std::to_string(call_.fate.detection.count()));
  }
  return fetch(call_.order.document, std::move(extra));
}

player_wish player::replace(const hook& from, instant) {
  hearing_.reset();
  return fetch(from, {});
}

player_wish player::replace(const std::string& twiml, instant now) {
  hearing_.reset();
  base_.clear();
  return load(twiml, now);
}

player_wish player::fetch(hook from, wire::fields extra) {
  asked_ = split(from.url).url;
  program_.clear();
  next_ = 0;
  return {player_wish::kind::fetch, {}, std::move(from), std::move(extra)};
}

player_wish player::wait(milliseconds length, instant now) const {
  const auto passes = std::max(rules_.scaled(length), std::chrono::microseconds(1));
  return {player_wish::kind::wait, now + passes, {}, {}};
}

player_wish player::fetched(const errand_answer& got, instant now) {
  using how = try_result::how;
  if (got.result.what != how::answered)
    return trouble(
      got.result.what == how::not_connected ? 11205 : 11200, "no answer from " + asked_, now);
  const int status = got.result.status;
  if (status >= 300 && status < 400 && !got.location.empty()) {
    // Followed as GET and without the parameters.
    if (++redirects_ > redirects_max)
      return trouble(11200, "too many redirects at " + asked_, now);
    auto next = resolve_url(asked_, got.location);
    return next.empty() ? trouble(11100, "cannot follow " + got.location, now)
                        : fetch({std::move(next), false}, {});
  }
  redirects_ = 0;
  if (status < 200 || status >= 300)
    return trouble(11200, asked_ + " answered " + std::to_string(status), now);
  if (got.body.size() > document_max)
    return trouble(11750, "the document is larger than 64 kB", now);
  if (got.body.empty())
    return trouble(11770, "the document is empty", now);
  if (!is_xml(got.content_type))
    return trouble(12300, "content type '" + got.content_type.substr(0, 64) + "'", now);
  base_ = asked_;
  return load(got.body, now);
}

player_wish player::load(std::string_view xml, instant now) {
  auto read = read_document(xml);
  for (auto& warning : read.warnings)
    notices_.push_back(std::move(warning));
  if (read.broken)
    return trouble(read.broken, read.why, now);
  program_ = std::move(read.program);
  next_ = 0;
  return run(now);
}

player_wish player::run(instant now) {
  if (next_ >= program_.size())
    return {}; // the end of a document hangs up
  // Copied: a fetch clears the program.
  const auto step = program_[next_++];
  if (const auto* time = std::get_if<verb::pass_time>(&step))
    return wait(time->length, now);
  if (const auto* gather = std::get_if<verb::gather>(&step))
    return listen(*gather, now);
  if (const auto* redirect = std::get_if<verb::redirect>(&step)) {
    auto url = resolve_url(base_, redirect->url);
    if (url.empty())
      return trouble(11100, "<Redirect> has no absolute URL", now);
    return fetch({std::move(url), redirect->post}, {});
  }
  return {};
}

player_wish player::go_on(instant now) { return hearing_ ? heard(now) : run(now); }

player_wish player::listen(const verb::gather& g, instant now) {
  hearing_.emplace(
    hearing{g, perceived(g, reply_at(rules_, call_.order.to, call_.fate, gathers_++))});
  const auto& said = hearing_->said;
  auto length = g.prompts;
  if (said.what == reply::kind::silence)
    length += g.timeout;
  else if (said.what == reply::kind::speech)
    length += speaking_time(said.text) + end_of_speech;
  else
    length += key_time * static_cast<long>(said.text.size());
  return wait(length, now);
}

player_wish player::heard(instant now) {
  const auto [asked, said] = *std::exchange(hearing_, std::nullopt);
  if (said.what == reply::kind::silence && !asked.action_on_empty)
    return run(now);
  auto url = asked.action.empty() ? base_ : resolve_url(base_, asked.action);
  if (url.empty())
    return trouble(11100, "<Gather> has no absolute action", now);
  wire::fields extra;
  if (said.what == reply::kind::speech) {
    extra.emplace_back("SpeechResult", said.text);
    if (said.confidence) {
      char text[16];
      std::snprintf(text, sizeof text, "%.4f", *said.confidence);
      extra.emplace_back("Confidence", text);
    }
  } else if (said.what == reply::kind::digits) {
    extra.emplace_back("Digits", said.text);
  }
  return fetch({std::move(url), asked.post}, std::move(extra));
}

player_wish player::trouble(int code, std::string text, instant) {
  notices_.push_back({code, std::move(text)});
  const auto& fallback = call_.order.fallback;
  if (fallback.url.empty() || fell_back_)
    return {};
  fell_back_ = true;
  wire::fields extra{{"ErrorCode", std::to_string(code)}, {"ErrorUrl", asked_}};
  return fetch(fallback, std::move(extra));
}

} // namespace ringmaster::telco
