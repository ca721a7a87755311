// Critical sections, atomics, barriers, locks, single, master, sections, flush.
#include "../report.h"

#include <omp.h>
#include <vector>

int main() {
    long counter = 0;
    long atomic = 0;
    long locked = 0;
    omp_lock_t lock;
    omp_init_lock(&lock);
    omp_nest_lock_t nested;
    omp_init_nest_lock(&nested);
    const int threads = omp_get_max_threads();
#pragma omp parallel
    for (int i = 0; i < 5000; ++i) {
#pragma omp critical
        ++counter;
#pragma omp atomic
        atomic += 2;
        omp_set_lock(&lock);
        ++locked;
        omp_unset_lock(&lock);
        omp_set_nest_lock(&nested);
        omp_set_nest_lock(&nested);
        omp_unset_nest_lock(&nested);
        omp_unset_nest_lock(&nested);
    }
    report("critical", counter == 5000L * threads);
    report("atomic", atomic == 10000L * threads);
    report("locks", locked == 5000L * threads);
    omp_set_lock(&lock);
    report("a held lock is not given again", !omp_test_lock(&lock));
    omp_unset_lock(&lock);

    int singles = 0;
    int masters = 0;
    int early = 0;
    std::vector<int> phase(threads, 0);
#pragma omp parallel
    for (int i = 1; i <= 300; ++i) {
        phase[omp_get_thread_num()] = i;
#pragma omp barrier
        for (const int other : phase) {
            if (other < i) {
#pragma omp atomic
                ++early;
            }
        }
#pragma omp single
        ++singles;
#pragma omp master
        ++masters;
#pragma omp barrier
    }
    report_number("early at a barrier", early);
    report_number("single", singles);
    report_number("master", masters);
    int done[3] = {};
#pragma omp parallel sections
    {
#pragma omp section
        done[0] = 1;
#pragma omp section
        done[1] = 2;
#pragma omp section
        done[2] = 3;
    }
    report_number("sections", done[0] + done[1] * 10 + done[2] * 100);
    omp_destroy_lock(&lock);
    omp_destroy_nest_lock(&nested);
    return report_end();
}
