// Opening and closing, and copies of descriptors (open(2), close(2), dup(2), fcntl(2), pipe(2), eventfd(2)).
#include "libos-hpc/call/calls.hpp"

#include "libos-hpc/call/block_calls.hpp"
#include "libos-hpc/call/interface_calls.hpp"
#include "libos-hpc/call/lock_calls.hpp"
#include "libos-hpc/call/open_file.hpp"
#include "libos-hpc/file/event_file.hpp"
#include "libos-hpc/file/pipe.hpp"
#include "libos-hpc/file/record_locks.hpp"
#include "libos/trace/trace.hpp"

namespace exo::hpc::call {
namespace {

Answer add(const Outcome<Ref<File>>& file, bool close_on_exec) {
    if (!file)
        return answer(file.error());
    return answer(descriptors().add(*file, close_on_exec));
}

Answer duplicate(int fd, std::uint64_t lowest, bool close_on_exec) {
    auto file = descriptors().get(fd);
    if (!file)
        return answer(file.error());
    return answer(descriptors().add(*file, close_on_exec, lowest));
}

Answer set_flags(int fd, std::uint32_t flags) {
    auto file = file_of(fd);
    if (!file)
        return answer(file.error());
    constexpr std::uint32_t changeable =
        open_flag::append | open_flag::non_block | open_flag::direct | open_flag::no_access_time;
    (*file)->set_flags(((*file)->flags() & ~changeable) | (flags & changeable));
    return 0;
}

} // namespace

Answer openat(int directory, std::uint64_t path, std::uint32_t flags, std::uint32_t permissions) {
    UserString name;
    if (auto loaded = name.load(path); !loaded)
        return answer(loaded);
    return add(open_path(directory, name.view(), flags, permissions), flags & open_flag::close_on_exec);
}

Answer open(std::uint64_t path, std::uint32_t flags, std::uint32_t permissions) {
    return openat(at::current_directory, path, flags, permissions);
}

Answer creat(std::uint64_t path, std::uint32_t permissions) {
    return open(path, open_flag::create | open_flag::write_only | open_flag::truncate, permissions);
}

Answer openat2(int directory, std::uint64_t path, User<OpenHow> where, std::uint64_t bytes) {
    OpenHow how;
    if (bytes < sizeof how)
        return answer(Errno::INVAL);
    if (bytes > sizeof how)
        return answer(Errno::TOOBIG);
    if (!where.load(how))
        return answer(Errno::FAULT);
    if (how.resolve) {
        trace_missing("openat2 with resolve flags", how.resolve);
        return answer(Errno::OPNOTSUPP);
    }
    if (how.flags >> 32 || (how.mode & ~std::uint64_t{mode::permission_mask}))
        return answer(Errno::INVAL);
    return openat(directory, path, static_cast<std::uint32_t>(how.flags), static_cast<std::uint32_t>(how.mode));
}

Answer close(int fd) {
    auto file = descriptors().remove(fd);
    if (!file)
        return answer(file.error());
    record_locks().release_process(**file);
    return 0;
}

Answer close_range(std::uint32_t first, std::uint32_t last, std::uint32_t flags) {
    constexpr std::uint32_t unshare = 2, close_on_exec = 4;
    if (first > last || (flags & ~(unshare | close_on_exec)))
        return answer(Errno::INVAL);
    if (first >= descriptors_max)
        return 0;
    int end = last < descriptors_max ? static_cast<int>(last) : static_cast<int>(descriptors_max) - 1;
    for (int fd = descriptors().next_open(static_cast<int>(first)); fd >= 0 && fd <= end;
         fd = descriptors().next_open(fd + 1)) {
        if (flags & close_on_exec)
            (void)descriptors().set_close_on_exec(fd, true);
        else
            (void)close(fd);
    }
    return 0;
}

Answer dup(int fd) {
    return duplicate(fd, 0, false);
}

Answer dup3(int fd, int target, std::uint32_t flags) {
    if (fd == target || (flags & ~open_flag::close_on_exec))
        return answer(Errno::INVAL);
    auto file = descriptors().get(fd);
    if (!file)
        return answer(file.error());
    const auto closed = descriptors().get(target);
    if (auto put = descriptors().put(target, *file, flags & open_flag::close_on_exec); !put)
        return answer(put);
    if (closed)
        record_locks().release_process(**closed);
    return target;
}

Answer dup2(int fd, int target) {
    if (fd != target)
        return dup3(fd, target, 0);
    auto file = descriptors().get(fd);
    return file ? fd : answer(file.error());
}

Answer fcntl(int fd, std::uint32_t command, std::uint64_t value) {
    constexpr std::uint64_t close_on_exec = 1;
    switch (command) {
    case fcntl_command::dup_fd:
        return duplicate(fd, value, false);
    case fcntl_command::dup_fd_close_on_exec:
        return duplicate(fd, value, true);
    case fcntl_command::get_fd:
        return answer(descriptors().close_on_exec(fd));
    case fcntl_command::set_fd:
        return answer(descriptors().set_close_on_exec(fd, value & close_on_exec));
    case fcntl_command::get_flags: {
        auto file = descriptors().get(fd);
        return file ? static_cast<Answer>((*file)->flags()) : answer(file.error());
    }
    case fcntl_command::set_flags:
        return set_flags(fd, static_cast<std::uint32_t>(value));
    case fcntl_command::get_lock:
    case fcntl_command::set_lock:
    case fcntl_command::set_lock_wait:
    case fcntl_command::get_open_lock:
    case fcntl_command::set_open_lock:
    case fcntl_command::set_open_lock_wait:
        return lock_range(fd, command, User<FileLock>{value});
    case fcntl_command::get_pipe_bytes:
    case fcntl_command::set_pipe_bytes: {
        auto file = file_of(fd);
        if (!file)
            return answer(file.error());
        bool is_pipe = !(*file)->node() && !(*file)->socket() && (*file)->bytes_readable();
        if (!is_pipe)
            return answer(Errno::BADF);
        return command == fcntl_command::get_pipe_bytes || value <= pipe_bytes ? Answer{pipe_bytes}
                                                                               : answer(Errno::PERM);
    }
    default:
        trace_missing("fcntl", command);
        return answer(Errno::INVAL);
    }
}

Answer ioctl(int fd, std::uint32_t request, std::uint64_t value) {
    auto file = file_of(fd);
    if (!file)
        return answer(file.error());
    switch (request) {
    case ioctl_request::bytes_readable: {
        auto count = (*file)->bytes_readable();
        if (!count)
            return answer(count.error());
        return User<std::int32_t>{value}.store(static_cast<std::int32_t>(*count)) ? 0 : answer(Errno::FAULT);
    }
    case ioctl_request::non_block: {
        std::int32_t on;
        if (!User<std::int32_t>{value}.load(on))
            return answer(Errno::FAULT);
        std::uint32_t flags = (*file)->flags() & ~open_flag::non_block;
        (*file)->set_flags(on ? flags | open_flag::non_block : flags);
        return 0;
    }
    case ioctl_request::close_on_exec:
    case ioctl_request::no_close_on_exec:
        return answer(descriptors().set_close_on_exec(fd, request == ioctl_request::close_on_exec));
    default:
        if ((*file)->socket() && is_interface_request(request))
            return ask_interface(request, value);
        if (Node* node = (*file)->node(); node && node->block_device())
            return ask_block_device(**file, *node->block_device(), request, value);
        // Nothing else here is a terminal or another device with controls of its own.
        return answer(Errno::NOTTY);
    }
}

Answer pipe2(User<std::int32_t> where, std::uint32_t flags) {
    if (flags & ~(open_flag::close_on_exec | open_flag::non_block | open_flag::direct))
        return answer(Errno::INVAL);
    if (flags & open_flag::direct) {
        trace_missing("pipe2 with packets", flags);
        return answer(Errno::INVAL);
    }
    auto buffer = make<PipeBuffer>();
    if (!buffer || !buffer->open())
        return answer(Errno::NOMEM);
    std::uint32_t kept = flags & open_flag::non_block;
    Ref<File> reader = make<PipeEnd>(buffer, kept | open_flag::read_only);
    Ref<File> writer = make<PipeEnd>(buffer, kept | open_flag::write_only);
    if (!reader || !writer)
        return answer(Errno::NOMEM);
    bool on_exec = flags & open_flag::close_on_exec;
    auto first = descriptors().add(reader, on_exec);
    if (!first)
        return answer(first.error());
    auto second = descriptors().add(writer, on_exec);
    if (second && where.store(*first) && where.at(1).store(*second))
        return 0;
    (void)descriptors().remove(*first);
    if (!second)
        return answer(second.error());
    (void)descriptors().remove(*second);
    return answer(Errno::FAULT);
}

Answer pipe(User<std::int32_t> where) {
    return pipe2(where, 0);
}

Answer eventfd2(std::uint32_t initial, std::uint32_t flags) {
    if (flags & ~(open_flag::close_on_exec | open_flag::non_block | eventfd_flag::semaphore))
        return answer(Errno::INVAL);
    Ref<File> file = make<EventFile>(initial, (flags & eventfd_flag::semaphore) != 0,
                                     (flags & open_flag::non_block) | open_flag::read_write);
    if (!file)
        return answer(Errno::NOMEM);
    return answer(descriptors().add(file, flags & open_flag::close_on_exec));
}

Answer eventfd(std::uint32_t initial) {
    return eventfd2(initial, 0);
}

} // namespace exo::hpc::call
