// SIGSEGV caught with its address and code, left by siglongjmp, a thousand times.
#include "../report.h"
#include "../touch.h"

#include <stdint.h>
#include <sys/mman.h>

int main(void) {
    touch_prepare();
    report("a null pointer", !can_read((void*)0) && touch_address == NULL && touch_code == SEGV_MAPERR);
    report("an address far away", !can_read((void*)0x123456789000) && touch_address == (void*)0x123456789000);
    char* page = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    report("writing what is read only",
           !can_write(page + 100) && touch_address == page + 100 && touch_code == SEGV_ACCERR);
    report("reading it works", can_read(page + 100));
    munmap(page + 4096, 4096);
    report("what was unmapped", !can_read(page + 4096) && touch_code == SEGV_MAPERR);
    static const char constant[] = "constant";
    report("constants are read only", !can_write((char*)(uintptr_t)constant) && touch_code == SEGV_ACCERR);
    int caught = 0;
    for (int i = 0; i < 1000; ++i) {
        caught += !can_read((void*)(uintptr_t)(i * 4));
    }
    report_number("caught", caught);
    report("a non-canonical address", !can_read((void*)0x8000000000000000u));
    report("the kernel half", !can_read((void*)0xffffffff80000000u));
    return report_end();
}
