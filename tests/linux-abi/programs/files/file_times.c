// Times of files: writing moves them on, they can be set, and they are ordered.
#include "../report.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static long long modified(const char* path) {
    struct stat status;
    return stat(path, &status) == 0 ? status.st_mtim.tv_sec * 1000000000LL + status.st_mtim.tv_nsec : -1;
}

int main(int argc, char** argv) {
    const char* first = report_path(report_scratch(argc, argv), "first");
    const char* second = report_path(argv[1], "second");
    int file = open(first, O_WRONLY | O_CREAT, 0644);
    report("written", write(file, "x", 1) == 1 && close(file) == 0);
    usleep(30000);
    file = open(second, O_WRONLY | O_CREAT, 0644);
    report("written", write(file, "x", 1) == 1 && close(file) == 0);
    report("the later file is later", modified(second) > modified(first));
    const long long before = modified(first);
    usleep(30000);
    file = open(first, O_WRONLY);
    report("written again", write(file, "y", 1) == 1 && close(file) == 0);
    report("its time moved on", modified(first) > before);
    const struct timespec times[2] = {{1000000000, 0}, {1234567890, 123000000}};
    report("utimensat", utimensat(AT_FDCWD, first, times, 0) == 0);
    struct stat status;
    stat(first, &status);
    report_number("seconds", status.st_mtim.tv_sec);
    report_number("milliseconds", status.st_mtim.tv_nsec / 1000000);
    report_number("last access", status.st_atim.tv_sec);
    const struct timespec partly[2] = {{0, UTIME_OMIT}, {0, UTIME_NOW}};
    file = open(first, O_RDWR);
    report("futimens", futimens(file, partly) == 0 && fstat(file, &status) == 0);
    report("one set to now, one left", status.st_mtim.tv_sec > 1234567890 && status.st_atim.tv_sec == 1000000000);
    report("a change later than the setting", status.st_ctim.tv_sec >= status.st_mtim.tv_sec - 1);
    return report_end();
}
