// The server itself: its time, its end, its configuration, its slow commands.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/data/pattern.hpp"
#include "libos-kv/server/recorder.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv::commands {

void time(Call& call) {
    const std::uint64_t now_us = call.server.surroundings().realtime_us();
    call.reply.array(2);
    call.reply.bulk_integer(static_cast<std::int64_t>(now_us / 1'000'000));
    call.reply.bulk_integer(static_cast<std::int64_t>(now_us % 1'000'000));
}

void shutdown(Call& call) {
    bool save = false, no_save = false, abort = false, other = false;
    for (std::size_t index = 1; index < call.count; index++) {
        if (is_word(call[index], "nosave"))
            no_save = true;
        else if (is_word(call[index], "save"))
            save = true;
        else if (is_word(call[index], "now") || is_word(call[index], "force"))
            other = true;
        else if (is_word(call[index], "abort"))
            abort = true;
        else
            return call.syntax_error();
    }
    if ((abort && (save || no_save || other)) || (save && no_save))
        return call.syntax_error();
    if (abort)
        return call.reply.error("ERR No shutdown in progress.");
    call.session.closing = true;
    if (call.server.surroundings().stop)
        call.server.surroundings().stop(0);
}

void config_get(Call& call) {
    struct Wanted {
        Call& call;
        std::size_t count;
    } wanted{call, 0};
    const std::size_t mark = call.reply.mark();
    for_each_parameter(
        call.server,
        [](void* context, std::string_view name, std::string_view value) {
            Wanted& its = *static_cast<Wanted*>(context); // Safe: as given below.
            for (std::size_t index = 2; index < its.call.count; index++)
                if (matches_pattern(its.call[index], name, LetterCase::Same)) {
                    its.call.reply.bulk(name);
                    its.call.reply.bulk(value);
                    its.count++;
                    return;
                }
        },
        &wanted);
    call.reply.map_at(mark, wanted.count);
}

void config_set(Call& call) {
    if (call.count % 2)
        return call.syntax_error();
    for (std::size_t index = 2; index < call.count; index += 2)
        if (!is_parameter(call[index]))
            return call.reply.error({"ERR Unknown option or number of arguments for CONFIG SET - '", call[index], "'"});
    for (std::size_t index = 2; index < call.count; index += 2)
        for (std::size_t before = 2; before < index; before += 2)
            if (matches_pattern(call[before], call[index], LetterCase::Same))
                return call.reply.error(
                    {"ERR CONFIG SET failed (possibly related to argument '", call[index], "') - duplicate parameter"});
    for (std::size_t index = 2; index < call.count; index += 2)
        if (Text problem; !set_parameter(call.server, call[index], call[index + 1], problem))
            return call.reply.error(
                {"ERR CONFIG SET failed (possibly related to argument '", call[index], "') - ", problem});
    call.reply.ok();
}

void config_resetstat(Call& call) {
    call.server.statistics.reset();
    reset_peak_used_bytes();
    for (Command* command : call.server.commands())
        command->calls = command->microseconds = command->rejected = command->failed = 0;
    call.reply.ok();
}

void slowlog_len(Call& call) {
    call.reply.integer(static_cast<std::int64_t>(call.server.slowlog.size()));
}

void slowlog_reset(Call& call) {
    call.server.slowlog.reset();
    call.reply.ok();
}

void slowlog_get(Call& call) {
    std::int64_t most = Slowlog::asked_by_default;
    if (call.count > 3)
        return call.wrong_count();
    if (call.count == 3 &&
        !call.integer_between(call[2], -1, INT64_MAX, most, "ERR count should be greater than or equal to -1"))
        return;
    const auto there = static_cast<std::int64_t>(call.server.slowlog.size());
    const std::int64_t count = most == -1 || most > there ? there : most;
    call.reply.array(static_cast<std::size_t>(count));
    for (std::int64_t index = 0; index < count; index++) {
        const SlowEntry& entry = call.server.slowlog.newest(static_cast<std::size_t>(index));
        call.reply.array(6);
        call.reply.integer(entry.id);
        call.reply.integer(entry.at_s);
        call.reply.integer(entry.microseconds);
        call.reply.array(entry.arguments.size());
        for (const Text& argument : entry.arguments)
            call.reply.bulk(argument);
        call.reply.bulk(entry.peer);
        call.reply.bulk(entry.name);
    }
}

} // namespace exo::kv::commands
