// mprotect: taking rights away and giving them back, page by page, also inside a
// large mapping; code written and then run; errors.
#include "../report.h"
#include "../touch.h"

#include <sys/mman.h>

enum { page = 4096 };

int main(void) {
    touch_prepare();
    const int rw = PROT_READ | PROT_WRITE;
    unsigned char* area = mmap(NULL, 4 * page, rw, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(area, 0x77, 4 * page);
    report("read only", mprotect(area + page, page, PROT_READ) == 0);
    report("reading works, writing does not", can_read(area + page) && !can_write(area + page));
    report("it is an access error there", touch_code == SEGV_ACCERR && touch_address == area + page);
    report("the neighbours can be written", can_write(area + page - 1) && can_write(area + 2 * page));
    report("nothing at all", mprotect(area + page, page, PROT_NONE) == 0 && !can_read(area + page));
    report("everything again, contents kept",
           mprotect(area, 4 * page, rw) == 0 && can_write(area + page) && area[page] == 0x77);
    unsigned char* none = mmap(NULL, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    report("mapped without rights", none != MAP_FAILED && !can_read(none));
    report("then with", mprotect(none, page, rw) == 0 && can_write(none) && *none == 0);

    unsigned char* big = mmap(NULL, 8u << 20, rw, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(big, 1, 8u << 20);
    report("one page of 8 MiB", mprotect(big + (3u << 20), page, PROT_READ) == 0 && !can_write(big + (3u << 20)) &&
                                    can_write(big + (3u << 20) + page) && can_write(big + (3u << 20) - 1));

    // mov $42, %eax; ret
    const unsigned char code[] = {0xb8, 42, 0, 0, 0, 0xc3};
    memcpy(area, code, sizeof code);
    report("made executable", mprotect(area, page, PROT_READ | PROT_EXEC) == 0);
    int (*function)(void) = (int (*)(void))(void*)area;
    report("and run", function() == 42);
    report_error("off a page", mprotect(area + 1, page, rw), EINVAL);
    munmap(none, page);
    report_error("nothing mapped", mprotect(none, page, rw), ENOMEM);
    return report_end();
}
