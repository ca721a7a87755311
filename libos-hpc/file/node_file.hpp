// An open file or directory of a file system: a node, and the offset that reads and writes move.
#pragma once

#include "libos-hpc/file/file.hpp"
#include "libos/thread/mutex.hpp"

namespace exo::hpc {

class NodeFile final : public File {
public:
    // `opened` is what the node of `place` was opened into.
    NodeFile(Ref<Place> place, Ref<Node> opened, std::uint32_t flags)
        : File(flags), place_(std::move(place)), opened_(std::move(opened)) {}

    Outcome<std::size_t> read(ReadBuffer buffer) override;
    Outcome<std::size_t> write(WriteBuffer buffer) override;
    Outcome<std::size_t> read_at(std::uint64_t offset, ReadBuffer buffer) override;
    Outcome<std::size_t> write_at(std::uint64_t offset, WriteBuffer buffer) override;
    Outcome<std::uint64_t> seek(std::int64_t offset, unsigned whence) override;
    Outcome<Attributes> attributes() override { return opened_->attributes(); }
    Done change(const AttributeChange& change) override { return opened_->change(change); }
    Done sync() override;
    Done list(DirectorySink& sink) override;
    Outcome<std::size_t> bytes_readable() override;
    Node* node() override { return opened_.get(); }
    Ref<Place> place() override { return place_; }

private:
    Outcome<std::size_t> get(std::uint64_t offset, ReadBuffer buffer);
    Outcome<std::size_t> put(std::uint64_t offset, WriteBuffer buffer);
    Outcome<Node::Appended> put_at_end(WriteBuffer buffer);
    Outcome<std::size_t> finish_write(std::size_t bytes);
    bool appends() const;
    bool is_misaligned(std::uint64_t offset, WriteBuffer buffer) const;
    Outcome<std::size_t> misaligned_read(std::uint64_t offset);
    Outcome<std::size_t> misaligned_write(std::uint64_t offset);
    bool is_directory() const { return linux_abi::is_directory(opened_->type()); }

    Ref<Place> place_;
    Ref<Node> opened_;
    Mutex lock_; // of the offset, held while a read or write moves it
    std::uint64_t offset_ = 0;
};

} // namespace exo::hpc
