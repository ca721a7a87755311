// Builds the archive in memory; the sizes are bounded by host_file_size_max a file.
#include "tools/exo/boot_archive.hpp"

#include "tools/exo/cpio.hpp"
#include "tools/exo/debugging_sections.hpp"
#include "tools/exo/elf_check.hpp"
#include "tools/exo/host_file.hpp"
#include "tools/exo/manifest.hpp"

namespace exo::tool {

Outcome<std::string> build_boot_archive(const RunOptions& options, const std::string& steward_path) {
    const auto program = read_program(options.program);
    if (!program)
        return std::unexpected(program.error());
    const auto steward = read_host_file(steward_path);
    if (!steward)
        return std::unexpected(steward.error());

    const std::string program_name = "bin/" + options.program.substr(options.program.rfind('/') + 1);
    CpioWriter archive;
    archive.add("steward", *steward, 0755);
    archive.add_text("manifest", write_manifest(options, program_name));
    archive.add(program_name, without_debugging_sections(*program), 0755);
    for (const ExtraFile& file : options.files) {
        const auto content = read_host_file(file.host_path);
        if (!content)
            return std::unexpected(content.error());
        archive.add(file.archive_name, *content, 0644);
    }
    return archive.finish();
}

} // namespace exo::tool
