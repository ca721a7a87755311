// Another environment that holds what the program gets from it, and can ask it back or take it: without one nobody
// could, since a revocation asks other environments only.
#pragma once

#include "secure-bindings/abi/types.hpp"

namespace kit_tests {

// What the program gets: a capability in its own table, derived from one that the asker holds.
struct Loan {
    exo::Handle own = exo::no_handle;    // from which the asker's came; dropping it ends the loan
    exo::Handle theirs = exo::no_handle; // in the asker's table
    exo::Handle lent = exo::no_handle;   // in the program's
};

// By way of the asker: a part of `source`, which is the program's, comes back to the program as a loan.
Loan borrow(exo::Handle source, exo::Kind kind, exo::Rights rights, std::uint64_t first, std::uint64_t count);
// Asks it back. The deadline is in TSC cycles.
bool ask_back(const Loan& loan, std::uint64_t deadline_tsc);
// Takes it, once the deadline has passed.
bool take(const Loan& loan);
void end(const Loan& loan);
// Whether the program still holds its capability.
bool held(exo::Handle handle);

} // namespace kit_tests
