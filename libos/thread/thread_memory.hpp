// Making and keeping threads: their objects, kit stacks with a guard page, and areas for vector registers.
// Internal to libos/thread.
#pragma once

#include "libos/thread/thread.hpp"

namespace exo {

struct ThreadMemory {
    // A thread object with a stack and a vector area, in no queue and no table. Errors: TableFull.
    static Result<Thread*> allocate(std::size_t stack_bytes);
    // The same for a thread that runs already on a stack of its own.
    static Result<Thread*> adopt(std::uint64_t stack_base, std::size_t stack_bytes);
    // Nobody runs on it any more.
    static void free(Thread& thread);
    // The running thread ends and nobody joins it: freed once it is off its stack, by the next call of either.
    static void bury(Thread& thread);
    static void free_buried();
    // Makes the first switch to it call exo_thread_begin, which runs spec's entry or resumes its frame.
    static void prepare(Thread& thread, const ThreadSpec& spec);
};

// Vector and x87 registers, whole (Intel SDM 1 13). The area is 64-aligned.
void save_vectors(std::byte* area);
void load_vectors(const std::byte* area);

} // namespace exo

extern "C" {
// Stores the callee-saved registers and the floating-point control words on the stack, the stack pointer in *save, and
// continues where the stack pointer `load` was stored. Clears *on_vcore once it is off the old stack.
void exo_switch_stack(std::uint64_t* save, std::uint64_t load, std::atomic<bool>* on_vcore);
// Where a prepared stack begins.
void exo_thread_trampoline();
// Where a vcore begins: rdi: its index.
void exo_vcore_entry();
}
