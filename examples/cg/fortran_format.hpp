// Fortran edit descriptors as far as Harwell-Boeing headers use them: one repeated
// integer or real field, such as (16I5), (1P,4D20.12) or (3E26.18).
// Nested groups and lists of fields are not understood.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace cg {

struct FortranFormat {
    std::size_t per_line;
    std::size_t width;
};

// Nothing when `text` is not such a format.
std::optional<FortranFormat> parse_fortran_format(std::string_view text);

} // namespace cg
