// The boot bench's program as Linux's first process: /init itself, so that nothing
// stands between the kernel and the line that takes the time. See hello.cpp.
#include "bench/boot/stamp.hpp"
#include "bench/linux/guest_machine.hpp"

int main() {
    const std::uint64_t now = bench::read_tsc();
    bench::report_entry(now);
    std::puts("hello");
    bench::linux_peer::end_machine(0);
}
