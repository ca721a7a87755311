// See lab.hpp.
#include "tests/unit/kv/lab.hpp"

#include <cstdio>
#include <cstdlib>
#include <format>

namespace exo::kv {

void out_of_memory(std::size_t bytes) {
    std::fprintf(stderr, "kv unit tests: no memory for %zu octets\n", bytes);
    std::abort();
}

} // namespace exo::kv

namespace kv_test {

std::uint64_t chosen_seed() {
    const char* const text = std::getenv("EXO_SEED");
    return text ? std::strtoull(text, nullptr, 0) : 70;
}

std::string Dice::name(std::size_t names) {
    const std::size_t which = below(names);
    switch (which % 4) {
    case 0:
        return std::to_string(static_cast<std::int64_t>(which) - 40);
    case 1:
        return std::format("key:{}", which);
    case 2:
        return std::string(which % 61, 'x') + std::to_string(which);
    default:
        return std::string(1, '\0') + std::to_string(which) + "\xff";
    }
}

std::string Dice::value(std::size_t longest) {
    if (one_in(2))
        return std::to_string(number());
    std::string octets(below(one_in(8) ? longest + 1 : 12), '\0');
    for (char& octet : octets)
        octet = static_cast<char>(bits());
    return octets;
}

} // namespace kv_test
