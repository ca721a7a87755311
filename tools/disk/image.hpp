// A disk image with a file system on it, opened for one subcommand of `exo disk`.
#pragma once

#include "libos/files/check.hpp"
#include "tools/disk/file_disk.hpp"

namespace exo::tool {

struct Image {
    std::unique_ptr<FileDisk> disk;
    std::unique_ptr<files::Files> files; // goes first

    // Opens image and file system; a sentence with the path says what is wrong.
    static Outcome<Image> open(const std::string& path, ImageAccess access, bool accept_damaged_log = false);
};

// The time, as the file system wants it.
files::Clock host_clock();
// The sentence about an image for what its store said.
std::string sentence(const std::string& path, store::Problem problem);

// "1G", "512M", "100K", "4096": octets; nothing if it is not a size.
Outcome<std::uint64_t> parse_size(const std::string& text);

// The subcommands; each returns the command's status or what went wrong.
struct CreateRequest {
    std::string path;
    std::uint64_t bytes = 0; // 0: the image is there already
    std::string label;
    bool force = false;
};
Outcome<int> create_image(const CreateRequest& request);
Outcome<int> list_image(const std::string& path, const std::string& folder);
Outcome<int> check_image(const std::string& path, bool repair);
Outcome<int> export_image(const std::string& path, const std::string& folder);

} // namespace exo::tool
