// See probes.hpp.
#include "bench/boot/probes.hpp"

#include "bench/harness/process.hpp"
#include "bench/harness/results.hpp"
#include "bench/harness/system.hpp"

#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

#include <elf.h>

namespace bench::boot {
namespace {

using Failure = std::unexpected<std::string>;
using Number = std::expected<std::optional<double>, std::string>;

constexpr unsigned memory_steps_mib[] = {8,  10, 12, 14, 16, 20,  24,  28,  32,  40,  48, 56,
                                         64, 72, 80, 88, 96, 112, 128, 160, 192, 256, 512};

// ninja's own record of what went into the kernel file: every source, headers apart.
std::expected<std::set<std::string>, std::string> ring0_sources() {
    const auto inputs = run_process({"ninja", "-t", "inputs", (build_directory / "exokernel/kernel.elf").string()});
    if (!inputs)
        return Failure(inputs.error());
    if (inputs->status != 0)
        return Failure("ninja cannot name the kernel's sources: " + inputs->output);
    std::set<std::string> sources;
    std::istringstream lines(inputs->output);
    for (std::string path; std::getline(lines, path);) {
        const bool source = path.ends_with(".cpp") || path.ends_with(".S");
        const bool object = path.ends_with(".o");
        if (source)
            sources.insert(path);
        else if (object) {
            const auto headers = run_process({"ninja", "-t", "deps", path});
            std::istringstream dependencies(headers ? headers->output : std::string());
            for (std::string word; dependencies >> word;)
                if ((word.ends_with(".hpp") || word.ends_with(".def") || word.ends_with(".cpp")) && word[0] != '/')
                    sources.insert(word);
        }
    }
    if (sources.empty())
        return Failure("ninja names no sources of the kernel");
    return sources;
}

} // namespace

Number kernel_image_bytes(System& system, bool) {
    const auto image = read_file(system.kernel_image());
    if (!image)
        return Failure(image.error());
    Elf64_Ehdr header{};
    if (image->size() < sizeof header)
        return Failure(system.kernel_image().string() + " is no ELF file");
    std::memcpy(&header, image->data(), sizeof header);
    double bytes = 0;
    for (std::size_t i = 0; i < header.e_phnum; ++i) {
        const std::size_t offset = header.e_phoff + i * sizeof(Elf64_Phdr);
        Elf64_Phdr segment{};
        if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || offset + sizeof segment > image->size())
            return Failure(system.kernel_image().string() + " is no ELF file");
        std::memcpy(&segment, image->data() + offset, sizeof segment);
        if (segment.p_type == PT_LOAD)
            bytes += static_cast<double>(segment.p_filesz);
    }
    return bytes;
}

Number smallest_memory_mib(System& system, bool smoke) {
    Job job = hello_job;
    job.timeout_s = 60;
    const auto works = [&](unsigned mib) {
        job.memory_mib = mib;
        return system.run(job, {.clock = Clock::wall, .smoke = smoke}).has_value();
    };
    std::size_t low = 0, high = std::size(memory_steps_mib) - 1;
    if (!works(memory_steps_mib[high]))
        return Failure(std::string(system.name()) + " does not run hello in 512 MiB");
    if (smoke)
        return memory_steps_mib[high];
    // The least step that works is in [low, high]; `high` is known to work.
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (works(memory_steps_mib[middle]))
            high = middle;
        else
            low = middle + 1;
    }
    return memory_steps_mib[high];
}

Number ring0_code_lines(System& system, bool) {
    if (system.name() != ours_name)
        return std::nullopt;
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
    return static_cast<double>(lines);
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
