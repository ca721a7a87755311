// Comparing line by line; see compare.hpp.
#include "tests/linux-abi/runner/compare.hpp"

#include <algorithm>
#include <format>

namespace exo::linux_abi {

namespace {

// A property that does not hold, as report.h (NO) or a Fortran program (F) prints it.
bool says_no(const std::string& line) {
    return line.ends_with(": NO") || line.ends_with(": F");
}

} // namespace

std::string host_fault(const Program& program, const Outcome& host) {
    if (!host)
        return std::format("on the host: {}", host.error());
    const auto refused = std::ranges::find_if(host->lines, says_no);
    if (refused != host->lines.end())
        return std::format("on the host: {}", *refused);
    if (host->status != program.status)
        return std::format("on the host: status {}, the manifest says {}", host->status, program.status);
    if (host->lines.empty())
        return "on the host: printed nothing";
    return {};
}

std::string difference(const Result& host, const Result& guest) {
    const std::size_t common = std::min(host.lines.size(), guest.lines.size());
    for (std::size_t i = 0; i < common; ++i) {
        if (host.lines[i] != guest.lines[i])
            return std::format("line {}: '{}' instead of '{}'", i + 1, guest.lines[i], host.lines[i]);
    }
    if (guest.lines.size() < host.lines.size())
        return std::format("ends (status {}) before line {}: '{}'", guest.status, common + 1, host.lines[common]);
    if (guest.lines.size() > host.lines.size())
        return std::format("prints more than the host, line {}: '{}'", common + 1, guest.lines[common]);
    if (guest.status != host.status)
        return std::format("status {} instead of {}", guest.status, host.status);
    return {};
}

} // namespace exo::linux_abi
