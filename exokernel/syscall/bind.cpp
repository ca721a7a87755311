// bind and unbind: batches of rows, each validated whole before it changes anything. The result is the number
// of rows done; the error of a row shows when it is the first of its batch.
#include "exokernel/syscall/bind_rows.hpp"

#include "exokernel/cpu/scheduler.hpp"
#include "exokernel/memory/user_access.hpp"
#include "exokernel/syscall/dispatch.hpp"
#include "exokernel/syscall/resolve.hpp"

namespace exo {

namespace {

// Rows copied in at a time; a batch runs on in the next call when it is longer than one call's work.
constexpr std::uint64_t rows_per_copy = 8;

using Row = Status (*)(Environment&, const BindOp&, BindBatch&);

Status one_row(Environment& environment, const BindOp& row, BindBatch& batch, bool unbinding) {
    if (row.flags & ~bind_flag::defined)
        return std::unexpected(Error::BadArgument);
    switch (row.kind) {
    case BindKind::Page:
        return unbinding ? unbind_pages(environment, row, batch) : bind_pages(environment, row, batch);
    case BindKind::Protect:
        return unbinding ? std::unexpected(Error::BadArgument) : protect_pages(environment, row, batch);
    case BindKind::Table:
        return unbinding ? unbind_table(environment, row, batch) : bind_table(environment, row);
    case BindKind::Slice:
        return unbinding ? unbind_slices(environment, row) : bind_slices(environment, row);
    case BindKind::Bar:
        return unbinding ? unbind_registers(environment, row, batch) : bind_registers(environment, row);
    case BindKind::Dma:
        return unbinding ? unbind_dma_window(environment, row) : bind_dma_window(environment, row);
    case BindKind::DmaTable:
        return unbinding ? unbind_dma_tables(environment, row) : bind_dma_tables(environment, row);
    case BindKind::Interrupt:
        return unbinding ? unbind_vector(environment, row) : bind_vector(environment, row);
    case BindKind::Arm:
        return unbinding ? std::unexpected(Error::BadArgument) : arm_vector(environment, row);
    case BindKind::Info:
        return unbinding ? unbind_pages(environment, row, batch) : bind_info(environment, row);
    case BindKind::Nic:
        return unbinding ? unbind_nic(environment, row) : bind_nic(environment, row);
    case BindKind::Filter:
        return unbinding ? unbind_program(environment, row) : bind_program(environment, row);
    case BindKind::Ring:
        return unbinding ? unbind_ring(environment, row) : bind_ring(environment, row);
    case BindKind::Disk:
        return unbinding ? unbind_disk(environment, row) : bind_disk(environment, row);
    case BindKind::ExtentRing:
        return unbinding ? unbind_extent_ring(environment, row) : bind_extent_ring(environment, row);
    case BindKind::ExtentWindow:
        return unbinding ? unbind_extent_window(environment, row) : bind_extent_window(environment, row);
    }
    return std::unexpected(Error::BadArgument);
}

CallWord run(Handle handle, std::uint64_t address, std::uint64_t count, bool unbinding) {
    Result<std::uint16_t> number = named_environment(handle, right::Control);
    if (!number)
        return call_error(number.error());
    if (count > bind_batch_max)
        return call_error(Error::OutOfRange);
    Environment& environment = environments[*number];
    if (environment_infos[*number].state == EnvironmentState::Dying)
        return call_error(Error::WrongState);
    BindBatch batch;
    std::uint64_t done = 0;
    Status status;
    BindOp rows[rows_per_copy];
    while (status && done < count && batch.work < BindBatch::work_max) {
        std::uint64_t here = count - done < rows_per_copy ? count - done : rows_per_copy;
        status = copy_from_user(rows, address + done * sizeof(BindOp), here * sizeof(BindOp));
        for (std::uint64_t i = 0; i < here && status && batch.work < BindBatch::work_max; i++) {
            status = one_row(environment, rows[i], batch, unbinding);
            done += status.has_value();
            batch.work++;
        }
    }
    tlb_flush(environment, batch.tlb);
    return status || done ? static_cast<CallWord>(done) : call_error(status.error());
}

} // namespace

CallWord call::bind(Handle environment, std::uint64_t operations, std::uint64_t count) {
    return run(environment, operations, count, false);
}

CallWord call::unbind(Handle environment, std::uint64_t operations, std::uint64_t count) {
    return run(environment, operations, count, true);
}

} // namespace exo
