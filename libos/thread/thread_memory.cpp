// See thread_memory.hpp. Thread objects and default-sized stacks are kept for the next thread.
#include "libos/thread/thread_memory.hpp"

#include "libos/memory/address_space.hpp"
#include "libos/memory/bytes.hpp"
#include "libos/memory/heap.hpp"
#include "libos/thread/run_queue.hpp"
#include "libos/thread/spin_lock.hpp"
#include "libos/time/clock.hpp"

#include <algorithm>
#include <utility>

namespace exo {

namespace {

constexpr std::size_t kept_stacks_max = 16;

SpinLock lock;
Thread* free_objects;
Thread* buried;
std::uint64_t kept_stacks[kept_stacks_max];
std::size_t kept_stack_count;

// A stack above a page without rights.
Result<std::uint64_t> allocate_stack(std::size_t bytes) {
    if (bytes == thread_stack_bytes_default) {
        SpinGuard guard(lock);
        if (kept_stack_count)
            return kept_stacks[--kept_stack_count];
    }
    AddressSpace& space = address_space();
    auto base = space.map({.bytes = bytes + page_bytes, .rights = 0, .page_order = order_4k});
    if (!base)
        return base;
    if (Status status = space.protect(*base + page_bytes, bytes, right::Read | right::Write); !status) {
        (void)space.unmap(*base, bytes + page_bytes);
        return std::unexpected(Error::TableFull);
    }
    return *base + page_bytes;
}

void free_stack(std::uint64_t base, std::size_t bytes) {
    if (bytes == thread_stack_bytes_default) {
        SpinGuard guard(lock);
        if (kept_stack_count < kept_stacks_max) {
            kept_stacks[kept_stack_count++] = base;
            return;
        }
    }
    (void)address_space().unmap(base - page_bytes, bytes + page_bytes);
}

} // namespace

Result<Thread*> ThreadMemory::adopt(std::uint64_t stack_base, std::size_t stack_bytes) {
    Thread* thread = nullptr;
    {
        SpinGuard guard(lock);
        if (free_objects) {
            thread = free_objects;
            free_objects = thread->table_next_;
        }
    }
    if (!thread) {
        thread = heap_new<Thread>();
        if (!thread)
            return std::unexpected(Error::TableFull);
        const std::size_t bytes = machine_info().xsave_bytes;
        thread->vector_area_ = static_cast<std::byte*>(heap_allocate(bytes));
        if (!thread->vector_area_) {
            heap_delete(thread);
            return std::unexpected(Error::TableFull);
        }
        fill_bytes(thread->vector_area_, 0, bytes);
    }
    thread->stack_base_ = stack_base;
    thread->stack_bytes_ = stack_bytes;
    thread->entry_stack_ = stack_base + stack_bytes;
    thread->result_ = 0;
    thread->run_cycles_ = 0;
    thread->run_since_ = 0;
    thread->joiner_.store(nullptr, std::memory_order_relaxed);
    thread->end_.store(false, std::memory_order_relaxed);
    thread->permit_.store(0, std::memory_order_relaxed);
    thread->state_.store(ThreadState::Ready, std::memory_order_relaxed);
    return thread;
}

Result<Thread*> ThreadMemory::allocate(std::size_t stack_bytes) {
    free_buried();
    stack_bytes = (std::max(stack_bytes, thread_stack_bytes_min) + page_bytes - 1) & ~(page_bytes - 1);
    auto stack = allocate_stack(stack_bytes);
    if (!stack)
        return std::unexpected(stack.error());
    auto thread = adopt(*stack, stack_bytes);
    if (!thread)
        free_stack(*stack, stack_bytes);
    return thread;
}

void ThreadMemory::free(Thread& thread) {
    free_stack(thread.stack_base_, thread.stack_bytes_);
    SpinGuard guard(lock);
    thread.table_next_ = free_objects;
    free_objects = &thread;
}

void ThreadMemory::bury(Thread& thread) {
    free_buried();
    SpinGuard guard(lock);
    thread.table_next_ = buried;
    buried = &thread;
}

void ThreadMemory::free_buried() {
    Thread* left = nullptr;
    {
        SpinGuard guard(lock);
        std::swap(left, buried);
    }
    while (left) {
        Thread& thread = *left;
        left = thread.table_next_;
        if (!thread.on_vcore_.load(std::memory_order_acquire)) { // pairs with the store in exo_switch_stack
            free(thread);
            continue;
        }
        SpinGuard guard(lock);
        thread.table_next_ = buried;
        buried = &thread;
    }
}

void ThreadMemory::prepare(Thread& thread, const ThreadSpec& spec) {
    thread.fs_base_ = spec.fs_base;
    thread.vectors_ = spec.vectors;
    thread.personal_ = spec.personal;
    thread.detached_ = spec.detached;
    thread.entry_ = spec.entry;
    thread.argument_ = spec.argument;
    std::uint64_t top = thread.entry_stack_;
    if (spec.frame) {
        // Where an entry from user code would have put it.
        top -= sizeof(RegisterFrame);
        *reinterpret_cast<RegisterFrame*>(top) = *spec.frame; // Safe: inside the new stack, here and below.
        thread.entry_ = nullptr;
        thread.argument_ = reinterpret_cast<void*>(top);
    }
    // As exo_switch_stack leaves it: control words, r15 to r12, rbx, rbp, return address.
    auto* words = reinterpret_cast<std::uint64_t*>(top) - 8;
    std::uint32_t mxcsr;
    std::uint16_t control;
    asm("stmxcsr %0\n\tfnstcw %1" : "=m"(mxcsr), "=m"(control)); // Safe: stores the creator's control words.
    words[0] = (std::uint64_t{control} << 32) | mxcsr;
    words[1] = words[2] = words[3] = words[4] = 0;
    words[5] = reinterpret_cast<std::uint64_t>(&thread);
    words[6] = 0;
    words[7] = reinterpret_cast<std::uint64_t>(exo_thread_trampoline);
    thread.saved_stack_ = reinterpret_cast<std::uint64_t>(words);
}

// All parts that the kernel has enabled (XCR0).
void save_vectors(std::byte* area) {
    asm volatile("xsave64 (%0)"
                 :
                 : "r"(area), "a"(~0u), "d"(~0u)
                 : "memory"); // Safe: as large as the machine's info page says.
}

void load_vectors(const std::byte* area) {
    asm volatile("xrstor64 (%0)" : : "r"(area), "a"(~0u), "d"(~0u) : "memory"); // Safe: written by save_vectors.
}

} // namespace exo
