#include "persistence/talk_json.hpp"

#include <nlohmann/json.hpp>

#include "persistence/db.hpp"
#include "wire/result_schema.hpp"

namespace ringmaster {
namespace {

using json = nlohmann::json;

[[noreturn]] void refuse(const std::string& what) {
  throw db::failure(db::trouble::other, "stored JSON is not of its shape: " + what);
}

json parse(std::string_view text) {
  auto value = json::parse(text.begin(), text.end(), nullptr, false);
  if (!value.is_object())
    refuse("it is no object");
  return value;
}

/// A member of an object, or nothing; of another type than T it is refused.
template <class T>
std::optional<T> member(const json& object, const char* name) {
  auto found = object.find(name);
  if (found == object.end() || found->is_null())
    return std::nullopt;
  bool fits = false;
  if constexpr (std::is_same_v<T, bool>)
    fits = found->is_boolean();
  else if constexpr (std::is_integral_v<T>)
    fits = found->is_number_integer();
  else
    fits = found->is_string();
  if (!fits)
    refuse(std::string(name) + " is of another type");
  return found->get<T>();
}

template <class T>
void take(T& into, const json& object, const char* name) {
  if (auto value = member<T>(object, name))
    into = std::move(*value);
}

/// A word of a vocabulary.
template <class T, class Parse>
void take_word(T& into, const json& object, const char* name, Parse parse_word) {
  auto word = member<std::string>(object, name);
  if (!word)
    return;
  auto value = parse_word(*word);
  if (!value)
    refuse(std::string(name) + " is not a known word");
  into = *value;
}

/// The items of a list of objects.
template <class Each>
void each_of(const json& object, const char* name, Each each) {
  auto found = object.find(name);
  if (found == object.end())
    return;
  if (!found->is_array())
    refuse(std::string(name) + " is no list");
  for (const auto& item : *found) {
    if (!item.is_object())
      refuse(std::string(name) + " has an item that is no object");
    each(item);
  }
}

json of_money(const std::optional<money>& m) {
  if (!m)
    return nullptr;
  return {
      {"micros",   m->micros            },
      {"currency", storable(m->currency)}
  };
}

std::optional<money> money_of(const json& object, const char* name) {
  auto found = object.find(name);
  if (found == object.end() || found->is_null())
    return std::nullopt;
  if (!found->is_object())
    refuse(std::string(name) + " is no amount");
  money m;
  take(m.micros, *found, "micros");
  take(m.currency, *found, "currency");
  return m;
}

using question_state = talk::owner_question::state;

const char* word_of(question_state s) {
  switch (s) {
  case question_state::yes:
    return "yes";
  case question_state::no:
    return "no";
  case question_state::timeout:
    return "timeout";
  case question_state::open:
    break;
  }
  return "open";
}

} // namespace

std::string_view stored_word(question_state s) { return word_of(s); }

std::optional<question_state> parse_question_state(std::string_view word) {
  for (auto s :
       {question_state::open, question_state::yes, question_state::no, question_state::timeout})
    if (word == word_of(s))
      return s;
  return std::nullopt;
}

std::string write_memory(const talk::memory& m) {
  json out{
      {"detected",     storable(m.detected)},
      {"disclosed",    m.disclosed         },
      {"message_left", m.message_left      },
      {"opted_out",    m.opted_out         },
      {"wrong_number", m.wrong_number      },
      {"menus",        m.menus             },
      {"silences",     m.silences          },
      {"held_ms",      m.held.count()      },
      {"agreed",       of_money(m.agreed)  },
      {"ended",        storable(m.ended)   }
  };
  out["questions"] = json::array();
  for (const auto& q : m.questions)
    out["questions"].push_back({
        {"n",      q.n               },
        {"text",   storable(q.text)  },
        {"amount", of_money(q.amount)},
        {"state",  word_of(q.now)    },
        {"note",   storable(q.note)  }
    });
  return out.dump();
}

talk::memory read_memory(std::string_view json_text) {
  auto in = parse(json_text);
  talk::memory m;
  take(m.detected, in, "detected");
  take(m.disclosed, in, "disclosed");
  take(m.message_left, in, "message_left");
  take(m.opted_out, in, "opted_out");
  take(m.wrong_number, in, "wrong_number");
  take(m.menus, in, "menus");
  take(m.silences, in, "silences");
  if (auto held = member<std::int64_t>(in, "held_ms"))
    m.held = talk::milliseconds(*held);
  m.agreed = money_of(in, "agreed");
  take(m.ended, in, "ended");
  each_of(in, "questions", [&](const json& item) {
    talk::owner_question q;
    take(q.n, item, "n");
    take(q.text, item, "text");
    q.amount = money_of(item, "amount");
    take_word(q.now, item, "state", parse_question_state);
    take(q.note, item, "note");
    m.questions.push_back(std::move(q));
  });
  return m;
}

std::string write_findings(const talk::findings& f) {
  json out{
      {"summary",       storable(f.summary)             },
      {"goal_achieved", talk::to_string(f.goal_achieved)},
      {"sentiment",     talk::to_string(f.mood)         },
      {"listener",      talk::to_string(f.who)          },
      {"opt_out",       f.opt_out                       },
      {"wrong_number",  f.wrong_number                  }
  };
  out["values"] = json::array();
  for (const auto& v : f.values) {
    auto parts = json::array();
    for (const auto& [name, text] : v.parts)
      parts.push_back(json::array({storable(name), storable(text)}));
    out["values"].push_back({
        {"key",           storable(v.key)          },
        {"type",          talk::to_string(v.kind)  },
        {"text",          storable(v.text)         },
        {"parts",         std::move(parts)         },
        {"segments",      v.segments               },
        {"contradiction", storable(v.contradiction)}
    });
  }
  out["follow_ups"] = json::array();
  for (const auto& f_up : f.follow_ups)
    out["follow_ups"].push_back({
        {"instruction", storable(f_up.instruction)},
        {"reason",      storable(f_up.reason)     },
        {"when",        storable(f_up.when)       }
    });
  return out.dump();
}

talk::findings read_findings(std::string_view json_text) {
  auto in = parse(json_text);
  talk::findings f;
  take(f.summary, in, "summary");
  take_word(f.goal_achieved, in, "goal_achieved", talk::parse_verdict);
  take_word(f.mood, in, "sentiment", talk::parse_sentiment);
  take_word(f.who, in, "listener", talk::parse_listener);
  take(f.opt_out, in, "opt_out");
  take(f.wrong_number, in, "wrong_number");
  each_of(in, "values", [&](const json& item) {
    talk::value v;
    take(v.key, item, "key");
    take_word(v.kind, item, "type", talk::parse_value_kind);
    take(v.text, item, "text");
    if (auto parts = item.find("parts"); parts != item.end())
      v.parts = read_pairs(parts->dump());
    if (auto segments = item.find("segments"); segments != item.end() && segments->is_array())
      for (const auto& n : *segments) {
        if (!n.is_number_integer())
          refuse("a segment is no number");
        v.segments.push_back(n.get<std::int32_t>());
      }
    take(v.contradiction, item, "contradiction");
    f.values.push_back(std::move(v));
  });
  each_of(in, "follow_ups", [&](const json& item) {
    talk::follow_up f_up;
    take(f_up.instruction, item, "instruction");
    take(f_up.reason, item, "reason");
    take(f_up.when, item, "when");
    f.follow_ups.push_back(std::move(f_up));
  });
  return f;
}

std::optional<std::string> write_known_value(const talk::value& v) {
  if (!v.known())
    return std::nullopt;
  auto clean = v;
  clean.text = storable(v.text);
  for (auto& [name, text] : clean.parts) {
    name = storable(name);
    text = storable(text);
  }
  auto text = wire::write_value(clean);
  // A number that is none is told as the text it is.
  return json::accept(text) ? text : json(clean.text).dump();
}

} // namespace ringmaster
