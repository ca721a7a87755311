// What the page map asks of the kernel and of the frame allocator, behind an interface so that it runs on the host
// against a model. On the machine: machine_tables.cpp.
#pragma once

#include "secure-bindings/abi/bind.hpp"

#include <span>

namespace exo {

// Pages that one row may cover.
inline constexpr std::uint64_t row_pages_max = 4096;

class KernelTables {
public:
    // All rows, or the error of the first that failed; those before it are done.
    virtual Status bind(std::span<const BindOp> rows) = 0;
    virtual Status unbind(std::span<const BindOp> rows) = 0;
    virtual Handle handle_of(std::uint64_t frame) const = 0;
    // Gives a capability up.
    virtual void drop(Handle capability) = 0;
    // A table and its ledger: an even frame and the next one.
    virtual Result<std::uint64_t> allocate_pair() = 0;
    virtual void free_pair(std::uint64_t even) = 0;
    // A zeroed frame for a node of the mirror, its words, and a number kept beside it (0 at first).
    virtual Result<std::uint64_t> allocate_node() = 0;
    virtual void free_node(std::uint64_t frame) = 0;
    virtual std::uint64_t* node_words(std::uint64_t frame) const = 0;
    virtual std::uint32_t node_note(std::uint64_t frame) const = 0;
    virtual void set_node_note(std::uint64_t frame, std::uint32_t note) = 0;

protected:
    ~KernelTables() = default;
};

// The machine's own kernel and the environment's frame allocator.
KernelTables& machine_tables();

} // namespace exo
