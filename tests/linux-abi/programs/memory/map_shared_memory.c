// Shared anonymous memory, between the threads of one program.
#include "../report.h"

#include <pthread.h>
#include <sys/mman.h>

static void* fill(void* area) {
    memset(area, 0x42, 65536);
    return NULL;
}

int main(void) {
    unsigned char* area = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    report("mapped and zero", area != MAP_FAILED && area[0] == 0 && area[65535] == 0);
    pthread_t thread;
    pthread_create(&thread, NULL, fill, area);
    pthread_join(thread, NULL);
    report("filled by a thread", area[0] == 0x42 && area[65535] == 0x42);
    report("unmapped", munmap(area, 65536) == 0);
    return report_end();
}
