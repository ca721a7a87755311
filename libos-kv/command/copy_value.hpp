// A value once more, under another key: COPY.
#pragma once

#include "libos-kv/data/entry.hpp"

namespace exo::kv {

// In no database yet; it expires when the other one does.
Entry* copy_value(Entry& entry, std::string_view key);

} // namespace exo::kv
