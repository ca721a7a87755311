// What the device tests stand on. Interface: lab.hpp.
#include "tests/unit/device/lab.hpp"

#include <doctest/doctest.h>

#include <cstdarg>
#include <cstdio>

// The kernel's log, for a test program: nobody reads it, but its format is checked by the compiler.
namespace exo {
void klog(const char*, ...) {}
} // namespace exo

namespace device_test {

namespace {

Lab* the_lab = nullptr;

// Registers are named by physical address; what is behind one is decided here.
std::byte* map_registers(std::uint64_t physical, std::uint64_t) {
    return reinterpret_cast<std::byte*>(physical); // Safe: a number, never followed
}

exo::Registers msix_registers() {
    return {
        .context = the_lab->msix_table.data(),
        .read = [](void* table, std::uint64_t offset,
                   unsigned) { return std::uint64_t{static_cast<std::uint32_t*>(table)[offset / 4]}; },
        .write = [](void* table, std::uint64_t offset, std::uint64_t value,
                    unsigned) { static_cast<std::uint32_t*>(table)[offset / 4] = static_cast<std::uint32_t>(value); }};
}

exo::Registers registers_at(std::byte* mapped) {
    const auto physical = reinterpret_cast<std::uint64_t>(mapped);
    if (physical >= iommu_at && physical < iommu_at + exo::page_bytes) {
        return the_lab->machine.iommu_registers();
    }
    if (physical >= ecam_at && physical < iommu_at) {
        const std::uint64_t function = (physical - ecam_at) / exo::pci::config_bytes;
        const exo::pci::ConfigAccess access = the_lab->segment.access();
        return access.function(access.context, static_cast<std::uint8_t>(function >> 8),
                               static_cast<std::uint8_t>(function));
    }
    return msix_registers();
}

} // namespace

Lab::Lab()
    : frame_entries(machine_frames), large_entries(machine_frames / exo::frames_per_large), huge_entries(1),
      frames(frame_entries, large_entries, huge_entries, machine.memory()), mapping(frames) {
    the_lab = this;
    for (std::uint64_t frame = 0; frame < machine_frames; ++frame) {
        frames.declare(frame, frame < first_data_frame ? exo::FrameType::Kernel : exo::FrameType::Data);
    }
    platform.ecam_count = 1;
    platform.ecam[0] = {.address = ecam_at, .segment = 0, .first_bus = 0, .last_bus = 255};
    platform.remapping_unit_count = 1;
    platform.remapping_unit[0].registers = iommu_at;
    platform.remapping_unit[0].all_other_functions = true;
    platform.interrupt_remapping = true;

    const std::uint64_t root = take_pair();
    REQUIRE(mapping.make_root(exo::FrameType::PageTable, root, owner, 4, 1));
    owner_tree = {.root = root, .levels = 4, .type = exo::FrameType::PageTable, .tenant = owner};
    for (std::uint8_t level = 3; level >= 1; --level) {
        REQUIRE(mapping.add_table(owner_tree, 0, level, take_pair(), 1));
    }
    for (exo::Function& function : exo::functions) {
        function = {};
    }
    for (std::uint16_t& cookie : exo::cookie_owner) {
        cookie = 0;
    }
    exo::function_count = 0;
}

Lab::~Lab() {
    the_lab = nullptr;
}

FakeFunction Lab::nic() {
    FakeFunction made(0x8086, 0x10d3);
    made.bar(0, nic_bar_at, 0x10000).express(exo::pci::express::IntegratedEndpoint, true).msix(8, 0, 0x8000, 0xa000);
    return made;
}

std::uint32_t Lab::discover() {
    const exo::DeviceHost host{
        .mapping = &mapping,
        .frames = &frames,
        .clock = FakeMachine::clock(),
        .tables = FakeMachine::tables(),
        .map_registers = map_registers,
        .registers_at = registers_at,
        .write_back_caches = [] { the_lab->machine.events.emplace_back("write back all"); },
        .flush_environment =
            [](std::uint16_t environment) {
                the_lab->machine.events.push_back("flush " + std::to_string(environment));
            },
        .x2apic = false,
        .hypervisor = hypervisor,
        .virtual_functions = virtual_functions,
    };
    return exo::discover(platform, host, infos);
}

std::uint32_t Lab::index_of(std::uint8_t bus, unsigned device, unsigned function) const {
    for (std::uint32_t i = 0; i < exo::function_count; ++i) {
        if (infos[i].bus == bus && infos[i].device_function == (device << 3 | function)) {
            return i;
        }
    }
    FAIL("no such function");
    return 0;
}

std::uint64_t Lab::take_pair() {
    next_frame += 2;
    return next_frame - 2;
}

void Lab::bind_dma_tables(std::uint32_t function) {
    for (std::uint8_t level = exo::dma_levels(function); level >= 1; --level) {
        REQUIRE(exo::bind_dma_table(function, 0, level, take_pair(), 2, owner));
    }
}

exo::Status Lab::bind_page(std::uint32_t function, std::uint64_t address, std::uint64_t frame, exo::Rights rights) {
    return exo::bind_dma(function,
                         {.address = address,
                          .frame = frame,
                          .level = 1,
                          .rights = rights,
                          .rights_max = exo::right::Read | exo::right::Write,
                          .slot = 3,
                          .holder = owner},
                         1);
}

bool Lab::reaches(std::uint32_t function, std::uint64_t address, std::uint64_t frame) {
    return machine.access(exo::functions[function].source, address, true) == frame * exo::page_bytes;
}

exo::Status Lab::release(std::uint32_t function, unsigned* calls) {
    for (unsigned call = 1; call <= 1'000'000; ++call) {
        const exo::Status done =
            exo::function_release(function, [](std::uint32_t cookie) { the_lab->freed_cookies.push_back(cookie); });
        if (done || done.error() != exo::Error::Again) {
            if (calls != nullptr) {
                *calls = call;
            }
            return done;
        }
    }
    FAIL("function_release does not end");
    return {};
}

std::optional<FakeMachine::Delivery> Lab::interrupt(std::uint32_t function, unsigned vector) {
    const std::uint64_t address = msix_word(vector, 0) | static_cast<std::uint64_t>(msix_word(vector, 1)) << 32;
    if ((msix_word(vector, 3) & exo::pci::msix::entry_masked) != 0) {
        return std::nullopt;
    }
    return machine.message(exo::functions[function].source, address, msix_word(vector, 2));
}

} // namespace device_test
