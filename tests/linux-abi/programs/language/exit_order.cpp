// What runs at exit, and in which order: atexit handlers and static destructors
// in reverse of registration, then nothing of _exit's kind is skipped.
#include "../report.h"

#include <unistd.h>

namespace {
struct Static {
    const char* name;
    ~Static() { printf("destroy %s\n", name); }
};
Static global{"global"};
void first() {
    puts("atexit first");
}
void second() {
    puts("atexit second");
}
__attribute__((constructor)) void before() {
    puts("constructor function");
}
__attribute__((destructor)) void after() {
    puts("destructor function");
}
} // namespace

int main() {
    puts("main");
    atexit(first);
    static Static local{"local"};
    atexit(second);
    return 3;
}
