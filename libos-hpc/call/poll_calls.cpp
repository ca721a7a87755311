// Waiting for several files at once (poll(2), select(2)): look at all of them, and if none is ready wait until anything
// changes (wait_ready.hpp).
#include "libos-hpc/call/calls.hpp"

#include "libos-hpc/call/open_file.hpp"
#include "libos-hpc/call/wait_ready.hpp"
#include "libos-hpc/thread/task.hpp"
#include "libos-hpc/time/deadline.hpp"

#include <algorithm>

namespace exo::hpc::call {
namespace {

constexpr std::uint16_t always_told = poll_event::error | poll_event::hang_up;

std::uint16_t ready_events(int fd, std::uint16_t wanted) {
    auto file = file_of(fd);
    if (!file)
        return poll_event::invalid;
    std::uint16_t ready = (*file)->ready();
    if (ready & poll_event::in)
        ready |= poll_event::read_normal;
    if (ready & poll_event::out)
        ready |= poll_event::write_normal;
    return ready & static_cast<std::uint16_t>(wanted | always_told);
}

Outcome<std::size_t> poll_files(User<PollFd> files, std::uint64_t count, std::uint64_t deadline) {
    if (count > descriptors_max)
        return fail(Errno::INVAL);
    return wait_until_ready(deadline, [&]() -> Outcome<std::size_t> {
        std::size_t found = 0;
        for (std::uint64_t i = 0; i < count; ++i) {
            PollFd file;
            if (!files.at(i).load(file))
                return fail(Errno::FAULT);
            file.returned = file.fd < 0 ? std::uint16_t{0} : ready_events(file.fd, file.events);
            found += file.returned != 0;
            if (!files.at(i).store(file))
                return fail(Errno::FAULT);
        }
        return found;
    });
}

using Words = std::uint64_t[select_fds_max / 64];

struct Sets {
    Words in, out, error;
};

bool has(const Words& words, std::size_t fd) {
    return (words[fd / 64] >> (fd % 64)) & 1;
}
void put(Words& words, std::size_t fd) {
    words[fd / 64] |= 1ull << (fd % 64);
}

bool load(std::uint64_t address, Words& words, std::size_t bytes) {
    return !address || copy_from_user(words, address, bytes);
}
bool store(std::uint64_t address, const Words& words, std::size_t bytes) {
    return !address || copy_to_user(address, words, bytes);
}

Outcome<std::size_t> select_once(const Sets& wanted, std::size_t count, Sets& found) {
    std::size_t total = 0;
    found = Sets{};
    for (std::size_t fd = 0; fd < count; ++fd) {
        if (!has(wanted.in, fd) && !has(wanted.out, fd) && !has(wanted.error, fd))
            continue;
        std::uint16_t ready = ready_events(static_cast<int>(fd), poll_event::in | poll_event::out);
        if (ready & poll_event::invalid)
            return fail(Errno::BADF);
        if (has(wanted.in, fd) && (ready & (poll_event::in | always_told)))
            put(found.in, fd), ++total;
        if (has(wanted.out, fd) && (ready & (poll_event::out | poll_event::error)))
            put(found.out, fd), ++total;
    }
    return total;
}

Answer select_files(int limit, std::uint64_t in, std::uint64_t out, std::uint64_t error, std::uint64_t deadline) {
    if (limit < 0)
        return answer(Errno::INVAL);
    auto count = std::min(static_cast<std::size_t>(limit), select_fds_max);
    std::size_t bytes = (count + 63) / 64 * sizeof(std::uint64_t);
    Sets wanted{}, found{};
    if (!load(in, wanted.in, bytes) || !load(out, wanted.out, bytes) || !load(error, wanted.error, bytes))
        return answer(Errno::FAULT);
    auto total = wait_until_ready(deadline, [&] { return select_once(wanted, count, found); });
    if (!total)
        return answer(total.error());
    bool told = store(in, found.in, bytes) && store(out, found.out, bytes) && store(error, found.error, bytes);
    return told ? static_cast<Answer>(*total) : answer(Errno::FAULT);
}

} // namespace

Done set_waiting_mask(std::uint64_t address, std::uint64_t bytes) {
    if (!address)
        return {};
    SignalSet mask;
    if (bytes != sizeof mask)
        return fail(Errno::INVAL);
    if (!copy_from_user(&mask, address, sizeof mask))
        return fail(Errno::FAULT);
    Task& task = current_task();
    task.restored_mask = task.blocked;
    task.has_restored_mask = true;
    task.blocked = mask & ~signals_never_blocked;
    return {};
}

Outcome<std::uint64_t> deadline_from(User<Timespec> timeout) {
    Timespec time;
    if (!timeout)
        return no_deadline;
    if (!timeout.load(time))
        return fail(Errno::FAULT);
    if (!time.valid())
        return fail(Errno::INVAL);
    return deadline_after(time);
}

std::uint64_t deadline_from_ms(int timeout_ms) {
    constexpr std::uint64_t ns_per_ms = 1'000'000;
    return timeout_ms < 0 ? no_deadline : deadline_in_ns(static_cast<std::uint64_t>(timeout_ms) * ns_per_ms);
}

Answer poll(User<PollFd> files, std::uint64_t count, int timeout_ms) {
    return answer(poll_files(files, count, deadline_from_ms(timeout_ms)));
}

Answer ppoll(User<PollFd> files, std::uint64_t count, User<Timespec> timeout, std::uint64_t mask,
             std::uint64_t mask_bytes) {
    auto deadline = deadline_from(timeout);
    if (!deadline)
        return answer(deadline.error());
    if (auto set = set_waiting_mask(mask, mask_bytes); !set)
        return answer(set);
    return answer(poll_files(files, count, *deadline));
}

Answer select(int limit, std::uint64_t in, std::uint64_t out, std::uint64_t error, User<Timeval> timeout) {
    std::uint64_t deadline = no_deadline;
    Timeval time;
    if (timeout) {
        if (!timeout.load(time))
            return answer(Errno::FAULT);
        if (time.seconds < 0 || time.microseconds < 0)
            return answer(Errno::INVAL);
        constexpr std::int64_t ns_per_us = 1000;
        Timespec span{time.seconds + time.microseconds / microseconds_per_second,
                      time.microseconds % microseconds_per_second * ns_per_us};
        deadline = deadline_after(span);
    }
    return select_files(limit, in, out, error, deadline);
}

Answer pselect6(int limit, std::uint64_t in, std::uint64_t out, std::uint64_t error, User<Timespec> timeout,
                std::uint64_t mask_argument) {
    auto deadline = deadline_from(timeout);
    if (!deadline)
        return answer(deadline.error());
    if (mask_argument) {
        std::uint64_t mask[2]; // address and size
        if (!copy_from_user(mask, mask_argument, sizeof mask))
            return answer(Errno::FAULT);
        if (auto set = set_waiting_mask(mask[0], mask[1]); !set)
            return answer(set);
    }
    return select_files(limit, in, out, error, *deadline);
}

} // namespace exo::hpc::call
