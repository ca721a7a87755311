// Bringing the event tables up; for libos/start only.
#pragma once

#include "secure-bindings/abi/types.hpp"

namespace exo {

// Errors: TableFull.
Status open_events(std::size_t vcores);

} // namespace exo
