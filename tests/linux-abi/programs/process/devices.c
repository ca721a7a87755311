// The devices that every program may expect: null, zero, full.
#include "../report.h"

#include <fcntl.h>
#include <unistd.h>

int main(void) {
    char buffer[64];
    memset(buffer, 1, sizeof buffer);
    const int null = open("/dev/null", O_RDWR);
    report("null swallows", null >= 0 && write(null, buffer, sizeof buffer) == sizeof buffer);
    report("null is empty", read(null, buffer, sizeof buffer) == 0);
    const int zero = open("/dev/zero", O_RDWR);
    report("zero gives zeros",
           zero >= 0 && read(zero, buffer, sizeof buffer) == sizeof buffer && buffer[0] == 0 && buffer[63] == 0);
    return report_end();
}
