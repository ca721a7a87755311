// DUMP and RESTORE: values as octets, to be taken elsewhere. The format: data/dump.hpp.
#include "libos-kv/data/dump.hpp"
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/data/eviction.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv::commands {

namespace {

struct RestoreOptions {
    bool replace = false, absolute = false;
    std::int64_t idle_seconds = -1, access_count = -1; // negative: not said
};

bool read_options(Call& call, RestoreOptions& options) {
    for (std::size_t index = 4; index < call.count; index++) {
        const bool has_value = index + 1 < call.count;
        if (is_word(call[index], "replace")) {
            options.replace = true;
        } else if (is_word(call[index], "absttl")) {
            options.absolute = true;
        } else if (has_value && options.access_count < 0 && is_word(call[index], "idletime")) {
            if (!call.integer(call[++index], options.idle_seconds))
                return false;
            if (options.idle_seconds < 0) {
                call.reply.error("ERR Invalid IDLETIME value, must be >= 0");
                return false;
            }
        } else if (has_value && options.idle_seconds < 0 && is_word(call[index], "freq")) {
            if (!call.integer(call[++index], options.access_count))
                return false;
            if (options.access_count < 0 || options.access_count > 255) {
                call.reply.error("ERR Invalid FREQ value, must be >= 0 and <= 255");
                return false;
            }
        } else {
            call.syntax_error();
            return false;
        }
    }
    return true;
}

// What packed strings may unpack to.
std::size_t room_left(const Call& call) {
    const std::int64_t max_memory = call.server.config.max_memory;
    if (max_memory <= 0)
        return SIZE_MAX;
    const auto limit = static_cast<std::size_t>(max_memory);
    return limit > used_bytes() ? limit - used_bytes() : 0;
}

// When a key expires that is to live so long, or until then; the moment may have passed.
std::int64_t expiry_of(const Call& call, std::int64_t given, const RestoreOptions& options) {
    if (given == 0)
        return never_expires;
    if (options.absolute)
        return given;
    std::int64_t at;
    return __builtin_add_overflow(call.now_ms, given, &at) ? 0 : at;
}

void note_restored(Call& call, Entry& entry, const RestoreOptions& options) {
    const AccessClock clock = call.server.access_clock();
    note_birth(entry, clock);
    if (is_lfu(clock.policy) && options.access_count >= 0)
        set_access_count(entry, static_cast<std::uint32_t>(options.access_count), clock);
    else if (!is_lfu(clock.policy) && options.idle_seconds >= 0)
        set_idle_seconds(entry, options.idle_seconds, clock);
}

} // namespace

void dump(Call& call) {
    Entry* entry = call.read(call[1]);
    if (!entry)
        return call.reply.null();
    Text octets;
    dump_value(*entry, octets);
    call.reply.bulk(octets);
}

void restore(Call& call) {
    RestoreOptions options;
    std::int64_t lifetime;
    if (!read_options(call, options))
        return;
    if (!options.replace && call.write(call[1]))
        return call.reply.error("BUSYKEY Target key name already exists.");
    if (!call.integer(call[2], lifetime))
        return;
    if (lifetime < 0)
        return call.reply.error("ERR Invalid TTL value, must be >= 0");
    if (!is_dump(call[3]))
        return call.reply.error("ERR DUMP payload version or checksum are wrong");
    const std::int64_t expiry = expiry_of(call, lifetime, options);
    DumpProblem problem;
    Entry* fresh = restore_value(call[3], call[1], expiry, room_left(call), problem);
    if (!fresh)
        return call.reply.error(problem == DumpProblem::TooLarge
                                    ? "OOM command not allowed when used memory > 'maxmemory'."
                                    : "ERR Bad data format");
    Entry* old = call.peek(call[1]);
    if (old)
        call.erase(old);
    const bool has_expired = expiry != never_expires && expiry <= call.now_ms;
    if (has_expired) {
        Entry::destroy(fresh);
    } else {
        call.db().add(fresh);
        note_restored(call, *fresh, options);
    }
    if (old || !has_expired)
        call.changed(call[1]);
    call.reply.ok();
}

} // namespace exo::kv::commands
