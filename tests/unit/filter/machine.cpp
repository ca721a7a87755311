// Packets and scratch memory are blocks of exactly their size, so that AddressSanitizer sees every octet beyond.
#include "tests/unit/filter/machine.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <sys/mman.h>

namespace exo::test {

namespace {

Outcome* recording = nullptr;

void record(std::initializer_list<std::uint64_t> words) {
    recording->calls.insert(recording->calls.end(), words);
}

std::uint64_t count(std::uint64_t, std::uint64_t counter, std::uint64_t amount, std::uint64_t, std::uint64_t) {
    if (counter >= filter_counters)
        std::abort(); // what the kernel would index with
    record({1, counter, amount});
    return 0;
}
std::uint64_t wake(std::uint64_t context, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t) {
    // Reading through it shows that it is the context.
    record({2, reinterpret_cast<const FilterContext*>(context)->length});
    return 0;
}
std::uint64_t time_stamp(std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t) {
    record({3});
    return recorded_time;
}

// A copy in a block of its own.
struct Block {
    explicit Block(const Octets& content) : bytes(new std::uint8_t[content.size()]), size(content.size()) {
        std::copy(content.begin(), content.end(), bytes.get());
    }
    Octets content() const { return {bytes.get(), bytes.get() + size}; }
    std::unique_ptr<std::uint8_t[]> bytes;
    std::size_t size;
};

// Compiled code has no type before its entry, which UBSan would look for there.
[[clang::no_sanitize("function")]] std::uint64_t call(filter::Compiled compiled, FilterContext& context) {
    return compiled(&context);
}

template <typename Run>
Outcome run_on(const Octets& packet, const Octets& scratch, std::uint32_t flags, Run run) {
    Outcome outcome;
    Block frame(packet), own(scratch);
    FilterContext context{frame.bytes.get(), frame.bytes.get() + frame.size, own.bytes.get(),
                          static_cast<std::uint32_t>(frame.size), flags};
    recording = &outcome;
    outcome.result = run(context);
    recording = nullptr;
    outcome.packet = frame.content();
    outcome.scratch = own.content();
    return outcome;
}

} // namespace

const filter::HelperTable& recording_helpers() {
    static const filter::HelperTable table = {count, wake, time_stamp, filter::checksum_difference};
    return table;
}

ExecutableMemory::ExecutableMemory(std::size_t bytes) : bytes_((bytes + 4095) / 4096 * 4096) {
    const auto near = reinterpret_cast<std::uintptr_t>(&count) & ~std::uintptr_t{4095};
    for (std::uintptr_t step = 16; step < 1024 && !start_; ++step) {
        void* const place = reinterpret_cast<void*>(near - (step << 20));
        void* const got =
            mmap(place, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        start_ = got == MAP_FAILED ? nullptr : static_cast<std::byte*>(got);
    }
    if (!start_)
        std::abort();
}
ExecutableMemory::~ExecutableMemory() {
    munmap(start_, bytes_);
}
void ExecutableMemory::make_writable() {
    mprotect(start_, bytes_, PROT_READ | PROT_WRITE);
}
void ExecutableMemory::make_executable() {
    mprotect(start_, bytes_, PROT_READ | PROT_EXEC);
}

Machine::Machine()
    : verifier_(std::make_unique<filter::Verifier>()), memory_(filter::jit_bytes_max(filter_instructions_max)) {}

bool Machine::load(std::span<const FilterInstruction> program, FilterKind kind, std::uint32_t scratch_bytes) {
    program_.assign(program.begin(), program.end());
    auto progress = verifier_->start(program_, {kind, scratch_bytes});
    while (progress == filter::Verifier::Progress::Working)
        progress = verifier_->advance(1000);
    if (progress != filter::Verifier::Progress::Accepted)
        return false;
    return compile();
}

bool Machine::compile() {
    memory_.make_writable();
    const auto work = std::make_unique<filter::JitWork>();
    const auto room = memory_.octets().first(filter::jit_bytes_max(program_.size()));
    std::memset(room.data(), 0xcc, room.size());
    const auto code = filter::compile(verified(), recording_helpers(),
                                      {room, reinterpret_cast<std::uint64_t>(room.data()), key_}, *work);
    if (!code)
        std::abort();
    code_ = *code;
    code_start_ = room.data();
    memory_.make_executable();
    return true;
}

std::string Machine::words() const {
    char room[1024];
    return std::string(filter::describe(refusal(), room));
}

Outcome Machine::interpret(const Octets& packet, const Octets& scratch, std::uint32_t flags) {
    instructions_ = 0;
    return run_on(packet, scratch, flags, [&](FilterContext& context) {
        return filter::interpret_counted(verified(), context, recording_helpers(), instructions_);
    });
}

Outcome Machine::run_compiled(const Octets& packet, const Octets& scratch, std::uint32_t flags) {
    return run_on(packet, scratch, flags, [&](FilterContext& context) { return call(compiled(), context); });
}

Outcome Machine::run(const Octets& packet, const Octets& scratch, std::uint32_t flags) {
    problem_.clear();
    const Outcome interpreted = interpret(packet, scratch, flags);
    if (instructions_ > verified().cost)
        problem_ = std::to_string(instructions_) + " instructions, " + std::to_string(verified().cost) + " promised";
    const Outcome compiled = run_compiled(packet, scratch, flags);
    if (interpreted.result != compiled.result)
        problem_ =
            "interpreted " + std::to_string(interpreted.result) + ", compiled " + std::to_string(compiled.result);
    else if (interpreted != compiled)
        problem_ = "interpreter and compiled code leave something else behind";
    return interpreted;
}

} // namespace exo::test
