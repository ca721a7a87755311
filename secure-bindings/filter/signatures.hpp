// The rows of abi/filter_helpers.def as the verifier looks at them.
#pragma once

#include "secure-bindings/abi/filter.hpp"

#include <array>

namespace exo::filter {

enum class Argument : std::uint8_t { Nothing, Context, Scalar, Counter, Region, RegionSize };

struct Signature {
    std::uint8_t kinds; // that may call it: a bit for each FilterKind
    std::array<Argument, 5> arguments;
};

template <typename... Arguments>
constexpr std::array<Argument, 5> arguments_of(Arguments... arguments) {
    return {arguments...};
}

// `number` is that of a helper.
constexpr Signature signature_of(std::int32_t number) {
    using enum Argument;
    switch (static_cast<FilterHelper>(number)) {
#define EXO_FILTER_HELPER(number, name, kinds, arguments, meaning)                                                     \
    case FilterHelper::name:                                                                                           \
        return {kinds, arguments_of arguments};
#include "secure-bindings/abi/filter_helpers.def"
#undef EXO_FILTER_HELPER
    }
    return {};
}

} // namespace exo::filter
