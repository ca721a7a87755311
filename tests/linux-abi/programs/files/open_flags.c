// open: creating, excluding, truncating, appending, close-on-exec, lowest number first.
#include "../report.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char* path;
static off_t size(void) {
    struct stat status;
    return stat(path, &status) == 0 ? status.st_size : -1;
}

int main(int argc, char** argv) {
    path = report_path(report_scratch(argc, argv), "file");
    umask(022);
    report_error("without O_CREAT", open(path, O_RDWR), ENOENT);
    int file = open(path, O_RDWR | O_CREAT | O_EXCL, 0666);
    report("created", file >= 0);
    struct stat status;
    fstat(file, &status);
    printf("mode %o\n", status.st_mode & 0777);
    report_error("O_EXCL again", open(path, O_RDWR | O_CREAT | O_EXCL, 0666), EEXIST);
    report("the lowest number", dup(file) == file + 1 && close(file + 1) == 0);
    report("written", write(file, "0123456789", 10) == 10);
    close(file);
    file = open(path, O_WRONLY);
    report("opening keeps the contents", write(file, "ab", 2) == 2 && size() == 10);
    close(file);
    file = open(path, O_WRONLY | O_APPEND);
    report("O_APPEND writes at the end", write(file, "cd", 2) == 2 && size() == 12);
    lseek(file, 0, SEEK_SET);
    report("wherever the position is", write(file, "ef", 2) == 2 && size() == 14);
    const int second = open(path, O_WRONLY | O_APPEND);
    report("two of them in turn", write(second, "gh", 2) == 2 && write(file, "ij", 2) == 2 && size() == 18);
    close(second);
    close(file);
    char buffer[32] = "";
    file = open(path, O_RDONLY | O_CLOEXEC);
    report_number("read", read(file, buffer, sizeof buffer));
    report_text("contents", buffer);
    report("close-on-exec is set", fcntl(file, F_GETFD) == FD_CLOEXEC);
    report("access mode", (fcntl(file, F_GETFL) & O_ACCMODE) == O_RDONLY);
    close(file);
    file = open(path, O_WRONLY | O_TRUNC);
    report("O_TRUNC", file >= 0 && size() == 0);
    close(file);
    file = creat(path, 0600);
    report("creat", file >= 0 && close(file) == 0);
    report("unlinked while open", (file = open(path, O_RDWR)) >= 0 && unlink(path) == 0);
    report("can still be used", write(file, "x", 1) == 1 && pread(file, buffer, 1, 0) == 1 && buffer[0] == 'x');
    report("but is not there", access(path, F_OK) == -1 && errno == ENOENT);
    return report_end();
}
