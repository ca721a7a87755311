// System calls of foreign numbers made by code that runs on its kit stack, as all code of a native program does: the
// handler's frames must come below the caller's.
#include "libos/memory/bytes.hpp"
#include "libos/thread/thread.hpp"
#include "libos/upcall/dispatch.hpp"
#include "libos/upcall/mask.hpp"
#include "libos/upcall/vcore.hpp"
#include "tests/kit/check.hpp"

namespace kit_tests {

namespace {

constexpr std::uint64_t full_call = 1000; // beyond the direct handlers
constexpr std::uint64_t direct_call = 17;
constexpr std::size_t words = 256;

// Safe: a system call that the kernel reflects; the handlers here touch nothing but the answer.
[[gnu::noinline]] std::uint64_t foreign_call(std::uint64_t number, std::uint64_t argument) {
    std::uint64_t answer = number;
    asm volatile("syscall" : "+a"(answer) : "D"(argument) : "rcx", "r11", "memory");
    return answer;
}

// Uses a good piece of the stack it runs on.
[[gnu::noinline]] std::uint64_t fill_stack(std::uint64_t seed) {
    volatile std::uint64_t mine[words];
    for (std::size_t i = 0; i < words; ++i)
        mine[i] = ~seed;
    return ~mine[seed % words];
}

void answer_full(exo::RegisterFrame& frame) {
    exo::UnmaskGuard unmasked;
    frame.rax = fill_stack(frame.rdi) + 1;
}

std::int64_t answer_direct(std::uint64_t argument, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t,
                           std::uint64_t) {
    return static_cast<std::int64_t>(fill_stack(argument) + 2);
}

// Locals above and below the call keep their values, whatever the handler did.
bool locals_survive(std::uint64_t number, std::uint64_t expected_more) {
    volatile std::uint64_t above[words];
    for (std::size_t i = 0; i < words; ++i)
        above[i] = i * 3;
    bool good = true;
    for (std::uint64_t round = 0; round < 100; ++round) {
        good &= foreign_call(number, round) == round + expected_more;
        for (std::size_t i = 0; i < words; ++i)
            good &= above[i] == i * 3;
    }
    return good;
}

void full_from_main() {
    exo::set_reflect_handler(answer_full);
    KIT_CHECK(locals_survive(full_call, 1));
    exo::set_reflect_handler(nullptr);
    KIT_CHECK(foreign_call(full_call, 5) == 0 - std::uint64_t{38}); // ENOSYS
}

void direct_from_main() {
    exo::set_direct_handler(direct_call, answer_direct);
    KIT_CHECK(locals_survive(direct_call, 2));
    exo::set_direct_handler(direct_call, nullptr);
}

void from_thread() {
    exo::set_reflect_handler(answer_full);
    const auto enter = [](void*) -> std::uint64_t { return locals_survive(full_call, 1); };
    auto thread = exo::Thread::create({.entry = enter});
    KIT_CHECK(thread.has_value());
    if (thread) {
        auto result = (*thread)->join();
        KIT_CHECK(result.has_value() && *result == 1);
    }
    exo::set_reflect_handler(nullptr);
}

} // namespace

const Case upcall_cases[3] = {
    {"a reflected call from the main thread keeps its frames", full_from_main},
    {"a direct call from the main thread keeps its frames", direct_from_main},
    {"a reflected call from a kit thread keeps its frames", from_thread},
};

} // namespace kit_tests
