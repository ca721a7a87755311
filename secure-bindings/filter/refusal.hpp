// Why a program is refused: where, the rule, and what was known there. Made by the verifier, put in words here.
#pragma once

#include "secure-bindings/filter/value.hpp"

#include <span>
#include <string_view>

namespace exo::filter {

enum class Rule : std::uint8_t {
#define EXO_FILTER_RULE(name, sentence) name,
#include "secure-bindings/filter/rules.def"
#undef EXO_FILTER_RULE
};

struct Refusal {
    Rule rule = Rule::Empty;
    std::uint16_t instruction = 0; // index, a wide instruction counting as two
    std::uint8_t register_number = 0;
    std::array<std::int64_t, 3> number{}; // what the sentence of the rule calls %a, %b and %c
    bool followed = false;                // whether the program was being followed: `registers` says something
    std::array<Value, register_count> registers{};
};

std::string_view rule_name(Rule rule);

// "instruction 7: r2 reaches 4 octets at packet + 14 but only 12 are known to be there; r1 = context, r2 = packet + 0".
// Cut off at the end of `room`; the text is not terminated. No allocation.
std::string_view describe(const Refusal& refusal, std::span<char> room);

} // namespace exo::filter
