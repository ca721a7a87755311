// printf and scanf conversions: widths, bases, floating point, strings, positions.
#include "../report.h"

#include <inttypes.h>
#include <stdint.h>

int main(void) {
    printf("[%d] [%5d] [%-5d] [%05d] [%+d]\n", 42, 42, 42, 42, 42);
    printf("[%x] [%X] [%#o] [%#x]\n", 48879, 48879, 8, 255);
    printf("[%hhd] [%hd] [%ld] [%lld] [%zu]\n", (signed char)-1, (short)-2, -3L, -4LL, (size_t)5);
    printf("[%" PRId64 "] [%" PRIu64 "]\n", INT64_MIN, UINT64_MAX);
    printf("[%f] [%.3f] [%e] [%g] [%G] [%a]\n", 3.14159, 2.71828, 123456.789, 1e-5, 1e20, 0.15625);
    printf("[%10.2f] [%-10.2f] [%+.1e]\n", 1.005, -1.5, 0.0);
    printf("[%s] [%10s] [%-10s] [%.2s] [%c]\n", "text", "right", "left", "cut", 'c');
    printf("[%2$s %1$s]\n", "world", "hello");
    printf("[%*d] [%-*d] [%.*f]\n", 6, 1, 6, 2, 3, 1.23456);
    printf("[%f] [%f] [%f]\n", 1.0 / 0.0, -1.0 / 0.0, 0.0);
    char buffer[8];
    volatile size_t room = sizeof buffer;
    report_number("snprintf would write", snprintf(buffer, room, "0123456789"));
    report_text("snprintf wrote", buffer);
    int integer = 0;
    double real = 0;
    char word[16];
    report_number("sscanf fields", sscanf(" 12 3.5e2 word ", "%d %lf %15s", &integer, &real, word));
    printf("[%d] [%g] [%s]\n", integer, real, word);
    report_number("strtol", strtol("-0x7f", NULL, 0));
    report("strtod reads back exactly", strtod("0.1", NULL) == 0.1);
    return report_end();
}
