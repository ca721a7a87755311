// The main job's solver as a bench: examples/cg's library on a generated matrix, one
// thread, no file. Prints its time as a row and a checksum of its work on stderr.
#include "bench/primitives/sampling.hpp"
#include "examples/cg/csr.hpp"
#include "examples/cg/solver.hpp"

#include <cstdio>
#include <cstring>
#include <numeric>

int main(int count, char** arguments) {
    const bool smoke = count > 1 && std::strcmp(arguments[1], "--smoke") == 0;
    const cg::CsrMatrix matrix = cg::CsrMatrix::poisson(smoke ? 6 : 24);
    const std::vector<double> b = cg::right_hand_side_of_ones(matrix);

    const std::uint64_t start = bench::read_tsc();
    const cg::Solution solution = cg::solve(matrix, b, {1e-10, 20'000, cg::Preconditioner::jacobi});
    const std::uint64_t cycles = bench::read_tsc() - start;

    char buffer[bench::row_bytes_max];
    const std::string_view row = bench::format_row(buffer, "cg", "cycles", cycles * 1000);
    std::fwrite(row.data(), 1, row.size(), stdout);
    std::fprintf(stderr, "cg: %lld iterations, sum of the solution %.17g\n",
                 static_cast<long long>(solution.iterations),
                 std::accumulate(solution.x.begin(), solution.x.end(), 0.0));
    return 0;
}
