// The machine that serves and the one beside it that puts the load on, in QEMU's words and in those of `exo run`: one
// NIC each, of the same kind, and a wire that loses nothing (bench/network/machines.hpp has the same).
#pragma once

#include "bench/harness/definition.hpp"
#include "bench/network/machines.hpp"

#include <algorithm>
#include <array>

namespace bench::load {

// Words behind words.
template <std::size_t first, std::size_t second>
constexpr std::array<std::string_view, first + second> joined(std::span<const std::string_view, first> one,
                                                              std::span<const std::string_view, second> other) {
    std::array<std::string_view, first + second> words;
    std::ranges::copy(other, std::ranges::copy(one, words.begin()).out);
    return words;
}

// Of Linux; its NIC's MAC address is that of machine 2.
inline constexpr std::span<const std::string_view> server_machine = network::pair_virtio_machine;
inline constexpr std::span<const std::string_view> server_modules = network::virtio_modules;
// Of ours.
inline constexpr std::span<const std::string_view> server_options = network::pair_exo_options;
inline constexpr std::span<const std::string_view> load_options = network::pair_exo_options;

} // namespace bench::load
