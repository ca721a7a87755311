// io_uring as its users who care set it up: registered file and buffers, one thread, completions taken from memory. One
// io_uring_enter a batch; or none, when a thread of the kernel polls for submissions.
#pragma once

#include "bench/disk/linux/raw_disk.hpp"

#include <linux/io_uring.h>
#include <sys/syscall.h>
#include <sys/uio.h>

namespace bench::disk {

enum class Submission { entered, polled };

template <Submission submission>
class UringLane {
public:
    static constexpr std::uint32_t depth_most = depth_max;
    UringLane() {
        io_uring_params parameters{};
        parameters.flags = IORING_SETUP_SINGLE_ISSUER |
                           (submission == Submission::polled ? IORING_SETUP_SQPOLL : IORING_SETUP_COOP_TASKRUN);
        parameters.sq_thread_idle = 1000; // ms
        ring_ = static_cast<int>(checked(::syscall(SYS_io_uring_setup, depth_max, &parameters), "io_uring_setup"));
        char* const submissions =
            map(parameters.sq_off.array + parameters.sq_entries * sizeof(std::uint32_t), IORING_OFF_SQ_RING);
        char* const completions =
            map(parameters.cq_off.cqes + parameters.cq_entries * sizeof(io_uring_cqe), IORING_OFF_CQ_RING);
        entries_ = reinterpret_cast<io_uring_sqe*>(map(parameters.sq_entries * sizeof(io_uring_sqe), IORING_OFF_SQES));
        tail_ = word(submissions, parameters.sq_off.tail);
        array_ = word(submissions, parameters.sq_off.array);
        mask_ = *word(submissions, parameters.sq_off.ring_mask);
        flags_ = word(submissions, parameters.sq_off.flags);
        head_ = word(completions, parameters.cq_off.head);
        completed_ = word(completions, parameters.cq_off.tail);
        completion_mask_ = *word(completions, parameters.cq_off.ring_mask);
        events_ = reinterpret_cast<io_uring_cqe*>(completions + parameters.cq_off.cqes);
        const iovec memory{disk_.buffers, buffers_bytes};
        checked(::syscall(SYS_io_uring_register, ring_, IORING_REGISTER_BUFFERS, &memory, 1), "registering buffers");
        checked(::syscall(SYS_io_uring_register, ring_, IORING_REGISTER_FILES, &disk_.file, 1), "registering the disk");
    }
    void give(std::uint32_t slot, const Transfer& transfer) {
        const std::uint32_t index = (*tail_ + count_++) & mask_;
        io_uring_sqe& entry = entries_[index];
        entry = {};
        entry.opcode = transfer.direction == Direction::read ? IORING_OP_READ_FIXED : IORING_OP_WRITE_FIXED;
        entry.flags = IOSQE_FIXED_FILE;
        entry.off = transfer.offset;
        entry.addr = reinterpret_cast<std::uint64_t>(disk_.buffer(slot));
        entry.len = transfer.bytes;
        entry.user_data = slot;
        array_[index] = index;
        bytes_[slot] = transfer.bytes;
    }
    void ring() {
        __atomic_store_n(tail_, *tail_ + static_cast<std::uint32_t>(count_), __ATOMIC_RELEASE);
        if constexpr (submission == Submission::polled) {
            __atomic_thread_fence(__ATOMIC_SEQ_CST); // the thread looks at the tail after it said that it sleeps
            if (__atomic_load_n(flags_, __ATOMIC_RELAXED) & IORING_SQ_NEED_WAKEUP)
                enter(0, 0, IORING_ENTER_SQ_WAKEUP);
        } else if (enter(static_cast<std::uint32_t>(count_), 0, 0) != count_) {
            give_up("io_uring_enter");
        }
        count_ = 0;
    }
    int take(std::uint32_t* slots) {
        std::uint32_t head = *head_;
        std::uint32_t tail = __atomic_load_n(completed_, __ATOMIC_ACQUIRE);
        // The thread needs this core to do its work. With cooperative task work the kernel says when it wants to be
        // entered.
        if (submission == Submission::polled && head == tail)
            enter(0, 1, IORING_ENTER_GETEVENTS);
        else if (__atomic_load_n(flags_, __ATOMIC_RELAXED) & IORING_SQ_TASKRUN)
            enter(0, 0, IORING_ENTER_GETEVENTS);
        tail = __atomic_load_n(completed_, __ATOMIC_ACQUIRE);
        int ended = 0;
        for (; head != tail; ++head) {
            const io_uring_cqe& event = events_[head & completion_mask_];
            const auto slot = static_cast<std::uint32_t>(event.user_data);
            if (event.res != static_cast<std::int32_t>(bytes_[slot]))
                return -1;
            slots[ended++] = slot;
        }
        __atomic_store_n(head_, head, __ATOMIC_RELEASE);
        return ended;
    }
    void print(std::string_view text) { print_row(text); }

private:
    long enter(std::uint32_t submit, std::uint32_t least, std::uint32_t flags) {
        return checked(::syscall(SYS_io_uring_enter, ring_, submit, least, flags, nullptr, 0), "io_uring_enter");
    }
    char* map(std::size_t bytes, std::uint64_t offset) {
        void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring_,
                                    static_cast<off_t>(offset));
        if (memory == MAP_FAILED)
            give_up("mapping the rings");
        return static_cast<char*>(memory);
    }
    static std::uint32_t* word(char* base, std::uint32_t offset) {
        return reinterpret_cast<std::uint32_t*>(base + offset);
    }

    RawDisk disk_;
    int ring_ = -1;
    io_uring_sqe* entries_ = nullptr;
    io_uring_cqe* events_ = nullptr;
    std::uint32_t *tail_ = nullptr, *array_ = nullptr, *flags_ = nullptr, *head_ = nullptr, *completed_ = nullptr;
    std::uint32_t mask_ = 0, completion_mask_ = 0;
    long count_ = 0;
    std::uint32_t bytes_[depth_max] = {}; // of the slots' transfers
};

} // namespace bench::disk
