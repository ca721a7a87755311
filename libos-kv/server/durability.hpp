// When what was changed has to be on the medium.
#pragma once

#include <cstdint>
#include <string_view>

namespace exo::kv {

enum class Durability : std::uint8_t {
    None,   // what was acknowledged is written when it is convenient
    Batch,  // of what was acknowledged no more than the last batch_loss_ms can be lost
    Always, // what was acknowledged is on the medium, and so is whatever a reply tells of
};
std::string_view durability_name(Durability durability);
inline constexpr std::uint64_t batch_loss_ms = 100;

} // namespace exo::kv
