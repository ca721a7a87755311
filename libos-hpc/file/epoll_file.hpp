// An epoll instance (epoll(7)): files that somebody is interested in, and which of them are ready: by level, by edge,
// or once. A file that is closed for good leaves every instance. Nothing is kept ready: who asks looks at all of them.
#pragma once

#include "libos-hpc/file/file.hpp"
#include "libos-hpc/linux/epoll.hpp"
#include "libos-hpc/object/array.hpp"
#include "libos/thread/spin_lock.hpp"

namespace exo::hpc {

class EpollFile final : public File {
public:
    EpollFile();
    ~EpollFile() override;

    // Errors: EXIST, NOENT, PERM (a file that is always ready), INVAL, LOOP (an instance inside itself), NOMEM.
    Done add(int fd, const Ref<File>& file, const linux_abi::EpollEvent& event);
    Done modify(int fd, const File& file, const linux_abi::EpollEvent& event);
    Done remove(int fd, const File& file);
    // Fills in what is ready now, and counts it as told; how many. The next call begins behind the last one told.
    std::size_t collect(std::span<linux_abi::EpollEvent> into);

    Outcome<Attributes> attributes() override;
    std::uint16_t ready() override;
    EpollFile* epoll() override { return this; }

    // A file that has been added somewhere has ended.
    static void forget(const File& file);

private:
    struct Item {
        int fd;
        File* file; // leaves before it goes
        linux_abi::EpollEvent event;
        Edges told;               // when it was told last
        bool is_new = true;       // added or changed since
        bool is_disarmed = false; // told once, and that was all
    };
    struct Look {
        Item item;
        Ref<File> file; // empty: on its way out
    };
    bool look_at(std::size_t index, Look& look);
    void mark_told(const Look& look, Edges now);
    Item* find(int fd, const File& file);
    bool contains(const EpollFile& other, unsigned depth);
    static std::uint32_t due(const Item& item, std::uint32_t ready, Edges now);

    SpinLock lock_;
    Array<Item> items_; // under the lock
    std::size_t next_ = 0;
    EpollFile* next_epoll_ = nullptr;
};

} // namespace exo::hpc
