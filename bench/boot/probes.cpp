// See probes.hpp.
#include "bench/boot/probes.hpp"

#include "bench/boot/ring0_lines.hpp"
#include "bench/harness/process.hpp"
#include "bench/harness/results.hpp"
#include "bench/harness/system.hpp"

#include <cstring>

#include <elf.h>

namespace bench::boot {
namespace {

using Failure = std::unexpected<std::string>;
using Number = std::expected<std::optional<double>, std::string>;

constexpr unsigned memory_steps_mib[] = {8,  10, 12, 14, 16, 20,  24,  28,  32,  40,  48, 56,
                                         64, 72, 80, 88, 96, 112, 128, 160, 192, 256, 512};

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
    const auto lines = ring0_lines();
    if (!lines)
        return Failure(lines.error());
    return static_cast<double>(*lines);
}

} // namespace bench::boot
