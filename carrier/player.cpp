#include "carrier/player.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "carrier/chance.hpp"

namespace ringmaster::telco {

namespace {

constexpr std::size_t document_max = 64 * 1024;
constexpr int redirects_max = 10;

bool is_xml(std::string_view content_type) {
  auto type = std::string(content_type.substr(0, content_type.find(';')));
  while (!type.empty() && type.back() == ' ')
    type.pop_back();
  std::transform(type.begin(), type.end(), type.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return type == "text/xml" || type == "application/xml";
}

} // namespace

player::player(const scenario& rules, const call_record& call) : rules_(rules), call_(call) {}

std::vector<notice> player::take_notices() { return std::exchange(notices_, {}); }
std::vector<spoken> player::take_lines() { return std::exchange(lines_, {}); }
std::vector<socket_order> player::take_socket_orders() { return std::exchange(sockets_, {}); }

// -- time ------------------------------------------------------------------------------------------

milliseconds player::phone_time(instant at) const {
  const auto real = std::chrono::duration<double, std::milli>(at - answered_).count();
  return milliseconds(static_cast<std::int64_t>(std::floor(real * rules_.time_scale + 1e-6)));
}

instant player::real_time(milliseconds at) const {
  const auto real = static_cast<double>(at.count()) * 1000.0 / rules_.time_scale;
  return answered_ + std::chrono::microseconds(static_cast<std::int64_t>(std::ceil(real)));
}

player_wish player::wait(milliseconds length, instant now) {
  due_ = now + std::max(rules_.scaled(length), std::chrono::microseconds(1));
  return rest();
}

player_wish player::rest() const {
  auto until = due_.value_or(instant::max());
  if (callee_)
    if (auto at = callee_->next_due())
      until = std::min(until, real_time(*at));
  if (relay_)
    if (auto at = relay_->next_due())
      until = std::min(until, real_time(*at));
  return {player_wish::kind::wait, until, {}, {}, now_ == activity::fetching};
}

std::optional<player_wish> player::live(instant now) {
  for (;;) {
    const auto sound_at = callee_ ? callee_->next_due() : std::nullopt;
    const auto relay_at = relay_ ? relay_->next_due() : std::nullopt;
    const auto heard_at = sound_at ? real_time(*sound_at) : instant::max();
    const auto told_at = relay_at ? real_time(*relay_at) : instant::max();
    const auto ends_at = due_.value_or(instant::max());
    if (std::min({heard_at, told_at, ends_at}) > now)
      return std::nullopt;
    std::optional<player_wish> wish;
    if (ends_at <= heard_at && ends_at <= told_at)
      return finish(now);
    if (told_at <= heard_at) {
      relay_->advance();
      wish = relay_step(told_at);
    } else if (auto s = callee_->advance(*sound_at)) {
      wish = take(*s, heard_at);
    }
    if (wish)
      return wish;
  }
}

player_wish player::go_on(instant now) {
  auto wish = live(now);
  return wish ? *std::move(wish) : rest();
}

/// What went on has come to its end.
player_wish player::finish(instant now) {
  due_.reset();
  switch (now_) {
    case activity::passing:
      said(passing_);
      return run(now);
    case activity::prompting:
      said(passing_);
      ++listening_.prompt;
      return next_prompt(now);
    case activity::listening:
      return gathered(now);
    case activity::hearing:
      return heard(now);
    case activity::dialing:
      return dialed(now);
    case activity::none:
    case activity::fetching:
    case activity::relaying:
      break;
  }
  return rest();
}

std::optional<player_wish> player::take(const sound& s, instant now) {
  if (s.what == sound::kind::hangs_up)
    return player_wish{};
  if (now_ == activity::prompting || now_ == activity::listening)
    return gather_sound(s, now);
  if (now_ == activity::relaying) {
    relay_->take(s);
    return relay_step(now);
  }
  // Nobody listens.
  if (s.what == sound::kind::ends)
    lines_.push_back({spoken::kind::heard, s.text, {}, false});
  else if (s.what == sound::kind::keys)
    lines_.push_back({spoken::kind::heard, {}, s.text, false});
  return std::nullopt;
}

// -- documents -------------------------------------------------------------------------------------

void player::meet(std::unique_ptr<mind> who, instant now) {
  answered_ = call_.answered_at.value_or(now);
  callee_ = std::make_unique<callee>(std::move(who));
}

player_wish player::begin(instant now) {
  if (call_.fate.persona) {
    meet(std::make_unique<persona_mind>(call_.fate.persona, call_.fate.seed), now);
    callee_->answer();
  }
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

player_wish player::replace(const hook& from, instant now) {
  if (auto wish = live(now); wish && wish->what == player_wish::kind::hang_up)
    return *std::move(wish);
  stop_sound(now);
  return fetch(from, {});
}

player_wish player::replace(const std::string& twiml, instant now) {
  if (auto wish = live(now); wish && wish->what == player_wish::kind::hang_up)
    return *std::move(wish);
  stop_sound(now);
  base_.clear();
  return load(twiml, now);
}

/// What is being said stops in the middle.
void player::stop_words(instant now) {
  if ((now_ != activity::passing && now_ != activity::prompting) || passing_.text.empty())
    return;
  const auto real = std::chrono::duration<double, std::milli>(now - passing_began_).count();
  const auto whole = static_cast<double>(std::max<std::int64_t>(passing_.length.count(), 1));
  const auto words = static_cast<double>(split_words(passing_.text).size());
  const auto heard =
    static_cast<std::size_t>(std::clamp(real * rules_.time_scale / whole, 0.0, 1.0) * words);
  lines_.push_back({spoken::kind::said, some_words(passing_.text, 0, heard), {}, false});
  if (callee_)
    callee_->cut(phone_time(now));
}

/// Whatever is going on on the line ends here.
void player::stop_sound(instant now) {
  stop_words(now);
  if (relay_) {
    relay_->stop(phone_time(now));
    collect_relay();
    close_socket(1000, "the call goes on elsewhere");
  }
  now_ = activity::none;
  due_.reset();
  hearing_.reset();
}

player_wish player::fetch(hook from, wire::fields extra) {
  asked_ = split(from.url).url;
  program_.clear();
  next_ = 0;
  now_ = activity::fetching;
  due_.reset();
  auto wish = rest();
  wish.what = player_wish::kind::fetch;
  wish.from = std::move(from);
  wish.extra = std::move(extra);
  return wish;
}

player_wish player::fetched(const errand_answer& got, instant now) {
  using how = try_result::how;
  if (auto wish = live(now))
    return *std::move(wish);
  now_ = activity::none;
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
  now_ = activity::none;
  due_.reset();
  while (next_ < program_.size()) {
    // Copied: a fetch clears the program.
    const auto step = program_[next_++];
    if (const auto* time = std::get_if<verb::pass_time>(&step))
      return pass(*time, activity::passing, now);
    if (const auto* asked = std::get_if<verb::gather>(&step))
      return gather(*asked, now);
    if (const auto* relay = std::get_if<verb::relay>(&step))
      return connect(*relay, now);
    if (const auto* redirect = std::get_if<verb::redirect>(&step)) {
      auto url = resolve_url(base_, redirect->url);
      if (url.empty())
        return trouble(11100, "<Redirect> has no absolute URL", now);
      return fetch({std::move(url), redirect->post}, {});
    }
    if (const auto* d = std::get_if<verb::dial>(&step)) {
      dial_ = *d;
      lines_.push_back({spoken::kind::dialed, dial_.number, {}, true});
      if (callee_)
        callee_->leave();
      dice chance(sub_seed(call_.fate.seed, "dial", {}, 0));
      dial_length_ = milliseconds(chance.between(10000, 40000));
      now_ = activity::dialing;
      return wait(dial_length_, now);
    }
    const auto* record = std::get_if<verb::start_recording>(&step);
    if (!record)
      return {}; // <Hangup>
    // One recording a call; a second start is refused, and the call goes on.
    if (recording_)
      notices_.push_back({21220, "the call is being recorded already"});
    else
      recording_ = recording{{resolve_url(base_, record->callback), record->post}, now};
  }
  return {}; // the end of a document hangs up
}

player_wish player::pass(verb::pass_time what, activity as, instant now) {
  now_ = as;
  passing_ = std::move(what);
  passing_began_ = now;
  if (callee_ && !passing_.text.empty())
    callee_->hear(phone_time(now), passing_.text, passing_.length);
  auto wish = wait(passing_.length, now);
  if (callee_ && !passing_.keys.empty())
    callee_->press(phone_time(*due_), passing_.keys);
  return wish;
}

void player::said(const verb::pass_time& what) {
  if (!what.text.empty() || !what.keys.empty())
    lines_.push_back({spoken::kind::said, what.text, what.keys, true});
}

player_wish player::dialed(instant now) {
  if (dial_.action.empty())
    return run(now);
  auto url = resolve_url(base_, dial_.action);
  if (url.empty())
    return trouble(11100, "<Dial> has no absolute action", now);
  char leg[40];
  std::snprintf(
    leg, sizeof leg, "CA%016llx%016llx",
    static_cast<unsigned long long>(sub_seed(call_.fate.seed, "leg", call_.sid, 0)),
    static_cast<unsigned long long>(sub_seed(call_.fate.seed, "leg", call_.sid, 1)));
  return fetch(
    {std::move(url), dial_.post},
    {{"DialCallStatus", "completed"},
     {"DialCallSid", leg},
     {"DialCallDuration", std::to_string(dial_length_.count() / 1000)},
     {"DialBridged", "true"}});
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
