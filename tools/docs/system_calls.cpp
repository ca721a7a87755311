// Prints docs/system-calls.md from the tables of secure-bindings/abi: calls, errors and rights.
// The page in the tree must be what this prints; a test compares them.
#include "secure-bindings/abi/call_numbers.hpp"

#include <iostream>

int main() {
    std::cout << "# System calls\n\n"
                 "Made by `tools/docs` from `secure-bindings/abi/syscalls.def`, `errors.def` and `rights.def`; do not "
                 "edit.\n\n"
                 "The number is in `eax`, from "
              << "0x" << std::hex << exo::call_base << std::dec
              << " on; arguments in `rdi rsi rdx r10 r8 r9`; the result in `rax`, a negated error when negative.\n"
                 "`rcx` and `r11` are lost, every other register is kept. Any other `syscall` is reflected to the "
                 "library OS.\n\n"
                 "| number | call | rights needed | errors |\n| --- | --- | --- | --- |\n";
#define EXO_CALL(number, name, parameters, arguments, rights, errors)                                                  \
    std::cout << "| " << number << " | `" #name #parameters "` | " << rights << " | " << errors << " |\n";
#include "secure-bindings/abi/syscalls.def"
#undef EXO_CALL
    std::cout << "\n## Errors\n\n| number | name | meaning |\n| --- | --- | --- |\n";
#define EXO_ERROR(number, name, meaning) std::cout << "| " << number << " | `" #name "` | " << meaning << " |\n";
#include "secure-bindings/abi/errors.def"
#undef EXO_ERROR
    std::cout << "\n## Rights\n\n| bit | name | meaning |\n| --- | --- | --- |\n";
#define EXO_RIGHT(bit, name, meaning) std::cout << "| " << bit << " | `" #name "` | " << meaning << " |\n";
#include "secure-bindings/abi/rights.def"
#undef EXO_RIGHT
}
