// Boot: what functions there are, which IOMMU each is behind, and whether it can be lent. Everything starts
// quiet: IOMMUs blocking before the functions are looked at, bus mastering and legacy interrupts off.
#include "drivers/pci/topology.hpp"
#include "exokernel/device/isolation.hpp"
#include "exokernel/device/virtio_function.hpp"
#include "exokernel/log/log.hpp"

namespace exo {

namespace {

// Why a function is not lent; null when it is.
using Reason = const char*;

// Configuration space of one segment, mapped bus by bus as buses are found.
struct EcamBuses {
    std::uint64_t address;
    std::byte* mapped[256];
};
EcamBuses ecam_buses;
pci::Topology topology;
pci::RegisterSpace register_space;

Registers ecam_function(void* context, std::uint8_t bus, std::uint8_t device_function) {
    auto& buses = *static_cast<EcamBuses*>(context);
    if (buses.mapped[bus] == nullptr) {
        buses.mapped[bus] =
            device_host.map_registers(buses.address + bus * pci::config_bytes_per_bus, pci::config_bytes_per_bus);
    }
    return device_host.registers_at(buses.mapped[bus] + device_function * pci::config_bytes);
}

Reason why_not_lent(const Platform& platform, const PlacedFunction& placed, const Function& function,
                    const DeviceInfo& info, bool separate) {
    if (info.header_type != pci::type_endpoint || info.class_code >> 16 == pci::class_bridge) {
        return "a bridge";
    }
    if (function.unit == nullptr) {
        return "no IOMMU";
    }
    if (!function.unit->remaps_interrupts()) {
        return "no interrupt remapping";
    }
    if (!isolation_complete() || platform.remapping_incomplete) {
        return "the IOMMUs are not all known and running";
    }
    if (!separate) {
        return "shares its path with others";
    }
    if (function.domain >= function.unit->domains()) {
        return "the IOMMU has too few domains";
    }
    if (firmware_uses(platform, placed)) {
        return "the firmware uses it";
    }
    if (bypasses_iommu(function.config)) {
        return "it bypasses the IOMMU";
    }
    return nullptr;
}

void describe(const Function& function, DeviceInfo& info) {
    const pci::ConfigSpace& config = function.config;
    info.segment = function.segment;
    info.bus = static_cast<std::uint8_t>(function.source >> 8);
    info.device_function = static_cast<std::uint8_t>(function.source);
    info.header_type = config.header_type();
    info.vendor = config.read16(pci::header::vendor);
    info.device = config.read16(pci::header::device);
    info.class_code = config.class_code();
    if (info.header_type != pci::type_endpoint) {
        return;
    }
    info.subsystem_vendor = config.read16(pci::header::subsystem_vendor);
    info.subsystem = config.read16(pci::header::subsystem);
    info.msix_vectors = function.msix.vectors < interrupts_per_function_max
                            ? function.msix.vectors
                            : static_cast<std::uint16_t>(interrupts_per_function_max);
    info.msix_bar = function.msix.table_bar;
    info.msix_offset = function.msix.table_offset;
    for (unsigned i = 0; i < pci::bars_type0; ++i) {
        info.bar[i] = {.base = function.bars.bar[i].base, .bytes = function.bars.bar[i].bytes};
    }
    const bool resettable = function.reset != pci::ResetMethod::None || is_virtio(config);
    info.flags = resettable ? device_flag::resettable : std::uint8_t{0};
    info.dma_levels = function.unit != nullptr ? function.unit->levels() : std::uint8_t{0};
}

// Whether the MSI-X table and pending bits lie in BARs that are there.
bool msix_is_reachable(const pci::Bars& bars, const pci::MsixLocation& msix) {
    if (msix.table_bar >= pci::bars_type0 || msix.pending_bar >= pci::bars_type0) {
        return false;
    }
    const pci::Bar& table = bars.bar[msix.table_bar];
    const pci::Bar& pending = bars.bar[msix.pending_bar];
    return table.base != 0 && msix.table_offset + msix.table_bytes() <= table.bytes &&
           msix.pending_offset + msix.pending_bytes() <= pending.bytes;
}

// The registers of what the kernel can drive itself, or share out. They are mapped at boot, when kernel tables are
// still made.
void map_driven(Function& function) {
    constexpr std::uint32_t network_class = 0x02, nvme_class = 0x010802;
    constexpr std::uint64_t bytes_max = 1 << 20;
    const std::uint32_t is = function.config.class_code();
    if (function.unit == nullptr || (is >> 16 != network_class && is != nvme_class)) {
        return;
    }
    for (unsigned i = 0; i < pci::bars_type0; ++i) {
        const pci::Bar& bar = function.bars.bar[i];
        if (bar.base != 0 && bar.bytes >= page_bytes && bar.bytes <= bytes_max) {
            function.registers[i] = device_host.map_registers(bar.base, bar.bytes);
        }
    }
}

// Whether a reset of the port above would reset nothing else.
bool is_alone(const pci::FoundFunction& found) {
    std::size_t neighbours = 0;
    for (std::size_t i = 0; i < topology.function_count; ++i) {
        neighbours += topology.function[i].bus == found.bus ? 1 : 0;
    }
    return !topology.incomplete && topology.bus[found.bus].separates && neighbours == 1;
}

void inspect_endpoint(Function& function, const pci::Bars& bars, bool alone) {
    const pci::ConfigSpace& config = function.config;
    config.change_command(pci::command::bus_master, pci::command::interrupt_disable);
    function.bars = bars;
    function.reset = pci::reset_method(config, alone);
    const auto msix = pci::find_msix(config);
    if (msix && msix_is_reachable(function.bars, *msix)) {
        function.msix = *msix;
        const std::uint64_t table = function.bars.bar[msix->table_bar].base + msix->table_offset;
        function.msix_table =
            pci::MsixTable(device_host.registers_at(device_host.map_registers(table, msix->table_bytes())));
        pci::disable_msix(config, function.msix);
    }
    map_driven(function);
}

void log_function(std::uint32_t index, const DeviceInfo& info, Reason reason) {
    klog("device %u: %04x:%02x:%02x.%u %04x:%04x class %06x, %u interrupts, %s%s", index, info.segment, info.bus,
         info.device_function >> 3, info.device_function & 7u, info.vendor, info.device, info.class_code,
         info.msix_vectors, reason == nullptr ? "can be bound" : "cannot be bound: ",
         reason == nullptr ? ((info.flags & device_flag::resettable) != 0 ? "" : " once (no reset)") : reason);
}

// One segment as it is gone through.
struct Walk {
    const Platform& platform;
    const pci::ConfigAccess& access;
    const EcamWindow& window;
};

// The next place in the table, for a function on a bus that `found` is on, too.
Function& place_function(const Walk& walk, const pci::FoundFunction& found, std::uint8_t device_function) {
    const std::uint32_t index = function_count++;
    Function& function = functions[index];
    const std::uint8_t bus = topology.bus[found.bus].number;
    function.config = walk.access.at(bus, device_function);
    function.config_physical =
        walk.window.address + bus * pci::config_bytes_per_bus + device_function * pci::config_bytes;
    function.segment = walk.window.segment;
    function.source = static_cast<std::uint16_t>(bus << 8 | device_function);
    function.domain = static_cast<std::uint16_t>(index + 1); // 0 has a meaning of its own in caching mode
    // IOMMUs and firmware know a virtual function by its physical one (VT-d 8.3).
    function.unit =
        unit_of(walk.platform, {walk.access, topology, walk.window.segment, found.bus, found.device_function});
    if (function.unit != nullptr) {
        function.unit->open_bus(bus);
    }
    return function;
}

void conclude(const Walk& walk, const Function& function, const pci::FoundFunction& found) {
    const auto index = static_cast<std::uint32_t>(&function - functions);
    DeviceInfo& info = device_table[index];
    const PlacedFunction placed{walk.access, topology, walk.window.segment, found.bus, found.device_function};
    const Reason reason = why_not_lent(walk.platform, placed, function, info, found.separate);
    if (reason == nullptr) {
        info.flags |= device_flag::bindable;
    }
    log_function(index, info, reason);
}

void add_virtual(const Walk& walk, const pci::FoundFunction& found, const Function& physical, unsigned number) {
    const DeviceInfo& of = device_table[&physical - functions];
    Function& function = place_function(walk, found, static_cast<std::uint8_t>(physical.virtuals.source(number)));
    inspect_endpoint(function, physical.virtuals.bars_of(number), false);
    DeviceInfo& info = device_table[&function - functions];
    describe(function, info);
    info.vendor = of.vendor; // its own registers show neither (PCIe 9.3.4.1.1)
    info.device = physical.virtuals.device;
    info.flags |= device_flag::is_virtual;
    conclude(walk, function, found);
}

// Functions of one device behind a port may have a path between them inside the device, so its virtual functions stay
// off if nothing tells that they have none.
void add_virtuals(const Walk& walk, const pci::FoundFunction& found, Function& physical) {
    if (!topology.bus[found.bus].is_root && !pci::enable_access_control(physical.config)) {
        return;
    }
    const std::size_t places = max_functions - function_count;
    const std::uint16_t wanted = device_host.virtual_functions.each;
    physical.virtuals =
        pci::plan_virtual_functions(physical.config, physical.source,
                                    wanted < places ? wanted : static_cast<std::uint16_t>(places), register_space);
    if (physical.virtuals.count == 0) {
        return;
    }
    pci::turn_on(physical.config, physical.virtuals);
    if (!device_host.hypervisor) {
        (void)poll_until(device_host.clock, pci::virtual_functions_ready_us, [] { return false; });
    }
    for (unsigned number = 0; number < physical.virtuals.count; ++number) {
        add_virtual(walk, found, physical, number);
    }
}

void add_function(const Walk& walk, const pci::FoundFunction& found) {
    Function& function = place_function(walk, found, found.device_function);
    const bool endpoint = function.config.header_type() == pci::type_endpoint;
    if (endpoint) {
        const pci::Bus& own = topology.bus[found.bus];
        function.port = walk.access.at(topology.bus[own.parent].number, own.device_function);
        inspect_endpoint(function, pci::measure_bars(function.config), !own.is_root && is_alone(found));
    }
    describe(function, device_table[&function - functions]);
    conclude(walk, function, found);
    if (endpoint && found.separate) {
        add_virtuals(walk, found, function);
    }
}

void discover_window(const Platform& platform, const EcamWindow& window) {
    ecam_buses = {};
    ecam_buses.address = window.address;
    const pci::ConfigAccess access{.context = &ecam_buses, .function = ecam_function};
    const Walk walk{platform, access, window};
    pci::enumerate(access, window.first_bus, window.last_bus, topology);
    for (std::size_t i = 0; i < topology.function_count; ++i) {
        if (function_count == max_functions) {
            topology.incomplete = true;
            break;
        }
        add_function(walk, topology.function[i]);
    }
    if (topology.incomplete) {
        klog("device: there are more buses or functions than this kernel has places for");
    }
}

} // namespace

std::uint32_t discover(const Platform& platform, const DeviceHost& host, DeviceInfo* infos) {
    device_host = host;
    device_table = infos;
    register_space = {host.virtual_functions.registers_begin, host.virtual_functions.registers_end};
    const std::uint32_t running = isolation_start(platform);
    for (std::uint32_t i = 0; i < platform.ecam_count; ++i) {
        discover_window(platform, platform.ecam[i]);
    }
    klog("device: %u functions; DMA isolation %s, interrupt remapping %s (%u of %u IOMMUs)", function_count,
         isolation_complete() ? "on" : "off", interrupts_remapped() ? "on" : "off", running,
         platform.remapping_unit_count);
    return function_count;
}

std::uint64_t device_features() {
    return (isolation_complete() ? feature::iommu : 0) | (interrupts_remapped() ? feature::interrupt_remapping : 0);
}

} // namespace exo
