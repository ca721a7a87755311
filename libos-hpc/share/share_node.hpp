// A file of a host folder: a fid of the 9P client. Names are looked up and changed by the server, so nothing is
// cached here that somebody else could change. Protocol: libos/ninep.
#pragma once

#include "libos-hpc/vfs/node.hpp"
#include "libos/ninep/client.hpp"

namespace exo::hpc {

// What the nodes of one share have in common; lives for good.
class ShareFileSystem {
public:
    // nullptr when no memory is left.
    static ShareFileSystem* create(ninep::Client& client, std::uint64_t device, bool read_only);

    ShareFileSystem(ninep::Client& client, std::uint64_t device, bool read_only)
        : client(client), device(device), read_only(read_only) {}

    ninep::Client& client;
    const std::uint64_t device;
    const bool read_only;
};

class ShareNode final : public Node {
public:
    enum class FidOwner : std::uint8_t { Node, FileSystem }; // who gives it back
    ShareNode(ShareFileSystem& system, ninep::Fid fid, std::uint32_t type, FidOwner owner = FidOwner::Node)
        : system_(system), fid_(fid), type_(type), owner_(owner) {}
    ~ShareNode() override;

    std::uint32_t type() const override { return type_; }
    Outcome<Attributes> attributes() override;
    Done change(const AttributeChange& change) override;
    FileSystemInfo file_system() override;
    const void* volume() const override { return &system_; }

    Outcome<Ref<Node>> lookup(std::string_view name) override;
    Outcome<Ref<Node>> create(const CreateSpec& spec) override;
    Done make_directory(const CreateSpec& spec) override;
    Done make_symlink(std::string_view name, std::string_view target) override;
    Done link(std::string_view name, Node& existing) override;
    Done remove(std::string_view name, RemoveKind kind) override;
    Done rename(std::string_view name, Node& new_directory, std::string_view new_name, std::uint32_t flags) override;
    Done list(std::uint64_t position, DirectorySink& sink) override;

    Outcome<std::size_t> read_link(std::span<char> buffer) override;
    Outcome<Ref<Node>> open(std::uint32_t flags) override;
    Outcome<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer) override;
    Outcome<std::size_t> write_at(std::uint64_t offset, std::span<const std::byte> buffer) override;
    Done sync() override;

private:
    Done check_writable() const;
    // A second fid for the same file. Errors: as walk.
    Outcome<ninep::Fid> another_fid();

    ShareFileSystem& system_;
    ninep::Fid fid_;
    std::uint32_t type_;
    FidOwner owner_;
};

} // namespace exo::hpc
