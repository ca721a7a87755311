// Builds the archive in memory; the sizes are bounded by host_file_size_max a file.
#include "tools/exo/boot_archive.hpp"

#include "tools/exo/cpio.hpp"
#include "tools/exo/debugging_sections.hpp"
#include "tools/exo/elf_check.hpp"
#include "tools/exo/host_file.hpp"
#include "tools/exo/hosting.hpp"
#include "tools/exo/manifest.hpp"

namespace exo::tool {

namespace {

Outcome<std::vector<std::byte>> program_with_library_os(const std::string& path, const std::string& library_os_path) {
    auto program = read_program(path);
    if (!program || has_library_os(*program))
        return program;
    const auto library_os = read_program(library_os_path);
    if (!library_os)
        return std::unexpected(library_os.error());
    return host_program(without_debugging_sections(*program), without_debugging_sections(*library_os), path);
}

} // namespace

Outcome<std::string> build_boot_archive(const RunOptions& options, const BootFiles& own) {
    const auto program = program_with_library_os(options.program, own.library_os);
    if (!program)
        return std::unexpected(program.error());
    const auto steward = read_host_file(own.steward);
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
