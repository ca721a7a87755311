// access: is it there, may it be read; relative to a directory.
#include "../report.h"

#include <fcntl.h>
#include <unistd.h>

int main(int argc, char** argv) {
    const char* scratch = report_scratch(argc, argv);
    close(open(report_path(scratch, "file"), O_WRONLY | O_CREAT, 0644));
    report("is there", access(report_path(scratch, "file"), F_OK) == 0);
    report("may be read and written", access(report_path(scratch, "file"), R_OK | W_OK) == 0);
    report("a directory may be searched", access(scratch, R_OK | X_OK) == 0);
    report_error("is not there", access(report_path(scratch, "nothing"), F_OK), ENOENT);
    report_error("a file that nobody may run", access(report_path(scratch, "file"), X_OK), EACCES);
    const int folder = open(scratch, O_RDONLY | O_DIRECTORY);
    report("relative", faccessat(folder, "file", R_OK, 0) == 0);
    report_error("relative to a file", faccessat(open(report_path(scratch, "file"), O_RDONLY), "x", R_OK, 0), ENOTDIR);
    report_error("no such mode", access(scratch, 64), EINVAL);
    return report_end();
}
