// The heap under a long random sequence of malloc, calloc, realloc and free, with
// every block's contents checked; then the aligned allocators and large blocks.
#include "../report.h"

#include <malloc.h>
#include <stdint.h>

enum { slots = 2000, steps = 300000 };

struct Block {
    unsigned char* bytes;
    size_t size;
    unsigned char mark;
};
static struct Block blocks[slots];

static uint64_t state = 88172645463325252u;
static uint64_t next_random(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static size_t random_size(void) {
    const uint64_t kind = next_random() % 100;
    return kind < 70 ? next_random() % 256 : kind < 98 ? next_random() % 16384 : next_random() % 400000;
}

static int intact(const struct Block* block) {
    for (size_t i = 0; i < block->size; i += i < 64 ? 1 : 97) {
        if (block->bytes[i] != block->mark) {
            return 0;
        }
    }
    return 1;
}

int main(void) {
    int ok = 1;
    int zeroed = 1;
    uint64_t total = 0;
    for (int step = 0; step < steps; ++step) {
        struct Block* block = &blocks[next_random() % slots];
        const size_t size = random_size();
        if (!block->bytes) {
            const int clean = next_random() % 2;
            block->bytes = clean ? calloc(1, size + 1) : malloc(size + 1);
            for (size_t i = 0; clean && i < size; ++i) {
                zeroed = zeroed && block->bytes[i] == 0;
            }
        } else {
            ok = ok && intact(block);
            if (next_random() % 3) {
                free(block->bytes);
                block->bytes = NULL;
                continue;
            }
            block->bytes = realloc(block->bytes, size + 1);
            const struct Block kept = {block->bytes, size < block->size ? size : block->size, block->mark};
            ok = ok && intact(&kept);
        }
        block->size = size;
        block->mark = (unsigned char)next_random();
        memset(block->bytes, block->mark, size);
        total += size;
    }
    report_number("bytes handed out", (long long)total);
    report("contents intact", ok);
    report("calloc is zero", zeroed);
    for (int i = 0; i < slots; ++i) {
        free(blocks[i].bytes);
    }
    malloc_trim(0);
    for (size_t alignment = 16; alignment <= 1 << 20; alignment *= 4) {
        void* block = NULL;
        report("aligned", posix_memalign(&block, alignment, 1000) == 0 && (uintptr_t)block % alignment == 0);
        free(block);
    }
    char* large = malloc(96u << 20);
    for (size_t i = 0; large && i < 96u << 20; i += 4096) {
        large[i] = (char)(i >> 12);
    }
    report("96 MiB", large && large[4096 * 77] == 77);
    large = realloc(large, 128u << 20);
    report("grown to 128 MiB", large && large[4096 * 77] == 77);
    free(large);
    volatile size_t impossible = (size_t)-1 / 2;
    errno = 0;
    report("too much is ENOMEM", malloc(impossible) == NULL && errno == ENOMEM);
    return report_end();
}
