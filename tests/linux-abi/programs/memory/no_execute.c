// Data is not code: running a page mapped without PROT_EXEC faults there.
#include "../report.h"
#include "../touch.h"

#include <sys/mman.h>

int main(void) {
    touch_prepare();
    unsigned char* page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *page = 0xc3;
    volatile int ran = 0;
    if (sigsetjmp(touch_recovery, 1) == 0) {
        ((void (*)(void))(void*)page)();
        ran = 1;
    }
    report("refused", !ran);
    report("with its address", touch_address == page && touch_code == SEGV_ACCERR);
    static unsigned char data[16] = {0xc3};
    if (sigsetjmp(touch_recovery, 1) == 0) {
        ((void (*)(void))(void*)data)();
        ran = 1;
    }
    report("static data too", !ran && touch_address == data);
    return report_end();
}
