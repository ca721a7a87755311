// See options.hpp.
#include "exokernel/boot/options.hpp"

#include "exokernel/log/log.hpp"

namespace exo {

namespace {

bool starts_with(const char*& text, const char* prefix) {
    const char* at = text;
    for (; *prefix; prefix++, at++)
        if (*at != *prefix)
            return false;
    text = at;
    return true;
}

bool number(const char*& text, unsigned base, std::uint64_t* value) {
    const char* begin = text;
    std::uint64_t result = 0;
    for (;; text++) {
        unsigned digit = *text >= '0' && *text <= '9'   ? static_cast<unsigned>(*text - '0')
                         : *text >= 'a' && *text <= 'f' ? static_cast<unsigned>(*text - 'a' + 10)
                                                        : 99u;
        if (digit >= base || result >> 59)
            break;
        result = result * base + digit;
    }
    *value = result;
    return text != begin;
}

bool range(const char*& text, unsigned base, std::uint64_t* first, std::uint64_t* last) {
    return number(text, base, first) && *text == '-' && (text++, number(text, base, last)) && *first <= *last;
}

bool end_of_word(char c) {
    return c == 0 || c == ' ';
}

} // namespace

BootOptions parse_options(const char* text) {
    BootOptions options;
    while (text && *text) {
        if (*text == ' ') {
            text++;
            continue;
        }
        const char* word = text;
        std::uint64_t first = 0, last = 0;
        if (starts_with(text, "cores=") && range(text, 10, &first, &last) && end_of_word(*text)) {
            options.first_core = static_cast<std::uint32_t>(first);
            options.last_core = static_cast<std::uint32_t>(last);
        } else if (starts_with(text, "memory=") && range(text, 16, &first, &last) && end_of_word(*text) &&
                   options.memory_count < 8) {
            options.memory[options.memory_count++] = {first, last};
        } else if (starts_with(text, "virtual-functions=") && number(text, 10, &first) && first < 256 &&
                   end_of_word(*text)) {
            options.virtual_functions.each = static_cast<std::uint16_t>(first);
        } else if (starts_with(text, "registers=") && range(text, 16, &first, &last) && end_of_word(*text)) {
            options.virtual_functions.registers_begin = first;
            options.virtual_functions.registers_end = last;
        } else if (starts_with(text, "slot-us=") && number(text, 10, &first) && first >= 50 && end_of_word(*text)) {
            options.slot_us = first;
        } else if (starts_with(text, "grace-us=") && number(text, 10, &first) && end_of_word(*text)) {
            options.grace_us = first;
        } else {
            klog("option not understood: %s", word);
            while (!end_of_word(*text))
                text++;
        }
    }
    return options;
}

} // namespace exo
