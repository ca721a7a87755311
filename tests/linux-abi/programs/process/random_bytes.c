// getrandom and /dev/urandom: full lengths, never twice the same.
#include "../report.h"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

int main(void) {
    unsigned char first[256];
    unsigned char second[256];
    report("getrandom", getrandom(first, sizeof first, 0) == sizeof first);
    report("without blocking", getrandom(second, sizeof second, GRND_NONBLOCK) == sizeof second);
    report("not twice the same", memcmp(first, second, sizeof first) != 0);
    int ones = 0;
    for (size_t i = 0; i < sizeof first; ++i) {
        ones += __builtin_popcount(first[i]);
    }
    report("about half of the bits are set", ones > 700 && ones < 1350);
    report("getentropy", getentropy(second, 64) == 0);
    report_error("no such flag", getrandom(first, 1, 0x80), EINVAL);
    const int file = open("/dev/urandom", O_RDONLY);
    report("/dev/urandom",
           file >= 0 && read(file, second, sizeof second) == sizeof second && memcmp(first, second, sizeof first) != 0);
    return report_end();
}
