// Linux's older asynchronous interface: one io_submit a batch; completions are read from the ring that the kernel maps
// beside the program, as fio's libaio engine can, so that taking needs no call.
#pragma once

#include "bench/disk/linux/raw_disk.hpp"

#include <linux/aio_abi.h>
#include <sys/syscall.h>

namespace bench::disk {

class AioLane {
public:
    static constexpr std::uint32_t depth_most = depth_max;
    AioLane() { checked(::syscall(SYS_io_setup, depth_max, &context_), "io_setup"); }
    void give(std::uint32_t slot, const Transfer& transfer) {
        iocb& request = requests_[slot];
        request = {};
        request.aio_data = slot;
        request.aio_lio_opcode = transfer.direction == Direction::read ? IOCB_CMD_PREAD : IOCB_CMD_PWRITE;
        request.aio_fildes = static_cast<std::uint32_t>(disk_.file);
        request.aio_buf = reinterpret_cast<std::uint64_t>(disk_.buffer(slot));
        request.aio_nbytes = transfer.bytes;
        request.aio_offset = static_cast<std::int64_t>(transfer.offset);
        given_[count_++] = &request;
    }
    void ring() {
        if (::syscall(SYS_io_submit, context_, count_, given_) != count_)
            give_up("io_submit");
        count_ = 0;
    }
    int take(std::uint32_t* slots) {
        // The head of the ring that io_setup mapped (fs/aio.c): identifier, entries, head, tail, ...; events from
        // octet 32 on.
        auto* const words = reinterpret_cast<std::uint32_t*>(context_);
        auto* const events = reinterpret_cast<io_event*>(context_ + 32);
        std::uint32_t head = words[2];
        const std::uint32_t tail = __atomic_load_n(&words[3], __ATOMIC_ACQUIRE);
        int ended = 0;
        while (head != tail) {
            const auto slot = static_cast<std::uint32_t>(events[head].data);
            if (events[head].res != static_cast<std::int64_t>(requests_[slot].aio_nbytes))
                return -1;
            slots[ended++] = slot;
            head = (head + 1) % words[1];
        }
        __atomic_store_n(&words[2], head, __ATOMIC_RELEASE);
        return ended;
    }
    void print(std::string_view text) { print_row(text); }

private:
    RawDisk disk_;
    aio_context_t context_ = 0;
    long count_ = 0;
    iocb requests_[depth_max] = {};
    iocb* given_[depth_max] = {};
};

} // namespace bench::disk
