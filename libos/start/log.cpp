// Lines on the kernel log, for what cannot be said anywhere else. One call a line, so that lines of several writers do
// not mix. The last ones stay in the start block, where the starter finds it when the program has ended.
#include "libos/memory/bytes.hpp"
#include "libos/start/kit.hpp"
#include "secure-bindings/abi/syscall.hpp"

#include <algorithm>

namespace exo {

namespace {

// Of vcores that log at the same time one may lose its words.
void leave_words(const char* text, std::size_t bytes) {
    static std::size_t left = 0;
    char* const words = const_cast<StartInfo&>(start_info()).last_words; // Safe: a page of the program, writable.
    bytes = std::min(bytes, last_words_bytes_max - 1);
    const std::size_t begin = left + bytes < last_words_bytes_max ? left : 0;
    copy_bytes(words + begin, text, bytes);
    left = begin + bytes;
    words[left] = 0;
}

} // namespace

void log_text(const char* text, std::size_t bytes) {
    leave_words(text, bytes);
    const Handle machine = start_info().machine;
    for (std::size_t done = 0; machine != no_handle && done < bytes;) {
        const std::size_t here = std::min(bytes - done, log_bytes_max);
        if (!sys::log(machine, text + done, here).ok())
            return;
        done += here;
    }
}

void log_line(std::initializer_list<LogPiece> pieces) {
    char line[log_bytes_max];
    std::size_t length = 0;
    const auto put = [&](const char* text, std::size_t bytes) {
        bytes = std::min(bytes, sizeof line - 1 - length); // room for the end of the line
        copy_bytes(line + length, text, bytes);
        length += bytes;
    };
    for (const LogPiece& piece : pieces) {
        if (piece.text) {
            put(piece.text, string_length(piece.text));
            continue;
        }
        char digits[20];
        std::size_t first = sizeof digits;
        std::uint64_t number = piece.number;
        do {
            digits[--first] = "0123456789abcdef"[number % piece.base];
            number /= piece.base;
        } while (number);
        if (piece.base == 16)
            put("0x", 2);
        put(digits + first, sizeof digits - first);
    }
    line[length++] = '\n';
    log_text(line, length);
}

} // namespace exo
