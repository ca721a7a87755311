// Anonymous private mappings: zero, page-aligned, apart from each other; bad arguments.
#include "../report.h"

#include <stdint.h>
#include <sys/mman.h>

static void* map(size_t size) {
    return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

int main(void) {
    enum { count = 200 };
    static unsigned char* maps[count];
    int ok = 1;
    for (int i = 0; i < count; ++i) {
        const size_t size = (size_t)(i % 17 + 1) * 4096 - (size_t)(i % 5);
        maps[i] = map(size);
        ok = ok && maps[i] != MAP_FAILED && (uintptr_t)maps[i] % 4096 == 0;
        for (size_t k = 0; k < size; k += 64) {
            ok = ok && maps[i][k] == 0;
        }
        memset(maps[i], i, size);
    }
    report("200 mappings, zeroed", ok);
    for (int i = 0; i < count; ++i) {
        ok = ok && maps[i][0] == i && maps[i][(size_t)(i % 17) * 4096] == i;
    }
    report("apart from each other", ok);
    for (int i = 0; i < count; i += 2) {
        ok = ok && munmap(maps[i], (size_t)(i % 17 + 1) * 4096) == 0;
    }
    report("every second unmapped", ok);
    for (int i = 1; i < count; i += 2) {
        ok = ok && maps[i][0] == i;
    }
    report("the others kept", ok);
    unsigned char* big = map(64u << 20);
    report("64 MiB", big != MAP_FAILED);
    big[0] = 1;
    big[(64u << 20) - 1] = 2;
    report("first and last byte", big[0] == 1 && big[(64u << 20) - 1] == 2 && munmap(big, 64u << 20) == 0);
    report("a hint is only a hint",
           mmap((void*)0x10000001, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
    report_error("no length", (long)map(0), EINVAL);
    report_error("too long", (long)map((size_t)1 << 62), ENOMEM);
    report_error("neither shared nor private", (long)mmap(NULL, 4096, PROT_READ, MAP_ANONYMOUS, -1, 0), EINVAL);
    report_error("no such descriptor", (long)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 999, 0), EBADF);
    report_error("unmapping nothing", munmap(maps[1], 0), EINVAL);
    report_error("unmapping off a page", munmap(maps[1] + 1, 4096), EINVAL);
    return report_end();
}
