// Sending rows to the kernel: it does as many as one call may, so a batch is sent until it is done or a row fails.
#pragma once

#include "secure-bindings/abi/bind.hpp"

#include <span>

namespace exo {

// All rows of the environment itself, in order. Errors: of the first row that failed; `*done` counts those before it.
Status bind_rows(std::span<const BindOp> rows, std::size_t* done = nullptr);
Status unbind_rows(std::span<const BindOp> rows, std::size_t* done = nullptr);
// The same in a child environment; handles are the child's.
Status bind_rows_in(Handle environment, std::span<const BindOp> rows, std::size_t* done = nullptr);

// Gives a capability up, with all its bindings. Stays when others hold something derived from it.
void drop_capability(Handle capability);

constexpr std::uint32_t page_size_flag(unsigned order) {
    return order == 0 ? bind_flag::size_4k : order == 9 ? bind_flag::size_2m : bind_flag::size_1g;
}
constexpr BindOp page_row(std::uint64_t address, Handle handle, std::uint64_t frame, unsigned order,
                          std::uint64_t count, Rights rights) {
    return {BindKind::Page, rights | page_size_flag(order), handle, address, frame, count, 0};
}
constexpr BindOp table_row(std::uint64_t address, Handle handle, std::uint64_t even, std::uint32_t level) {
    return {BindKind::Table, bind_level(level), handle, address, even, 1, 0};
}

} // namespace exo
