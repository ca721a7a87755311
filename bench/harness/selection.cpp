// See selection.hpp.
#include "bench/harness/selection.hpp"

#include <algorithm>
#include <sstream>

namespace bench {

bool Selection::has(const RowDefinition& row) const {
    return beginnings_.empty() ||
           std::ranges::any_of(beginnings_, [&](const std::string& text) { return row.name.starts_with(text); });
}

bool Selection::has(const Job& job) const {
    if (beginnings_.empty() || job.yields.empty())
        return true;
    std::istringstream words{std::string(job.yields)};
    for (std::string word; words >> word;)
        for (const RowDefinition& row : definition_.rows)
            if (has(row) && (row.name.starts_with(word) || row.peers_row.starts_with(word)))
                return true;
    return false;
}

bool Selection::is_sound() const {
    return std::ranges::any_of(definition_.rows, [&](const RowDefinition& row) { return has(row); });
}

} // namespace bench
