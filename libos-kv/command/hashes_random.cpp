// Fields of hashes by chance: HRANDFIELD.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/random_choice.hpp"
#include "libos-kv/data/hash.hpp"

namespace exo::kv::commands {

void hrandfield(Call& call) {
    Choice choice;
    Entry* entry;
    if (call.count > 2 && !read_choice(call, "withvalues", choice))
        return;
    if (!call.read(call[1], Type::Hash, entry))
        return;
    if (!entry)
        return call.count > 2 ? call.reply.array(0) : call.reply.null();
    const Hash& hash = entry->hash();
    auto any = [&](auto visit) {
        PackedValue field, value;
        hash.random_pair([&] { return call.server.random(); }, field, value);
        visit(field.view(), value.view());
    };
    if (call.count == 2)
        return any([&](std::string_view field, std::string_view) { call.reply.bulk(field); });
    reply_choice(
        call, choice, hash.size(), [&](auto visit) { hash.for_each(visit); }, any,
        [&](std::string_view value) { call.reply.bulk(value); });
}

} // namespace exo::kv::commands
