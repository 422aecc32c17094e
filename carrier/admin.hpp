#pragma once

#include "carrier/log.hpp"
#include "carrier/scenario.hpp"
#include "carrier/switchboard.hpp"
#include "http/message.hpp"

namespace ringmaster::telco {

/// True for paths of the view below.
bool is_admin(const http::request& req);

/// A view for tests and for people who watch, outside the carrier's own paths and answered only to
/// this machine: `GET /simulator/log?after=N`, `GET /simulator/calls`, `POST /simulator/scenario`.
http::response
administer(const http::request& req, scenario& rules, switchboard& board, const call_log& log);

} // namespace ringmaster::telco
