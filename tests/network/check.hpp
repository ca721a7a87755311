// What a case of this folder needs: two ports on one wire, and a way to be listed.
#pragma once

#include "libos/net/port.hpp"
#include "tests/lab/cases.hpp"

namespace network_tests {

struct Wire {
    exo::net::Port& a;
    exo::net::Port& b;
};

using Case = lab::SubjectCase<Wire>;

// Lists of the files of this folder.
extern const Case traffic_cases[5];
extern const Case kernel_cases[3];

// Logs how many instructions a frame takes.
void count_instructions(Wire& wire);

} // namespace network_tests
