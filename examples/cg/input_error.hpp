// The one exception of this program: something outside it (an option, a file,
// a matrix) is not as it must be. Its text is a whole sentence for the user.
// Not for bugs of our own. Caught once, in main.cpp.
#pragma once

#include <stdexcept>

namespace cg {

struct InputError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

} // namespace cg
