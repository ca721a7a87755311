// MAP_HUGETLB: either there are none (ENOMEM) or the memory is aligned and works;
// both are Linux behaviour, so one line covers both.
#include "../report.h"

#include <stdint.h>
#include <sys/mman.h>

int main(void) {
    const size_t size = 4u << 20;
    errno = 0;
    unsigned char* area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
    int fine = 0;
    if (area == MAP_FAILED) {
        fine = errno == ENOMEM;
    } else {
        fine = (uintptr_t)area % (2u << 20) == 0 && area[0] == 0 && area[size - 1] == 0;
        memset(area, 1, size);
        fine = fine && area[size / 2] == 1 && munmap(area, size) == 0;
    }
    report("huge pages work, or are refused with ENOMEM", fine);
    unsigned char* ordinary = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    report("ordinary pages work anyway", ordinary != MAP_FAILED && (ordinary[size - 1] = 3) == 3);
    return report_end();
}
