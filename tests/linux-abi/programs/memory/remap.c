// mremap: shrinking, growing in place or by moving, to a fixed place; contents follow.
#include "../report.h"
#include "../touch.h"

#include <sys/mman.h>

enum { page = 4096 };
static const int rw = PROT_READ | PROT_WRITE;
static const int private_memory = MAP_PRIVATE | MAP_ANONYMOUS;

static unsigned char* map_marked(size_t pages) {
    unsigned char* area = mmap(NULL, pages * page, rw, private_memory, -1, 0);
    for (size_t i = 0; i < pages; ++i) {
        memset(area + i * page, (int)(i + 1), page);
    }
    return area;
}

static int marked(const unsigned char* area, size_t pages) {
    for (size_t i = 0; i < pages * page; i += 512) {
        if (area[i] != (unsigned char)(i / page + 1)) {
            return 0;
        }
    }
    return 1;
}

int main(void) {
    touch_prepare();
    unsigned char* area = map_marked(16);
    report("shrunk in place", mremap(area, 16 * page, 8 * page, 0) == area && marked(area, 8));
    report("the tail is gone", !can_read(area + 8 * page));
    unsigned char* wall = mmap(area + 8 * page, page, rw, private_memory | MAP_FIXED_NOREPLACE, -1, 0);
    report("a wall behind it", wall == area + 8 * page);
    report_error("cannot grow without moving", (long)mremap(area, 8 * page, 9 * page, 0), ENOMEM);
    unsigned char* moved = mremap(area, 8 * page, 64 * page, MREMAP_MAYMOVE);
    report("grown by moving", moved != MAP_FAILED && moved != area && marked(moved, 8));
    report("the new part is zero", moved[8 * page] == 0 && moved[64 * page - 1] == 0);
    report("the old place is gone", !can_read(area));
    unsigned char* target = mmap(NULL, 16 * page, rw, private_memory, -1, 0);
    memset(target, 0xee, 16 * page);
    report("moved to a fixed place",
           mremap(moved, 8 * page, 8 * page, MREMAP_MAYMOVE | MREMAP_FIXED, target + 4 * page) == target + 4 * page);
    report("contents came along", marked(target + 4 * page, 8));
    report("what was beside it stayed", target[4 * page - 1] == 0xee && target[12 * page] == 0xee);

    const size_t large = 8u << 20;
    unsigned char* big = map_marked(large / page);
    big = mremap(big, large, 3 * large, MREMAP_MAYMOVE);
    report("8 MiB grown to 24", big != MAP_FAILED && marked(big, large / page) && big[3 * large - 1] == 0);
    report_error("no new length", (long)mremap(big, large, 0, MREMAP_MAYMOVE), EINVAL);
    report_error("off a page", (long)mremap(big + 1, page, page, MREMAP_MAYMOVE), EINVAL);
    munmap(target, 16 * page);
    report_error("nothing mapped", (long)mremap(target, page, 2 * page, MREMAP_MAYMOVE), EFAULT);
    return report_end();
}
