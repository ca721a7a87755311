// Regions within regions, more threads than processors, threadprivate data, teams
// of changing size.
#include "../report.h"

#include <omp.h>

static int own = 7;
#pragma omp threadprivate(own)

int main() {
    omp_set_max_active_levels(2);
    int count = 0;
    int deepest = 0;
#pragma omp parallel num_threads(3)
#pragma omp parallel num_threads(2)
    {
#pragma omp atomic
        ++count;
#pragma omp critical
        deepest = omp_get_active_level() > deepest ? omp_get_active_level() : deepest;
    }
    report_number("inner threads", count);
    report_number("levels", deepest);
    omp_set_max_active_levels(1);
    count = 0;
#pragma omp parallel num_threads(2)
#pragma omp parallel num_threads(4)
    {
#pragma omp atomic
        ++count;
    }
    report_number("inner regions alone", count);
    int team = 0;
#pragma omp parallel num_threads(13)
    {
#pragma omp single
        team = omp_get_num_threads();
    }
    report_number("more than processors", team);
    int total = 0;
    for (int round = 1; round <= 60; ++round) {
#pragma omp parallel num_threads(round % 7 + 1) reduction(+ : total)
        total += 1;
    }
    report_number("teams of changing size", total);
    own = 100;
    int sum = 0;
#pragma omp parallel num_threads(4) copyin(own) reduction(+ : sum)
    {
        own += omp_get_thread_num();
        sum += own;
    }
    report_number("threadprivate, copied in", sum);
    const double start = omp_get_wtime();
    report("omp_get_wtime", omp_get_wtime() >= start && omp_get_wtick() > 0);
    report("omp_in_parallel", !omp_in_parallel());
    report("omp_get_num_procs", omp_get_num_procs() >= 1);
    return report_end();
}
