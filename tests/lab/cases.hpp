// Cases of a native program that has one subject (a disk, a wire): conditions that are counted, and a line a case on
// the kernel's log.
#pragma once

#include "libos/start/native.hpp"

#include <cstddef>

namespace lab {

template <typename Subject>
struct SubjectCase {
    const char* name;
    void (*run)(Subject& subject);
};

inline unsigned failures; // of the running case

// Notes that the running case failed, with the place, unless the condition holds; gives the condition.
inline bool check(bool holds, const char* what, const char* file, unsigned line) {
    if (!holds && ++failures <= 5)
        exo::log_line({{file}, {":"}, exo::decimal(line), {": does not hold: "}, {what}});
    return holds;
}
#define LAB_CHECK(condition) ::lab::check((condition), #condition, __FILE__, __LINE__)

// Runs the cases in order; gives how many failed.
template <typename Subject, std::size_t Count>
unsigned run_cases(const SubjectCase<Subject> (&cases)[Count], Subject& subject) {
    unsigned failed = 0;
    for (const SubjectCase<Subject>& one : cases) {
        failures = 0;
        one.run(subject);
        exo::log_line({{failures ? "FAILED " : "ok "}, {one.name}});
        failed += failures != 0;
    }
    return failed;
}

} // namespace lab
