// truncate and ftruncate, shrinking and growing; fallocate where it is; file size as seen by all.
#include "../report.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char** argv) {
    const char* path = report_path(report_scratch(argc, argv), "file");
    const int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
    struct stat status;
    char buffer[32];
    report("written", write(file, "0123456789", 10) == 10);
    report("shrunk", ftruncate(file, 4) == 0 && fstat(file, &status) == 0 && status.st_size == 4);
    report("grown", ftruncate(file, 10) == 0 && fstat(file, &status) == 0 && status.st_size == 10);
    report("zeros where it grew", pread(file, buffer, 10, 0) == 10 && memcmp(buffer, "0123\0\0\0\0\0\0", 10) == 0);
    report("by name", truncate(path, 100000) == 0 && fstat(file, &status) == 0 && status.st_size == 100000);
    report("the position stays", lseek(file, 0, SEEK_CUR) == 10);
    report_error("negative", ftruncate(file, -1), EINVAL);
    report_error("nothing there", truncate(report_path(argv[1], "nothing"), 0), ENOENT);
    report("synced", fsync(file) == 0 && fdatasync(file) == 0);
    return report_end();
}
