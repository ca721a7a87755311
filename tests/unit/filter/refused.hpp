// Asserts that a program is refused: by which rule, and at which instruction.
#pragma once

#include "tests/unit/filter/assembler.hpp"
#include "tests/unit/filter/machine.hpp"

#include <doctest/doctest.h>

namespace exo::test {

using filter::Rule;

inline void check_refused(const Program& program, Rule rule, unsigned instruction, FilterKind kind,
                          std::uint32_t scratch_bytes) {
    static Machine machine;
    const bool accepted = machine.load(program, kind, scratch_bytes);
    CHECK_FALSE(accepted);
    if (accepted)
        return;
    INFO(machine.words());
    CHECK(filter::rule_name(machine.refusal().rule) == filter::rule_name(rule));
    CHECK(machine.refusal().instruction == instruction);
}

} // namespace exo::test

#define CHECK_REFUSED_WITH(program, rule, instruction, kind, scratch_bytes)                                            \
    do {                                                                                                               \
        INFO(#program);                                                                                                \
        exo::test::check_refused(program, rule, instruction, kind, scratch_bytes);                                     \
    } while (false)
// A filter without scratch memory.
#define CHECK_REFUSED(program, rule, instruction)                                                                      \
    CHECK_REFUSED_WITH(program, rule, instruction, exo::FilterKind::Filter, 0)
// A handler with 64 octets of it.
#define CHECK_HANDLER_REFUSED(program, rule, instruction)                                                              \
    CHECK_REFUSED_WITH(program, rule, instruction, exo::FilterKind::Handler, 64)
