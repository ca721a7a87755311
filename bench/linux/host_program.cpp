// See host_program.hpp.
#include "bench/linux/host_program.hpp"

#include "bench/harness/process.hpp"

#include <sstream>

namespace bench::linux_peer {
namespace {

InitramfsFile at_its_own_path(const std::filesystem::path& file) {
    return {file.relative_path().string(), file};
}

} // namespace

// "NAME => PATH (ADDRESS)", and "PATH (ADDRESS)" of the loader itself; what the kernel gives has no path.
std::vector<std::filesystem::path> linked_paths(std::string_view printed) {
    std::vector<std::filesystem::path> paths;
    std::istringstream words{std::string(printed)};
    for (std::string word; words >> word;)
        if (word.starts_with('/'))
            paths.emplace_back(word);
    return paths;
}

std::expected<std::vector<InitramfsFile>, std::string> host_program_files(const std::filesystem::path& program) {
    if (!std::filesystem::exists(program))
        return std::unexpected(program.string() + " is not installed: ./exo setup installs it");
    const auto linked = run_process({"ldd", program.string()});
    if (!linked)
        return std::unexpected(linked.error());
    if (linked->timed_out || linked->status != 0 || linked->output.contains("not found"))
        return std::unexpected("ldd cannot tell what " + program.string() + " is linked with");
    std::vector<InitramfsFile> files{at_its_own_path(program)};
    for (const std::filesystem::path& library : linked_paths(linked->output))
        files.push_back(at_its_own_path(library));
    return files;
}

} // namespace bench::linux_peer
