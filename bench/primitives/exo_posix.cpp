// The one row that needs a POSIX personality: getpid by a bare `syscall` instruction in an ordinary program linked
// with libos-hpc, as the C library would issue it. The other rows: exo.cpp.
#include "bench/primitives/suite.hpp"

#include <cstdio>
#include <cstring>

#include <sys/syscall.h>
#include <unistd.h>

namespace {

struct PosixPort {
    void getpid() {
        long result = SYS_getpid;
        // Safe: a call without arguments that touches no memory of ours.
        asm volatile("syscall" : "+a"(result) : : "rcx", "r11", "memory");
    }
};

} // namespace

int main(int count, char** arguments) {
    const bool smoke = count > 1 && std::strcmp(arguments[1], "--smoke") == 0;
    PosixPort port;
    bench::TransferRows<PosixPort> rows{.port = port};
    const bench::Sampling sampling{.batches = bench::batches_of(smoke ? bench::Effort::smoke : bench::Effort::measure),
                                   .operations = 1000};
    const std::uint64_t cycles =
        bench::median_millicycles(sampling, [&](std::uint32_t operations) { return rows.getpid(operations); });
    char buffer[bench::row_bytes_max];
    const std::string_view row = bench::format_row(buffer, "reflected_getpid", "cycles", cycles);
    return std::fwrite(row.data(), 1, row.size(), stdout) == row.size() ? 0 : 1;
}
