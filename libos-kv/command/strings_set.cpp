// Setting strings.
#include "libos-kv/command/expiry_options.hpp"
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv {

bool read_moment(Call& call, std::string_view text, TimeUnit unit, TimeBase base, bool positive, std::int64_t& at_ms) {
    if (!call.integer(text, at_ms))
        return false;
    bool bad = positive && at_ms <= 0;
    if (unit == TimeUnit::Seconds)
        bad |= __builtin_mul_overflow(at_ms, 1000, &at_ms);
    if (base == TimeBase::FromNow)
        bad |= __builtin_add_overflow(at_ms, call.now_ms, &at_ms);
    if (bad)
        call.reply.error({"ERR invalid expire time in '", call.command.full_name(), "' command"});
    return !bad;
}

namespace commands {

namespace {

struct Expiry {
    bool given = false, keep = false, persist = false;
    TimeUnit unit = TimeUnit::Seconds;
    TimeBase base = TimeBase::FromNow;
    std::string_view text;
};

// One of EX PX EXAT PXAT with its number; false: another word.
bool read_expiry_option(const Call& call, std::size_t& index, Expiry& expiry) {
    struct Row {
        std::string_view word;
        TimeUnit unit;
        TimeBase base;
    };
    constexpr Row rows[] = {{"ex", TimeUnit::Seconds, TimeBase::FromNow},
                            {"px", TimeUnit::Milliseconds, TimeBase::FromNow},
                            {"exat", TimeUnit::Seconds, TimeBase::Absolute},
                            {"pxat", TimeUnit::Milliseconds, TimeBase::Absolute}};
    if (expiry.given || expiry.keep || expiry.persist || index + 1 >= call.count)
        return false;
    for (const Row& row : rows)
        if (is_word(call[index], row.word)) {
            expiry = {true, false, false, row.unit, row.base, call[++index]};
            return true;
        }
    return false;
}

// The moment itself; never_expires if none was asked for.
bool moment_of(Call& call, const Expiry& expiry, std::int64_t& at_ms) {
    at_ms = never_expires;
    return !expiry.given || read_moment(call, expiry.text, expiry.unit, expiry.base, true, at_ms);
}

enum class Condition : std::uint8_t { None, IfAbsent, IfPresent };

void store(Call& call, std::string_view key, std::string_view value, std::int64_t expiry) {
    Entry* old = call.write(key);
    Entry* entry = call.db().put_string(old, key, value, expiry);
    note_birth(*entry, call.server.access_clock());
    call.changed(key);
}

void set_if(Call& call, std::string_view value, Condition condition, bool get, const Expiry& expiry) {
    const std::string_view key = call[1];
    std::int64_t at_ms;
    if (!moment_of(call, expiry, at_ms))
        return;
    Entry* old;
    if (get) {
        if (!call.read(key, Type::String, old))
            return;
        call.reply_string(old);
    } else {
        old = call.write(key);
    }
    if ((condition == Condition::IfAbsent && old) || (condition == Condition::IfPresent && !old)) {
        if (!get)
            call.reply.null();
        return;
    }
    if (expiry.keep && old)
        at_ms = old->expiry();
    Entry* entry = call.db().put_string(old, key, value, at_ms);
    note_birth(*entry, call.server.access_clock());
    if (expiry.given && at_ms <= call.now_ms)
        call.erase(entry);
    call.changed(key);
    if (!get)
        call.reply.ok();
}

void set_with_expiry(Call& call, TimeUnit unit) {
    set_if(call, call[3], Condition::None, false, {true, false, false, unit, TimeBase::FromNow, call[2]});
}

void set_many(Call& call, bool only_if_absent) {
    if (call.count % 2 == 0)
        return call.wrong_count();
    if (only_if_absent)
        for (std::size_t index = 1; index < call.count; index += 2)
            if (call.write(call[index]))
                return call.reply.integer(0);
    for (std::size_t index = 1; index < call.count; index += 2)
        store(call, call[index], call[index + 1], never_expires);
    only_if_absent ? call.reply.integer(1) : call.reply.ok();
}

} // namespace

void set(Call& call) {
    Condition condition = Condition::None;
    bool get = false;
    Expiry expiry;
    for (std::size_t index = 3; index < call.count; index++) {
        const std::string_view word = call[index];
        if (is_word(word, "nx") && condition != Condition::IfPresent)
            condition = Condition::IfAbsent;
        else if (is_word(word, "xx") && condition != Condition::IfAbsent)
            condition = Condition::IfPresent;
        else if (is_word(word, "get"))
            get = true;
        else if (is_word(word, "keepttl") && !expiry.given)
            expiry.keep = true;
        else if (!read_expiry_option(call, index, expiry))
            return call.syntax_error();
    }
    set_if(call, call[2], condition, get, expiry);
}

void setnx(Call& call) {
    if (call.write(call[1]))
        return call.reply.integer(0);
    store(call, call[1], call[2], never_expires);
    call.reply.integer(1);
}

void setex(Call& call) {
    set_with_expiry(call, TimeUnit::Seconds);
}

void psetex(Call& call) {
    set_with_expiry(call, TimeUnit::Milliseconds);
}

void mset(Call& call) {
    set_many(call, false);
}

void msetnx(Call& call) {
    set_many(call, true);
}

void getset(Call& call) {
    Entry* old;
    if (!call.read(call[1], Type::String, old))
        return;
    call.reply_string(old);
    store(call, call[1], call[2], never_expires);
}

void getdel(Call& call) {
    Entry* old;
    if (!call.read(call[1], Type::String, old))
        return;
    call.reply_string(old);
    if (!old)
        return;
    call.erase(old);
    call.changed(call[1]);
}

void getex(Call& call) {
    Expiry expiry;
    for (std::size_t index = 2; index < call.count; index++) {
        if (is_word(call[index], "persist") && !expiry.given)
            expiry.persist = true;
        else if (!read_expiry_option(call, index, expiry))
            return call.syntax_error();
    }
    Entry* entry;
    if (!call.read(call[1], Type::String, entry))
        return;
    if (!entry)
        return call.reply.null();
    std::int64_t at_ms;
    if (!moment_of(call, expiry, at_ms))
        return;
    call.reply_string(entry);
    if (expiry.given && at_ms <= call.now_ms) {
        call.erase(entry);
        call.changed(call[1]);
    } else if (expiry.given || (expiry.persist && entry->expires)) {
        call.db().set_expiry(entry, at_ms);
        call.changed(call[1]);
    }
}

} // namespace commands

} // namespace exo::kv
