// The peer's disk as a file, and aligned buffers for it, in huge pages where Linux has some. Ends the program with a
// sentence when there is none.
#pragma once

#include "bench/disk/lane.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

namespace bench::disk {

[[noreturn]] inline void give_up(const char* step) {
    std::fprintf(stderr, "disk: %s: %s\n", step, std::strerror(errno));
    std::exit(1);
}

template <typename Result>
Result checked(Result result, const char* step) {
    if (result < 0)
        give_up(step);
    return result;
}

inline constexpr std::size_t buffers_bytes = std::size_t{depth_max} * piece_max;

struct RawDisk {
    RawDisk() {
        file = checked(::open("/dev/nvme0n1", O_RDWR | O_DIRECT | O_CLOEXEC), "opening /dev/nvme0n1");
        constexpr std::size_t huge = 2u << 20;
        void* const memory = ::mmap(nullptr, buffers_bytes + huge, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED)
            give_up("taking memory for data");
        const auto aligned = (reinterpret_cast<std::uintptr_t>(memory) + huge - 1) & ~(huge - 1);
        buffers = reinterpret_cast<char*>(aligned); // Safe: within what was mapped.
        (void)::madvise(buffers, buffers_bytes, MADV_HUGEPAGE);
        std::memset(buffers, 1, buffers_bytes);
    }
    char* buffer(std::uint32_t slot) const { return buffers + std::size_t{slot} * piece_max; }
    int file;
    char* buffers;
};

inline void print_row(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

} // namespace bench::disk
