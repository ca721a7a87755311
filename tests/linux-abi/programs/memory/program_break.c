// brk and sbrk: growing, shrinking, zeroed when grown again, refused when absurd.
#include "../report.h"

#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
    char* start = sbrk(0);
    report("sbrk grows by 1 MiB", sbrk(1 << 20) == start && (char*)sbrk(0) == start + (1 << 20));
    int zero = 1;
    for (int i = 0; i < 1 << 20; ++i) {
        zero = zero && start[i] == 0;
    }
    memset(start, 0x5a, 1 << 20);
    report("new memory is zero", zero);
    report("shrink to half", brk(start + (1 << 19)) == 0 && (char*)sbrk(0) == start + (1 << 19));
    report("the lower half is kept", start[(1 << 19) - 1] == 0x5a);
    report("grow again", sbrk(1 << 19) == start + (1 << 19));
    zero = 1;
    for (int i = (1 << 19) + 8192; i < 1 << 20; ++i) {
        zero = zero && start[i] == 0;
    }
    report("what came back is zero", zero);
    const uintptr_t now = (uintptr_t)syscall(SYS_brk, 0);
    report("an absurd break changes nothing", (uintptr_t)syscall(SYS_brk, ~(uintptr_t)0xfff) == now);
    report("odd sizes", sbrk(123) != (void*)-1 && sbrk(-123) != (void*)-1 && sbrk(0) == (void*)now);
    return report_end();
}
