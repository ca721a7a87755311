// The floor of the network bench: what is left when nothing protects anybody. The objects of libos/net and of the
// drivers that programs link run the suite in ring 0, on a machine that has no kernel; with `iommu`, DMA is translated.
#include "bench/exo/program.hpp"
#include "bench/network/floor/machine.hpp"
#include "bench/network/stack_lane.hpp"
#include "drivers/virtio/spec.hpp"
#include "libos/net/port_virtio.hpp"

using namespace bench;

namespace {

constexpr std::size_t nics_max = 2;
floor::Found functions[nics_max];

bool is_nic(const floor::Identity& identity) {
    return identity.vendor == exo::virtio::pci_vendor &&
           identity.device ==
               exo::virtio::pci_device_base + static_cast<std::uint16_t>(exo::virtio::DeviceType::Network);
}

template <typename Ring>
void open_pair(exo::net::VirtioNic& nic, exo::net::VirtioPort<Ring>& port, std::uint32_t index,
               const exo::net::PortWishes& wishes) {
    const char* problem = nic.open({exo::no_handle, index, 0}, wishes);
    if (problem == nullptr)
        problem = port.open(nic, 0);
    if (problem == nullptr)
        problem = nic.start();
    if (problem != nullptr)
        give_up("opening a NIC", problem);
    port.begin();
}

exo::net::VirtioNic nics[nics_max];
exo::net::SplitVirtioPort ports[nics_max];
constexpr std::size_t words_max = 8;

} // namespace

extern "C" [[noreturn]] void floor_main(std::uint64_t start_info) {
    floor::construct();
    std::string_view words[words_max];
    network::Request request;
    for (const std::string_view word : std::span(words, floor::read_words(start_info, words)))
        if (word == "iommu")
            require(floor::translate_dma(), "turning DMA translation on");
        else
            require(request.take(word), "reading the arguments");
    const bool two = request.part == network::Part::both;
    const std::uint32_t count = two ? nics_max : 1;
    require(floor::find_functions(is_nic, functions) == count, "finding the NICs");
    for (std::uint32_t i = 0; i < count; ++i)
        open_pair(nics[i], ports[i], i, {.packed = false});
    if (!network::run_stack_suite(ports[0], two ? &ports[1] : nullptr, {request, {1, 2, 3, 4}, nullptr}))
        give_up("waiting for a packet", nullptr);
    floor::end_machine(true);
}
