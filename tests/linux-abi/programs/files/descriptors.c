// dup, dup2, dup3, fcntl: shared positions, separate flags, chosen numbers; many open files.
#include "../report.h"

#include <fcntl.h>
#include <unistd.h>

int main(int argc, char** argv) {
    const char* path = report_path(report_scratch(argc, argv), "file");
    const int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
    report("written", write(file, "abcdefghij", 10) == 10);
    const int copy = dup(file);
    lseek(file, 3, SEEK_SET);
    char byte = 0;
    report("a copy shares the position", read(copy, &byte, 1) == 1 && byte == 'd' && lseek(file, 0, SEEK_CUR) == 4);
    const int other = open(path, O_RDONLY);
    report("opened again it does not", read(other, &byte, 1) == 1 && byte == 'a');
    report("dup2 to a number", dup2(file, 50) == 50 && read(50, &byte, 1) == 1 && byte == 'e');
    report("dup2 over an open one", dup2(other, 50) == 50 && read(50, &byte, 1) == 1 && byte == 'b');
    report("dup2 to itself", dup2(file, file) == file);
    report_error("dup3 to itself", dup3(file, file, 0), EINVAL);
    report("dup3 with a flag", dup3(file, 51, O_CLOEXEC) == 51 && fcntl(51, F_GETFD) == FD_CLOEXEC);
    report("F_DUPFD", fcntl(file, F_DUPFD, 60) == 60 && fcntl(file, F_DUPFD, 60) == 61);
    report("F_DUPFD_CLOEXEC", fcntl(file, F_DUPFD_CLOEXEC, 70) == 70 && fcntl(70, F_GETFD) == FD_CLOEXEC);
    report("flags belong to the number", fcntl(copy, F_SETFD, FD_CLOEXEC) == 0 && fcntl(file, F_GETFD) == 0);
    report("status flags are shared", fcntl(copy, F_SETFL, O_APPEND) == 0 && (fcntl(file, F_GETFL) & O_APPEND));
    report("closing one leaves the other", close(copy) == 0 && lseek(file, 0, SEEK_SET) == 0);
    int opened = 0;
    int numbers[100];
    for (int i = 0; i < 100; ++i) {
        numbers[i] = open(path, O_RDONLY);
        opened += numbers[i] >= 0 && pread(numbers[i], &byte, 1, i % 10) == 1 && byte == 'a' + i % 10;
    }
    report_number("open at once", opened);
    for (int i = 0; i < 100; ++i) {
        close(numbers[i]);
    }
    report("and closed", open(path, O_RDONLY) == numbers[0]);
    return report_end();
}
