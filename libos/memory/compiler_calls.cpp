// The functions that a freestanding compiler calls by name. Hidden, so that they never meet a C library's.
#include "libos/memory/bytes.hpp"

#include <cstddef>

extern "C" {

void* memcpy(void* to, const void* from, std::size_t bytes) {
    exo::copy_bytes(to, from, bytes);
    return to;
}

void* memmove(void* to, const void* from, std::size_t bytes) {
    exo::move_bytes(to, from, bytes);
    return to;
}

void* memset(void* to, int value, std::size_t bytes) {
    exo::fill_bytes(to, value, bytes);
    return to;
}

int memcmp(const void* left, const void* right, std::size_t bytes) {
    return exo::compare_bytes(left, right, bytes);
}

int bcmp(const void* left, const void* right, std::size_t bytes) {
    return exo::compare_bytes(left, right, bytes);
}

std::size_t strlen(const char* text) {
    return exo::string_length(text);
}

void* memchr(const void* bytes, int value, std::size_t count) {
    const auto* at = static_cast<const unsigned char*>(bytes);
    for (; count; count--, at++)
        if (*at == static_cast<unsigned char>(value))
            return const_cast<unsigned char*>(at);
    return nullptr;
}

// Called for a virtual function that was never defined, which the build would have to allow first.
[[noreturn]] void __cxa_pure_virtual() {
    __builtin_trap();
}
// Destructors of static objects: an environment ends without running them.
int __cxa_atexit(void (*)(void*), void*, void*) {
    return 0;
}
}

// Where the C++ library ends a program that read a value that is not there.
namespace std {
inline namespace __1 {
[[noreturn]] [[gnu::visibility("hidden")]] void __libcpp_verbose_abort(const char*, ...) noexcept;
[[noreturn]] void __libcpp_verbose_abort(const char*, ...) noexcept {
    __builtin_trap();
}
} // namespace __1
} // namespace std
