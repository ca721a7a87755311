// Puts a small tree on an image for the tests of `exo disk`: make_image IMAGE... closed|crashed|held. `crashed` leaves
// what was synced in the log, as after a power failure; `held` says "held" and keeps the image until its input ends.
#include "tools/disk/image.hpp"

#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace {

using namespace exo;

template <typename T>
T need(std::expected<T, files::FileError> result) {
    if (!result) {
        std::fprintf(stderr, "make_image: error %d\n", static_cast<int>(result.error()));
        std::exit(1);
    }
    if constexpr (!std::is_void_v<T>)
        return *result;
}

void put(files::Files& files, files::Inode& directory, const char* name, const std::string& text,
         std::uint64_t at = 0) {
    files::Inode* const inode = need(files.create(directory, name, files::mode_type::regular | 0640, {}));
    need(files.write(*inode, at, std::as_bytes(std::span(text))));
    files.release(*inode);
    need(files.sync());
}

} // namespace

int main(int count, char** words) {
    const std::string how = count >= 3 ? words[count - 1] : "";
    auto image = tool::Image::open(count >= 3 ? tool::Paths(words + 1, words + count - 1) : tool::Paths{""},
                                   tool::ImageAccess::ReadWrite);
    if (!image) {
        std::fprintf(stderr, "make_image: %s\n", image.error().sentence.c_str());
        return 1;
    }
    if (how == "held") {
        std::cout << "held" << std::endl;
        std::cin.get();
        return 0;
    }
    files::Files& files = *image->files;
    files::Inode& root = files.root();
    put(files, root, "first-file", "the first contents\n");
    put(files, root, "second-file", "canary-contents\n");
    files::Inode* const folder = need(files.create(root, "folder", files::mode_type::directory | 0755, {}));
    put(files, *folder, "sparse", "at the end\n", 10'000'000);
    files::Inode* const linked = need(files.lookup(root, "first-file"));
    need(files.link(*folder, "hard", *linked));
    files.release(*need(files.make_symlink(*folder, "soft", "../second-file", {})));
    need(files.sync());
    return how == "closed" && !files.close() ? 1 : 0;
}
