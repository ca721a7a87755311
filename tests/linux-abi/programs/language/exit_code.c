// The status given to exit reaches whoever started the program.
#include "../report.h"

int main(void) {
    report("about to exit with 42", 1);
    exit(42);
}
