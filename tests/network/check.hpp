// What a case of this folder needs: two ports on one wire, conditions that are counted, and a way to be listed.
#pragma once

#include "libos/net/port.hpp"
#include "libos/start/native.hpp"

namespace network_tests {

struct Wire {
    exo::net::Port& a;
    exo::net::Port& b;
};

struct Case {
    const char* name;
    void (*run)(Wire& wire);
};

// Notes that the running case failed, with the place, unless the condition holds; gives the condition.
bool check(bool holds, const char* what, const char* file, unsigned line);
#define NET_CHECK(condition) ::network_tests::check((condition), #condition, __FILE__, __LINE__)

// Lists of the files of this folder.
extern const Case traffic_cases[5];
extern const Case kernel_cases[3];

// Logs how many instructions a frame takes.
void count_instructions(Wire& wire);

} // namespace network_tests
