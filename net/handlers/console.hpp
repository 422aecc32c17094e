#pragma once

#include "net/handlers/handlers.hpp"

// What the web console needs besides the API: sessions, accounts and its first page.

namespace ringmaster::net::handlers {

answer_of_handler read_own_session(exchange& x);
answer_of_handler sign_in(exchange& x);
answer_of_handler sign_out(exchange& x);
answer_of_handler enter_by_link(exchange& x);

answer_of_handler list_users(exchange& x);
answer_of_handler add_user(exchange& x);
answer_of_handler alter_user(exchange& x);
answer_of_handler make_password_link(exchange& x);

answer_of_handler show_overview(exchange& x);

} // namespace ringmaster::net::handlers
