// The three things the page map asks of the kernel, behind an interface so that the page map runs on the host
// against a model of the kernel. On the machine: bind_batch.hpp.
#pragma once

#include "secure-bindings/abi/bind.hpp"

#include <span>

namespace exo {

class KernelTables {
public:
    virtual Status bind(std::span<const BindOp> rows) = 0;
    virtual Status unbind(std::span<const BindOp> rows) = 0;
    virtual Handle handle_of(std::uint64_t frame) const = 0;
    // Frames for a table and its ledger, and one for the mirror's node.
    virtual Result<std::uint64_t> allocate_pair() = 0;
    virtual void free_pair(std::uint64_t even) = 0;
    virtual Result<std::uint64_t> allocate_node() = 0;
    virtual std::uint64_t* node_words(std::uint64_t frame) const = 0;
    virtual void free_node(std::uint64_t frame) = 0;

protected:
    ~KernelTables() = default;
};

} // namespace exo
