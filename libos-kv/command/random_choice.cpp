// See random_choice.hpp.
#include "libos-kv/command/random_choice.hpp"

namespace exo::kv {

bool read_choice_count(Call& call, Choice& choice) {
    if (!call.integer(call[2], choice.count))
        return false;
    if (choice.count != INT64_MIN)
        return true;
    call.reply.error("ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807");
    return false;
}

bool read_choice(Call& call, std::string_view word, Choice& choice) {
    if (!read_choice_count(call, choice))
        return false;
    if (call.count == 3)
        return true;
    if (call.count > 4 || !is_word(call[3], word)) {
        call.syntax_error();
        return false;
    }
    choice.with_values = true;
    // Twice as many must still be a number.
    if (choice.count >= -(INT64_MAX / 2) && choice.count <= INT64_MAX / 2)
        return true;
    call.reply.error("ERR value is out of range");
    return false;
}

bool may_go_on(Call& call, std::size_t mark) {
    constexpr std::size_t always = std::size_t{1} << 20;
    const std::size_t octets = call.reply.out().size() - mark;
    if (octets < always)
        return true;
    // A text that grows needs its new room beside its old one.
    const std::int64_t max_memory = call.server.config.max_memory;
    const std::size_t wanted = used_bytes() + octets + octets / 4;
    if (octets <= string_octets_max && (max_memory <= 0 || wanted <= static_cast<std::size_t>(max_memory)))
        return true;
    call.reply.out().shrink(mark);
    call.reply.error("OOM command not allowed when used memory > 'maxmemory'.");
    return false;
}

} // namespace exo::kv
