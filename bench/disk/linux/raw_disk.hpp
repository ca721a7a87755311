// The peer's disk as a file, and aligned buffers for it. Ends the program with a sentence when there is none.
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

struct RawDisk {
    RawDisk() {
        file = checked(::open("/dev/nvme0n1", O_RDONLY | O_DIRECT | O_CLOEXEC), "opening /dev/nvme0n1");
        void* const memory = ::mmap(nullptr, depth_max * read_bytes, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
        if (memory == MAP_FAILED)
            give_up("taking memory for data");
        buffers = static_cast<char*>(memory);
    }
    int file;
    char* buffers;
};

inline void print_row(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

} // namespace bench::disk
