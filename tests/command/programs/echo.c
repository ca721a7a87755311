// Prints its arguments and two of its variables in one line, and ends with a status of its own.
#include <stdio.h>
#include <stdlib.h>

int main(int count, char** words) {
    for (int index = 0; index < count; ++index)
        printf("%s|", words[index]);
    const char* empty = getenv("EMPTY");
    printf("GIVEN=%s|EMPTY=%s\n", getenv("GIVEN"), empty ? empty : "not there");
    fprintf(stderr, "to stderr\n");
    return 7;
}
