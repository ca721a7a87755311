// madvise: DONTNEED gives zero pages back, the others are hints that succeed.
#include "../report.h"

#include <sys/mman.h>

enum { page = 4096, pages = 1024 };

int main(void) {
    unsigned char* area = mmap(NULL, pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(area, 0xcc, pages * page);
    report("DONTNEED", madvise(area + 10 * page, 20 * page, MADV_DONTNEED) == 0);
    int zero = 1;
    for (int i = 10 * page; i < 30 * page; ++i) {
        zero = zero && area[i] == 0;
    }
    report("those are zero", zero);
    report("the neighbours are kept", area[10 * page - 1] == 0xcc && area[30 * page] == 0xcc);
    area[15 * page] = 1;
    report("can be used again", area[15 * page] == 1);
    report("DONTNEED of everything",
           madvise(area, pages * page, MADV_DONTNEED) == 0 && area[0] == 0 && area[pages * page - 1] == 0);
    report("WILLNEED", madvise(area, page, MADV_WILLNEED) == 0);
    report("SEQUENTIAL, RANDOM, NORMAL", madvise(area, page, MADV_SEQUENTIAL) == 0 &&
                                             madvise(area, page, MADV_RANDOM) == 0 &&
                                             madvise(area, page, MADV_NORMAL) == 0);
    report("HUGEPAGE", madvise(area, pages * page, MADV_HUGEPAGE) == 0);
    report_error("off a page", madvise(area + 1, page, MADV_DONTNEED), EINVAL);
    report_error("no such advice", madvise(area, page, 9999), EINVAL);
    munmap(area, pages * page);
    report_error("nothing mapped", madvise(area, page, MADV_DONTNEED), ENOMEM);
    return report_end();
}
