#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace spdlog {
class formatter;
}

namespace ringmaster {

/// Lines for people (`text`) or for collectors (`json`), one line per event whatever the message
/// holds: control characters are escaped, and anything that looks like a telephone number in
/// international form is masked, as a second net behind `phone_number`.
std::unique_ptr<spdlog::formatter> make_log_formatter(std::string_view format);

/// Sends all logging to stderr.
void set_up_logging(const std::string& level, const std::string& format);

/// `+14155550100` becomes `+14•••••0100`; other text stays.
std::string mask_numbers(std::string_view text);

} // namespace ringmaster
