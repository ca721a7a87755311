// mlock and its family, as real-time and RDMA programs call them before their work.
#include "../report.h"

#include <sys/mman.h>

int main(void) {
    unsigned char* area = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    report("mlock", mlock(area, 65536) == 0);
    area[0] = 1;
    report("munlock", munlock(area, 65536) == 0 && area[0] == 1);
    report("MAP_POPULATE",
           mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0) != MAP_FAILED);
    report("MAP_NORESERVE and MAP_STACK",
           mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0) !=
               MAP_FAILED);
    munmap(area, 65536);
    report_error("nothing mapped", mlock(area, 4096), ENOMEM);
    return report_end();
}
