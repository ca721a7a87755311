// lseek, pread, pwrite, and holes that read as zeros.
#include "../report.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char** argv) {
    const int file = open(report_path(report_scratch(argc, argv), "file"), O_RDWR | O_CREAT | O_TRUNC, 0644);
    char buffer[64];
    report("pwrite", pwrite(file, "hello", 5, 100) == 5);
    report_number("the position stays", lseek(file, 0, SEEK_CUR));
    report_number("the end", lseek(file, 0, SEEK_END));
    report_number("from the end", lseek(file, -3, SEEK_END));
    report("read there", read(file, buffer, 64) == 3 && memcmp(buffer, "llo", 3) == 0);
    report("at the end", read(file, buffer, 64) == 0);
    report("the hole is zero", pread(file, buffer, 10, 50) == 10 && buffer[0] == 0 && buffer[9] == 0);
    report("pread over the edge", pread(file, buffer, 10, 98) == 7 && buffer[2] == 'h');
    report("pread beyond", pread(file, buffer, 10, 1000) == 0);
    report_number("seek far beyond", lseek(file, 1 << 20, SEEK_SET));
    struct stat status;
    report("does not grow the file", fstat(file, &status) == 0 && status.st_size == 105);
    report("writing does", write(file, "end", 3) == 3 && fstat(file, &status) == 0 && status.st_size == (1 << 20) + 3);
    report("zero between", pread(file, buffer, 64, 500000) == 64 && buffer[0] == 0 && buffer[63] == 0);
    report("relative",
           lseek(file, 0, SEEK_SET) == 0 && lseek(file, 10, SEEK_CUR) == 10 && lseek(file, -4, SEEK_CUR) == 6);
    report("beyond 4 GiB", lseek(file, 1LL << 33, SEEK_SET) == 1LL << 33);
    report("nothing to read, nothing to write", read(file, buffer, 0) == 0 && write(file, buffer, 0) == 0);
    return report_end();
}
