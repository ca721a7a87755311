// Lists: elements that are found by what they are. LPOS, LREM, LINSERT.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/lists.hpp"

namespace exo::kv::commands {

namespace {

// An element that others are compared with.
class Sought {
public:
    explicit Sought(std::string_view octets) : octets_(octets), number_(parse_integer(octets)) {}
    bool is(const PackedValue& value) const {
        return value.is_number ? number_ && *number_ == value.number : same_octets(value.octets, octets_);
    }

private:
    std::string_view octets_;
    std::optional<std::int64_t> number_;
};

// One that goes on from element to element, from either end.
List::Position beyond(const List& list, List::Position position, bool backwards) {
    return backwards ? list.previous(position) : list.next(position);
}

struct PositionOptions {
    std::int64_t rank = 1;
    std::int64_t count = -1; // not given
    std::int64_t looked_at_max = 0;
};

bool read_options(Call& call, PositionOptions& options) {
    for (std::size_t index = 3; index < call.count; index += 2) {
        const bool has_value = index + 1 < call.count;
        if (has_value && is_word(call[index], "rank")) {
            if (!call.integer(call[index + 1], options.rank))
                return false;
            if (options.rank == 0) {
                call.reply.error("ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... "
                                 "or use negative to start from the end of the list");
                return false;
            }
        } else if (has_value && is_word(call[index], "count")) {
            if (!call.integer_between(call[index + 1], 0, INT64_MAX, options.count, "ERR COUNT can't be negative"))
                return false;
        } else if (has_value && is_word(call[index], "maxlen")) {
            if (!call.integer_between(call[index + 1], 0, INT64_MAX, options.looked_at_max,
                                      "ERR MAXLEN can't be negative"))
                return false;
        } else {
            call.syntax_error();
            return false;
        }
    }
    return true;
}

} // namespace

void lpos(Call& call) {
    PositionOptions options;
    Entry* entry;
    if (!read_options(call, options) || !call.read(call[1], Type::List, entry))
        return;
    const bool wants_array = options.count != -1;
    if (!entry)
        return wants_array ? call.reply.array(0) : call.reply.null();
    const List& list = entry->list();
    const Sought sought(call[2]);
    const bool backwards = options.rank < 0;
    // The least number has no positive counterpart: Redis passes over nothing then, and stops at nothing.
    const bool is_least = options.rank == INT64_MIN;
    std::int64_t passed_over = is_least ? 0 : (backwards ? -options.rank : options.rank) - 1;
    const std::int64_t most = !wants_array ? 1 : is_least ? 0 : options.count; // 0: all of them
    const auto size = static_cast<std::int64_t>(list.size());
    const std::size_t mark = call.reply.mark();
    std::int64_t found = 0, looked_at = 0;
    for (List::Position position = list.seek(backwards ? -1 : 0);
         position && (options.looked_at_max == 0 || looked_at < options.looked_at_max);
         position = beyond(list, position, backwards), looked_at++) {
        if (!sought.is(list.get(position)) || passed_over-- > 0)
            continue;
        call.reply.integer(backwards ? size - 1 - looked_at : looked_at);
        if (++found == most)
            break;
    }
    if (wants_array)
        call.reply.array_at(mark, static_cast<std::size_t>(found));
    else if (found == 0)
        call.reply.null();
}

void lrem(Call& call) {
    std::int64_t count;
    Entry* entry;
    if (!call.integer(call[2], count) || !call.write(call[1], Type::List, entry))
        return;
    if (!entry)
        return call.reply.integer(0);
    List& list = entry->list();
    const Sought sought(call[3]);
    const bool backwards = count < 0;
    const auto given = static_cast<std::uint64_t>(count);
    const std::uint64_t most = backwards ? 0 - given : given; // 0: all of them
    std::uint64_t erased = 0;
    for (List::Position position = list.seek(backwards ? -1 : 0); position && (most == 0 || erased < most);) {
        if (!sought.is(list.get(position))) {
            position = beyond(list, position, backwards);
            continue;
        }
        const List::Position before = backwards ? list.previous(position) : List::Position();
        const List::Position behind = list.erase(position);
        position = backwards ? before : behind;
        erased++;
    }
    if (erased)
        list_shrunk(call, call[1], entry);
    call.reply.integer(static_cast<std::int64_t>(erased));
}

void linsert(Call& call) {
    const bool before = is_word(call[2], "before");
    if (!before && !is_word(call[2], "after"))
        return call.syntax_error();
    Entry* entry;
    if (!call.write(call[1], Type::List, entry))
        return;
    if (!entry)
        return call.reply.integer(0);
    List& list = entry->list();
    const Sought sought(call[3]);
    List::Position position = list.seek(0);
    while (position && !sought.is(list.get(position)))
        position = list.next(position);
    if (!position)
        return call.reply.integer(-1);
    before ? list.insert_before(position, call[4]) : list.insert_after(position, call[4]);
    call.changed(call[1]);
    call.reply.integer(static_cast<std::int64_t>(list.size()));
}

} // namespace exo::kv::commands
