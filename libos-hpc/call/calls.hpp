// The handlers of the system calls, one a row of calls.def. Parameters are the argument registers in order; those that
// take the whole register frame need more. Answers are Linux's: a value, or an errno negated. Grouped by file.
#pragma once

#include "libos-hpc/call/answer.hpp"
#include "libos-hpc/linux/epoll.hpp"
#include "libos-hpc/linux/signals.hpp"
#include "libos-hpc/linux/sockets.hpp"
#include "libos-hpc/linux/system.hpp"
#include "libos-hpc/linux/threads.hpp"
#include "libos/upcall/register_frame.hpp"

namespace exo::hpc {

template <typename T>
struct User;

} // namespace exo::hpc

namespace exo::hpc::call {

// change_calls.cpp
Answer fchmodat(int directory, std::uint64_t path, std::uint32_t mode);
Answer chmod(std::uint64_t path, std::uint32_t mode);
Answer fchmod(int fd, std::uint32_t mode);
Answer fchownat(int directory, std::uint64_t path, std::uint32_t user, std::uint32_t group, std::uint32_t flags);
Answer chown(std::uint64_t path, std::uint32_t user, std::uint32_t group);
Answer lchown(std::uint64_t path, std::uint32_t user, std::uint32_t group);
Answer fchown(int fd, std::uint32_t user, std::uint32_t group);
Answer truncate(std::uint64_t path, std::int64_t bytes);
Answer ftruncate(int fd, std::int64_t bytes);
Answer fallocate(int fd, std::uint32_t mode, std::int64_t offset, std::int64_t bytes);
Answer utimensat(int directory, std::uint64_t path, User<linux_abi::Timespec> times, std::uint32_t flags);
Answer fsync(int fd);
Answer fdatasync(int fd);
Answer sync_file_range(int fd, std::int64_t offset, std::int64_t bytes, std::uint32_t flags);
Answer sync();
Answer syncfs(int fd);
Answer flock(int fd, std::uint32_t operation);
Answer fadvise64(int fd, std::int64_t, std::int64_t, std::uint32_t advice);

// directory_calls.cpp
Answer getdents64(int fd, std::uint64_t address, std::uint64_t bytes);
Answer mkdirat(int directory, std::uint64_t path, std::uint32_t permissions);
Answer mkdir(std::uint64_t path, std::uint32_t permissions);
Answer unlinkat(int directory, std::uint64_t path, std::uint32_t flags);
Answer unlink(std::uint64_t path);
Answer rmdir(std::uint64_t path);
Answer renameat2(int old_directory, std::uint64_t old_path, int new_directory, std::uint64_t new_path,
                 std::uint32_t flags);
Answer renameat(int old_directory, std::uint64_t old_path, int new_directory, std::uint64_t new_path);
Answer rename(std::uint64_t old_path, std::uint64_t new_path);
Answer linkat(int old_directory, std::uint64_t old_path, int new_directory, std::uint64_t new_path,
              std::uint32_t flags);
Answer link(std::uint64_t old_path, std::uint64_t new_path);
Answer symlinkat(std::uint64_t target, int directory, std::uint64_t path);
Answer symlink(std::uint64_t target, std::uint64_t path);
Answer chdir(std::uint64_t path);
Answer fchdir(int fd);
Answer getcwd(std::uint64_t address, std::uint64_t bytes);
Answer umask(std::uint32_t mask);

// epoll_calls.cpp
Answer epoll_create(int size);
Answer epoll_create1(std::uint32_t flags);
Answer epoll_ctl(int fd, std::int32_t operation, int target, User<linux_abi::EpollEvent> where);
Answer epoll_wait(int fd, User<linux_abi::EpollEvent> events, int count, int timeout_ms);
Answer epoll_pwait(int fd, User<linux_abi::EpollEvent> events, int count, int timeout_ms, std::uint64_t mask,
                   std::uint64_t mask_bytes);
Answer epoll_pwait2(int fd, User<linux_abi::EpollEvent> events, int count, User<linux_abi::Timespec> timeout,
                    std::uint64_t mask, std::uint64_t mask_bytes);
Answer timerfd_create(std::int32_t clock, std::uint32_t flags);
Answer timerfd_settime(int fd, std::uint32_t flags, User<linux_abi::IntervalTimerSpec> wanted,
                       User<linux_abi::IntervalTimerSpec> before);
Answer timerfd_gettime(int fd, User<linux_abi::IntervalTimerSpec> where);

// futex_calls.cpp
Answer futex(std::uint64_t address, std::uint32_t operation, std::uint32_t value, std::uint64_t time_or_count,
             std::uint64_t address2, std::uint32_t value3);

// identity_calls.cpp
Answer getpid();
Answer getppid();
Answer getuid();
Answer geteuid();
Answer getgid();
Answer getegid();
Answer getpgrp();
Answer getpgid(int process);
Answer getsid(int process);
Answer setpgid(int process, int);
Answer setsid();
Answer setuid(std::uint32_t id);
Answer setgid(std::uint32_t id);
Answer setreuid(std::uint32_t real, std::uint32_t effective);
Answer setregid(std::uint32_t real, std::uint32_t effective);
Answer setresuid(std::uint32_t real, std::uint32_t effective, std::uint32_t saved);
Answer setresgid(std::uint32_t real, std::uint32_t effective, std::uint32_t saved);
Answer setfsuid(std::uint32_t);
Answer setfsgid(std::uint32_t);
Answer getresuid(User<std::uint32_t> real, User<std::uint32_t> effective, User<std::uint32_t> saved);
Answer getresgid(User<std::uint32_t> real, User<std::uint32_t> effective, User<std::uint32_t> saved);
Answer getgroups(int, std::uint64_t);
Answer capget(User<linux_abi::CapabilityHeader> where, User<linux_abi::CapabilityData> data);
Answer wait4(int, std::uint64_t, std::uint32_t, std::uint64_t);
Answer waitid(int, int, std::uint64_t, std::uint32_t, std::uint64_t);

// memory_advice_calls.cpp
Answer madvise(std::uint64_t address, std::uint64_t bytes, std::uint32_t what);
Answer mincore(std::uint64_t address, std::uint64_t bytes, User<std::uint8_t> vector);
Answer msync(std::uint64_t address, std::uint64_t bytes, std::uint32_t flags);
Answer mlock(std::uint64_t address, std::uint64_t bytes);
Answer mlock2(std::uint64_t address, std::uint64_t bytes, std::uint32_t flags);
Answer munlock(std::uint64_t address, std::uint64_t bytes);
Answer mlockall(std::uint32_t flags);
Answer munlockall();

// memory_calls.cpp
Answer mmap(std::uint64_t address, std::uint64_t bytes, std::uint32_t wanted, std::uint32_t flags, int fd,
            std::uint64_t offset);
Answer munmap(std::uint64_t address, std::uint64_t bytes);
Answer mprotect(std::uint64_t address, std::uint64_t bytes, std::uint32_t wanted);
Answer mremap(std::uint64_t address, std::uint64_t old_bytes, std::uint64_t new_bytes, std::uint32_t flags,
              std::uint64_t target);
Answer brk(std::uint64_t wanted);

// message_calls.cpp
Answer sendto(int fd, std::uint64_t address, std::uint64_t bytes, std::uint32_t flags, std::uint64_t to,
              std::uint32_t to_bytes);
Answer recvfrom(int fd, std::uint64_t address, std::uint64_t bytes, std::uint32_t flags, std::uint64_t from,
                User<std::int32_t> from_bytes);
Answer sendmsg(int fd, User<linux_abi::MessageHeader> where, std::uint32_t flags);
Answer recvmsg(int fd, User<linux_abi::MessageHeader> where, std::uint32_t flags);
Answer sendmmsg(int fd, User<linux_abi::ManyMessages> messages, std::uint32_t count, std::uint32_t flags);
Answer recvmmsg(int fd, User<linux_abi::ManyMessages> messages, std::uint32_t count, std::uint32_t flags,
                User<linux_abi::Timespec> timeout);

// open_calls.cpp
Answer openat(int directory, std::uint64_t path, std::uint32_t flags, std::uint32_t permissions);
Answer open(std::uint64_t path, std::uint32_t flags, std::uint32_t permissions);
Answer creat(std::uint64_t path, std::uint32_t permissions);
Answer openat2(int directory, std::uint64_t path, User<linux_abi::OpenHow> where, std::uint64_t bytes);
Answer close(int fd);
Answer close_range(std::uint32_t first, std::uint32_t last, std::uint32_t flags);
Answer dup(int fd);
Answer dup3(int fd, int target, std::uint32_t flags);
Answer dup2(int fd, int target);
Answer fcntl(int fd, std::uint32_t command, std::uint64_t value);
Answer ioctl(int fd, std::uint32_t request, std::uint64_t value);
Answer pipe2(User<std::int32_t> where, std::uint32_t flags);
Answer pipe(User<std::int32_t> where);
Answer eventfd2(std::uint32_t initial, std::uint32_t flags);
Answer eventfd(std::uint32_t initial);

// poll_calls.cpp
Answer poll(User<linux_abi::PollFd> files, std::uint64_t count, int timeout_ms);
Answer ppoll(User<linux_abi::PollFd> files, std::uint64_t count, User<linux_abi::Timespec> timeout, std::uint64_t mask,
             std::uint64_t mask_bytes);
Answer select(int limit, std::uint64_t in, std::uint64_t out, std::uint64_t error, User<linux_abi::Timeval> timeout);
Answer pselect6(int limit, std::uint64_t in, std::uint64_t out, std::uint64_t error, User<linux_abi::Timespec> timeout,
                std::uint64_t mask_argument);

// schedule_calls.cpp
Answer sched_yield();
Answer sched_setaffinity(int id, std::uint64_t bytes, std::uint64_t address);
Answer sched_getaffinity(int id, std::uint64_t bytes, std::uint64_t address);
Answer getcpu(User<std::uint32_t> processor, User<std::uint32_t> node);
Answer sched_getscheduler(int id);
Answer sched_getparam(int id, User<std::int32_t> priority);
Answer sched_setscheduler(int id, int policy, User<std::int32_t> priority);
Answer sched_setparam(int id, User<std::int32_t> priority);
Answer sched_get_priority_max(int policy);
Answer sched_get_priority_min(int policy);
Answer membarrier(std::uint32_t command, std::uint32_t flags);
Answer getpriority(int, int);
Answer setpriority(int, int, int nice);

// signal_calls.cpp
Answer rt_sigaction(int number, User<linux_abi::SignalAction> wanted, User<linux_abi::SignalAction> before,
                    std::uint64_t set_bytes);
Answer rt_sigprocmask(int how, User<linux_abi::SignalSet> wanted, User<linux_abi::SignalSet> before,
                      std::uint64_t set_bytes);
Answer rt_sigreturn(RegisterFrame& frame);
Answer rt_sigpending(User<linux_abi::SignalSet> set, std::uint64_t set_bytes);
Answer rt_sigsuspend(User<linux_abi::SignalSet> mask, std::uint64_t set_bytes);
Answer pause();
Answer rt_sigtimedwait(User<linux_abi::SignalSet> wanted, User<linux_abi::SignalInfo> where,
                       User<linux_abi::Timespec> timeout, std::uint64_t set_bytes);
Answer sigaltstack(RegisterFrame& frame);
Answer kill(int process, int number);
Answer tkill(int id, int number);
Answer tgkill(int process, int id, int number);
Answer rt_sigqueueinfo(int process, int number, User<linux_abi::SignalInfo> given);
Answer rt_tgsigqueueinfo(int process, int id, int number, User<linux_abi::SignalInfo> given);

// socket_calls.cpp
Answer socket(std::uint32_t family, std::uint32_t type, std::int32_t protocol);
Answer socketpair(std::uint32_t family, std::uint32_t type, std::int32_t protocol, User<std::int32_t> where);
Answer bind(int fd, std::uint64_t address, std::uint32_t bytes);
Answer listen(int fd, std::int32_t backlog);
Answer accept4(int fd, std::uint64_t address, User<std::int32_t> bytes, std::uint32_t flags);
Answer accept(int fd, std::uint64_t address, User<std::int32_t> bytes);
Answer connect(int fd, std::uint64_t address, std::uint32_t bytes);
Answer shutdown(int fd, std::uint32_t how);
Answer getsockname(int fd, std::uint64_t address, User<std::int32_t> bytes);
Answer getpeername(int fd, std::uint64_t address, User<std::int32_t> bytes);

// socket_option_calls.cpp
Answer setsockopt(int fd, std::int32_t level, std::int32_t name, std::uint64_t address, std::int32_t bytes);
Answer getsockopt(int fd, std::int32_t level, std::int32_t name, std::uint64_t address, User<std::int32_t> bytes);

// status_calls.cpp
Answer newfstatat(int directory, std::uint64_t path, User<linux_abi::Stat> where, std::uint32_t flags);
Answer stat(std::uint64_t path, User<linux_abi::Stat> where);
Answer lstat(std::uint64_t path, User<linux_abi::Stat> where);
Answer fstat(int fd, User<linux_abi::Stat> where);
Answer statx(int directory, std::uint64_t path, std::uint32_t flags, std::uint32_t, User<linux_abi::Statx> where);
Answer faccessat2(int directory, std::uint64_t path, std::uint32_t wanted, std::uint32_t flags);
Answer faccessat(int directory, std::uint64_t path, std::uint32_t wanted);
Answer access(std::uint64_t path, std::uint32_t wanted);
Answer readlinkat(int directory, std::uint64_t path, std::uint64_t address, std::int64_t bytes);
Answer readlink(std::uint64_t path, std::uint64_t address, std::int64_t bytes);
Answer statfs(std::uint64_t path, User<linux_abi::StatFs> where);
Answer fstatfs(int fd, User<linux_abi::StatFs> where);

// system_calls.cpp
Answer uname(User<linux_abi::SystemName> where);
Answer sysinfo(User<linux_abi::SystemInfo> where);
Answer prlimit64(int process, std::uint32_t which, User<linux_abi::Limit> wanted, User<linux_abi::Limit> before);
Answer getrlimit(std::uint32_t which, User<linux_abi::Limit> where);
Answer setrlimit(std::uint32_t which, User<linux_abi::Limit> wanted);
Answer getrusage(int whose, User<linux_abi::ResourceUsage> where);
Answer getrandom(std::uint64_t address, std::uint64_t bytes, std::uint32_t flags);

// thread_calls.cpp
Answer clone(RegisterFrame& frame);
Answer clone3(RegisterFrame& frame);
Answer exit(int status);
Answer exit_group(int status);
Answer set_tid_address(std::uint64_t address);
Answer gettid();
Answer set_robust_list(std::uint64_t list, std::uint64_t bytes);
Answer get_robust_list(int id, User<std::uint64_t> list, User<std::uint64_t> bytes);
Answer arch_prctl(std::uint32_t command, std::uint64_t value);
Answer prctl(int option, std::uint64_t value);

// time_calls.cpp
Answer clock_gettime(std::int32_t clock, User<linux_abi::Timespec> time);
Answer clock_getres(std::int32_t clock, User<linux_abi::Timespec> resolution);
Answer clock_nanosleep(std::int32_t clock, std::uint32_t flags, User<linux_abi::Timespec> wanted,
                       User<linux_abi::Timespec> remaining);
Answer nanosleep(User<linux_abi::Timespec> wanted, User<linux_abi::Timespec> remaining);
Answer gettimeofday(User<linux_abi::Timeval> time, User<std::uint64_t> zone);
Answer time(User<std::int64_t> seconds);
Answer times(User<linux_abi::ProcessTimes> buffer);

// timer_calls.cpp
Answer getitimer(int which, User<linux_abi::IntervalTimer> value);
Answer setitimer(int which, User<linux_abi::IntervalTimer> wanted, User<linux_abi::IntervalTimer> before);
Answer alarm(std::uint32_t seconds);

// transfer_calls.cpp
Answer read(int fd, std::uint64_t address, std::uint64_t bytes);
Answer write(int fd, std::uint64_t address, std::uint64_t bytes);
Answer pread64(int fd, std::uint64_t address, std::uint64_t bytes, std::uint64_t offset);
Answer pwrite64(int fd, std::uint64_t address, std::uint64_t bytes, std::uint64_t offset);
Answer readv(int fd, std::uint64_t vectors, std::uint64_t count);
Answer writev(int fd, std::uint64_t vectors, std::uint64_t count);
Answer preadv(int fd, std::uint64_t vectors, std::uint64_t count, std::uint64_t offset);
Answer pwritev(int fd, std::uint64_t vectors, std::uint64_t count, std::uint64_t offset);
Answer preadv2(int fd, std::uint64_t vectors, std::uint64_t count, std::uint64_t offset, std::uint64_t,
               std::uint32_t flags);
Answer pwritev2(int fd, std::uint64_t vectors, std::uint64_t count, std::uint64_t offset, std::uint64_t,
                std::uint32_t flags);
Answer lseek(int fd, std::int64_t offset, std::uint32_t whence);
Answer sendfile(int to, int from, User<std::uint64_t> offset, std::uint64_t bytes);
Answer copy_file_range(int from, User<std::uint64_t> from_offset, int to, User<std::uint64_t> to_offset,
                       std::uint64_t bytes, std::uint32_t flags);

} // namespace exo::hpc::call
