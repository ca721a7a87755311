// Strings stay where the starter put them; only the pointers to them are on the stack. Interface: program_stack.hpp.
#include "libos-hpc/start/program_stack.hpp"

#include "libos-hpc/linux/system.hpp"
#include "libos-hpc/memory/regions.hpp"
#include "libos-hpc/proc/processor.hpp"
#include "libos-hpc/random/random.hpp"
#include "libos-hpc/signal/frame.hpp"
#include "libos-hpc/start/program.hpp"
#include "libos-hpc/vdso/vdso.hpp"
#include "libos/start/kit.hpp"
#include "libos/time/clock.hpp"

namespace exo::hpc {
namespace {

using namespace linux_abi;

// There from the start; the rest of the stack comes as it is touched.
constexpr std::uint64_t populated_bytes = 64 * 1024;
constexpr std::size_t random_bytes = 16;
constexpr std::size_t aux_entries = 20;
constexpr std::uint64_t program_header_bytes = 56;
constexpr std::uint64_t hardware2_fsgsbase = 1u << 1;
constexpr char platform[] = "x86_64";

// Safe: addresses of constants and of the starter's strings, as the program wants them.
std::uint64_t address_of(const void* pointer) {
    return reinterpret_cast<std::uint64_t>(pointer);
}

Result<std::uint64_t> map_stack() {
    RegionRequest request;
    request.bytes = program_stack_bytes + page_bytes;
    request.rights = 0;
    request.backing = Backing::DemandZero;
    request.page_order = 0;
    request.tag = region_tag::stack;
    auto base = address_space().map(request);
    if (!base)
        return base;
    std::uint64_t end = *base + request.bytes;
    Status status = address_space().protect(*base + page_bytes, program_stack_bytes, right::Read | right::Write);
    if (status)
        status = address_space().populate(end - populated_bytes, populated_bytes);
    if (!status)
        return std::unexpected(status.error());
    return end;
}

// Fills upwards from where _start's stack pointer will be.
class StackWriter {
public:
    explicit StackWriter(std::uint64_t at) : words_(reinterpret_cast<std::uint64_t*>(at)) {} // Safe: mapped, with room
    void put(std::uint64_t word) { *words_++ = word; }
    void put(std::uint64_t type, std::uint64_t value) {
        put(type);
        put(value);
    }
    void put_strings(std::uint32_t list, std::uint32_t count) {
        for (std::uint32_t i = 0; i < count; ++i)
            put(address_of(start_list_string(list, i)));
        put(0);
    }

private:
    std::uint64_t* words_;
};

void put_aux(StackWriter& stack, std::uint64_t random) {
    stack.put(aux::vdso, address_of(vdso_image()));
    stack.put(aux::hardware, hardware_capabilities());
    stack.put(aux::page_bytes, page_bytes);
    stack.put(aux::clock_ticks, ticks_per_second);
    stack.put(aux::program_headers, program_facts().program_headers);
    stack.put(aux::program_header_bytes, program_header_bytes);
    stack.put(aux::program_header_count, program_facts().program_header_count);
    stack.put(aux::base, 0);
    stack.put(aux::flags, 0);
    stack.put(aux::entry, program_facts().entry);
    stack.put(aux::user, 0);
    stack.put(aux::effective_user, 0);
    stack.put(aux::group, 0);
    stack.put(aux::effective_group, 0);
    stack.put(aux::secure, 0);
    stack.put(aux::random, random);
    stack.put(aux::hardware2, (machine_info().feature_bits & feature::fsgsbase) ? hardware2_fsgsbase : 0);
    stack.put(aux::exec_name, address_of(program_path().data()));
    stack.put(aux::platform, address_of(platform));
    stack.put(aux::signal_stack_min, signal_frame_bytes_max());
    stack.put(aux::null, 0);
}

} // namespace

Result<std::uint64_t> make_program_stack(const StartInfo& start) {
    auto end = map_stack();
    if (!end)
        return end;
    std::uint64_t random = *end - random_bytes;
    fill_random({reinterpret_cast<std::byte*>(random), random_bytes}); // Safe: the stack's last bytes
    constexpr std::size_t aux_words = 2 * (aux_entries + 1);
    std::uint64_t words = 1 + start.argument_count + 1 + start.environment_count + 1 + aux_words;
    if (words * sizeof(std::uint64_t) > populated_bytes - page_bytes)
        return std::unexpected(Error::OutOfRange);
    std::uint64_t top = (random - words * sizeof(std::uint64_t)) & ~15ull;
    StackWriter stack(top);
    stack.put(start.argument_count);
    stack.put_strings(start.arguments_offset, start.argument_count);
    stack.put_strings(start.environment_offset, start.environment_count);
    put_aux(stack, random);
    return top;
}

} // namespace exo::hpc
