// Pointers that lead nowhere, given to system calls: EFAULT, and the program lives on.
#include "../report.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char** argv) {
    const char* scratch = report_scratch(argc, argv);
    void* volatile nowhere = (void*)16;
    void* volatile kernel = (void*)0xffffffff80000000u;
    char* volatile read_only = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const int file = open(report_path(scratch, "file"), O_RDWR | O_CREAT | O_TRUNC, 0644);
    report("a file", file >= 0 && write(file, "contents", 8) == 8);
    report_error("write from nowhere", write(file, nowhere, 8), EFAULT);
    report_error("write from the kernel half", write(file, kernel, 8), EFAULT);
    report_error("read to nowhere", pread(file, nowhere, 8, 0), EFAULT);
    report_error("read to the kernel half", pread(file, kernel, 8, 0), EFAULT);
    report_error("read to what is read only", pread(file, read_only, 8, 0), EFAULT);
    report_error("a path from nowhere", open(nowhere, O_RDONLY), EFAULT);
    report_error("stat to nowhere", syscall(SYS_newfstatat, AT_FDCWD, scratch, nowhere, 0), EFAULT);
    report_error("the time to nowhere", syscall(SYS_clock_gettime, CLOCK_REALTIME, nowhere), EFAULT);
    report_error("a sleep from nowhere", syscall(SYS_nanosleep, nowhere, NULL), EFAULT);
    report_error("vectors from nowhere", syscall(SYS_writev, file, nowhere, 1), EFAULT);
    report_error("pipe ends to nowhere", syscall(SYS_pipe2, nowhere, 0), EFAULT);
    report_error("uname to nowhere", syscall(SYS_uname, nowhere), EFAULT);
    report_error("a futex nowhere", syscall(SYS_futex, nowhere, 128, 0, NULL, NULL, 0), EFAULT);
    struct stat status;
    report("the file is unchanged", fstat(file, &status) == 0 && status.st_size == 8);
    return report_end();
}
