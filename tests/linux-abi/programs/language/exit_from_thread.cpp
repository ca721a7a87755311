// exit called by a thread ends the whole program with that status, while main sleeps.
#include "../report.h"

#include <thread>
#include <unistd.h>

int main() {
    std::thread([] {
        report("a thread calls exit(7)", 1);
        exit(7);
    }).detach();
    for (;;) {
        pause();
    }
}
