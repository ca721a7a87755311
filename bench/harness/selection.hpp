// Which rows and jobs of a bench were asked for, by what the rows' names begin with.
#pragma once

#include "bench/harness/definition.hpp"

#include <string>
#include <vector>

namespace bench {

class Selection {
public:
    // No beginnings: everything.
    Selection(const BenchDefinition& definition, std::vector<std::string> beginnings)
        : definition_(definition), beginnings_(std::move(beginnings)) {}

    bool has(const RowDefinition& row) const;
    // True when the job may yield one of the rows, or the peers' values of one.
    bool has(const Job& job) const;
    // True when no row was asked for by its name's beginning, or some row has one.
    bool is_sound() const;

private:
    const BenchDefinition& definition_;
    std::vector<std::string> beginnings_;
};

} // namespace bench
