// The conjugate gradient recurrence. Three passes over memory an iteration, each
// one parallel loop: q = Ap with p.q; x, r, z with r.z and r.r; the next p.
// See block_sums.hpp for why the sums come out the same with any thread count.
#include "examples/cg/solver.hpp"

#include "examples/cg/block_sums.hpp"
#include "examples/cg/input_error.hpp"

#include <cmath>
#include <cstdio>
#include <string>

namespace cg {

namespace {

// The recurrence's residual and the true one drift apart by rounding; so much of the tolerance is forgiven.
constexpr double rounding_allowance = 10.0;

double row_times(const CsrMatrix& matrix, std::int64_t row, const double* x) {
    const std::int64_t* start = matrix.row_start().data();
    const std::int32_t* columns = matrix.columns().data();
    const double* values = matrix.values().data();
    double sum = 0;
    for (std::int64_t k = start[row]; k < start[row + 1]; ++k) {
        sum += values[k] * x[columns[k]];
    }
    return sum;
}

// |b - Ax|, from the definition.
double residual_norm(const CsrMatrix& matrix, std::span<const double> b, const double* x) {
    BlockSums sums(matrix.unknowns());
#pragma omp parallel for schedule(static)
    for (std::int64_t block = 0; block < sums.blocks(); ++block) {
        double sum = 0;
        for (std::int64_t i = sums.begin(block); i < sums.end(block); ++i) {
            const double difference = b[i] - row_times(matrix, i, x);
            sum += difference * difference;
        }
        sums.set(block, sum);
    }
    return std::sqrt(sums.total());
}

std::string with_exponent(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2e", value);
    return text;
}

// The vectors of the recurrence and the passes over them.
class Recurrence {
public:
    Recurrence(const CsrMatrix& matrix, std::span<const double> b, Preconditioner preconditioner)
        : matrix_(matrix), rz_sums_(matrix.unknowns()), rr_sums_(matrix.unknowns()), x_(b.size(), 0.0),
          r_(b.begin(), b.end()), p_(b.size()), q_(b.size()), z_(b.size()), inverse_diagonal_(b.size(), 1.0) {
        if (preconditioner == Preconditioner::jacobi) {
            for (std::size_t i = 0; i < b.size(); ++i) {
                inverse_diagonal_[i] = 1.0 / matrix.diagonal()[i];
            }
        }
    }

    // q = A p; gives p.q
    double apply() {
        const double* p = p_.data();
        double* q = q_.data();
#pragma omp parallel for schedule(static)
        for (std::int64_t block = 0; block < rz_sums_.blocks(); ++block) {
            double sum = 0;
            for (std::int64_t i = rz_sums_.begin(block); i < rz_sums_.end(block); ++i) {
                q[i] = row_times(matrix_, i, p);
                sum += p[i] * q[i];
            }
            rz_sums_.set(block, sum);
        }
        return rz_sums_.total();
    }

    // x += alpha p, r -= alpha q, z = preconditioned r; afterwards rz() and rr() are r.z and r.r
    void advance(double alpha) {
        const double* p = p_.data();
        const double* q = q_.data();
        const double* inverse_diagonal = inverse_diagonal_.data();
        double* x = x_.data();
        double* r = r_.data();
        double* z = z_.data();
#pragma omp parallel for schedule(static)
        for (std::int64_t block = 0; block < rz_sums_.blocks(); ++block) {
            double rz = 0;
            double rr = 0;
            for (std::int64_t i = rz_sums_.begin(block); i < rz_sums_.end(block); ++i) {
                x[i] += alpha * p[i];
                r[i] -= alpha * q[i];
                z[i] = inverse_diagonal[i] * r[i];
                rz += r[i] * z[i];
                rr += r[i] * r[i];
            }
            rz_sums_.set(block, rz);
            rr_sums_.set(block, rr);
        }
    }

    // p = z + beta p
    void turn(double beta) {
        const double* z = z_.data();
        double* p = p_.data();
#pragma omp parallel for schedule(static)
        for (std::int64_t block = 0; block < rz_sums_.blocks(); ++block) {
            for (std::int64_t i = rz_sums_.begin(block); i < rz_sums_.end(block); ++i) {
                p[i] = z[i] + beta * p[i];
            }
        }
    }

    double rz() const { return rz_sums_.total(); }
    double rr() const { return rr_sums_.total(); }
    std::vector<double> take_solution() { return std::move(x_); }

private:
    const CsrMatrix& matrix_;
    BlockSums rz_sums_;
    BlockSums rr_sums_;
    std::vector<double> x_, r_, p_, q_, z_, inverse_diagonal_;
};

[[noreturn]] void fail_not_converged(const SolverLimits& limits, double residual) {
    throw InputError("no solution after " + std::to_string(limits.iterations_max) + " iterations: the residual is " +
                     with_exponent(residual) + ", the tolerance " + with_exponent(limits.tolerance));
}

} // namespace

std::vector<double> right_hand_side_of_ones(const CsrMatrix& matrix) {
    const std::vector<double> ones(matrix.unknowns(), 1.0);
    std::vector<double> b(matrix.unknowns());
#pragma omp parallel for schedule(static)
    for (std::int64_t i = 0; i < matrix.unknowns(); ++i) {
        b[i] = row_times(matrix, i, ones.data());
    }
    return b;
}

Solution solve(const CsrMatrix& matrix, std::span<const double> b, const SolverLimits& limits) {
    Recurrence state(matrix, b, limits.preconditioner);
    state.advance(0.0);
    double rz = state.rz();
    const double norm_b = std::sqrt(state.rr());
    if (!std::isfinite(norm_b)) {
        throw InputError("the values of the matrix are too large: the right-hand side overflows");
    }
    if (norm_b == 0) {
        throw InputError("not positive definite: the matrix maps the vector of ones to zero");
    }
    double residual = 1.0;
    std::int64_t iterations = 0;
    double beta = 0.0;
    while (residual > limits.tolerance) {
        if (iterations == limits.iterations_max) {
            fail_not_converged(limits, residual);
        }
        state.turn(beta);
        const double curvature = state.apply();
        if (!(curvature > 0) || !std::isfinite(curvature)) {
            throw InputError("not positive definite: iteration " + std::to_string(iterations + 1) +
                             " met a direction p with p.Ap <= 0");
        }
        state.advance(rz / curvature);
        const double rz_next = state.rz();
        beta = rz_next / rz;
        rz = rz_next;
        residual = std::sqrt(state.rr()) / norm_b;
        ++iterations;
    }
    Solution solution{state.take_solution(), iterations, 0.0};
    solution.relative_residual = residual_norm(matrix, b, solution.x.data()) / norm_b;
    if (!(solution.relative_residual <= rounding_allowance * limits.tolerance)) {
        throw InputError("rounding stopped the residual at " + with_exponent(solution.relative_residual) +
                         "; the tolerance " + with_exponent(limits.tolerance) + " cannot be reached");
    }
    return solution;
}

} // namespace cg
