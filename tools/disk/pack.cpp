// `exo disk pack`: compresses what is on an image at once, where the store itself would wait until it needs the room.
#include "tools/disk/image.hpp"

#include <print>

namespace exo::tool {

Outcome<int> pack_image(const Paths& paths) {
    auto image = Image::open(paths, ImageAccess::ReadWrite);
    if (!image)
        return std::unexpected(image.error());
    files::Files& files = *image->files;
    store::Store& store = files.store();
    if (!store.packs())
        return failed(names_of(paths) + ": was made without --compress");
    const std::uint64_t before = store.pages_used();
    if (const store::Status packed = store.pack(store.geometry().segment_count); !packed)
        return failed(sentence(names_of(paths), packed.error()));
    std::println("{} pages of 4 KiB compressed; {} in use before, {} after", store.counters().packed_pages, before,
                 store.pages_used());
    if (const store::Status closed = files.close(); !closed)
        return failed(sentence(names_of(paths), closed.error()));
    return 0;
}

} // namespace exo::tool
