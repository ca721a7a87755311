// mkstemp, mkdtemp and the write-then-rename that makes a file appear complete.
#include "../report.h"

#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char** argv) {
    char name[600];
    snprintf(name, sizeof name, "%s/temporary-XXXXXX", report_scratch(argc, argv));
    const int file = mkstemp(name);
    struct stat status;
    report("mkstemp", file >= 0 && strstr(name, "XXXXXX") == NULL);
    report("for the owner only", fstat(file, &status) == 0 && (status.st_mode & 0777) == 0600);
    report("written", write(file, "complete", 8) == 8 && fsync(file) == 0 && close(file) == 0);
    report("renamed", rename(name, report_path(argv[1], "final")) == 0);
    report("complete", stat(report_path(argv[1], "final"), &status) == 0 && status.st_size == 8);
    snprintf(name, sizeof name, "%s/folder-XXXXXX", argv[1]);
    report("mkdtemp", mkdtemp(name) == name && stat(name, &status) == 0 && S_ISDIR(status.st_mode));
    return report_end();
}
