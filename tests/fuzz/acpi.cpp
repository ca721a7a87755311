// Fuzzes the ACPI parser: whole memory images (first byte 0), where everything must be found and believed, and single
// tables (first byte 1 to 5), which need no checksum and so are reached at once. The sanitizers are the oracle, and
// whatever is accepted must fit its arrays.
#include "exokernel/acpi/parse.hpp"

#include <cstdlib>

namespace {

constexpr std::uint64_t image_base = 0xe0000; // where the root pointer is searched for

struct Image {
    std::span<const std::byte> bytes;
};

std::span<const std::byte> read(const void* context, std::uint64_t address, std::uint64_t length) {
    const auto& image = *static_cast<const Image*>(context);
    const std::uint64_t offset = address - image_base;
    if (address < image_base || offset > image.bytes.size() || length > image.bytes.size() - offset) {
        return {};
    }
    return image.bytes.subspan(offset, length);
}

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

void check(const exo::DeviceScopes& scopes) {
    require(scopes.count <= exo::device_scopes_max);
    for (std::uint32_t i = 0; i < scopes.count; ++i) {
        require(scopes.scope[i].path_length >= 1 && scopes.scope[i].path_length <= exo::device_path_max);
    }
}

void check(const exo::Platform& platform) {
    require(platform.processor_count <= exo::platform_processors_max);
    require(platform.io_apic_count <= exo::platform_io_apics_max);
    require(platform.ecam_count <= exo::platform_ecam_windows_max);
    require(platform.remapping_unit_count <= exo::platform_remapping_units_max);
    require(platform.reserved_region_count <= exo::platform_reserved_regions_max);
    for (std::uint32_t i = 0; i < platform.ecam_count; ++i) {
        require(platform.ecam[i].first_bus <= platform.ecam[i].last_bus);
    }
    for (std::uint32_t i = 0; i < platform.remapping_unit_count; ++i) {
        check(platform.remapping_unit[i].scopes);
    }
    for (std::uint32_t i = 0; i < platform.reserved_region_count; ++i) {
        check(platform.reserved_region[i].scopes);
    }
}

constexpr exo::AcpiStatus (*table_parsers[])(const exo::Fields&, exo::Platform&) = {
    exo::parse_madt, exo::parse_mcfg, exo::parse_dmar, exo::parse_hpet, exo::parse_fadt};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::span bytes = std::as_bytes(std::span(data, size)).subspan(1);
    exo::Platform platform{};
    exo::AcpiStatus status;
    if (data[0] == 0) {
        const Image image{bytes};
        status = exo::parse_platform({read, &image}, 0, platform);
        require(!status || platform.processor_count != 0);
    } else if (data[0] <= std::size(table_parsers)) {
        status = table_parsers[data[0] - 1](exo::Fields(bytes), platform);
    }
    require(status || (status.error() != nullptr && status.error()[0] != 0));
    check(platform);
    return 0;
}
