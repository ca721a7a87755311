// The output file, all or nothing: values go to a temporary file beside it, which
// takes the final name only when everything is on it. Whatever fails, the output
// name holds what it held before, and the temporary file is removed.
#pragma once

#include <fstream>
#include <span>
#include <string>

namespace cg {

class SolutionFile {
public:
    // Creates the temporary file, so that an output that cannot be written is known before hours of solving.
    explicit SolutionFile(std::string path);
    ~SolutionFile();
    SolutionFile(const SolutionFile&) = delete;
    SolutionFile& operator=(const SolutionFile&) = delete;

    // Writes x as a dense Matrix Market column, each value in the fewest digits that read back exactly,
    // and gives the file its name. Call once.
    void commit(std::span<const double> x);

private:
    std::string path_;
    std::string temporary_;
    std::ofstream file_;
};

} // namespace cg
