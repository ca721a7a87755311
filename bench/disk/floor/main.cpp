// The floor of the disk bench: what is left when nothing protects anybody. The objects of libos/block and of the driver
// that programs link run the suite in ring 0, on a machine that has no kernel; with `iommu`, DMA is translated.
#include "bench/disk/owned_suite.hpp"
#include "bench/exo/program.hpp"
#include "bench/network/floor/machine.hpp"

using namespace bench;

namespace {

constexpr std::size_t words_max = 8;
floor::Found found[1];
exo::block::NvmeDisk nvme;

bool is_disk(const floor::Identity& identity) {
    return identity.class_code == exo::nvme::pci_class;
}

} // namespace

extern "C" [[noreturn]] void floor_main(std::uint64_t start_info) {
    floor::construct();
    std::string_view words[words_max];
    disk::Request request;
    for (const std::string_view word : std::span(words, floor::read_words(start_info, words)))
        if (word == "iommu")
            require(floor::translate_dma(), "turning DMA translation on");
        else
            require(request.take(word), "reading the arguments");
    require(floor::find_functions(is_disk, found) == 1, "finding a disk");
    if (const char* const problem = nvme.open({exo::no_handle, 0, 0}, {.interrupts = false}))
        give_up("opening the disk", problem);
    if (!disk::run_owned_suite(nvme, request, nullptr))
        give_up("waiting for a transfer", nullptr);
    floor::end_machine(true);
}
