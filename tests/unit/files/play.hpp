// Random operations on a file system and its model at once: every answer must be the same, error by error, and the
// trees must be.
#pragma once

#include "tests/unit/files/model.hpp"

#include <functional>
#include <random>

namespace files_test {

struct PlaySpec {
    std::uint64_t file_bytes_max = 60'000;
    unsigned write_bytes_max = 20'000; // at most 31 pages, so that each write is one batch's
    unsigned handles_max = 6;
    unsigned nodes_max = 120;
};

class FilesPlay {
public:
    FilesPlay(Files& files, Model& model, std::uint64_t seed, const PlaySpec& spec = {})
        : files_(files), model_(model), random_(seed), spec_(spec) {}
    ~FilesPlay() { drop_handles(); }

    // One operation. Throws a sentence when the two differ.
    void step();
    // Lets go of all files that are held open.
    void drop_handles();
    std::uint64_t operations() const { return operations_; }
    std::uint64_t refused() const { return refused_; }
    std::uint64_t no_space() const { return no_space_; }

private:
    struct Handle {
        NodeRef node;
        Inode* inode;
    };

    std::uint64_t pick(std::uint64_t below) { return random_() % below; }
    std::string pick_name(const Node& directory, unsigned existing_percent);
    NodeRef pick_node(bool directory);
    Inode* held(const Node& node);
    // Whether the real answer is the model's; the model is only asked if there was space.
    template <typename Real>
    bool same(const char* what, const Real& real, const std::function<Status()>& model);

    void make(NodeRef directory);
    void take_away(NodeRef directory);
    void move(NodeRef directory);
    void open(NodeRef directory);
    void transfer();
    void look(NodeRef directory);

    Files& files_;
    Model& model_;
    std::mt19937_64 random_;
    PlaySpec spec_;
    std::vector<Handle> handles_;
    std::uint64_t operations_ = 0, refused_ = 0, no_space_ = 0;
};

} // namespace files_test
