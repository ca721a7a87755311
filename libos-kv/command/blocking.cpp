// See blocking.hpp; and CLIENT UNBLOCK, which ends the waiting of another.
#include "libos-kv/command/blocking.hpp"

#include "libos-kv/command/handlers.hpp"
#include "libos-kv/number/real.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv {

bool read_deadline(Call& call, std::string_view seconds, std::int64_t& deadline_ms) {
    constexpr long double too_much_ms = 9223372036854775808.0L; // 2^63
    const auto given = parse_long_double(seconds);
    if (!given) {
        call.reply.error("ERR timeout is not a float or out of range");
        return false;
    }
    const long double exact_ms = *given * 1000.0L;
    // What does not fit into 64 bits is negative to Redis.
    if (exact_ms >= too_much_ms || exact_ms <= -1.0L) {
        call.reply.error("ERR timeout is negative");
        return false;
    }
    auto wait_ms = static_cast<std::int64_t>(exact_ms);
    if (static_cast<long double>(wait_ms) < exact_ms)
        wait_ms++;
    if (wait_ms == 0)
        deadline_ms = 0;
    else if (__builtin_add_overflow(call.now_ms, wait_ms, &deadline_ms))
        deadline_ms = INT64_MAX;
    return true;
}

bool may_serve_call(const Call& call, std::string_view key) {
    return !call.is_retry || same_octets(call.ready_key, key);
}

namespace commands {

void client_unblock(Call& call) {
    if (call.count > 4)
        return call.reply.error(
            {"ERR unknown subcommand or wrong number of arguments for '", call[1], "'. Try CLIENT HELP."});
    const bool with_error = call.count == 4 && is_word(call[3], "error");
    if (call.count == 4 && !with_error && !is_word(call[3], "timeout"))
        return call.reply.error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
    std::int64_t id;
    if (!call.integer(call[2], id))
        return;
    for (Session* session : call.server.sessions())
        if (session->id == static_cast<std::uint64_t>(id) && session->waiting && !session->broken) {
            call.server.give_up_wait(*session, with_error ? "UNBLOCKED client unblocked via CLIENT UNBLOCK" : "");
            return call.reply.integer(1);
        }
    call.reply.integer(0);
}

} // namespace commands

} // namespace exo::kv
