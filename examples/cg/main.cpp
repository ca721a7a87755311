// Conjugate gradient on a sparse matrix file: reads, solves, reports, writes.
// An ordinary OpenMP program; nothing here knows what it runs on. The steps are in
// matrix_reader.hpp, csr.hpp, solver.hpp and solution_file.hpp.
#include "examples/cg/csr.hpp"
#include "examples/cg/input_error.hpp"
#include "examples/cg/matrix_reader.hpp"
#include "examples/cg/options.hpp"
#include "examples/cg/solution_file.hpp"
#include "examples/cg/solver.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <new>
#include <omp.h>
#include <optional>

namespace cg {

namespace {

struct Problem {
    std::string description;
    CsrMatrix matrix;
};

Problem load(const Options& options) {
    if (!options.file) {
        const std::string name = "3-D Poisson, " + std::to_string(options.poisson_side) + " points a side, generated";
        return {name, CsrMatrix::poisson(options.poisson_side)};
    }
    const MatrixEntries entries = read_matrix(*options.file);
    return {entries.name + " (" + entries.format + ")", CsrMatrix::from_entries(entries)};
}

double largest_error(const Solution& solution) {
    double error = 0;
    for (const double value : solution.x) {
        error = std::max(error, std::abs(value - 1.0));
    }
    return error;
}

void run(const Options& options) {
    using Clock = std::chrono::steady_clock;
    const Problem problem = load(options);
    std::optional<SolutionFile> output;
    if (options.output) {
        output.emplace(*options.output);
    }
    std::printf("matrix         %s\n", problem.description.c_str());
    std::printf("unknowns       %lld\n", static_cast<long long>(problem.matrix.unknowns()));
    std::printf("nonzeros       %lld\n", static_cast<long long>(problem.matrix.nonzeros()));
    std::printf("threads        %d\n", omp_get_max_threads());

    const std::vector<double> b = right_hand_side_of_ones(problem.matrix);
    const auto start = Clock::now();
    const Solution solution = solve(problem.matrix, b, options.limits);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();

    std::printf("iterations     %lld\n", static_cast<long long>(solution.iterations));
    std::printf("residual       %.3e\n", solution.relative_residual);
    std::printf("largest error  %.3e\n", largest_error(solution));
    std::printf("time           %.4f s\n", seconds);
    if (output) {
        output->commit(solution.x);
        std::printf("solution       %s\n", options.output->c_str());
    }
}

int fail(const char* sentence) {
    std::fflush(stdout);
    std::fprintf(stderr, "cg: %s\n", sentence);
    return 1;
}

} // namespace

} // namespace cg

int main(int argc, char** argv) {
    try {
        const cg::Options options = cg::parse_options(argc, argv);
        if (options.help) {
            std::fputs(cg::usage, stdout);
        } else {
            cg::run(options);
        }
    } catch (const cg::InputError& error) {
        return cg::fail(error.what());
    } catch (const std::bad_alloc&) {
        return cg::fail("there is not enough memory for this matrix");
    } catch (const std::exception& error) {
        return cg::fail(error.what());
    }
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
        return cg::fail("the report could not be written to standard output");
    }
    return 0;
}
