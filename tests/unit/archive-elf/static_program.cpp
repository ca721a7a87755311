// A small static program; the ELF reader's test reads its file and nobody runs it.
#include <cstdio>

thread_local int counter = 1;

int main() {
    return std::printf("%d\n", counter) < 0;
}
