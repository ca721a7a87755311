// What stat says: kinds, sizes, links, modes; by descriptor, by name, of standard output.
#include "../report.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int main(int argc, char** argv) {
    const char* scratch = report_scratch(argc, argv);
    struct stat one;
    struct stat two;
    umask(0);
    const int file = open(report_path(scratch, "file"), O_RDWR | O_CREAT | O_TRUNC, 0640);
    report("written", write(file, "12345", 5) == 5);
    report("fstat", fstat(file, &one) == 0);
    report("a regular file of 5 bytes", S_ISREG(one.st_mode) && one.st_size == 5);
    printf("mode %o, links %d\n", one.st_mode & 07777, (int)one.st_nlink);
    report("stat is the same file", stat(report_path(scratch, "file"), &two) == 0 && one.st_ino == two.st_ino &&
                                        one.st_dev == two.st_dev && one.st_size == two.st_size);
    report("chmod",
           chmod(report_path(scratch, "file"), 0600) == 0 && fstat(file, &one) == 0 && (one.st_mode & 0777) == 0600);
    report("fchmod", fchmod(file, 0751) == 0 && fstat(file, &one) == 0 && (one.st_mode & 0777) == 0751);
    report("mkdir",
           mkdir(report_path(scratch, "folder"), 0755) == 0 && stat(report_path(scratch, "folder"), &two) == 0);
    report("a directory, another file", S_ISDIR(two.st_mode) && two.st_ino != one.st_ino);
    report("a block size and blocks", one.st_blksize > 0 && one.st_blocks >= 0);
    report("by descriptor of a directory",
           fstatat(open(scratch, O_RDONLY | O_DIRECTORY), "file", &two, 0) == 0 && two.st_ino == one.st_ino);
    struct statx extended;
    report("statx", statx(AT_FDCWD, report_path(scratch, "file"), 0, STATX_BASIC_STATS, &extended) == 0 &&
                        extended.stx_size == 5 && extended.stx_ino == one.st_ino);
    report("an empty path is the descriptor", fstatat(file, "", &two, AT_EMPTY_PATH) == 0 && two.st_ino == one.st_ino);
    report("standard output can be asked", fstat(1, &two) == 0);
    report("/ is a directory", stat("/", &two) == 0 && S_ISDIR(two.st_mode));
    report("/dev/null is a character device", stat("/dev/null", &two) == 0 && S_ISCHR(two.st_mode));
    return report_end();
}
