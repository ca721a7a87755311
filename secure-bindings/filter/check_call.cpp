// Calls of helpers: each argument is what the helper takes, and what the call may cost is known.
#include "secure-bindings/filter/signatures.hpp"
#include "secure-bindings/filter/verifier.hpp"

namespace exo::filter {

bool Verifier::check_call(const FilterInstruction& i) {
    const auto helper = static_cast<std::uint32_t>(i.immediate);
    const Signature signature = signature_of(i.immediate);
    cost_ += filter_helper_cost;
    for (unsigned k = 0; k < signature.arguments.size(); ++k) {
        const unsigned number = k + 1;
        const Argument argument = signature.arguments[k];
        if (argument == Argument::Nothing || argument == Argument::RegionSize) {
            continue;
        }
        if (!readable(number)) {
            return false;
        }
        const Value& value = now_.values[number];
        if (argument == Argument::Context) {
            if (value.type != Type::Context) {
                return broken(Rule::HelperContext, number, helper);
            }
        } else if (argument == Argument::Region) {
            if (!check_helper_region(number, helper)) {
                return false;
            }
        } else if (value.type != Type::Scalar) {
            return broken(Rule::PointerPassed, number, helper);
        } else if (argument == Argument::Counter && value.range.umax >= filter_counters) {
            return broken(Rule::HelperCounter, number, static_cast<std::int64_t>(value.range.umax), filter_counters);
        }
    }
    for (unsigned k = 0; k <= 5; ++k) {
        now_.values[k] = {};
    }
    now_.values[0].type = Type::Scalar;
    now_.values[0].range = Range{};
    verified_.helpers |= 1u << helper;
    return true;
}

// An address in one register and its size in the next.
bool Verifier::check_helper_region(unsigned number, std::uint32_t helper) {
    if (!readable(number + 1)) {
        return false;
    }
    const Value& base = now_.values[number];
    const Value& size = now_.values[number + 1];
    if (size.type != Type::Scalar) {
        return broken(Rule::PointerPassed, number + 1, helper);
    }
    if (size.range.umax > filter_checksum_bytes_max) {
        return broken(Rule::HelperSize, number + 1, static_cast<std::int64_t>(size.range.umax),
                      filter_checksum_bytes_max);
    }
    cost_ += static_cast<std::uint32_t>((size.range.umax + 3) / 4);
    if (base.type == Type::Scalar && base.range.constant() && base.range.umin == 0 && size.range.umax == 0) {
        return true;
    }
    if (base.type == Type::Stack) {
        return read_stack(number, base.offset, size.range.umax);
    }
    if (base.type != Type::Packet && base.type != Type::Scratch) {
        return broken(Rule::HelperRegion, number, helper);
    }
    // What was compared may be the end of this very region: start + (id) + some constant.
    const std::int64_t end = std::int64_t{base.offset} + size.offset;
    if (base.type == Type::Packet && base.id == 0 && base.offset >= 0 && size.id != 0 &&
        end <= (size.id == length_id ? 0 : std::int64_t{size.known})) {
        return true;
    }
    return check_region(number, 0, size.range.umax);
}

} // namespace exo::filter
