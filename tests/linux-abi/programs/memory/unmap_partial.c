// munmap of the head, the middle and the tail of a mapping, over a hole, and of
// part of a mapping large enough for large pages.
#include "../report.h"
#include "../touch.h"

#include <sys/mman.h>

enum { page = 4096, pages = 16 };

static unsigned char* map(size_t size) {
    unsigned char* area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (size_t i = 0; i < size; i += page) {
        area[i] = (unsigned char)(i / page + 1);
    }
    return area;
}

int main(void) {
    touch_prepare();
    unsigned char* area = map(pages * page);
    report("head", munmap(area, 2 * page) == 0);
    report("middle", munmap(area + 6 * page, 3 * page) == 0);
    report("tail", munmap(area + 14 * page, 2 * page) == 0);
    for (int i = 0; i < pages; ++i) {
        putchar(can_read(area + i * page) ? (area[i * page] == i + 1 ? '#' : '?') : '.');
    }
    putchar('\n');
    report("unmapping over holes is no error", munmap(area, pages * page) == 0);
    report("all gone", !can_read(area + 4 * page) && !can_read(area + 13 * page));

    const size_t large = 16u << 20;
    unsigned char* big = map(large);
    report("one page out of 16 MiB", munmap(big + 5 * (1u << 20), page) == 0);
    report("its neighbours are there",
           big[5 * (1u << 20) - page] == 0 && can_read(big + 5 * (1u << 20) + page) && !can_read(big + 5 * (1u << 20)));
    int kept = 1;
    for (size_t i = 0; i < large; i += page) {
        kept = kept && (i == 5u << 20 || big[i] == (unsigned char)(i / page + 1));
    }
    report("the rest is intact", kept);
    report("and unmapped", munmap(big, large) == 0 && !can_read(big) && !can_read(big + large - 1));
    return report_end();
}
