// Linux's older asynchronous interface: one io_submit a batch; completions are read from the ring that the kernel maps
// beside the program, as fio's libaio engine can, so that taking needs no call.
#pragma once

#include "bench/disk/linux/raw_disk.hpp"

#include <linux/aio_abi.h>
#include <sys/syscall.h>

namespace bench::disk {

class AioLane {
public:
    AioLane() { checked(::syscall(SYS_io_setup, depth_max, &context_), "io_setup"); }
    void give(std::uint32_t slot, std::uint64_t page) {
        iocb& request = requests_[slot];
        request = {};
        request.aio_lio_opcode = IOCB_CMD_PREAD;
        request.aio_fildes = static_cast<std::uint32_t>(disk_.file);
        request.aio_buf = reinterpret_cast<std::uint64_t>(disk_.buffers + slot * read_bytes);
        request.aio_nbytes = read_bytes;
        request.aio_offset = static_cast<std::int64_t>(page * read_bytes);
        given_[count_++] = &request;
    }
    void ring() {
        if (::syscall(SYS_io_submit, context_, count_, given_) != count_)
            give_up("io_submit");
        count_ = 0;
    }
    int take() {
        // The head of the ring that io_setup mapped (fs/aio.c): identifier, entries, head, tail, ...; events from
        // octet 32 on.
        auto* const words = reinterpret_cast<std::uint32_t*>(context_);
        auto* const events = reinterpret_cast<io_event*>(context_ + 32);
        std::uint32_t head = words[2];
        const std::uint32_t tail = __atomic_load_n(&words[3], __ATOMIC_ACQUIRE);
        int ended = 0;
        while (head != tail) {
            if (events[head].res != static_cast<std::int64_t>(read_bytes))
                return -1;
            head = (head + 1) % words[1];
            ++ended;
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
