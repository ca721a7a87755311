// Checks of a call's result, by the name of the error.
#pragma once

#include "tests/lab/child.hpp"

#include <doctest/doctest.h>

#include <string>

namespace lab {

inline std::string outcome(exo::CallResult result) {
    return result.ok() ? "ok" : exo::error_name(result.error());
}

// As words in a failing assertion: what came, what was wanted.
#define CHECK_OK(call) CHECK(lab::outcome(call) == "ok")
#define CHECK_ERROR(call, name) CHECK(lab::outcome(call) == #name)

// Every test case starts with nothing taken.
struct Fresh {
    Fresh() { reset(); }
    ~Fresh() { reset(); }
};

} // namespace lab
