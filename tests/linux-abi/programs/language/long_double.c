// The x87 type: printing, scanning, rounding, and the library's long double functions.
#include "../report.h"

#include <float.h>
#include <math.h>

int main(void) {
    volatile long double third = 1.0L / 3.0L;
    printf("[%.20Lf] [%Le] [%La]\n", third, third * 1e4000L, 1.5L);
    printf("[%.25Lg]\n", LDBL_EPSILON);
    report("64 bits of mantissa", LDBL_MANT_DIG == 64 && third * 3.0L == 1.0L);
    report("more range than double", isfinite(third * 1e4000L));
    report("finer than double", third != (long double)(double)third);
    report("sqrtl", sqrtl(2.0L) * sqrtl(2.0L) - 2.0L < 4 * LDBL_EPSILON);
    report("floorl, fmodl", floorl(-1.5L) == -2.0L && fmodl(7.5L, 2.0L) == 1.5L);
    long double read_back = 0;
    report("sscanf", sscanf("0.1", "%Lf", &read_back) == 1 && read_back == 0.1L);
    printf("[%.18Lf] [%.18Lf]\n", expl(1.0L), logl(10.0L));
    return report_end();
}
