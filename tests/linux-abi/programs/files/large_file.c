// Eight MiB written in odd pieces, read back in others, checked by sum; then by threads at once.
#include "../report.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

enum { size = 8 << 20, parts = 4 };
static unsigned char* contents;
static int file;
static atomic_int right;

static void* check(void* part) {
    const intptr_t start = (intptr_t)part * (size / parts);
    static _Thread_local unsigned char buffer[100000];
    int ok = 1;
    for (intptr_t at = 0; at < size / parts;) {
        const intptr_t left = size / parts - at;
        const long result = pread(file, buffer, (size_t)(left < 77777 ? left : 77777), start + at);
        if (result <= 0) {
            return NULL;
        }
        ok = ok && memcmp(buffer, contents + start + at, (size_t)result) == 0;
        at += result;
    }
    right += ok;
    return NULL;
}

int main(int argc, char** argv) {
    file = open(report_path(report_scratch(argc, argv), "large"), O_RDWR | O_CREAT | O_TRUNC, 0644);
    contents = malloc(size);
    uint32_t state = 1;
    for (int i = 0; i < size; ++i) {
        state = state * 1664525 + 1013904223;
        contents[i] = (unsigned char)(state >> 24);
    }
    int at = 0;
    while (at < size) {
        const int piece = at % 300007 + 1;
        const long result = write(file, contents + at, (size_t)(piece < size - at ? piece : size - at));
        if (result <= 0) {
            break;
        }
        at += (int)result;
    }
    report_number("written", at);
    struct stat status;
    report("its size", fstat(file, &status) == 0 && status.st_size == size);
    unsigned char* back = malloc(size + 1);
    lseek(file, 0, SEEK_SET);
    long got = 0;
    long result = 0;
    while ((result = read(file, back + got, (size_t)(size + 1 - got))) > 0) {
        got += result;
    }
    report("read back the same", got == size && memcmp(back, contents, size) == 0);
    pthread_t threads[parts];
    for (intptr_t i = 0; i < parts; ++i) {
        pthread_create(&threads[i], NULL, check, (void*)i);
    }
    for (int i = 0; i < parts; ++i) {
        pthread_join(threads[i], NULL);
    }
    report_number("parts right, read by threads at once", right);
    return report_end();
}
