// See sorted_set_sources.hpp.
#include "libos-kv/command/sorted_set_sources.hpp"

namespace exo::kv {

std::optional<double> Source::score(std::string_view member) const {
    if (!entry)
        return std::nullopt;
    if (entry->type() == Type::SortedSet)
        return entry->sorted_set().score(member);
    return entry->set().contains(member) ? std::optional(1.0) : std::nullopt;
}

bool read_sources(Call& call, std::size_t at, Array<Source>& sources) {
    std::int64_t keys;
    if (!call.integer(call[at], keys))
        return false;
    if (keys < 1) {
        call.reply.error({"ERR at least 1 input key is needed for '", call.command.full_name(), "' command"});
        return false;
    }
    if (keys > static_cast<std::int64_t>(call.count - at - 1)) {
        call.syntax_error();
        return false;
    }
    for (std::size_t index = at + 1; index <= at + static_cast<std::size_t>(keys); index++) {
        Entry* entry = call.read(call[index]);
        if (entry && entry->type() != Type::Set && entry->type() != Type::SortedSet) {
            call.wrong_type();
            return false;
        }
        sources.push(entry, index);
    }
    return true;
}

// A heap sort: it needs no memory, and no order of keys makes it slow.
void sort_by_size(Array<Source>& sources) {
    auto is_before = [](const Source& left, const Source& right) {
        return left.size() != right.size() ? left.size() < right.size() : left.position < right.position;
    };
    auto sink = [&](std::size_t at, std::size_t count) {
        for (std::size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
            if (child + 1 < count && is_before(sources[child], sources[child + 1]))
                child++;
            if (!is_before(sources[at], sources[child]))
                return;
            std::swap(sources[at], sources[child]);
            at = child;
        }
    };
    for (std::size_t at = sources.size() / 2; at-- > 0;)
        sink(at, sources.size());
    for (std::size_t count = sources.size(); count-- > 1;) {
        std::swap(sources[0], sources[count]);
        sink(0, count);
    }
}

} // namespace exo::kv
