// Hands over by exec, so that the benchmark's exit status and output are its own.
#include "tools/exo/bench.hpp"

#include "tools/exo/run.hpp"

#include <cerrno>
#include <cstring>
#include <format>
#include <unistd.h>
#include <vector>

namespace exo::tool {

int bench_main(std::span<const std::string> words) {
    std::error_code error;
    std::filesystem::current_path(repository_root(), error);
    const std::string program = "build/bin/exo-bench";
    std::vector<char*> values = {const_cast<char*>(program.c_str())}; // Safe: exec does not write to its arguments.
    for (const std::string& word : words)
        values.push_back(const_cast<char*>(word.c_str()));
    values.push_back(nullptr);
    ::execv(program.c_str(), values.data());
    return report({status_failed, std::format("cannot start {}: {}", program, std::strerror(errno))});
}

} // namespace exo::tool
