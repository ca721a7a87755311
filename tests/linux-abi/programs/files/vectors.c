// readv, writev and their positioned forms: many pieces, empty ones, too many.
#include "../report.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/uio.h>
#include <unistd.h>

int main(int argc, char** argv) {
    const int file = open(report_path(report_scratch(argc, argv), "file"), O_RDWR | O_CREAT | O_TRUNC, 0644);
    char first[] = "one ";
    char second[] = "two ";
    char third[] = "three";
    const struct iovec out[] = {{first, 4}, {NULL, 0}, {second, 4}, {third, 5}};
    report_number("writev", writev(file, out, 4));
    char a[3] = "";
    char b[6] = "";
    char c[20] = "";
    const struct iovec in[] = {{a, 2}, {b, 5}, {c, 19}};
    lseek(file, 0, SEEK_SET);
    report_number("readv", readv(file, in, 3));
    report_text("first", a);
    report_text("second", b);
    report_text("third", c);
    report_number("pwritev", pwritev(file, out, 3, 20));
    report_number("preadv", preadv(file, in, 2, 20));
    report_text("first", a);
    report("the position stays", lseek(file, 0, SEEK_CUR) == 13);
    static char bytes[IOV_MAX];
    static struct iovec many[IOV_MAX + 1];
    for (int i = 0; i < IOV_MAX; ++i) {
        bytes[i] = (char)('a' + i % 26);
        many[i] = (struct iovec){&bytes[i], 1};
    }
    report_number("as many as there may be", pwritev(file, many, IOV_MAX, 100));
    report("all in order", pread(file, c, 19, 126) == 19 && memcmp(c, "abcdefghijklmnopqrs", 19) == 0);
    report_error("one more", writev(file, many, IOV_MAX + 1), EINVAL);
    report_number("none", writev(file, out, 0));
    return report_end();
}
