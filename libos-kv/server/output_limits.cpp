// See output_limits.hpp.
#include "libos-kv/server/output_limits.hpp"

#include "libos-kv/command/command.hpp"
#include "libos-kv/command/key_specs.hpp"
#include "libos-kv/server/config.hpp"

namespace exo::kv {

namespace {

constexpr std::string_view kind_names[output_kinds] = {"normal", "slave", "pubsub"};
constexpr std::size_t words_a_kind = 4;

// output_kinds: there is no such kind.
std::size_t kind_of(std::string_view word) {
    for (std::size_t kind = 0; kind < output_kinds; kind++)
        if (is_word(word, kind_names[kind]))
            return kind;
    return is_word(word, "replica") ? static_cast<std::size_t>(OutputKind::Replica) : output_kinds;
}

} // namespace

void OutputLimits::note_least() {
    std::int64_t least = INT64_MAX;
    for (const OutputLimit& limit : of_kind_)
        for (const std::int64_t octets : {limit.hard, limit.soft})
            if (octets != 0 && octets < least)
                least = octets;
    least_ = static_cast<std::size_t>(least);
}

void OutputLimits::fit(std::uint64_t memory_bytes) {
    constexpr std::uint64_t share = 16, soft_share = 4;
    OutputLimit& limit = of_kind_[static_cast<std::size_t>(OutputKind::Subscriber)];
    const auto most = static_cast<std::int64_t>(memory_bytes / share);
    if (most != 0 && limit.hard > most) {
        limit.hard = most;
        limit.soft = most / static_cast<std::int64_t>(soft_share);
    }
    note_least();
}

Text OutputLimits::text() const {
    Text text;
    for (std::size_t kind = 0; kind < output_kinds; kind++) {
        text.append(kind ? " " : "").append(kind_names[kind]);
        for (const std::int64_t number : {of_kind_[kind].hard, of_kind_[kind].soft, of_kind_[kind].soft_s})
            text.append(' ').append(IntegerText(number));
    }
    return text;
}

const char* OutputLimits::read(std::string_view text) {
    OutputLimits fresh = *this;
    std::size_t words = text.empty() ? 0 : 1;
    for (const char octet : text)
        words += octet == ' ';
    if (words % words_a_kind != 0)
        return "Wrong number of arguments in buffer limit configuration.";
    while (!text.empty()) {
        const std::size_t kind = kind_of(next_word(text, ' '));
        if (kind == output_kinds)
            return "Invalid client class specified in buffer limit configuration.";
        const auto hard = parse_memory(next_word(text, ' ')), soft = parse_memory(next_word(text, ' '));
        const auto seconds = parse_integer(next_word(text, ' '));
        if (!hard || *hard < 0 || !soft || *soft < 0 || !seconds || *seconds < 0 || *seconds > INT32_MAX)
            return "Error in hard, soft or soft_seconds setting in buffer limit configuration.";
        fresh.of_kind_[kind] = {*hard, *soft, *seconds};
    }
    fresh.note_least();
    *this = fresh;
    return nullptr;
}

} // namespace exo::kv
