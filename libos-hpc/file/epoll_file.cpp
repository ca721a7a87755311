// The lock is held while the list is looked at, never while a file is: files have locks of their own, and may end.
// Interface: epoll_file.hpp.
#include "libos-hpc/file/epoll_file.hpp"

#include "libos-hpc/file/change_counter.hpp"

namespace exo::hpc {

namespace poll_event = linux_abi::poll_event;
namespace epoll_flag = linux_abi::epoll_flag;

namespace {

constexpr std::uint32_t always_told = poll_event::error | poll_event::hang_up;
constexpr unsigned nesting_max = 4;

constinit SpinLock all_lock;
EpollFile* all = nullptr; // under all_lock

bool is_always_ready(File& file) {
    Node* const node = file.node();
    return node && (linux_abi::is_regular(node->type()) || linux_abi::is_directory(node->type()));
}

std::uint32_t ready_bits(File& file) {
    std::uint32_t ready = file.ready();
    if (ready & poll_event::in)
        ready |= poll_event::read_normal;
    if (ready & poll_event::out)
        ready |= poll_event::write_normal;
    return ready;
}

} // namespace

EpollFile::EpollFile() : File(linux_abi::open_flag::read_write) {
    SpinGuard guard(all_lock);
    next_epoll_ = std::exchange(all, this);
}

EpollFile::~EpollFile() {
    SpinGuard guard(all_lock);
    EpollFile** place = &all;
    while (*place != this)
        place = &(*place)->next_epoll_;
    *place = next_epoll_;
}

void EpollFile::forget(const File& file) {
    SpinGuard all_guard(all_lock);
    for (EpollFile* epoll = all; epoll; epoll = epoll->next_epoll_) {
        LockGuard guard(epoll->lock_);
        for (std::size_t i = epoll->items_.size(); i-- > 0;) {
            if (epoll->items_[i].file == &file)
                epoll->items_.erase(i);
        }
    }
}

EpollFile::Item* EpollFile::find(int fd, const File& file) {
    for (Item& item : items_) {
        if (item.fd == fd && item.file == &file)
            return &item;
    }
    return nullptr;
}

// Whether `other` is among what this one watches, at any depth; deeper than is allowed counts as yes.
bool EpollFile::contains(const EpollFile& other, unsigned depth) {
    if (this == &other || depth > nesting_max)
        return true;
    Look look;
    for (std::size_t i = 0; look_at(i, look); ++i) {
        EpollFile* const inner = look.file ? look.file->epoll() : nullptr;
        if (inner && inner->contains(other, depth + 1))
            return true;
    }
    return false;
}

Done EpollFile::add(int fd, const Ref<File>& file, const linux_abi::EpollEvent& event) {
    if (is_always_ready(*file))
        return fail(Errno::PERM);
    if (EpollFile* const inner = file->epoll()) {
        if (inner == this || (event.events & epoll_flag::exclusive))
            return fail(Errno::INVAL);
        if (inner->contains(*this, 0))
            return fail(Errno::LOOP);
    }
    file->set_watched();
    {
        SpinGuard guard(lock_);
        if (find(fd, *file))
            return fail(Errno::EXIST);
        if (!items_.push({fd, file.get(), event, {}, true, false}))
            return fail(Errno::NOMEM);
    }
    any_change().advance();
    return {};
}

Done EpollFile::modify(int fd, const File& file, const linux_abi::EpollEvent& event) {
    {
        SpinGuard guard(lock_);
        Item* const item = find(fd, file);
        if (!item)
            return fail(Errno::NOENT);
        if ((event.events | item->event.events) & epoll_flag::exclusive)
            return fail(Errno::INVAL);
        item->event = event;
        item->is_new = true;
        item->is_disarmed = false;
    }
    any_change().advance();
    return {};
}

Done EpollFile::remove(int fd, const File& file) {
    SpinGuard guard(lock_);
    Item* const item = find(fd, file);
    if (!item)
        return fail(Errno::NOENT);
    items_.erase(static_cast<std::size_t>(item - items_.begin()));
    return {};
}

// The item at that place in turn. False: there are not so many.
bool EpollFile::look_at(std::size_t index, Look& look) {
    Ref<File> before = std::move(look.file); // goes after the lock is free
    SpinGuard guard(lock_);
    if (index >= items_.size())
        return false;
    look.item = items_[(next_ + index) % items_.size()];
    look.file = Ref<File>::if_alive(look.item.file);
    return true;
}

// What is to be told of a file that is ready so.
std::uint32_t EpollFile::due(const Item& item, std::uint32_t ready, Edges now) {
    if (item.is_disarmed)
        return 0;
    const std::uint32_t told = ready & (item.event.events | always_told);
    if (!(item.event.events & epoll_flag::edge) || item.is_new)
        return told;
    const bool in_edge = now.in != item.told.in;
    const bool out_edge = now.out != item.told.out && (item.event.events & poll_event::out);
    return in_edge || out_edge ? told : 0;
}

void EpollFile::mark_told(const Look& look, Edges now) {
    SpinGuard guard(lock_);
    Item* const item = find(look.item.fd, *look.file);
    if (!item)
        return;
    item->told = now;
    item->is_new = false;
    item->is_disarmed = item->event.events & epoll_flag::one_shot;
}

std::size_t EpollFile::collect(std::span<linux_abi::EpollEvent> into) {
    std::size_t found = 0, looked = 0;
    Look look;
    for (; found < into.size() && look_at(looked, look); ++looked) {
        if (!look.file)
            continue;
        const Edges now = look.file->edges(); // before it is looked at: what comes meanwhile is told again
        if (const std::uint32_t events = due(look.item, ready_bits(*look.file), now)) {
            mark_told(look, now);
            into[found++] = {events, look.item.event.data};
        }
    }
    SpinGuard guard(lock_);
    next_ = items_.empty() ? 0 : (next_ + looked) % items_.size();
    return found;
}

std::uint16_t EpollFile::ready() {
    Look look;
    for (std::size_t i = 0; look_at(i, look); ++i) {
        if (look.file && due(look.item, ready_bits(*look.file), look.file->edges()))
            return poll_event::in;
    }
    return 0;
}

Outcome<Attributes> EpollFile::attributes() {
    Attributes result;
    result.mode = 0600;
    return result;
}

} // namespace exo::hpc
