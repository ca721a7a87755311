// When keys expire.
#include "libos-kv/command/expiry_options.hpp"
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv::commands {

namespace {

struct Conditions {
    bool if_none = false, if_any = false, if_later = false, if_earlier = false;
};

bool read_conditions(Call& call, Conditions& conditions) {
    for (std::size_t index = 3; index < call.count; index++) {
        const std::string_view word = call[index];
        if (is_word(word, "nx"))
            conditions.if_none = true;
        else if (is_word(word, "xx"))
            conditions.if_any = true;
        else if (is_word(word, "gt"))
            conditions.if_later = true;
        else if (is_word(word, "lt"))
            conditions.if_earlier = true;
        else {
            call.reply.error({"ERR Unsupported option ", word.substr(0, word.find('\0'))});
            return false;
        }
    }
    if (conditions.if_none && (conditions.if_any || conditions.if_later || conditions.if_earlier)) {
        call.reply.error("ERR NX and XX, GT or LT options at the same time are not compatible");
        return false;
    }
    if (conditions.if_later && conditions.if_earlier) {
        call.reply.error("ERR GT and LT options at the same time are not compatible");
        return false;
    }
    return true;
}

bool holds(const Conditions& conditions, std::int64_t current, std::int64_t at_ms) {
    const bool expires = current != never_expires;
    return !(conditions.if_none && expires) && !(conditions.if_any && !expires) &&
           !(conditions.if_later && (!expires || at_ms <= current)) &&
           !(conditions.if_earlier && expires && at_ms >= current);
}

void expire_at(Call& call, TimeUnit unit, TimeBase base) {
    Conditions conditions;
    std::int64_t at_ms;
    if (!read_conditions(call, conditions) || !read_moment(call, call[2], unit, base, false, at_ms))
        return;
    Entry* entry = call.write(call[1]);
    if (!entry || !holds(conditions, entry->expiry(), at_ms))
        return call.reply.integer(0);
    if (at_ms <= call.now_ms)
        call.erase(entry);
    else
        call.db().set_expiry(entry, at_ms);
    call.changed(call[1]);
    call.reply.integer(1);
}

void time_left(Call& call, TimeUnit unit, TimeBase base) {
    const Entry* entry = call.peek(call[1]);
    if (!entry)
        return call.reply.integer(-2);
    if (!entry->expires)
        return call.reply.integer(-1);
    std::int64_t value = entry->expiry() - (base == TimeBase::FromNow ? call.now_ms : 0);
    if (value < 0)
        value = 0;
    call.reply.integer(unit == TimeUnit::Seconds ? (value + 500) / 1000 : value);
}

} // namespace

void expire(Call& call) {
    expire_at(call, TimeUnit::Seconds, TimeBase::FromNow);
}
void pexpire(Call& call) {
    expire_at(call, TimeUnit::Milliseconds, TimeBase::FromNow);
}
void expireat(Call& call) {
    expire_at(call, TimeUnit::Seconds, TimeBase::Absolute);
}
void pexpireat(Call& call) {
    expire_at(call, TimeUnit::Milliseconds, TimeBase::Absolute);
}
void ttl(Call& call) {
    time_left(call, TimeUnit::Seconds, TimeBase::FromNow);
}
void pttl(Call& call) {
    time_left(call, TimeUnit::Milliseconds, TimeBase::FromNow);
}
void expiretime(Call& call) {
    time_left(call, TimeUnit::Seconds, TimeBase::Absolute);
}
void pexpiretime(Call& call) {
    time_left(call, TimeUnit::Milliseconds, TimeBase::Absolute);
}

void persist(Call& call) {
    Entry* entry = call.write(call[1]);
    if (!entry || !entry->expires)
        return call.reply.integer(0);
    call.db().set_expiry(entry, never_expires);
    call.changed(call[1]);
    call.reply.integer(1);
}

} // namespace exo::kv::commands
