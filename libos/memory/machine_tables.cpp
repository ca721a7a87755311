// The page map's kernel and frames on the machine. See kernel_tables.hpp.
#include "libos/memory/bind_rows.hpp"
#include "libos/memory/bytes.hpp"
#include "libos/memory/frame_allocator.hpp"
#include "libos/memory/kernel_tables.hpp"

namespace exo {

namespace {

class MachineTables final : public KernelTables {
public:
    Status bind(std::span<const BindOp> rows) override { return bind_rows(rows); }
    Status unbind(std::span<const BindOp> rows) override { return unbind_rows(rows); }
    Handle handle_of(std::uint64_t frame) const override { return frames().handle_of(frame); }
    void drop(Handle capability) override { drop_capability(capability); }
    Result<std::uint64_t> allocate_pair() override { return frames().allocate_pair(); }
    void free_pair(std::uint64_t even) override { frames().free_pair(even); }

    Result<std::uint64_t> allocate_node() override {
        auto frame = frames().allocate(0);
        if (frame) {
            zero_pages(frame_memory(*frame), 1);
            frames().set_note(*frame, 0);
        }
        return frame;
    }
    void free_node(std::uint64_t frame) override { frames().free(frame); }
    std::uint64_t* node_words(std::uint64_t frame) const override {
        // Safe: the frame is the page map's own.
        return reinterpret_cast<std::uint64_t*>(frame_memory(frame));
    }
    std::uint32_t node_note(std::uint64_t frame) const override { return frames().note(frame); }
    void set_node_note(std::uint64_t frame, std::uint32_t note) override { frames().set_note(frame, note); }
};

constinit MachineTables tables;

} // namespace

KernelTables& machine_tables() {
    return tables;
}

} // namespace exo
