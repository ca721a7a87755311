// A program that is its own library OS: it finds out which pages a computation writes, by protecting them and taking
// the page faults itself. No call of it is Linux's; a fault costs a few hundred instructions. Needs the right to the
// machine's log, on which it prints. Where to read next: libos/README.md.
#include "libos/memory/address_space.hpp"
#include "libos/start/native.hpp"
#include "libos/upcall/dispatch.hpp"

namespace {

constexpr unsigned page_fault = 14;
constexpr std::uint64_t pages = 64;
std::uint64_t first;
std::uint64_t written; // one bit a page

void on_page_fault(exo::RegisterFrame& frame) {
    const std::uint64_t page = (frame.fault_address - first) / exo::page_bytes;
    if (page >= pages)
        exo::default_page_fault(frame);
    else if (exo::address_space().protect(first + page * exo::page_bytes, exo::page_bytes,
                                          exo::right::Read | exo::right::Write))
        written |= 1ull << page; // and the store runs again
    else
        exo::unhandled_exception(frame);
}

} // namespace

int exo_main(const exo::StartInfo&) {
    exo::set_exception_handler(page_fault, on_page_fault);
    first = exo::address_space().map({.bytes = pages * exo::page_bytes, .page_order = exo::order_4k}).value_or(0);
    if (first == 0 || !exo::address_space().protect(first, pages * exo::page_bytes, exo::right::Read))
        return 1;
    auto* const words = reinterpret_cast<volatile std::uint64_t*>(first); // Safe: mapped above.
    for (std::uint64_t i = 1; i < pages; i += i)
        words[i * exo::page_bytes / sizeof *words] = i;
    exo::log_line({{"pages written: "}, exo::hexadecimal(written)});
    return written == 0x1'0001'0116 ? 0 : 2; // pages 1, 2, 4, 8, 16 and 32
}
