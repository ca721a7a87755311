// Goes on for a while beside a program that crashes, sums up what it holds in memory, and writes the sum to the file
// that the argument names.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { words_count = 1 << 16, rounds = 20 };

int main(int count, char** words) {
    unsigned* held = malloc(words_count * sizeof *held);
    for (unsigned index = 0; index < words_count; ++index)
        held[index] = index;
    unsigned long sum = 0;
    for (int round = 0; round < rounds; ++round) {
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
        for (unsigned index = 0; index < words_count; ++index)
            sum += held[index];
    }
    FILE* file = fopen(count > 1 ? words[1] : "/share/survivor", "w");
    if (!file)
        return 1;
    fprintf(file, "%lu\n", sum);
    return fclose(file) == 0 ? 0 : 1;
}
