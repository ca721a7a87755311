// A disk image, or the images of a set, with a file system on them, opened for one subcommand of `exo disk`.
#pragma once

#include "libos/files/check.hpp"
#include "tools/disk/file_disk.hpp"

#include <vector>

namespace exo::tool {

using Paths = std::vector<std::string>; // of one image, or of a set's, in any order

struct Image {
    std::vector<std::unique_ptr<FileDisk>> disks;
    std::unique_ptr<files::Files> files; // goes first

    // Opens images and file system; a sentence with the path says what is wrong. Says on stderr when members of a set
    // are missing.
    static Outcome<Image> open(const Paths& paths, ImageAccess access, const store::OpenOptions& options = {});
};

// The time, as the file system wants it.
files::Clock host_clock();
// The sentence about an image for what its store said.
std::string sentence(const std::string& path, store::Problem problem);
// Images as they are named in such a sentence.
std::string names_of(const Paths& paths);

// "1G", "512M", "100K", "4096": octets; nothing if it is not a size.
Outcome<std::uint64_t> parse_size(const std::string& text);

// The subcommands; each returns the command's status or what went wrong.
struct CreateRequest {
    Paths paths;
    std::uint64_t bytes = 0; // of each; 0: the images are there already
    unsigned data_disks = 0, parity_disks = 0;
    std::string label;
    bool force = false;
    bool compress = false;
};
struct CheckRequest {
    Paths paths;
    bool repair = false;
    Paths fresh; // images that are made to stand for members that are missing
};
Outcome<int> create_image(const CreateRequest& request);
Outcome<int> list_image(const Paths& paths, const std::string& folder);
Outcome<int> pack_image(const Paths& paths);
Outcome<int> check_image(const CheckRequest& request);
Outcome<int> export_image(const Paths& paths, const std::string& folder);

// A new file of that size, all zeroes.
Outcome<void> make_file(const std::string& path, std::uint64_t bytes);

} // namespace exo::tool
