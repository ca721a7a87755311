// One line about the fault, then a backtrace: by frame pointers as long as they hold up, and by searching the stack for
// return addresses where they do not. Interface: crash.hpp.
#include "libos-hpc/signal/crash.hpp"

#include "libos-hpc/object/text.hpp"
#include "libos-hpc/signal/actions.hpp"
#include "libos-hpc/start/program.hpp"
#include "libos-hpc/symbol/symbol_table.hpp"
#include "libos/start/kit.hpp"
#include "libos/upcall/mask.hpp"
#include "libos/upcall/user_memory.hpp"

#include <atomic>

namespace exo::hpc {
namespace {

constexpr int shell_signal_base = 128;
constexpr unsigned frames_max = 32;
constexpr unsigned searched_words_max = 1024;
constexpr std::uint64_t frame_bytes_max = 1u << 20; // no honest frame is larger

std::atomic<bool> crashing{false};

bool in_program(std::uint64_t address) {
    return address >= start_info().image_begin && address < program_facts().image_end;
}

void add_frame(Text& text, const SymbolTable& symbols, unsigned number, std::uint64_t address, bool is_return,
               bool guessed) {
    text.add("  #").decimal(number).add(number < 10 ? "  0x" : " 0x").hexadecimal(address, 12);
    // A return address may lie behind the end of a function that does not return.
    if (auto symbol = symbols.find(is_return ? address - 1 : address))
        text.add(' ').add(symbol->name).add("+0x").hexadecimal(address - symbol->address);
    if (guessed)
        text.add(" (found on the stack)");
    text.add('\n');
}

// Whether the bytes before `address` are a call instruction.
bool follows_call(std::uint64_t address) {
    std::uint8_t before[6];
    if (!in_program(address) || !copy_from_user(before, address - sizeof before, sizeof before))
        return false;
    constexpr std::uint8_t call_relative = 0xe8, call_indirect = 0xff, operation_mask = 0x38, operation_call = 0x10;
    if (before[1] == call_relative)
        return true;
    for (std::size_t i : {4u, 3u, 0u}) { // two, three and six bytes long
        if (before[i] == call_indirect && (before[i + 1] & operation_mask) == operation_call)
            return true;
    }
    return false;
}

void add_backtrace(Text& text, const RegisterFrame& frame) {
    SymbolTable symbols = SymbolTable::open(program_image(), program_facts().moved_by);
    text.add("backtrace:\n");
    add_frame(text, symbols, 0, frame.rip, false, false);
    std::uint64_t pointer = frame.rbp, stack = frame.rsp;
    unsigned number = 1;
    struct {
        std::uint64_t above, return_address;
    } link;
    while (number < frames_max && pointer >= stack && pointer - stack < frame_bytes_max && pointer % 8 == 0 &&
           read_user(&link, pointer) && follows_call(link.return_address)) {
        add_frame(text, symbols, number++, link.return_address, true, false);
        stack = pointer + sizeof link;
        pointer = link.above;
    }
    for (unsigned i = 0; i < searched_words_max && number < frames_max; ++i) {
        std::uint64_t word;
        if (!read_user(&word, stack + i * sizeof word))
            break;
        if (follows_call(word))
            add_frame(text, symbols, number++, word, true, true);
    }
}

void add_fault(Text& text, const RegisterFrame& frame, const linux_abi::SignalInfo& info) {
    using namespace linux_abi;
    text.add(program_path()).add(": ended by ").add(signal_name(info.number));
    if (info.number == signal::segv && info.code == signal_code::not_mapped)
        text.add(": nothing is mapped at address 0x").hexadecimal(info.first);
    else if (info.number == signal::segv && info.code == signal_code::access)
        text.add(": access not allowed at address 0x").hexadecimal(info.first);
    else if (info.number == signal::bus && info.code == signal_code::bus_address)
        text.add(": no memory is left for address 0x").hexadecimal(info.first);
    else if (info.number == signal::fpe && info.code == signal_code::int_divide)
        text.add(": division by zero");
    text.add(", at instruction 0x").hexadecimal(frame.rip).add('\n');
}

} // namespace

void end_by_signal(int number) {
    end_program(shell_signal_base + number);
}

void crash(const RegisterFrame& frame, const linux_abi::SignalInfo& info) {
    if (masked())
        unmask();
    if (!crashing.exchange(true, std::memory_order_relaxed)) { // only the first of several tells its story
        Text text;
        add_fault(text, frame, info);
        add_backtrace(text, frame);
        write_error(text.view());
    }
    end_by_signal(info.number);
}

} // namespace exo::hpc
