// Typed stubs of the system calls, expanded from syscalls.def, for code in user mode.
// A stub is one `syscall` instruction; what a call does is said in docs/system-calls.md.
#pragma once

#include "secure-bindings/abi/bind.hpp"
#include "secure-bindings/abi/call_numbers.hpp"
#include "secure-bindings/abi/types.hpp"
#include "secure-bindings/abi/upcall.hpp"

#include <type_traits>

namespace exo {

struct FlowSpec; // abi/flow.hpp

// The result of a call: a value that is not negative, or an Error.
class CallResult {
public:
    explicit constexpr CallResult(std::int64_t raw) : raw_(raw) {}
    [[nodiscard]] constexpr bool ok() const { return raw_ >= 0; }
    [[nodiscard]] constexpr std::uint64_t value() const { return static_cast<std::uint64_t>(raw_); }
    [[nodiscard]] constexpr Error error() const { return static_cast<Error>(-raw_); }
    [[nodiscard]] constexpr bool is(Error error) const { return raw_ == -static_cast<std::int64_t>(error); }
    [[nodiscard]] constexpr std::int64_t raw() const { return raw_; }

private:
    std::int64_t raw_;
};

namespace detail {

template <typename T>
std::uint64_t word(T value) {
    if constexpr (std::is_pointer_v<T>) {
        return reinterpret_cast<std::uint64_t>(
            value); // Safe: only the number crosses; the kernel checks it as a claim.
    } else {
        return static_cast<std::uint64_t>(value);
    }
}

// Safe: the kernel keeps every register but rax, rcx and r11; `memory` because calls read and write structures.
// r8, r9, r10, rdi, rsi and rdx come back changed from call alone, which has a stub of its own below.
inline std::int64_t enter(std::uint32_t number, std::uint64_t a = 0, std::uint64_t b = 0, std::uint64_t c = 0,
                          std::uint64_t d = 0, std::uint64_t e = 0) {
    std::int64_t result = static_cast<std::int64_t>(call_base + number);
    register std::uint64_t r10 asm("r10") = d;
    register std::uint64_t r8 asm("r8") = e;
    asm volatile("syscall"
                 : "+a"(result), "+D"(a), "+S"(b), "+d"(c), "+r"(r10), "+r"(r8)
                 :
                 : "rcx", "r11", "r9", "memory");
    return result;
}

} // namespace detail

namespace sys {

#define EXO_UNPACK(...) __VA_ARGS__
#define EXO_CALL(number, name, parameters, arguments, rights, errors)                                                  \
    inline CallResult name parameters {                                                                                \
        return [](auto... values) { return CallResult(detail::enter(number, detail::word(values)...)); } arguments;    \
    }
#include "secure-bindings/abi/syscalls.def"
#undef EXO_CALL
#undef EXO_UNPACK

// What a protected control transfer brings back: the result and three words.
struct Reply {
    CallResult status;
    std::uint64_t word[3];
};

// sys::call with the words of the answer. The callee sees its gate's badge in rdi and the words in rsi, rdx, r10, r8.
inline Reply call_words(Handle gate, std::uint64_t word0 = 0, std::uint64_t word1 = 0, std::uint64_t word2 = 0,
                        std::uint64_t word3 = 0) {
    std::int64_t result = static_cast<std::int64_t>(call_base + static_cast<std::uint32_t>(CallNumber::call));
    register std::uint64_t r10 asm("r10") = word2;
    register std::uint64_t r8 asm("r8") = word3;
    std::uint64_t rdi = gate, rsi = word0, rdx = word1;
    // Safe: as detail::enter; vector registers come back in their initial state.
    asm volatile("syscall"
                 : "+a"(result), "+D"(rdi), "+S"(rsi), "+d"(rdx), "+r"(r10), "+r"(r8)
                 :
                 : "rcx", "r11", "r9", "memory");
    return {CallResult(result), {rsi, rdx, r10}};
}

} // namespace sys
} // namespace exo
