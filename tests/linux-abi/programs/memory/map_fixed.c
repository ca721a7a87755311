// MAP_FIXED replaces what was there, in the middle of a mapping too;
// MAP_FIXED_NOREPLACE refuses to.
#include "../report.h"

#include <sys/mman.h>

enum { page = 4096, pages = 8 };

int main(void) {
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    const int rw = PROT_READ | PROT_WRITE;
    unsigned char* area = mmap(NULL, pages * page, rw, flags, -1, 0);
    memset(area, 0xaa, pages * page);
    report("replaces two pages in the middle",
           mmap(area + 3 * page, 2 * page, rw, flags | MAP_FIXED, -1, 0) == area + 3 * page);
    report("the new pages are zero", area[3 * page] == 0 && area[5 * page - 1] == 0);
    report("the neighbours are kept", area[3 * page - 1] == 0xaa && area[5 * page] == 0xaa);
    report_error("not on a page", (long)mmap(area + 1, page, rw, flags | MAP_FIXED, -1, 0), EINVAL);
    report_error("no replacing", (long)mmap(area + 2 * page, page, rw, flags | MAP_FIXED_NOREPLACE, -1, 0), EEXIST);
    report("nothing was replaced", area[2 * page] == 0xaa);
    report("a hole", munmap(area + 6 * page, page) == 0);
    report("NOREPLACE fills the hole",
           mmap(area + 6 * page, page, rw, flags | MAP_FIXED_NOREPLACE, -1, 0) == area + 6 * page);
    report_error("a hole too small", (long)mmap(area + 6 * page, 2 * page, rw, flags | MAP_FIXED_NOREPLACE, -1, 0),
                 EEXIST);
    area[6 * page] = 7;
    report("and can be written", area[6 * page] == 7 && area[7 * page] == 0xaa);
    report("all of it unmapped at once", munmap(area, pages * page) == 0);
    report("now NOREPLACE gets it all", mmap(area, pages * page, rw, flags | MAP_FIXED_NOREPLACE, -1, 0) == area);
    return report_end();
}
