// What exchanging a page costs instead of copying what is in it: rows of one batch that take pages out of an address
// space, or out of a NIC's DMA domain, and put others in. A native program, which owns the NIC; counted in
// instructions, of a long batch less a short one, so that no row pays for entering the kernel.
#include "bench/exo/program.hpp"
#include "bench/exo/spare.hpp"
#include "bench/primitives/sampling.hpp"
#include "libos/device/function.hpp"
#include "libos/net/open_port.hpp"

namespace {

constexpr std::uint64_t pages_few = 1, pages_many = 33;
constexpr std::uint64_t window_pages = 64;

using Rows = std::array<exo::BindOp, pages_many>;

struct Target {
    exo::BindOp row; // of page 0; the others follow it in address and frame
    std::string_view name;
};

// Takes `pages` pages out and puts as many of other frames in, one batch each.
std::uint64_t exchange(const Target& target, std::uint64_t first_frame, std::uint64_t pages) {
    Rows out, in;
    for (std::uint64_t i = 0; i < pages; ++i) {
        out[i] = target.row;
        out[i].address += i * exo::page_bytes;
        out[i].count = 1;
        in[i] = out[i];
        in[i].resource = first_frame + i;
    }
    const std::uint64_t begin = bench::read_tsc();
    const exo::CallResult unbound = exo::sys::unbind(exo::self, out.data(), pages);
    const exo::CallResult bound = exo::sys::bind(exo::self, in.data(), pages);
    const std::uint64_t end = bench::read_tsc();
    bench::require(unbound.ok() && bound.ok(), "exchanging pages");
    return end - begin;
}

void measure(const Target& target, std::uint64_t other_frames) {
    // The first of each goes unmeasured.
    std::uint64_t few = 0, many = 0;
    for (std::uint64_t turn = 0; turn < 2; ++turn) {
        few = exchange(target, other_frames, pages_few);
        many = exchange(target, other_frames, pages_many);
    }
    char buffer[bench::row_bytes_max];
    bench::print(
        bench::format_row(buffer, target.name, "instructions", (many - few) * 1000 / (pages_many - pages_few)));
}

} // namespace

int exo_main(const exo::StartInfo& start) {
    const std::uint64_t frames = bench::take_spare(window_pages, window_pages);
    std::byte* const window = bench::map_spare(frames, pages_many);
    const auto address = reinterpret_cast<std::uint64_t>(window); // Safe: a number for the kernel.
    const exo::Rights rights = exo::right::Read | exo::right::Write;
    measure({bench::page_row(bench::spare_handle(), address, frames, 1, rights), "exchange_page"}, frames);

    static exo::Function function;
    for (std::size_t i = 0; i < start.function_count; ++i)
        if (exo::net::is_nic(start.functions[i])) {
            bench::require(function.open(start.functions[i]).has_value(), "opening a NIC's function");
            const auto memory = bench::required(function.allocate_dma(pages_many * exo::page_bytes), "allocating");
            const std::uint64_t first = memory.physical / exo::page_bytes;
            measure({{exo::BindKind::Dma, rights | exo::bind_flag::size_4k, function.handle(), memory.physical, first,
                      1, exo::frames().handle_of(first)},
                     "exchange_dma"},
                    first);
            return 0;
        }
    bench::give_up("finding a NIC", nullptr);
}
