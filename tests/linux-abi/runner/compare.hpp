// Decides whether two runs of a program agree. Pure: no process, no file.
#pragma once

#include "tests/linux-abi/runner/manifest.hpp"

#include <expected>
#include <string>
#include <vector>

namespace exo::linux_abi {

struct Result {
    int status = 0;
    std::vector<std::string> lines;
};
// The error is one sentence: it could not be run, or did not end.
using Outcome = std::expected<Result, std::string>;

// What is wrong with the host's run, or nothing. It is the expectation, so it must hold by itself:
// the manifest's status, something printed, and no property that does not hold.
std::string host_fault(const Program& program, const Outcome& host);

// The first difference between the two runs, or nothing.
std::string difference(const Result& host, const Result& guest);

} // namespace exo::linux_abi
