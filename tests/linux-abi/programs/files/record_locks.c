// Locks of ranges of a file: of open file descriptions, of the process, cut, joined, converted and waited for.
#include "../report.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

static struct flock range(short type, off_t start, off_t length) {
    return (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
}

static int lock(int fd, int command, short type, off_t start, off_t length) {
    struct flock wanted = range(type, start, length);
    return fcntl(fd, command, &wanted);
}

// What stands in the way of a lock for writing.
static void report_holder(const char* what, int fd, int command, off_t start, off_t length) {
    struct flock found = range(F_WRLCK, start, length);
    if (fcntl(fd, command, &found) != 0)
        printf("%s: an error\n", what);
    else if (found.l_type == F_UNLCK)
        printf("%s: nobody\n", what);
    else
        printf("%s: %s from %ld on, %ld long, of %s\n", what, found.l_type == F_WRLCK ? "for writing" : "for reading",
               (long)found.l_start, (long)found.l_len,
               found.l_pid == -1         ? "a description"
               : found.l_pid == getpid() ? "this process"
                                         : "another");
}

static void* wait_for_all(void* fd) {
    return (void*)(long)lock(*(int*)fd, F_OFD_SETLKW, F_WRLCK, 0, 0);
}

int main(int argc, char** argv) {
    const char* path = report_path(report_scratch(argc, argv), "file");
    int one = open(path, O_RDWR | O_CREAT, 0644), two = open(path, O_RDWR);
    report("a size", ftruncate(one, 1000) == 0);

    report("a range for writing", lock(one, F_OFD_SETLK, F_WRLCK, 10, 10) == 0);
    report_error("another's in the middle of it", lock(two, F_OFD_SETLK, F_RDLCK, 15, 1), EAGAIN);
    report("another's behind it", lock(two, F_OFD_SETLK, F_RDLCK, 20, 5) == 0);
    report("another's before it", lock(two, F_OFD_SETLK, F_WRLCK, 0, 10) == 0);
    report_holder("who has it", two, F_OFD_GETLK, 0, 0);
    report_holder("who has what is before", one, F_OFD_GETLK, 0, 0);
    report_holder("its owner sees the others alone", one, F_OFD_GETLK, 10, 10);

    report("a part is for reading", lock(one, F_OFD_SETLK, F_RDLCK, 12, 3) == 0);
    report("and read by another", lock(two, F_OFD_SETLK, F_RDLCK, 13, 1) == 0);
    report_error("but not written", lock(two, F_OFD_SETLK, F_WRLCK, 13, 1), EAGAIN);
    report_holder("what is left before it", two, F_OFD_GETLK, 10, 1);
    report_holder("the part", two, F_OFD_GETLK, 12, 1);
    report_holder("what is left behind it", two, F_OFD_GETLK, 15, 1);

    report("neighbours", lock(one, F_OFD_SETLK, F_WRLCK, 30, 5) == 0 && lock(one, F_OFD_SETLK, F_WRLCK, 35, 5) == 0);
    report_holder("are one", two, F_OFD_GETLK, 37, 1);
    report("cut in two", lock(one, F_OFD_SETLK, F_UNLCK, 32, 2) == 0);
    report_holder("the first", two, F_OFD_GETLK, 30, 10);
    report_holder("the second", two, F_OFD_GETLK, 32, 10);

    report_error("the process' own meets them", lock(two, F_SETLK, F_WRLCK, 30, 1), EAGAIN);
    report("the process' own elsewhere", lock(two, F_SETLK, F_WRLCK, 100, 10) == 0);
    report("has one owner", lock(one, F_SETLK, F_WRLCK, 105, 10) == 0);
    report_holder("who has it", one, F_OFD_GETLK, 100, 1);
    report_error("a description meets it", lock(one, F_OFD_SETLK, F_RDLCK, 100, 1), EAGAIN);
    report("a copy is closed", close(dup(two)) == 0);
    report_holder("then it is gone", one, F_OFD_GETLK, 100, 20);
    report_holder("those of descriptions are not", two, F_OFD_GETLK, 30, 1);

    struct flock odd = range(F_WRLCK, -100, 50);
    odd.l_whence = SEEK_END;
    report("counted from the end", fcntl(one, F_OFD_SETLK, &odd) == 0);
    report_holder("is there", two, F_OFD_GETLK, 500, 0);
    report("counted backwards", lock(one, F_OFD_SETLK, F_WRLCK, 500, -20) == 0);
    report_holder("is there", two, F_OFD_GETLK, 450, 60);
    report("all there will be", lock(one, F_OFD_SETLK, F_WRLCK, 2000, 0) == 0);
    report_holder("is there", two, F_OFD_GETLK, 1L << 40, 1);
    odd = range(F_WRLCK, 0, 1);
    odd.l_pid = 1;
    report_error("a description is no process", fcntl(one, F_OFD_SETLK, &odd), EINVAL);
    report_error("before the beginning", lock(one, F_SETLK, F_WRLCK, -1, 1), EINVAL);
    report_error("backwards before the beginning", lock(one, F_SETLK, F_WRLCK, 5, -6), EINVAL);
    report_error("beyond all", lock(one, F_SETLK, F_WRLCK, 0x7ffffffffffffff0L, 100), EOVERFLOW);
    report_error("no such type", lock(one, F_SETLK, 7, 0, 1), EINVAL);
    report_error("who would not have it", lock(one, F_GETLK, F_UNLCK, 0, 1), EINVAL);
    int reader = open(path, O_RDONLY);
    report_error("for writing by a reader", lock(reader, F_OFD_SETLK, F_WRLCK, 700, 1), EBADF);

    pthread_t waiter;
    void* result = (void*)1;
    pthread_create(&waiter, NULL, wait_for_all, &two);
    usleep(20000);
    report("closing gives back", close(one) == 0 && pthread_join(waiter, &result) == 0 && result == NULL);
    report_holder("who waited has it", reader, F_OFD_GETLK, 0, 0);
    return report_end();
}
