#pragma once

#include <string>
#include <string_view>

#include "domain/findings.hpp"
#include "domain/findings_borne.hpp"

// The parts of talk::verify that hold one kind of value each. Others ask talk::verify.

namespace ringmaster::talk {

/// The part of a value, to be changed in place; null: there is none.
std::string* part(value& v, std::string_view name);
void drop(value& v, std::string_view name);

/// Keeps of the support what names the value itself; without any the value is not borne.
template <class Bears>
bool keep(const hearing& h, support& s, Bears bears) {
  support kept;
  for (auto at : s.places) {
    const auto& e = h.all()[at];
    if (!bears(e.read))
      continue;
    kept.places.push_back(at);
    kept.segments.push_back(e.said.n);
    if (e.said.who == speaker::assistant)
      if (auto answer = h.next(at))
        kept.segments.push_back(h.all()[*answer].said.n);
  }
  s = std::move(kept);
  return !s.places.empty();
}

// Each brings a value to what the words bear, with corrections applied and its segments set; false
// if nothing bears it.
bool hold_price(const hearing& h, value& v, support& s);
bool hold_code(const hearing& h, value& v, support& s);
bool hold_appointment(const hearing& h, value& v, support& s);

} // namespace ringmaster::talk
