// Which functions the program was granted.
#pragma once

#include "libos/start/kit.hpp"

namespace exo {

inline constexpr std::uint32_t role_console = 3, role_share = 9; // virtio device numbers (virtio 1.2, 5)

// The `index`th function of that role, or nullptr.
inline const StartFunction* granted_function(std::uint32_t role, std::size_t index) {
    const StartInfo& start = start_info();
    for (std::size_t i = 0; i < start.function_count && i < start_functions_max; ++i) {
        if (start.functions[i].role == role && index-- == 0)
            return &start.functions[i];
    }
    return nullptr;
}

} // namespace exo
