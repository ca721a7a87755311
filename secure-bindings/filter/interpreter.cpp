// One switch over all opcodes. What an opcode does to numbers is in alu.hpp; given the opcode as a constant, the
// compiler leaves one operation of it in each case.
#include "secure-bindings/filter/interpreter.hpp"

#include "secure-bindings/filter/alu.hpp"

namespace exo::filter {

namespace {

template <typename T>
T load(std::uint64_t address) {
    T value;
    // Safe: the verifier has seen that the octets are there.
    __builtin_memcpy(&value, reinterpret_cast<const void*>(address), sizeof(T));
    return value;
}

template <typename T>
void store(std::uint64_t address, std::uint64_t value) {
    const auto octets = static_cast<T>(value);
    // Safe: as for load.
    __builtin_memcpy(reinterpret_cast<void*>(address), &octets, sizeof(T));
}

template <typename T>
std::uint64_t load_signed(std::uint64_t address) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(load<T>(address)));
}

constexpr FilterInstruction as(const FilterInstruction& i, std::uint8_t opcode) {
    return {opcode, i.registers, i.offset, i.immediate};
}

// A row for each operation: class ALU and ALU64, second operand immediate and register.
#define EXO_ALU_CASE(opcode, operand)                                                                                  \
    case opcode:                                                                                                       \
        r[to] = evaluate(as(*i, opcode), r[to], operand);                                                              \
        break;
#define EXO_ALU_ROW(operation)                                                                                         \
    EXO_ALU_CASE(operation | 0x04, immediate)                                                                          \
    EXO_ALU_CASE(operation | 0x07, immediate)                                                                          \
    EXO_ALU_CASE(operation | 0x0c, r[from])                                                                            \
    EXO_ALU_CASE(operation | 0x0f, r[from])
// The same for conditional jumps: class JMP and JMP32.
#define EXO_JUMP_CASE(opcode, operand)                                                                                 \
    case opcode:                                                                                                       \
        if (compare(as(*i, opcode), r[to], operand))                                                                   \
            i += i->offset;                                                                                            \
        break;
#define EXO_JUMP_ROW(operation)                                                                                        \
    EXO_JUMP_CASE(operation | 0x05, immediate)                                                                         \
    EXO_JUMP_CASE(operation | 0x06, immediate)                                                                         \
    EXO_JUMP_CASE(operation | 0x0d, r[from])                                                                           \
    EXO_JUMP_CASE(operation | 0x0e, r[from])
// Loads and stores of one size.
#define EXO_MEMORY_ROW(size, type)                                                                                     \
    case size | 0x61:                                                                                                  \
        r[to] = load<type>(r[from] + offset);                                                                          \
        break;                                                                                                         \
    case size | 0x62:                                                                                                  \
        store<type>(r[to] + offset, immediate);                                                                        \
        break;                                                                                                         \
    case size | 0x63:                                                                                                  \
        store<type>(r[to] + offset, r[from]);                                                                          \
        break;

template <bool counted>
std::uint64_t run(const Verified& verified, FilterContext& context, const HelperTable& helpers,
                  std::uint64_t& instructions) {
    std::uint64_t r[16];
    alignas(8) unsigned char stack[filter_stack_bytes];
    r[1] = reinterpret_cast<std::uint64_t>(&context);
    r[frame_register] = reinterpret_cast<std::uint64_t>(stack + filter_stack_bytes);
    for (const FilterInstruction* i = verified.program.data();; ++i) {
        if constexpr (counted) {
            ++instructions;
        }
        const unsigned to = destination(*i);
        const unsigned from = source(*i);
        const auto immediate = static_cast<std::uint64_t>(std::int64_t{i->immediate});
        const auto offset = static_cast<std::uint64_t>(std::int64_t{i->offset});
        switch (i->opcode) {
            EXO_ALU_ROW(0x00)
            EXO_ALU_ROW(0x10)
            EXO_ALU_ROW(0x20)
            EXO_ALU_ROW(0x30)
            EXO_ALU_ROW(0x40)
            EXO_ALU_ROW(0x50)
            EXO_ALU_ROW(0x60)
            EXO_ALU_ROW(0x70)
            EXO_ALU_CASE(0x84, 0)
            EXO_ALU_CASE(0x87, 0)
            EXO_ALU_ROW(0x90)
            EXO_ALU_ROW(0xa0)
            EXO_ALU_ROW(0xb0)
            EXO_ALU_ROW(0xc0)
            EXO_ALU_CASE(0xd4, 0)
            EXO_ALU_CASE(0xd7, 0)
            EXO_ALU_CASE(0xdc, 0)
            EXO_JUMP_ROW(0x10)
            EXO_JUMP_ROW(0x20)
            EXO_JUMP_ROW(0x30)
            EXO_JUMP_ROW(0x40)
            EXO_JUMP_ROW(0x50)
            EXO_JUMP_ROW(0x60)
            EXO_JUMP_ROW(0x70)
            EXO_JUMP_ROW(0xa0)
            EXO_JUMP_ROW(0xb0)
            EXO_JUMP_ROW(0xc0)
            EXO_JUMP_ROW(0xd0)
            EXO_MEMORY_ROW(0x00, std::uint32_t)
            EXO_MEMORY_ROW(0x08, std::uint16_t)
            EXO_MEMORY_ROW(0x10, std::uint8_t)
            EXO_MEMORY_ROW(0x18, std::uint64_t)
        case 0x81:
            r[to] = load_signed<std::int32_t>(r[from] + offset);
            break;
        case 0x89:
            r[to] = load_signed<std::int16_t>(r[from] + offset);
            break;
        case 0x91:
            r[to] = load_signed<std::int8_t>(r[from] + offset);
            break;
        case wide_opcode:
            r[to] = wide_immediate(i);
            ++i;
            break;
        case 0x05: // JA
            i += i->offset;
            break;
        case 0x06: // JA, long
            i += i->immediate;
            break;
        case 0x85: // CALL
            r[0] = helpers[static_cast<std::uint32_t>(i->immediate) - 1](r[1], r[2], r[3], r[4], r[5]);
            break;
        case 0x95: // EXIT
            return r[0];
        default: // the verifier has let none of these through
            __builtin_unreachable();
        }
    }
}

#undef EXO_MEMORY_ROW
#undef EXO_JUMP_ROW
#undef EXO_JUMP_CASE
#undef EXO_ALU_ROW
#undef EXO_ALU_CASE

} // namespace

std::uint64_t interpret(const Verified& verified, FilterContext& context, const HelperTable& helpers) {
    std::uint64_t ignored = 0;
    return run<false>(verified, context, helpers, ignored);
}

std::uint64_t interpret_counted(const Verified& verified, FilterContext& context, const HelperTable& helpers,
                                std::uint64_t& instructions) {
    return run<true>(verified, context, helpers, instructions);
}

} // namespace exo::filter
