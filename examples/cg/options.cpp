// Option parsing; see options.hpp.
#include "examples/cg/options.hpp"

#include "examples/cg/input_error.hpp"
#include "examples/cg/text_lines.hpp"

#include <limits>
#include <string_view>

namespace cg {

const char* const usage =
    "usage: cg [FILE | --poisson N] [--output FILE] [--tolerance X] [--max-iterations N]\n"
    "          [--preconditioner jacobi|none]\n"
    "Solves Ax = b for a symmetric positive definite matrix A and b = A * (1, ..., 1) by conjugate gradient.\n"
    "FILE is Matrix Market (coordinate), Harwell-Boeing (RSA, RUA) or triplets (row column value, from 0).\n"
    "--poisson N generates the 7-point Laplacian on N x N x N points; the default without FILE is N = 32.\n"
    "OMP_NUM_THREADS sets the number of threads; the solution does not depend on it.\n";

namespace {

// The arguments after the program's name, taken one at a time.
class Arguments {
public:
    Arguments(int argc, char** argv) : next_(argv + (argc > 0 ? 1 : 0)), end_(argv + argc) {}

    bool empty() const { return next_ == end_; }
    std::string take() { return *next_++; }
    std::string value_of(const std::string& option) {
        if (empty()) {
            throw InputError("the option " + option + " needs a value");
        }
        return take();
    }

private:
    char** next_;
    char** end_;
};

std::int64_t integer_between(const std::string& option, const std::string& text, std::int64_t least,
                             std::int64_t most) {
    const auto value = parse_integer(text);
    if (!value || *value < least || *value > most) {
        throw InputError("the value of " + option + " must be an integer from " + std::to_string(least) + " to " +
                         std::to_string(most) + ", not '" + text + "'");
    }
    return *value;
}

double tolerance_of(const std::string& option, const std::string& text) {
    const auto value = parse_real(text);
    if (!value || !(*value > 0) || !(*value < 1)) {
        throw InputError("the value of " + option + " must be a number between 0 and 1, not '" + text + "'");
    }
    return *value;
}

Preconditioner preconditioner_of(const std::string& option, const std::string& text) {
    if (text == "jacobi") {
        return Preconditioner::jacobi;
    }
    if (text == "none") {
        return Preconditioner::none;
    }
    throw InputError("the value of " + option + " must be jacobi or none, not '" + text + "'");
}

} // namespace

Options parse_options(int argc, char** argv) {
    Options options;
    bool poisson = false;
    Arguments arguments(argc, argv);
    while (!arguments.empty()) {
        const std::string argument = arguments.take();
        if (argument == "--poisson") {
            poisson = true;
            options.poisson_side = integer_between(argument, arguments.value_of(argument), 1, poisson_side_max);
        } else if (argument == "--output") {
            options.output = arguments.value_of(argument);
        } else if (argument == "--tolerance") {
            options.limits.tolerance = tolerance_of(argument, arguments.value_of(argument));
        } else if (argument == "--max-iterations") {
            options.limits.iterations_max =
                integer_between(argument, arguments.value_of(argument), 1, std::numeric_limits<std::int32_t>::max());
        } else if (argument == "--preconditioner") {
            options.limits.preconditioner = preconditioner_of(argument, arguments.value_of(argument));
        } else if (argument == "--help") {
            options.help = true;
        } else if (argument.starts_with("-") || argument.empty()) {
            throw InputError("the option '" + argument + "' is unknown; see cg --help");
        } else if (options.file) {
            throw InputError("only one matrix file can be given, not both '" + *options.file + "' and '" + argument +
                             "'");
        } else {
            options.file = argument;
        }
    }
    if (poisson && options.file) {
        throw InputError("give either a matrix file or --poisson, not both");
    }
    return options;
}

} // namespace cg
