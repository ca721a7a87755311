// What a case of this folder needs: conditions that are counted, and a way to be listed.
#pragma once

#include "libos/start/native.hpp"

namespace kit_tests {

struct Case {
    const char* name;
    void (*run)();
};

// Notes that the running case failed, with the place, unless the condition holds.
void check(bool holds, const char* what, const char* file, unsigned line);
#define KIT_CHECK(condition) ::kit_tests::check((condition), #condition, __FILE__, __LINE__)

// Lists of the files of this folder.
extern const Case upcall_cases[3];
extern const Case event_cases[2];
extern const Case revocation_cases[5];

} // namespace kit_tests
