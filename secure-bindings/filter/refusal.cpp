// The words of a refusal: the sentence of its rule with the numbers put in, then the registers.
#include "secure-bindings/filter/refusal.hpp"

namespace exo::filter {

namespace {

struct RuleText {
    std::string_view name;
    std::string_view sentence;
};

RuleText text_of(Rule rule) {
    switch (rule) {
#define EXO_FILTER_RULE(name, sentence)                                                                                \
    case Rule::name:                                                                                                   \
        return {#name, sentence};
#include "secure-bindings/filter/rules.def"
#undef EXO_FILTER_RULE
    }
    return {};
}

class Writer {
public:
    explicit Writer(std::span<char> room) : room_(room) {}

    void text(std::string_view words) {
        for (const char c : words) {
            if (used_ < room_.size()) {
                room_[used_++] = c;
            }
        }
    }
    void number(std::uint64_t value) {
        char digits[20];
        std::size_t count = 0;
        do {
            digits[count++] = static_cast<char>('0' + value % 10);
            value /= 10;
        } while (value != 0);
        while (count > 0) {
            text({&digits[--count], 1});
        }
    }
    void signed_number(std::int64_t value) {
        if (value < 0) {
            text("-");
        }
        number(value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value));
    }
    std::string_view written() const { return {room_.data(), used_}; }

private:
    std::span<char> room_;
    std::size_t used_ = 0;
};

void write_sentence(Writer& out, const Refusal& refusal) {
    std::string_view rest = text_of(refusal.rule).sentence;
    while (!rest.empty()) {
        const std::size_t mark = rest.find('%');
        out.text(rest.substr(0, mark));
        if (mark == std::string_view::npos) {
            return;
        }
        const char what = rest[mark + 1];
        if (what == 'r') {
            out.number(refusal.register_number);
        } else {
            out.signed_number(refusal.number[static_cast<std::size_t>(what - 'a')]);
        }
        rest.remove_prefix(mark + 2);
    }
}

void write_range(Writer& out, const Range& range) {
    if (range.constant()) {
        out.signed_number(range.smin);
        return;
    }
    if (range == Range{}) {
        out.text("any number");
        return;
    }
    const bool as_signed = range.smin < 0 && range.smax >= 0;
    out.text("[");
    as_signed ? out.signed_number(range.smin) : out.number(range.umin);
    out.text(", ");
    as_signed ? out.signed_number(range.smax) : out.number(range.umax);
    out.text("]");
}

void write_address(Writer& out, std::string_view start, const Value& value) {
    out.text(start);
    if (!value.range.constant()) {
        out.text(" + ");
        write_range(out, value.range);
    }
    const std::int64_t offset =
        value.offset + (value.range.constant() ? static_cast<std::int64_t>(value.range.umin) : 0);
    out.text(offset < 0 ? " - " : " + ");
    out.signed_number(offset < 0 ? -offset : offset);
}

void write_value(Writer& out, const Value& value) {
    switch (value.type) {
    case Type::Nothing:
        return out.text("not written");
    case Type::Scalar:
        return write_range(out, value.range);
    case Type::Context:
        return out.text("context");
    case Type::Packet:
        return write_address(out, "packet", value);
    case Type::PacketEnd:
        return out.text("packet end");
    case Type::Stack:
        return write_address(out, "stack", value);
    case Type::Scratch:
        return write_address(out, "scratch", value);
    }
}

} // namespace

std::string_view rule_name(Rule rule) {
    return text_of(rule).name;
}

std::string_view describe(const Refusal& refusal, std::span<char> room) {
    Writer out(room);
    out.text("instruction ");
    out.number(refusal.instruction);
    out.text(": ");
    write_sentence(out, refusal);
    const char* between = "; ";
    for (unsigned k = 0; refusal.followed && k < register_count; ++k) {
        const Value& value = refusal.registers[k];
        if (value.type == Type::Nothing || k == frame_register) {
            continue;
        }
        out.text(between);
        out.text("r");
        out.number(k);
        out.text(" = ");
        write_value(out, value);
        between = ", ";
    }
    return out.written();
}

} // namespace exo::filter
