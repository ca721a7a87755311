// std::chrono: clocks advance, sleeps last long enough, durations and dates compute.
#include "../report.h"

#include <chrono>
#include <thread>

using namespace std::chrono_literals;
namespace chrono = std::chrono;

int main() {
    auto last = chrono::steady_clock::now();
    bool forward = true;
    for (int i = 0; i < 100000; ++i) {
        const auto now = chrono::steady_clock::now();
        forward = forward && now >= last;
        last = now;
    }
    report("steady_clock never goes back", forward);
    const auto start = chrono::steady_clock::now();
    std::this_thread::sleep_for(20ms);
    const auto slept = chrono::steady_clock::now() - start;
    report("sleep_for 20 ms takes 20 ms", slept >= 20ms);
    report("and less than 10 s", slept < 10s);
    const auto deadline = chrono::system_clock::now() + 15ms;
    std::this_thread::sleep_until(deadline);
    report("sleep_until", chrono::system_clock::now() >= deadline);
    report("it is after 2024", chrono::system_clock::now() > chrono::sys_days(chrono::year(2024) / 1 / 1));
    const auto day = chrono::sys_days(chrono::year(2024) / 2 / 28) + chrono::days(2);
    const chrono::year_month_day date(day);
    report("2024 is a leap year", date == chrono::year(2024) / 3 / 1);
    report_number("days since 1970", day.time_since_epoch().count());
    report("conversions", chrono::duration_cast<chrono::minutes>(7265s).count() == 121 && 1h + 1min == 3660s);
    return report_end();
}
