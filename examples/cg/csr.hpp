// A symmetric positive definite candidate in compressed sparse row form: each
// row's columns ascend, every diagonal entry is there and positive, and the
// matrix equals its transpose. Construction checks all of that, so the solver
// need not; positive definiteness itself shows only while solving (solver.hpp).
#pragma once

#include "examples/cg/matrix_entries.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace cg {

// Two entries mirrored at the diagonal may differ by this much of the larger one:
// files that store both triangles in decimal round each separately.
inline constexpr double asymmetry_max = 1e-12;

class CsrMatrix {
public:
    // Mirrors, sums and sorts; throws InputError when the matrix cannot be symmetric positive definite.
    static CsrMatrix from_entries(const MatrixEntries& entries);
    // The 7-point Laplacian on a cube of side^3 points with zero boundary; see poisson.cpp.
    static CsrMatrix poisson(std::int64_t side);

    std::int64_t unknowns() const { return static_cast<std::int64_t>(row_start_.size()) - 1; }
    std::int64_t nonzeros() const { return static_cast<std::int64_t>(values_.size()); }
    std::span<const std::int64_t> row_start() const { return row_start_; }
    std::span<const std::int32_t> columns() const { return columns_; }
    std::span<const double> values() const { return values_; }
    std::span<const double> diagonal() const { return diagonal_; }

private:
    void require_diagonal();
    void require_symmetry() const;
    // The value at a place, or nothing there.
    const double* find(std::int64_t row, std::int32_t column) const;

    std::vector<std::int64_t> row_start_;
    std::vector<std::int32_t> columns_;
    std::vector<double> values_;
    std::vector<double> diagonal_;
};

} // namespace cg
