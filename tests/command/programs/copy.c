// Copies a file, or its standard input, to its standard output.
#include <stdio.h>

int main(int count, char** words) {
    FILE* const from = count > 1 ? fopen(words[1], "rb") : stdin;
    if (!from) {
        perror(words[1]);
        return 1;
    }
    char piece[5000];
    for (size_t got; (got = fread(piece, 1, sizeof piece, from)) > 0;)
        if (fwrite(piece, 1, got, stdout) != got)
            return 1;
    return ferror(from) || fflush(stdout) != 0;
}
