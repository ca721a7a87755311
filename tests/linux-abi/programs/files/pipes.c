// Pipes between threads: order, blocking when full and when empty, end of file, no blocking.
#include "../report.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

enum { total = 1 << 20 };
static int ends[2];

static void* writer(void* unused) {
    unsigned char buffer[5000];
    for (int sent = 0; sent < total;) {
        int size = sent % 4999 + 1;
        size = size < total - sent ? size : total - sent;
        for (int i = 0; i < size; ++i) {
            buffer[i] = (unsigned char)((sent + i) * 31 >> 3);
        }
        for (int done = 0; done < size;) {
            const long result = write(ends[1], buffer + done, (size_t)(size - done));
            if (result <= 0) {
                return NULL;
            }
            done += (int)result;
        }
        sent += size;
    }
    close(ends[1]);
    return unused;
}

int main(void) {
    report("pipe", pipe(ends) == 0);
    pthread_t thread;
    pthread_create(&thread, NULL, writer, NULL);
    unsigned char buffer[3333];
    int received = 0;
    int right = 1;
    long result = 0;
    while ((result = read(ends[0], buffer, sizeof buffer)) > 0) {
        for (long i = 0; i < result; ++i) {
            right = right && buffer[i] == (unsigned char)((received + i) * 31 >> 3);
        }
        received += (int)result;
    }
    pthread_join(thread, NULL);
    report_number("received", received);
    report("in order", right);
    report("then the end", result == 0);
    report("pipe2 without blocking", pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0 && fcntl(ends[0], F_GETFD) == FD_CLOEXEC);
    report_error("empty", read(ends[0], buffer, 1), EAGAIN);
    long filled = 0;
    while ((result = write(ends[1], buffer, 1024)) > 0) {
        filled += result;
    }
    report_error("full", result, EAGAIN);
    report("after 4 KiB at least", filled >= 4096);
    report("read again", read(ends[0], buffer, sizeof buffer) == sizeof buffer);
    return report_end();
}
