// Parsing and expansion of the suite table. A mistake in the table is reported with its line.
#include "tools/exo/suites/table.hpp"

#include <algorithm>
#include <format>
#include <glob.h>
#include <optional>
#include <sstream>
#include <unistd.h>

namespace exo::tool {

namespace {

std::optional<Counting> counting_named(std::string_view word) {
    if (word == "doctest")
        return Counting::doctest;
    if (word == "lines")
        return Counting::ok_lines;
    if (word == "run")
        return Counting::whole_run;
    return std::nullopt;
}

std::optional<Company> company_named(std::string_view word) {
    if (word == "together")
        return Company::together;
    if (word == "alone")
        return Company::alone;
    return std::nullopt;
}

// Executable regular files, sorted by name, relative to the root.
std::vector<std::string> matches(const std::filesystem::path& root, const std::string& pattern) {
    std::vector<std::string> found;
    glob_t result = {};
    if (::glob((root / pattern).c_str(), 0, nullptr, &result) == 0)
        for (std::size_t index = 0; index < result.gl_pathc; ++index) {
            const std::filesystem::path path = result.gl_pathv[index];
            if (std::filesystem::is_regular_file(path) && ::access(path.c_str(), X_OK) == 0)
                found.push_back(path.lexically_relative(root));
        }
    ::globfree(&result);
    return found;
}

std::string with_name(std::string word, const std::string& name) {
    for (std::size_t at = word.find('@'); at != std::string::npos; at = word.find('@', at + name.size()))
        word.replace(at, 1, name);
    return word;
}

Outcome<void> add_runs(std::vector<TestRun>& runs, const TestRun& row, const std::filesystem::path& root) {
    const auto pattern = std::ranges::find_if(row.command, [](const std::string& word) { return word.contains('*'); });
    if (pattern == row.command.end()) {
        runs.push_back(row);
        runs.back().name = row.suite;
        return {};
    }
    const auto files = matches(root, *pattern);
    if (files.empty())
        return failed(std::format("nothing matches {} of the suite {}", *pattern, row.suite));
    for (const std::string& file : files) {
        const std::string name = std::filesystem::path(file).filename();
        TestRun run = row;
        run.name = row.suite + "/" + name;
        for (std::string& word : run.command)
            word = word == *pattern ? file : with_name(word, name);
        runs.push_back(std::move(run));
    }
    return {};
}

} // namespace

Outcome<std::vector<TestRun>> read_suites(std::string_view table, const std::filesystem::path& root) {
    std::vector<TestRun> runs;
    std::istringstream lines{std::string(table)};
    unsigned number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        std::istringstream words(line);
        TestRun row;
        std::string counting, company;
        if (!(words >> row.suite) || row.suite.starts_with('#'))
            continue;
        words >> counting >> company >> row.time_limit_s;
        const auto counted = counting_named(counting);
        const auto with = company_named(company);
        for (std::string word; words >> word;)
            row.command.push_back(word);
        if (!counted || !with || row.time_limit_s == 0 || row.command.empty())
            return failed(std::format("line {} of the suite table is malformed: {}", number, line));
        row.counting = *counted;
        row.company = *with;
        if (const auto added = add_runs(runs, row, root); !added)
            return std::unexpected(added.error());
        if (runs.size() > test_runs_max)
            return failed(std::format("the suite table gives more than {} runs", test_runs_max));
    }
    return runs;
}

} // namespace exo::tool
