// See absl_table.hpp.
#include "bench/index/absl_table.hpp"

#include <absl/container/flat_hash_map.h>
#include <string_view>

namespace index_bench {

namespace {

using Table = absl::flat_hash_map<std::string_view, const void*>;

} // namespace

AbslTable::AbslTable() : table_(new Table) {}
AbslTable::~AbslTable() {
    delete static_cast<Table*>(table_);
}

void AbslTable::insert(const char* key, const void* item) {
    static_cast<Table*>(table_)->emplace(std::string_view(key, key_octets), item);
}

std::uint64_t AbslTable::look_up(const char* keys, std::size_t count) const {
    const Table& table = *static_cast<const Table*>(table_);
    std::uint64_t sum = 0;
    for (const char* const end = keys + count * key_octets; keys != end; keys += key_octets)
        if (const auto found = table.find(std::string_view(keys, key_octets)); found != table.end())
            sum += reinterpret_cast<std::uintptr_t>(found->second);
    return sum;
}

} // namespace index_bench
