// The table of test suites, tests/suites.txt, turned into the list of runs. A run is one process; it may report many
// cases. A row whose pattern matches no file is an error, so a suite cannot vanish unnoticed. Next: runner.hpp.
#pragma once

#include "tools/exo/outcome.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace exo::tool {

// How the cases of a run are counted from its output and its exit status; see count.hpp.
enum class Counting { doctest, ok_lines, whole_run };
// Runs that measure time or use several cores are not disturbed by others.
enum class Company { together, alone };

struct TestRun {
    std::string suite;
    std::string name; // suite/file, or the suite alone where the row has no pattern
    Counting counting = Counting::doctest;
    Company company = Company::together;
    unsigned time_limit_s = 0;
    std::vector<std::string> command;
};

inline constexpr std::size_t test_runs_max = 4096;

// A row is: suite, doctest|lines|run, together|alone, seconds, command. In the command one word may hold a `*`: it
// becomes one run for each executable file that matches, and `@` in the other words is the file's name. File names are
// relative to `root`.
Outcome<std::vector<TestRun>> read_suites(std::string_view table, const std::filesystem::path& root);

} // namespace exo::tool
