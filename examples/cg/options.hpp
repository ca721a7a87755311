// The command line, checked. Nothing is opened or allocated here.
#pragma once

#include "examples/cg/solver.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace cg {

// side^3 must fit the 32-bit column numbers of csr.hpp.
inline constexpr std::int64_t poisson_side_max = 1290;
inline constexpr std::int64_t poisson_side_default = 32;

struct Options {
    std::optional<std::string> file; // a generated matrix when there is none
    std::int64_t poisson_side = poisson_side_default;
    std::optional<std::string> output;
    SolverLimits limits{1e-10, 20'000, Preconditioner::jacobi};
    bool help = false;
};

extern const char* const usage;

// Throws InputError for an option that is unknown, incomplete or out of range.
Options parse_options(int argc, char** argv);

} // namespace cg
