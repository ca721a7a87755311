// thread_local: each thread its own, constructed on first use, destroyed at its end;
// and the initial values of plain TLS data come from the program's image.
#include "../report.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace {

std::atomic<int> constructed{0};
std::atomic<int> destroyed{0};

struct Counted {
    std::string text = "fresh";
    Counted() { ++constructed; }
    ~Counted() { ++destroyed; }
};

thread_local Counted object;
thread_local int plain = 1234;
thread_local int zeroed[1000];
alignas(64) thread_local char aligned[64];

} // namespace

int main() {
    std::atomic<int> right{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
            bool ok = plain == 1234 && object.text == "fresh";
            for (const int value : zeroed) {
                ok = ok && value == 0;
            }
            ok = ok && reinterpret_cast<std::uintptr_t>(aligned) % 64 == 0;
            plain = t;
            object.text = std::to_string(t);
            zeroed[t] = t;
            std::this_thread::yield();
            ok = ok && plain == t && object.text == std::to_string(t);
            right += ok;
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    report_number("threads with their own", right);
    report_number("constructed", constructed);
    report_number("destroyed", destroyed);
    report("main is untouched", plain == 1234 && object.text == "fresh");
    return report_end();
}
