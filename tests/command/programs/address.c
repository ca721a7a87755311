// Prints the addresses of its interfaces, as `exo run --net` tells them.
#include <stdio.h>
#include <stdlib.h>

int main(void) {
    const char* addresses = getenv("EXO_IP");
    puts(addresses != NULL ? addresses : "none");
    return 0;
}
