// A program begins with data, data_end and scratch memory in R6, R7 and R8 and 40 octets of packet compared; then R0 to
// R5 and R9 are worked on, in straight runs, branches forward, and loops that count in R9.
#include "tests/unit/filter/program_maker.hpp"

#include <utility>

namespace exo::test {

namespace {

constexpr int checked_bytes = 40;
constexpr std::uint32_t scratch_bytes = 64;

class Maker {
public:
    explicit Maker(ByteSource& choices) : choices_(choices) {}

    MadeProgram make() {
        const FilterKind kind = choices_.byte() % 2 ? FilterKind::Handler : FilterKind::Filter;
        kind_ = kind;
        out_ = program(ldx(8, r6, r1, 0), ldx(8, r7, r1, 8), ldx(8, r8, r1, 16), stx(8, r10, -8, r1), mov(r0, r6),
                       add(r0, checked_bytes), jump(JumpOp::Le, r0, r7, 2), mov(r0, 0), leave());
        for (int k = 0; k <= 5; ++k)
            put(choices_.byte() % 2 ? ldx(8, number(k), r6, 4 * k) : mov(number(k), choices_.byte() * 77 - 5000));
        put(mov(r9, 0));
        for (unsigned k = 0; k < 40 && !choices_.empty(); ++k)
            piece(2);
        put(kind == FilterKind::Handler ? alu(AluOp::And, r0, 3) : alu32(AluOp::Xor, r0, r3));
        put(leave());
        return {std::move(out_), kind, scratch_bytes};
    }

private:
    static Register number(int k) { return static_cast<Register>(k); }
    void put(FilterInstruction i) { out_.push_back(i); }
    Register any() { return number(choices_.byte() % 6); }
    std::int64_t constant() {
        constexpr std::int64_t interesting[] = {
            0, 1, -1, 7, 31, 32, 63, 127, 128, 255, -128, 65535, 0x7fffffff, -0x7fffffff - 1, 0x12345678, 14};
        return choices_.one_of(interesting);
    }
    unsigned size() { return 1u << choices_.byte() % 4; }

    void piece(unsigned depth) {
        switch (choices_.byte() % 12) {
        case 0:
        case 1:
        case 2:
        case 3:
            return arithmetic();
        case 4:
            return packet_access();
        case 5:
            return scratch_access();
        case 6:
            return stack_access();
        case 7:
            return variable_packet_access();
        case 8:
            return depth > 0 ? branch(depth) : arithmetic();
        case 9:
            return depth > 0 ? loop(depth) : arithmetic();
        case 10:
            return helper();
        default:
            return anything();
        }
    }

    void arithmetic() {
        const Class c = choices_.byte() % 2 ? Class::Alu : Class::Alu64;
        const auto op = static_cast<AluOp>(choices_.byte() % 14);
        const Register to = any();
        if (op == AluOp::Neg)
            return put(encode(opcode_of(c, 8, false), to));
        if (op == AluOp::End) {
            constexpr int widths[] = {16, 32, 64};
            return put(
                encode(opcode_of(c, 13, c == Class::Alu && choices_.byte() % 2), to, 0, 0, choices_.one_of(widths)));
        }
        const bool divides = op == AluOp::Div || op == AluOp::Mod;
        const int offset = divides ? choices_.byte() % 2 : 0;
        if (choices_.byte() % 2)
            return put(alu(op, to, constant(), offset, c));
        constexpr int widths[] = {0, 8, 16};
        put(alu(op, to, any(), op == AluOp::Mov ? choices_.one_of(widths) : offset, c));
    }

    void access(Register base, int end, bool writes) {
        const unsigned bytes = size();
        const int at = choices_.byte() % (end - static_cast<int>(bytes) + 1);
        switch (choices_.byte() % 4) {
        case 0:
            if (writes)
                return put(stx(bytes, base, at, any()));
            break;
        case 1:
            if (writes)
                return put(st(bytes, base, at, constant()));
            break;
        case 2:
            if (bytes < 8)
                return put(ldxs(bytes, any(), base, at));
            break;
        default:
            break;
        }
        put(ldx(bytes, any(), base, at));
    }
    void packet_access() { access(r6, checked_bytes, kind_ == FilterKind::Handler); }

    // An index within bounds, moved to it in one of the two orders.
    void scratch_access() {
        if (choices_.byte() % 2)
            return access(r8, scratch_bytes, true);
        const Register index = any();
        const auto base = number((index + 1) % 6);
        put(alu(AluOp::And, index, 31));
        put(mov(base, r8));
        if (choices_.byte() % 2) {
            put(add(base, index));
            access(base, 32, true);
            put(mov(base, 3));
        } else {
            put(add(index, base));
            access(index, 32, true);
            put(mov(index, 5));
            put(mov(base, 4));
        }
    }

    void stack_access() {
        const int slot = -8 * (2 + choices_.byte() % 4);
        const Register value = any();
        put(stx(8, r10, slot, value));
        for (unsigned k = choices_.byte() % 4; k > 0; --k)
            arithmetic();
        const unsigned bytes = size();
        put(ldx(bytes, any(), r10, slot + choices_.byte() % (9 - static_cast<int>(bytes))));
    }

    // An address at an offset from the packet, compared before it is used.
    void variable_packet_access() {
        const Register index = any();
        const auto base = number((index + 1) % 6), limit = number((index + 2) % 6);
        put(alu(AluOp::And, index, choices_.byte()));
        put(mov(base, r6));
        put(add(base, index));
        put(mov(limit, base));
        const int bytes = 1 + choices_.byte() % 16;
        put(add(limit, bytes));
        const std::size_t from = out_.size();
        put(jump(choices_.byte() % 8 ? JumpOp::Gt : JumpOp::Ge, limit, r7, 0));
        const unsigned octets = bytes >= 8 ? 8 : bytes >= 4 ? 4 : bytes >= 2 ? 2 : 1;
        if (kind_ == FilterKind::Handler && choices_.byte() % 2)
            put(stx(octets, base, bytes - static_cast<int>(octets), index));
        else
            put(ldx(octets, index, base, bytes - static_cast<int>(octets)));
        land(from);
        put(mov(base, constant()));
        put(mov(limit, constant()));
    }

    void land(std::size_t from) { out_[from].offset = static_cast<std::int16_t>(out_.size() - from - 1); }

    void branch(unsigned depth) {
        constexpr JumpOp jumps[] = {JumpOp::Eq,  JumpOp::Gt, JumpOp::Ge, JumpOp::Set, JumpOp::Ne, JumpOp::Sgt,
                                    JumpOp::Sge, JumpOp::Lt, JumpOp::Le, JumpOp::Slt, JumpOp::Sle};
        const Class c = choices_.byte() % 2 ? Class::Jmp : Class::Jmp32;
        const JumpOp op = choices_.one_of(jumps);
        const std::size_t from = out_.size();
        if (choices_.byte() % 2)
            put(jump(op, any(), any(), 0, c));
        else
            put(jump(op, any(), constant(), 0, c));
        for (unsigned k = choices_.byte() % 4; k > 0; --k)
            piece(depth - 1);
        if (choices_.byte() % 2) {
            const std::size_t skip = out_.size();
            put(ja(0));
            land(from);
            for (unsigned k = choices_.byte() % 3; k > 0; --k)
                piece(depth - 1);
            land(skip);
        } else {
            land(from);
        }
    }

    void loop(unsigned depth) {
        put(mov(r9, 0));
        const std::size_t start = out_.size();
        for (unsigned k = 1 + choices_.byte() % 2; k > 0; --k)
            depth > 1 ? arithmetic() : packet_access();
        put(add(r9, 1));
        const int back = static_cast<int>(start) - static_cast<int>(out_.size()) - 1;
        put(jump(JumpOp::Lt, r9, 1 + choices_.byte() % 6, back));
    }

    void helper() {
        const unsigned which = choices_.byte() % (kind_ == FilterKind::Handler ? 4 : 2);
        if (which == 0)
            put(call(3));
        if (which == 1) {
            put(mov(r1, r6));
            put(mov(r2, choices_.byte() % checked_bytes));
            put(mov(r3, r8));
            put(alu(AluOp::And, r4, 31));
            put(call(4));
        }
        if (which >= 2) {
            put(ldx(8, r1, r10, -8));
            put(alu(AluOp::And, r2, 63));
            put(call(which == 2 ? 1 : 2));
        }
        for (int k = 1; k <= 5; ++k)
            put(choices_.byte() % 2 ? mov(number(k), constant()) : mov(number(k), r0));
    }

    // Mostly refused: any opcode on any registers.
    void anything() {
        if (choices_.byte() % 16 != 0)
            return arithmetic();
        const unsigned opcode = choices_.byte();
        const unsigned registers = choices_.byte();
        put(encode(opcode, registers & 15, registers >> 4, choices_.byte() % 16 - 8, constant()));
    }

    ByteSource& choices_;
    FilterKind kind_ = FilterKind::Filter;
    Program out_;
};

} // namespace

MadeProgram make_program(ByteSource& choices) {
    return Maker(choices).make();
}

} // namespace exo::test
