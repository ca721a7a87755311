// The one way a host tool reports that it cannot go on: a sentence for the user and an exit status.
// Not for the status of a program that ran inside the machine; that is RunReport in machine.hpp.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace exo::tool {

inline constexpr int status_failed = 1;         // the request was understood but cannot be met
inline constexpr int status_usage = 2;          // the command line itself is wrong
inline constexpr int status_timeout = 124;      // the time limit ended the machine
inline constexpr int status_machine_died = 125; // the machine ended without naming an exit status
inline constexpr int status_interrupted = 130;  // Ctrl-C, as a shell shows it
inline constexpr int status_broken_pipe = 141;  // nobody reads our stdout any more

struct Failure {
    int status = status_failed;
    std::string sentence;
};

template <typename T>
using Outcome = std::expected<T, Failure>;

inline std::unexpected<Failure> failed(std::string sentence) {
    return std::unexpected(Failure{status_failed, std::move(sentence)});
}
inline std::unexpected<Failure> usage_error(std::string sentence) {
    return std::unexpected(Failure{status_usage, std::move(sentence)});
}

} // namespace exo::tool
