// argc, argv and the auxiliary vector as the start-up code hands them over.
#include "../report.h"

#include <elf.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <unistd.h>

int main(int argc, char** argv) {
    report_number("argc", argc);
    for (int i = 2; i < argc; ++i) {
        report_text("argument", argv[i]);
    }
    report("argv ends with a null", argv[argc] == NULL);
    report("argv[0] is there", argv[0] != NULL && argv[0][0] != 0);
    report("AT_PAGESZ", getauxval(AT_PAGESZ) == 4096 && sysconf(_SC_PAGESIZE) == 4096);
    report("AT_PHDR, AT_PHENT, AT_PHNUM",
           getauxval(AT_PHDR) && getauxval(AT_PHENT) == sizeof(Elf64_Phdr) && getauxval(AT_PHNUM) > 0);
    report("AT_ENTRY", getauxval(AT_ENTRY) != 0);
    const unsigned char* random = (const unsigned char*)getauxval(AT_RANDOM);
    int bits = 0;
    for (int i = 0; random && i < 16; ++i) {
        bits |= random[i];
    }
    report("AT_RANDOM", random && bits);
    report("AT_SECURE is off", getauxval(AT_SECURE) == 0);
    report("the stack is aligned", ((uintptr_t)__builtin_frame_address(0) & 15) == 0);
    return report_end();
}
