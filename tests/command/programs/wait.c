// Says that it is there, and then waits, asleep or spinning, for somebody to end it.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int count, char** words) {
    puts("waiting");
    fflush(stdout);
    const int spins = count > 1 && strcmp(words[1], "spin") == 0;
    for (volatile unsigned long turns = 0;; ++turns)
        if (!spins)
            pause();
}
