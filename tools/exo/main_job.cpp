// The main job's share is build/share/cg: the matrix is put there, the solution comes back there.
// When the matrix could not be fetched the program generates a Poisson matrix itself and says so.
#include "tools/exo/main_job.hpp"

#include "tools/exo/host_limits.hpp"
#include "tools/exo/run.hpp"

#include <algorithm>
#include <filesystem>
#include <format>
#include <print>

namespace exo::tool {

namespace {
constexpr unsigned main_job_vcores_max = 4;
constexpr std::string_view matrix_source = "third-party/suitesparse/CSparse/Matrix/bcsstk16";
} // namespace

int run_main_job(RunOptions options) {
    const std::filesystem::path build = repository_root() / "build";
    const std::filesystem::path folder = build / "share/cg";
    const std::filesystem::path matrix = build / matrix_source;
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return report({status_failed, std::format("cannot create {}: {}", folder.string(), error.message())});

    if (std::filesystem::exists(matrix)) {
        std::filesystem::copy_file(matrix, folder / "bcsstk16", std::filesystem::copy_options::overwrite_existing,
                                   error);
        if (error)
            return report({status_failed, std::format("cannot copy {}: {}", matrix.string(), error.message())});
        options.arguments = {"--output", "/share/solution.txt", "/share/bcsstk16"};
    } else {
        options.arguments = {"--output", "/share/solution.txt"};
    }
    options.program = build / "examples/cg";
    options.shares.insert(options.shares.begin(), Share{folder, ShareAccess::read_write});
    if (!options.vcores_given && !options.icount)
        options.vcores = std::min(main_job_vcores_max, host_processors());
    return run_program(std::move(options));
}

} // namespace exo::tool
