// /proc/self: the program's own file, its mappings, its status, as libraries read them.
#include "../report.h"

#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

static int variable;

int main(int argc, char** argv) {
    (void)argc;
    char target[4096];
    const long length = readlink("/proc/self/exe", target, sizeof target - 1);
    report("exe is a link", length > 0);
    target[length > 0 ? length : 0] = 0;
    const char* name = strrchr(target, '/');
    const char* own = strrchr(argv[0], '/');
    report("to a file of our name", name && strcmp(name + 1, own ? own + 1 : argv[0]) == 0);
    const int file = open("/proc/self/exe", O_RDONLY);
    unsigned char head[4] = {0};
    report("that can be read and is ELF", file >= 0 && read(file, head, 4) == 4 && memcmp(head, ELFMAG, 4) == 0);

    FILE* maps = fopen("/proc/self/maps", "r");
    report("maps", maps != NULL);
    char line[1024];
    int code = 0;
    int data = 0;
    int stack = 0;
    int heap_end = 0;
    int ordered = 1;
    unsigned long last = 0;
    char* block = malloc(1 << 20);
    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long start = 0;
        unsigned long end = 0;
        char rights[5] = "";
        if (sscanf(line, "%lx-%lx %4s", &start, &end, rights) != 3) {
            report("a line of maps", 0);
            continue;
        }
        ordered = ordered && start >= last && end > start;
        last = end;
        const uintptr_t places[] = {(uintptr_t)&main, (uintptr_t)&variable, (uintptr_t)line, (uintptr_t)block};
        code |= places[0] >= start && places[0] < end && rights[0] == 'r' && rights[2] == 'x';
        data |= places[1] >= start && places[1] < end && strncmp(rights, "rw-p", 4) == 0;
        stack |= places[2] >= start && places[2] < end && strncmp(rights, "rw", 2) == 0;
        heap_end |= places[3] >= start && places[3] < end && strncmp(rights, "rw", 2) == 0;
    }
    report("ordered, not overlapping", ordered);
    report("has our code", code);
    report("has our data", data);
    report("has our stack", stack);
    report("has our heap", heap_end);
    char command[256];
    FILE* words = fopen("/proc/self/cmdline", "r");
    report("cmdline starts with our name",
           words && fread(command, 1, sizeof command - 1, words) > 0 && strncmp(command, argv[0], sizeof command) == 0);
    free(block);
    return report_end();
}
