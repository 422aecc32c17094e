#include "carrier/log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "carrier/refusal.hpp"
#include "domain/time.hpp"

namespace ringmaster::telco {

/// One line while it is composed.
class call_log::line {
 public:
  line(std::uint64_t number, std::string_view kind, instant at) {
    text_.reserve(320);
    text_ += "{\"n\":" + std::to_string(number);
    add("kind", kind);
    add("at", to_rfc3339(at));
    add("at_us", at.time_since_epoch().count());
  }
  line& add(std::string_view name, std::string_view value) {
    key(name);
    append_json(text_, value);
    return *this;
  }
  line& add(std::string_view name, std::int64_t value) {
    key(name);
    text_ += std::to_string(value);
    return *this;
  }
  line& flag(std::string_view name, bool value) {
    key(name);
    text_ += value ? "true" : "false";
    return *this;
  }
  std::string done() && {
    text_ += "}\n";
    return std::move(text_);
  }

 private:
  void key(std::string_view name) {
    text_ += ",\"";
    text_ += name;
    text_ += "\":";
  }
  std::string text_;
};

namespace {

std::string_view kind_of(const errand& e) {
  switch (e.what) {
    case errand::kind::status:
      return "callback";
    case errand::kind::document:
      return "document";
    case errand::kind::amd:
      return "amd";
    case errand::kind::recording:
      return "recording";
  }
  return "callback";
}

} // namespace

void call_log::write(std::string text) {
  if (sink_)
    sink_(text);
  if (keep_ == 0)
    return;
  kept_.push_back(std::move(text));
  if (kept_.size() > keep_)
    kept_.pop_front();
}

std::uint64_t call_log::request(const request_line& r, instant at) {
  const auto number = ++requests_;
  if (r.create)
    ++creates_;
  if (!on())
    return number;
  line l(++last_, "request", at);
  l.add("request", static_cast<std::int64_t>(number)).add("method", r.method).add("target", r.target);
  if (r.create) {
    l.add("create", static_cast<std::int64_t>(creates_)).add("to", r.to).add("from", r.from);
    l.add("token", r.token).flag("call_made", r.call_made);
  }
  if (!r.sid.empty())
    l.add("sid", r.sid);
  l.add("fault", to_string(r.fault)).add("status", r.status);
  write(std::move(l).done());
  return number;
}

void call_log::answered(std::uint64_t request, int status, std::string_view how, instant at) {
  if (!on())
    return;
  line l(++last_, "answered", at);
  l.add("request", static_cast<std::int64_t>(request)).add("status", status).add("how", how);
  write(std::move(l).done());
}

void call_log::life(const call_record& c, instant happened_at, instant at) {
  if (!on())
    return;
  line l(++last_, "life", at);
  l.add("sid", c.sid).add("to", c.order.to).add("status", to_string(c.status));
  l.add("happened_at", to_rfc3339(happened_at));
  write(std::move(l).done());
}

void call_log::callback_lost(const errand& e, instant at) {
  if (!on())
    return;
  line l(++last_, kind_of(e), at);
  l.add("sid", e.sid).add("event", e.status).add("sequence", e.sequence);
  l.add("url", e.to.url).flag("duplicate", e.duplicate).flag("lost", true);
  write(std::move(l).done());
}

void call_log::sent(
  const errand& e, std::uint32_t tries, const try_result& got, instant began, instant at) {
  if (!on())
    return;
  line l(++last_, kind_of(e), at);
  l.add("sid", e.sid).add("event", e.status);
  if (e.what == errand::kind::status)
    l.add("sequence", e.sequence).flag("duplicate", e.duplicate).flag("lost", false);
  l.add("url", e.to.url).add("try", tries).add("sent_at", to_rfc3339(began));
  switch (got.what) {
    case try_result::how::not_connected:
      l.add("result", "not_connected");
      break;
    case try_result::how::broken:
      l.add("result", "broken");
      break;
    case try_result::how::answered:
      l.add("result", "answered").add("status", got.status);
      break;
  }
  write(std::move(l).done());
}

void call_log::spoke(std::string_view sid, const spoken& what, instant at) {
  if (!on())
    return;
  using kind = spoken::kind;
  const bool said = what.what == kind::said;
  line l(++last_, said ? "said" : what.what == kind::heard ? "heard" : "dial", at);
  l.add("sid", sid);
  if (what.what == kind::dialed) {
    l.add("number", what.text);
  } else {
    if (!what.text.empty() || what.keys.empty())
      l.add("text", what.text);
    if (!what.keys.empty())
      l.add("keys", what.keys);
    l.flag(said ? "whole" : "told", what.whole);
  }
  write(std::move(l).done());
}

void call_log::noticed(std::string_view sid, const notice& n, instant at) {
  if (!on())
    return;
  line l(++last_, "notice", at);
  l.add("sid", sid).add("code", n.code).add("text", n.text);
  write(std::move(l).done());
}

std::string call_log::after(std::uint64_t n) const {
  std::string out;
  const auto first = last_ - kept_.size() + 1;
  for (std::size_t i = n >= first ? static_cast<std::size_t>(n - first + 1) : 0; i < kept_.size(); ++i)
    out += kept_[i];
  return out;
}

result<call_log::sink> open_log_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0)
    return fail(errc::unavailable, "cannot open the log " + path + ": " + std::strerror(errno));
  auto file = std::shared_ptr<int>(new int(fd), [](int* owned) {
    ::close(*owned);
    delete owned;
  });
  return [file](std::string_view text) {
    while (!text.empty()) {
      const auto written = ::write(*file, text.data(), text.size());
      if (written < 0 && errno != EINTR)
        return; // a full disk must not stop the carrier
      if (written > 0)
        text.remove_prefix(static_cast<std::size_t>(written));
    }
  };
}

std::string_view path_token(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  auto scheme = url.find("://");
  auto slash = url.rfind('/');
  if (slash == std::string_view::npos || scheme == std::string_view::npos || slash <= scheme + 2)
    return {};
  return url.substr(slash + 1);
}

} // namespace ringmaster::telco
