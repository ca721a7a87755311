// A file mapped shared, twice, read and written: each sees what the others did, at once.
#define _GNU_SOURCE
#include "../report.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { page = 4096, pages = 40 };

static unsigned char block[page];

static unsigned char* map_shared(int file, int rights, size_t bytes, off_t offset) {
    void* at = mmap(NULL, bytes, rights, MAP_SHARED, file, offset);
    return at == MAP_FAILED ? NULL : at;
}

static int read_byte(int file, off_t at) {
    unsigned char byte = 0;
    return pread(file, &byte, 1, at) == 1 ? byte : -1;
}

static void between_mappings(int file, int reader) {
    unsigned char* first = map_shared(file, PROT_READ | PROT_WRITE, pages * page, 0);
    unsigned char* second = map_shared(file, PROT_READ | PROT_WRITE, 4 * page, 2 * page);
    unsigned char* watching = map_shared(reader, PROT_READ, pages * page, 0);
    report("three mappings", first && second && watching);
    first[2 * page + 7] = 'x';
    report("a store is seen by another mapping", second[7] == 'x' && watching[2 * page + 7] == 'x');
    second[3 * page] = 'y';
    report("and the other way round", first[5 * page] == 'y' && watching[5 * page] == 'y');
    report("a read sees it without msync", read_byte(reader, 5 * page) == 'y' && read_byte(file, 2 * page + 7) == 'x');
    report("a write is seen by mappings", pwrite(file, "hello", 5, 4 * page - 2) == 5 &&
                                              memcmp(second + 2 * page - 2, "hello", 5) == 0 &&
                                              memcmp(watching + 4 * page - 2, "hello", 5) == 0);
    const unsigned char* copy = mmap(NULL, page, PROT_READ, MAP_PRIVATE, file, 2 * page);
    report("a private mapping begins with what was stored", copy != MAP_FAILED && copy[7] == 'x');
    first[2 * page + 8] = 'z';
    report("and a write beside it loses nothing",
           pwrite(reader, "w", 1, 0) == -1 && pwrite(file, "w", 1, 2 * page) == 1 && first[2 * page + 8] == 'z' &&
               read_byte(file, 2 * page + 8) == 'z');
    report("unmapped in the middle", munmap(first + 10 * page, 5 * page) == 0);
    first[9 * page] = 'l', first[15 * page] = 'r';
    report("both sides stay", watching[9 * page] == 'l' && watching[15 * page] == 'r');
    report("all unmapped",
           munmap(first, pages * page) == 0 && munmap(second, 4 * page) == 0 && munmap(watching, pages * page) == 0);
    report("the file has it", read_byte(file, 9 * page) == 'l' && read_byte(file, 15 * page) == 'r' &&
                                  read_byte(file, 2 * page + 8) == 'z');
}

static void sizes(int file) {
    unsigned char* at = map_shared(file, PROT_READ | PROT_WRITE, pages * page, 0);
    at[page + 100] = 'k', at[page + 300] = 'g';
    report("shorter", ftruncate(file, page + 200) == 0 && at[page + 100] == 'k');
    report("longer again", ftruncate(file, pages * page) == 0 && at[page + 300] == 0 && at[8 * page] == 0 &&
                               read_byte(file, page + 300) == 0);
    at[8 * page] = 'n';
    report("stores behind the old end count", read_byte(file, 8 * page) == 'n');
    report("a hole",
           fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 8 * page, page) != 0 || at[8 * page] == 0);
    report("appended", lseek(file, 0, SEEK_END) == pages * page && write(file, "tail", 4) == 4);
    unsigned char* end = map_shared(file, PROT_READ | PROT_WRITE, page, pages * page);
    report("a page that is there in part", end && memcmp(end, "tail", 5) == 0);
    end[10] = 'q'; // behind the end of the file: nobody's
    struct stat found;
    report("a store there does not lengthen it",
           msync(end, page, MS_SYNC) == 0 && fstat(file, &found) == 0 && found.st_size == pages * page + 4);
    munmap(end, page);
    munmap(at, pages * page);
}

static void moves(int file) {
    unsigned char* at = map_shared(file, PROT_READ | PROT_WRITE, 2 * page, 0);
    unsigned char* other = map_shared(file, PROT_READ | PROT_WRITE, pages * page, 0);
    at[0] = 'm';
    at = mremap(at, 2 * page, 20 * page, MREMAP_MAYMOVE);
    report("grown", at != MAP_FAILED && at[0] == 'm');
    at[19 * page] = 'o';
    report("what it grew by is the file's", other[19 * page] == 'o');
    at = mremap(at, 20 * page, page, 0);
    at[1] = 's';
    report("shrunk", at != MAP_FAILED && other[1] == 's');
    report("protected", mprotect(other, page, PROT_READ) == 0 && other[1] == 's' &&
                            mprotect(other, page, PROT_READ | PROT_WRITE) == 0);
    report("advice drops nothing",
           madvise(other, pages * page, MADV_DONTNEED) == 0 && other[1] == 's' && other[19 * page] == 'o');
    munmap(at, page);
    munmap(other, pages * page);
}

static void without_a_name(const char* path) {
    const int file = open(path, O_RDWR);
    unsigned char* at = map_shared(file, PROT_READ | PROT_WRITE, page, 0);
    report("unlinked and closed", unlink(path) == 0 && close(file) == 0);
    at[0] = 'u';
    report("it stays as long as it is mapped", at[0] == 'u' && msync(at, page, MS_SYNC) == 0 && munmap(at, page) == 0);
}

int main(int argc, char** argv) {
    const char* path = report_path(report_scratch(argc, argv), "coherent");
    const int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    for (int i = 0; i < pages; ++i) {
        memset(block, 'a' + i % 26, page);
        report_failures += write(file, block, page) != page;
    }
    const int reader = open(path, O_RDONLY);
    between_mappings(file, reader);
    sizes(file);
    moves(file);
    report_error("a file that cannot be written", (long)mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, reader, 0),
                 EACCES);
    report("synced", fsync(file) == 0);
    close(reader);
    close(file);
    without_a_name(path);
    return report_end();
}
