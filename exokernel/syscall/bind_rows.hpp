// One function a kind of row of bind and unbind. Each checks everything first; when it returns an error,
// the row has changed nothing, except that a run of pages that failed midway was taken back.
#pragma once

#include "exokernel/cpu/environment.hpp"
#include "exokernel/memory/tlb.hpp"
#include "secure-bindings/abi/bind.hpp"

namespace exo {

struct BindBatch {
    // Rows and pages that one call works through before it lets interrupts in.
    static constexpr std::uint64_t work_max = 4096;
    TlbBatch tlb;
    std::uint64_t work = 0;
};

// Pages that one row may cover.
inline constexpr std::uint64_t row_pages_max = 4096;

// bind_memory.cpp
Status bind_pages(Environment& environment, const BindOp& row, BindBatch& batch);
Status unbind_pages(Environment& environment, const BindOp& row, BindBatch& batch);
Status protect_pages(Environment& environment, const BindOp& row, BindBatch& batch);
Status bind_table(Environment& environment, const BindOp& row);
Status unbind_table(Environment& environment, const BindOp& row, BindBatch& batch);
Status bind_info(Environment& environment, const BindOp& row);
// bind_slice.cpp
Status bind_slices(Environment& environment, const BindOp& row);
Status unbind_slices(Environment& environment, const BindOp& row);
// bind_function.cpp
Status bind_registers(Environment& environment, const BindOp& row);
Status unbind_registers(Environment& environment, const BindOp& row, BindBatch& batch);
Status bind_dma_window(Environment& environment, const BindOp& row);
Status unbind_dma_window(Environment& environment, const BindOp& row);
Status bind_dma_tables(Environment& environment, const BindOp& row);
Status unbind_dma_tables(Environment& environment, const BindOp& row);
Status bind_vector(Environment& environment, const BindOp& row);
Status unbind_vector(Environment& environment, const BindOp& row);
Status arm_vector(Environment& environment, const BindOp& row);
// network.cpp
Status bind_nic(Environment& environment, const BindOp& row);
Status unbind_nic(Environment& environment, const BindOp& row);
Status bind_ring(Environment& environment, const BindOp& row);
Status unbind_ring(Environment& environment, const BindOp& row);
Status bind_program(Environment& environment, const BindOp& row);
Status unbind_program(Environment& environment, const BindOp& row);
// disk.cpp
Status bind_disk(Environment& environment, const BindOp& row);
Status unbind_disk(Environment& environment, const BindOp& row);
Status bind_extent_ring(Environment& environment, const BindOp& row);
Status unbind_extent_ring(Environment& environment, const BindOp& row);
Status bind_extent_window(Environment& environment, const BindOp& row);
Status unbind_extent_window(Environment& environment, const BindOp& row);

} // namespace exo
