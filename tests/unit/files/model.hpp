// A file system in the plainest form, as the model of the real one: what each operation answers, error by error, and
// what the tree is afterwards.
#pragma once

#include "libos/files/files.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace files_test {

using namespace exo::files;

struct Node;
using NodeRef = std::shared_ptr<Node>;

struct Node {
    std::uint32_t mode = 0;
    std::string contents; // of a file; target of a symbolic link
    std::map<std::string, NodeRef, std::less<>> entries;
    Node* parent = nullptr; // of a directory with a name
    unsigned names = 0;

    bool is_directory() const { return (mode & mode_type::mask) == mode_type::directory; }
    bool is_regular() const { return (mode & mode_type::mask) == mode_type::regular; }
    unsigned links() const;
};

class Model {
public:
    Model();

    const NodeRef& root() const { return root_; }

    Result<NodeRef> lookup(Node& directory, const std::string& name);
    Result<NodeRef> create(Node& directory, const std::string& name, std::uint32_t mode,
                           const std::string& target = {});
    Status link(Node& directory, const std::string& name, const NodeRef& existing);
    Status unlink(Node& directory, const std::string& name);
    Status remove_directory(Node& directory, const std::string& name);
    Status rename(Node& from, const std::string& name, Node& to, const std::string& new_name, std::uint32_t flags);
    Status write(Node& node, std::uint64_t offset, const std::string& octets);
    Result<std::string> read(Node& node, std::uint64_t offset, std::size_t bytes);
    Status truncate(Node& node, std::uint64_t bytes);
    Status punch(Node& node, std::uint64_t offset, std::uint64_t bytes);
    Status set_mode(Node& node, std::uint32_t permissions);

    // A number that two trees share only if they are the same, names, links, modes and contents.
    std::uint64_t fingerprint() const;

private:
    Status check_new(Node& directory, const std::string& name);
    Result<NodeRef*> existing(Node& directory, const std::string& name);
    void attach(Node& directory, const std::string& name, const NodeRef& node);
    void detach(Node& directory, const std::string& name);

    NodeRef root_;
};

// The same number, of the real one. Throws a sentence when something cannot be read.
std::uint64_t fingerprint(Files& files);
std::uint64_t mixed_in(std::uint64_t sum, std::uint64_t value);
std::uint64_t sum_of(std::string_view octets);

} // namespace files_test
