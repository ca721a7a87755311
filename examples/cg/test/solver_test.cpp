// The solver: right answers, refusal of what is not positive definite, and the
// promise of block_sums.hpp: the same bits with any number of threads.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "examples/cg/csr.hpp"
#include "examples/cg/input_error.hpp"
#include "examples/cg/solver.hpp"

#include <cmath>
#include <cstring>
#include <doctest/doctest.h>
#include <omp.h>
#include <string>

namespace {

using cg::CsrMatrix;

constexpr cg::SolverLimits limits{1e-12, 1000, cg::Preconditioner::jacobi};

CsrMatrix small(std::initializer_list<cg::MatrixEntry> entries, std::int64_t unknowns) {
    return CsrMatrix::from_entries({"M", "", unknowns, cg::Stored::one_triangle, entries});
}

std::string refusal(const CsrMatrix& matrix, const cg::SolverLimits& with = limits) {
    try {
        cg::solve(matrix, cg::right_hand_side_of_ones(matrix), with);
    } catch (const cg::InputError& error) {
        return error.what();
    }
    return "solved";
}

} // namespace

TEST_CASE("a system solved by hand: 4x + y = 1, x + 3y = 2") {
    const auto matrix = small({{0, 0, 4}, {1, 0, 1}, {1, 1, 3}}, 2);
    const std::vector<double> b = {1, 2};
    const auto solution = cg::solve(matrix, b, limits);
    CHECK(solution.x[0] == doctest::Approx(1.0 / 11).epsilon(1e-12));
    CHECK(solution.x[1] == doctest::Approx(7.0 / 11).epsilon(1e-12));
    CHECK(solution.iterations == 2);
}

TEST_CASE("a diagonal matrix takes one iteration with the Jacobi preconditioner, more without") {
    const auto matrix = small({{0, 0, 1}, {1, 1, 10}, {2, 2, 100}}, 3);
    const auto b = cg::right_hand_side_of_ones(matrix);
    CHECK(cg::solve(matrix, b, limits).iterations == 1);
    auto plain = limits;
    plain.preconditioner = cg::Preconditioner::none;
    CHECK(cg::solve(matrix, b, plain).iterations == 3);
}

TEST_CASE("the Poisson matrix: rows, symmetry of the stencil, solution of ones") {
    const auto matrix = CsrMatrix::poisson(7);
    CHECK(matrix.unknowns() == 343);
    CHECK(matrix.nonzeros() == 7 * 343 - 6 * 49);
    const auto b = cg::right_hand_side_of_ones(matrix);
    CHECK(b[0] == 3.0);                  // a corner has three neighbours
    CHECK(b[3 + 3 * 7 + 3 * 49] == 0.0); // an inner point has six
    const auto solution = cg::solve(matrix, b, limits);
    for (const double value : solution.x) {
        CHECK(std::abs(value - 1.0) < 1e-10);
    }
    CHECK(solution.relative_residual < 1e-11);
}

TEST_CASE("what is not positive definite is found out") {
    CHECK(refusal(small({{0, 0, 1}, {1, 0, 2}, {1, 1, 3}}, 2)).find("iteration") != std::string::npos);
    CHECK(refusal(small({{0, 0, 1}, {1, 0, -1}, {1, 1, 1}}, 2)).find("vector of ones to zero") != std::string::npos);
}

TEST_CASE("too few iterations, a tolerance below rounding and an overflow are errors") {
    auto few = limits;
    few.iterations_max = 3;
    CHECK(refusal(CsrMatrix::poisson(8), few).find("no solution after 3 iterations") != std::string::npos);
    auto strict = limits;
    strict.tolerance = 1e-40;
    CHECK(refusal(CsrMatrix::poisson(8), strict) != "solved");
    CHECK(refusal(small({{0, 0, 1e308}, {1, 0, 1e308}, {1, 1, 1e308}}, 2)).find("overflow") != std::string::npos);
}

TEST_CASE("the solution is the same bit for bit with 1, 2, 3 and 8 threads") {
    const auto matrix = CsrMatrix::poisson(13);
    std::vector<std::vector<double>> solutions;
    for (const int threads : {1, 2, 3, 8}) {
        omp_set_num_threads(threads);
        solutions.push_back(cg::solve(matrix, cg::right_hand_side_of_ones(matrix), limits).x);
    }
    for (const auto& x : solutions) {
        CHECK(std::memcmp(x.data(), solutions[0].data(), x.size() * sizeof(double)) == 0);
    }
}
