// What commands of lists have in common.
#pragma once

#include "libos-kv/command/command.hpp"
#include "libos-kv/data/list.hpp"

namespace exo::kv {

// A key that is not there gets an empty list, which must not stay empty.
Entry* add_list(Call& call, std::string_view key);
// Says that a list has changed; one that has become empty goes.
void list_shrunk(Call& call, std::string_view key, Entry* entry);

} // namespace exo::kv
