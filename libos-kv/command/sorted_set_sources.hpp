// The keys that ZUNION and its like make one sorted set of: sorted sets, sets, and keys that are not there.
#pragma once

#include "libos-kv/command/command.hpp"
#include "libos-kv/data/set.hpp"
#include "libos-kv/data/sorted_set.hpp"

namespace exo::kv {

struct Source {
    Entry* entry;         // null: nothing
    std::size_t position; // among the arguments
    double weight = 1;

    std::size_t size() const {
        return !entry ? 0 : entry->type() == Type::Set ? entry->set().size() : entry->sorted_set().size();
    }
    // visit(member, score); members of a set have the score 1.
    template <typename Visit>
    void for_each(Visit visit) const {
        if (entry && entry->type() == Type::Set)
            entry->set().for_each([&](std::string_view member) { visit(member, 1.0); });
        else if (entry)
            entry->sorted_set().for_each(visit);
    }
    std::optional<double> score(std::string_view member) const;
};

// The keys behind their number, which is the argument `at`. False: an error was said.
bool read_sources(Call& call, std::size_t at, Array<Source>& sources);
// The smallest first, those of equal size as they were given: sums of real numbers depend on their order.
void sort_by_size(Array<Source>& sources);

} // namespace exo::kv
