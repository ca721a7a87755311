// Errors of everyday calls with bad arguments.
#include "../report.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

int main(int argc, char** argv) {
    const char* scratch = report_scratch(argc, argv);
    char byte = 0;
    struct stat status;
    report_error("close", close(-1), EBADF);
    report_error("close of none", close(999), EBADF);
    report_error("read", read(999, &byte, 1), EBADF);
    report_error("write", write(999, &byte, 1), EBADF);
    report_error("fstat", fstat(999, &status), EBADF);
    report_error("lseek", lseek(999, 0, SEEK_SET), EBADF);
    report_error("dup", dup(999), EBADF);
    report_error("dup2 out of range", dup2(1, -1), EBADF);
    report_error("fcntl", fcntl(999, F_GETFD), EBADF);
    report_error("open nothing", open(report_path(scratch, "nothing"), O_RDONLY), ENOENT);
    report_error("open an empty name", open("", O_RDONLY), ENOENT);
    report_error("stat", stat(report_path(scratch, "nothing/below"), &status), ENOENT);
    const int file = open(report_path(scratch, "file"), O_RDWR | O_CREAT, 0644);
    report("a file", file >= 0);
    report_error("below a file", open(report_path(scratch, "file/below"), O_RDONLY), ENOTDIR);
    report_error("a file as a directory", open(report_path(scratch, "file"), O_RDONLY | O_DIRECTORY), ENOTDIR);
    report_error("writing a directory", open(scratch, O_WRONLY), EISDIR);
    report_error("no such origin", lseek(file, 0, 99), EINVAL);
    report_error("before the start", lseek(file, -1, SEEK_SET), EINVAL);
    report_error("a negative offset", pread(file, &byte, 1, -1), EINVAL);
    report_error("not a terminal", ioctl(file, TIOCGWINSZ, &status), ENOTTY);
    int ends[2];
    report("pipe", pipe(ends) == 0);
    report_error("a pipe has no position", lseek(ends[0], 0, SEEK_SET), ESPIPE);
    report_error("writing the reading end", write(ends[0], &byte, 1), EBADF);
    report_error("reading the writing end", read(ends[1], &byte, 1), EBADF);
    signal(SIGPIPE, SIG_IGN);
    close(ends[0]);
    report_error("nobody reads", write(ends[1], &byte, 1), EPIPE);
    const int only = open(report_path(scratch, "file"), O_RDONLY);
    report_error("writing what was opened to read", write(only, &byte, 1), EBADF);
    report_error("truncating it", ftruncate(only, 0), EINVAL);
    char long_name[300];
    memset(long_name, 'n', sizeof long_name - 1);
    long_name[299] = 0;
    report_error("a name too long", open(report_path(scratch, long_name), O_RDONLY), ENAMETOOLONG);
    return report_end();
}
