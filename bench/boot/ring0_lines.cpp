// See ring0_lines.hpp.
#include "bench/boot/ring0_lines.hpp"

#include "bench/harness/process.hpp"

#include <cctype>
#include <set>
#include <sstream>

namespace bench::boot {
namespace {

using Failure = std::unexpected<std::string>;

// Of the files that ninja saw go into the kernel's objects, those of the tree.
std::expected<std::set<std::string>, std::string> ring0_sources() {
    const auto records = run_process({"ninja", "-t", "deps"});
    if (!records)
        return Failure(records.error());
    // "OBJECT: #deps N, deps mtime T (VALID)", then the files it was made from, indented.
    std::set<std::string> files;
    std::istringstream lines(records->output);
    bool of_kernel = false;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("    "))
            of_kernel = line.starts_with("build/exokernel/") && line.ends_with("(VALID)");
        else if (of_kernel && line[4] != '/')
            files.insert(line.substr(4));
    }
    if (records->status != 0 || files.empty())
        return Failure("ninja names no sources of the kernel");
    return files;
}

} // namespace

std::expected<std::size_t, std::string> ring0_lines() {
    const auto sources = ring0_sources();
    if (!sources)
        return Failure(sources.error());
    std::size_t lines = 0;
    for (const std::string& path : *sources) {
        const auto text = read_file(path);
        if (!text)
            return Failure(text.error());
        lines += code_lines(std::string(text->begin(), text->end()));
    }
    return lines;
}

std::size_t code_lines(std::string_view source) {
    std::size_t count = 0;
    bool in_block_comment = false;
    std::istringstream lines{std::string(source)};
    for (std::string line; std::getline(lines, line);) {
        bool code = false;
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (in_block_comment) {
                if (line.compare(i, 2, "*/") == 0)
                    in_block_comment = false, ++i;
            } else if (line.compare(i, 2, "//") == 0)
                break;
            else if (line.compare(i, 2, "/*") == 0)
                in_block_comment = true, ++i;
            else if (std::isspace(static_cast<unsigned char>(line[i])) == 0)
                code = true;
        }
        count += code ? 1 : 0;
    }
    return count;
}

} // namespace bench::boot
