// See kit.hpp. The order matters: dispatch before the first upcall can come, memory before anything that allocates.
#include "libos/start/kit.hpp"

#include "libos/event/event_table.hpp"
#include "libos/memory/address_space.hpp"
#include "libos/memory/bind_rows.hpp"
#include "libos/start/revocation.hpp"
#include "libos/thread/scheduler.hpp"
#include "libos/time/clock.hpp"
#include "libos/trace/trace.hpp"
#include "libos/upcall/dispatch.hpp"
#include "secure-bindings/abi/syscall.hpp"

namespace exo {

namespace {

constexpr std::uint64_t start_failed_status = 125;

const StartInfo* information;

void require(Status status, const char* what) {
    if (status)
        return;
    log_line({{"exo: the library OS could not start: "}, {what}, {": "}, {error_name(status.error())}});
    exit_environment(start_failed_status);
}

} // namespace

void exo_kit_start(const StartInfo* start) {
    information = start;
    open_dispatch();
    open_vcore(0, start->vcore_core[0], initial_stack_top);
    mask();
    open_clock();
    require(start->version == start_info_version ? Status{} : std::unexpected(Error::BadArgument),
            "the start information has another version");
    require(frames().open(*start), "physical memory");
    require(address_space().open(machine_tables(), (machine_info().feature_bits & feature::huge_pages) != 0),
            "the address space");
    require(address_space().adopt(*start), "the memory of the image");
    require(open_events(start->vcore_count), "events");
    open_trace(start->vcore_count, start->trace != 0);
    require(scheduler().open(*start), "threads");
    open_revocation();
    unmask();
}

const StartInfo& start_info() {
    return *information;
}

std::uint64_t environment_number() {
    // Safe: the starter bound the environment page there, read only.
    return reinterpret_cast<const EnvironmentPage*>(environment_page_address)->environment;
}

const char* start_string(std::uint32_t offset) {
    // Safe: strings lie in the block that the starter made, within its bytes.
    return reinterpret_cast<const char*>(information) + offset;
}

const char* start_list_string(std::uint32_t list_offset, std::uint32_t index) {
    const auto* offsets = reinterpret_cast<const std::uint32_t*>(start_string(list_offset)); // Safe: as above.
    return start_string(offsets[index]);
}

void exit_environment(std::uint64_t status) {
    for (;;)
        (void)sys::stop(self, status); // does not return
}

} // namespace exo
