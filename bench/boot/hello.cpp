// The boot bench's program where something else starts it: an ordinary C++ program,
// linked with libos-hpc. linux_init.cpp is the same as the first process of Linux.
#include "bench/boot/stamp.hpp"

int main() {
    const std::uint64_t now = bench::read_tsc();
    bench::report_entry(now);
    std::puts("hello");
}
