// The matrix of the 3-D Poisson equation: 6 on the diagonal, -1 for each of the
// up to six neighbours in a cube of points, zero boundary values. Symmetric
// positive definite by construction, and any size can be had without a file.
#include "examples/cg/csr.hpp"

namespace cg {

CsrMatrix CsrMatrix::poisson(std::int64_t side) {
    const std::int64_t plane = side * side;
    const std::int64_t unknowns = plane * side;
    CsrMatrix matrix;
    matrix.row_start_.reserve(unknowns + 1);
    matrix.columns_.reserve(7 * unknowns);
    matrix.values_.reserve(7 * unknowns);
    matrix.diagonal_.assign(unknowns, 6.0);

    const auto add = [&matrix](std::int64_t column, double value) {
        matrix.columns_.push_back(static_cast<std::int32_t>(column));
        matrix.values_.push_back(value);
    };
    const auto add_if = [&add](bool inside, std::int64_t column) {
        if (inside) {
            add(column, -1.0);
        }
    };
    matrix.row_start_.push_back(0);
    for (std::int64_t row = 0; row < unknowns; ++row) {
        const std::int64_t x = row % side;
        const std::int64_t y = row / side % side;
        const std::int64_t z = row / plane;
        // Ascending columns, as every row must have them.
        add_if(z > 0, row - plane);
        add_if(y > 0, row - side);
        add_if(x > 0, row - 1);
        add(row, 6.0);
        add_if(x + 1 < side, row + 1);
        add_if(y + 1 < side, row + side);
        add_if(z + 1 < side, row + plane);
        matrix.row_start_.push_back(matrix.nonzeros());
    }
    return matrix;
}

} // namespace cg
