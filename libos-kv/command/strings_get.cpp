// Reading strings.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/server/server.hpp"

#include <bit>

namespace exo::kv::commands {

namespace {

constexpr std::string_view bit_offset_problem = "ERR bit offset is not an integer or out of range";

std::int64_t count_bits(std::string_view octets) {
    std::int64_t count = 0;
    for (; octets.size() >= sizeof(std::uint64_t); octets.remove_prefix(sizeof(std::uint64_t))) {
        std::uint64_t word;
        __builtin_memcpy(&word, octets.data(), sizeof word);
        count += std::popcount(word);
    }
    for (const char octet : octets)
        count += std::popcount(static_cast<unsigned char>(octet));
    return count;
}

} // namespace

void get(Call& call) {
    Entry* entry;
    if (call.read(call[1], Type::String, entry))
        call.reply_string(entry);
}

void mget(Call& call) {
    call.reply.array(call.count - 1);
    for (std::size_t index = 1; index < call.count; index++) {
        Entry* entry = call.read(call[index]);
        call.reply_string(entry && entry->type() == Type::String ? entry : nullptr);
    }
}

void strlen(Call& call) {
    Entry* entry;
    if (call.read(call[1], Type::String, entry))
        call.reply.integer(entry ? static_cast<std::int64_t>(string_size(*entry)) : 0);
}

void getrange(Call& call) {
    std::int64_t start, end;
    if (!call.integer(call[2], start) || !call.integer(call[3], end))
        return;
    Entry* entry;
    if (!call.read(call[1], Type::String, entry))
        return;
    StringScratch scratch;
    const std::string_view octets = entry ? string_of(*entry, scratch) : std::string_view();
    const auto size = static_cast<std::int64_t>(octets.size());
    if (start < 0 && end < 0 && start > end)
        return call.reply.bulk({});
    start = start < 0 ? start + size : start;
    end = end < 0 ? end + size : end;
    start = start < 0 ? 0 : start;
    end = end < 0 ? 0 : end;
    end = end >= size ? size - 1 : end;
    if (start > end || size == 0)
        return call.reply.bulk({});
    const std::string_view part =
        octets.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start + 1));
    call.reply_part(*entry, part);
}

void substr(Call& call) {
    getrange(call);
}

void getbit(Call& call) {
    std::int64_t offset;
    if (!call.integer_between(call[2], 0, static_cast<std::int64_t>(string_octets_max) * 8 - 1, offset,
                              bit_offset_problem))
        return;
    Entry* entry;
    if (!call.read(call[1], Type::String, entry))
        return;
    StringScratch scratch;
    const std::string_view octets = entry ? string_of(*entry, scratch) : std::string_view();
    const auto at = static_cast<std::size_t>(offset / 8);
    call.reply.integer(at < octets.size() ? octets[at] >> (7 - offset % 8) & 1 : 0);
}

void bitcount(Call& call) {
    Entry* entry;
    if (!call.read(call[1], Type::String, entry))
        return;
    if (!entry)
        return call.reply.integer(0);
    std::int64_t start = 0, end = -1;
    bool bits = false;
    if (call.count == 4 || call.count == 5) {
        if (!call.integer(call[2], start) || !call.integer(call[3], end))
            return;
        if (start < 0 && end < 0 && start > end)
            return call.reply.integer(0);
        if (call.count == 5) {
            if (!is_word(call[4], "bit") && !is_word(call[4], "byte"))
                return call.syntax_error();
            bits = is_word(call[4], "bit");
        }
    } else if (call.count != 2) {
        return call.syntax_error();
    }
    StringScratch scratch;
    const std::string_view octets = string_of(*entry, scratch);
    const std::int64_t total = static_cast<std::int64_t>(octets.size()) * (bits ? 8 : 1);
    start = start < 0 ? start + total : start;
    end = end < 0 ? end + total : end;
    start = start < 0 ? 0 : start;
    end = end < 0 ? 0 : end;
    end = end >= total ? total - 1 : end;
    if (start > end)
        return call.reply.integer(0);
    if (!bits)
        return call.reply.integer(
            count_bits(octets.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start + 1))));
    const auto first = static_cast<std::size_t>(start / 8), last = static_cast<std::size_t>(end / 8);
    std::int64_t count = count_bits(octets.substr(first, last - first + 1));
    count -= std::popcount(static_cast<unsigned>(static_cast<unsigned char>(octets[first])) >> (8 - start % 8));
    count -=
        std::popcount(static_cast<unsigned>(static_cast<unsigned char>(octets[last])) & ((1u << (7 - end % 8)) - 1));
    call.reply.integer(count);
}

} // namespace exo::kv::commands
