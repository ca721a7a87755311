// What commands that store their result have in common: SINTERSTORE and its like, ZRANGESTORE, ZUNIONSTORE and its
// like.
#pragma once

#include "libos-kv/command/command.hpp"
#include "libos-kv/data/eviction.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv {

// Under a key of which nothing is known: whatever was there goes, with its expiry. Takes the object; an empty one is no
// key. Replies its size.
template <typename Object>
void store_object(Call& call, std::string_view key, Type type, Object* object) {
    const std::size_t size = object->size();
    Entry* old = call.peek(key);
    if (old)
        call.erase(old);
    if (size)
        note_birth(*call.db().add_object(key, type, object), call.server.access_clock());
    else
        destroy(object);
    if (old || size)
        call.changed(key);
    call.reply.integer(static_cast<std::int64_t>(size));
}

} // namespace exo::kv
