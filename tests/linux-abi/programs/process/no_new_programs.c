// Starting another program that is not there fails the same way everywhere, and we go on.
#include "../report.h"

#include <unistd.h>

int main(int argc, char** argv) {
    const char* path = report_path(report_scratch(argc, argv), "no-such-program");
    char* const words[] = {(char*)path, NULL};
    errno = 0;
    report("execve fails", execve(path, words, words + 1) == -1 && (errno == ENOENT || errno == ENOSYS));
    return report_end();
}
