// A file mapped privately: its contents, from an offset, zero after its end, and
// writes that stay in memory.
#include "../report.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { page = 4096 };

int main(int argc, char** argv) {
    const int file = open(report_path(report_scratch(argc, argv), "mapped"), O_RDWR | O_CREAT | O_TRUNC, 0600);
    static unsigned char block[page];
    for (int i = 0; i < 3; ++i) {
        memset(block, 'a' + i, page);
        report("written", write(file, block, page) == page);
    }
    report("a tail", write(file, "tail", 4) == 4);
    unsigned char* whole = mmap(NULL, 3 * page + 4, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
    report("contents", whole != MAP_FAILED && whole[0] == 'a' && whole[page] == 'b' && whole[3 * page] == 't');
    report("zero after the end", whole[3 * page + 4] == 0 && whole[4 * page - 1] == 0);
    const unsigned char* second = mmap(NULL, page, PROT_READ, MAP_PRIVATE, file, page);
    report("from an offset", second != MAP_FAILED && second[0] == 'b' && second[page - 1] == 'b');
    whole[0] = 'X';
    unsigned char byte = 0;
    report("writes are private", pread(file, &byte, 1, 0) == 1 && byte == 'a' && whole[0] == 'X');
    report_error("an offset off a page", (long)mmap(NULL, page, PROT_READ, MAP_PRIVATE, file, 100), EINVAL);
    close(file);
    report("the mapping outlives the descriptor", whole[page] == 'b' && munmap(whole, 3 * page + 4) == 0);
    return report_end();
}
