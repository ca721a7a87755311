// Preconditioned conjugate gradient. The answer does not depend on the number of
// threads: every sum over a vector is taken in blocks of a fixed size, each block
// by one thread in order, and the block sums are then added in order.
#pragma once

#include "examples/cg/csr.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace cg {

enum class Preconditioner { none, jacobi };

struct SolverLimits {
    double tolerance; // of |b - Ax| / |b|, in the 2-norm
    std::int64_t iterations_max;
    Preconditioner preconditioner;
};

struct Solution {
    std::vector<double> x;
    std::int64_t iterations;
    double relative_residual; // computed anew from x at the end, not the recurrence's
};

// b = A * (1, ..., 1): the exact solution is known to be all ones.
std::vector<double> right_hand_side_of_ones(const CsrMatrix& matrix);

// Starts from x = 0. Throws InputError when the matrix turns out not to be positive definite,
// or the tolerance is not reached within the iterations allowed.
Solution solve(const CsrMatrix& matrix, std::span<const double> b, const SolverLimits& limits);

} // namespace cg
