// SCRIPT and FUNCTION, of a server that has none of either.
#include "libos-kv/command/handlers.hpp"

namespace exo::kv::commands {

namespace {

bool is_flush_mode(std::string_view word) {
    return is_word(word, "sync") || is_word(word, "async");
}

constexpr std::string_view nothing_runs = "NOTBUSY No scripts in execution right now.";

} // namespace

void script_exists(Call& call) {
    call.reply.array(call.count - 2);
    for (std::size_t index = 2; index < call.count; index++)
        call.reply.integer(0);
}

void script_flush(Call& call) {
    if (call.count > 3 || (call.count == 3 && !is_flush_mode(call[2])))
        return call.reply.error("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
    call.reply.ok();
}

void script_kill(Call& call) {
    call.reply.error(nothing_runs);
}

void function_flush(Call& call) {
    if (call.count > 3)
        return call.wrong_shape();
    if (call.count == 3 && !is_flush_mode(call[2]))
        return call.reply.error("ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
    call.reply.ok();
}

void function_list(Call& call) {
    bool with_code = false, has_name = false;
    for (std::size_t index = 2; index < call.count; index++) {
        if (!with_code && is_word(call[index], "withcode")) {
            with_code = true;
        } else if (!has_name && is_word(call[index], "libraryname")) {
            if (++index == call.count)
                return call.reply.error("ERR library name argument was not given");
            has_name = true;
        } else {
            return call.reply.error({"ERR Unknown argument ", call[index].substr(0, call[index].find('\0'))});
        }
    }
    call.reply.array(0);
}

void function_kill(Call& call) {
    call.reply.error(nothing_runs);
}

} // namespace exo::kv::commands
