// The structures in libos-hpc/linux against those of the host's own headers.
#include "libos-hpc/linux/epoll.hpp"
#include "libos-hpc/linux/errors.hpp"
#include "libos-hpc/linux/files.hpp"
#include "libos-hpc/linux/signals.hpp"
#include "libos-hpc/linux/sockets.hpp"
#include "libos-hpc/linux/system.hpp"
#include "libos-hpc/linux/threads.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <sys/ucontext.h>
#include <sys/un.h>
#include <sys/utsname.h>

namespace abi = exo::linux_abi;

#define SAME_PLACE(ours, field, theirs, their_field) CHECK(offsetof(ours, field) == offsetof(theirs, their_field))

TEST_CASE("stat") {
    CHECK(sizeof(abi::Stat) == sizeof(struct stat));
    SAME_PLACE(abi::Stat, mode, struct stat, st_mode);
    SAME_PLACE(abi::Stat, links, struct stat, st_nlink);
    SAME_PLACE(abi::Stat, special_device, struct stat, st_rdev);
    SAME_PLACE(abi::Stat, bytes, struct stat, st_size);
    SAME_PLACE(abi::Stat, block_bytes, struct stat, st_blksize);
    SAME_PLACE(abi::Stat, modified, struct stat, st_mtim);
    CHECK(sizeof(abi::Statx) == sizeof(struct statx));
    SAME_PLACE(abi::Statx, inode, struct statx, stx_ino);
    SAME_PLACE(abi::Statx, bytes, struct statx, stx_size);
    SAME_PLACE(abi::Statx, modified, struct statx, stx_mtime);
    SAME_PLACE(abi::Statx, device_major, struct statx, stx_dev_major);
    CHECK(abi::statx_basic == STATX_BASIC_STATS);
    CHECK(sizeof(abi::StatFs) == sizeof(struct statfs));
    SAME_PLACE(abi::StatFs, name_bytes, struct statfs, f_namelen);
    SAME_PLACE(abi::StatFs, flags, struct statfs, f_flags);
}

TEST_CASE("directories, polling, locks") {
    CHECK(sizeof(abi::DirectoryEntryHeader) == offsetof(struct dirent64, d_name));
    SAME_PLACE(abi::DirectoryEntryHeader, record_bytes, struct dirent64, d_reclen);
    SAME_PLACE(abi::DirectoryEntryHeader, type, struct dirent64, d_type);
    SAME_PLACE(abi::PollFd, returned, struct pollfd, revents);
    CHECK(abi::poll_event::hang_up == POLLHUP);
    SAME_PLACE(abi::FileLock, start, struct flock, l_start);
    SAME_PLACE(abi::FileLock, process, struct flock, l_pid);
}

TEST_CASE("signal frames") {
    CHECK(sizeof(abi::SignalInfo) == sizeof(siginfo_t));
    SAME_PLACE(abi::SignalInfo, first, siginfo_t, si_addr);
    SAME_PLACE(abi::SignalInfo, first, siginfo_t, si_pid);
    SAME_PLACE(abi::SignalInfo, value, siginfo_t, si_value);
    SAME_PLACE(abi::SignalInfo, code, siginfo_t, si_code);
    CHECK(sizeof(abi::SignalStack) == sizeof(stack_t));
    SAME_PLACE(abi::SignalStack, bytes, stack_t, ss_size);
    SAME_PLACE(abi::UserContext, stack, ucontext_t, uc_stack);
    SAME_PLACE(abi::UserContext, mask, ucontext_t, uc_sigmask);
    constexpr std::size_t registers = offsetof(ucontext_t, uc_mcontext);
    CHECK(offsetof(abi::UserContext, registers) == registers);
    auto place = [](int index) { return static_cast<std::size_t>(index) * sizeof(greg_t); };
    CHECK(offsetof(abi::SignalContext, r8) == place(REG_R8));
    CHECK(offsetof(abi::SignalContext, rdi) == place(REG_RDI));
    CHECK(offsetof(abi::SignalContext, rbx) == place(REG_RBX));
    CHECK(offsetof(abi::SignalContext, rsp) == place(REG_RSP));
    CHECK(offsetof(abi::SignalContext, rip) == place(REG_RIP));
    CHECK(offsetof(abi::SignalContext, rflags) == place(REG_EFL));
    CHECK(offsetof(abi::SignalContext, cs) == place(REG_CSGSFS));
    CHECK(offsetof(abi::SignalContext, error_code) == place(REG_ERR));
    CHECK(offsetof(abi::SignalContext, cr2) == place(REG_CR2));
    CHECK(offsetof(abi::SignalContext, extended_state) == offsetof(mcontext_t, fpregs));
    CHECK(abi::signal::segv == SIGSEGV);
    CHECK(abi::signal::sys == SIGSYS);
    CHECK(abi::action_flag::on_stack == SA_ONSTACK);
    CHECK(abi::action_flag::restart == SA_RESTART);
    CHECK(abi::signal_code::access == SEGV_ACCERR);
    CHECK(abi::signal_code::int_divide == FPE_INTDIV);
    CHECK(abi::signal_code::thread_kill == SI_TKILL);
}

TEST_CASE("the machine and the process") {
    CHECK(sizeof(abi::SystemName) == sizeof(struct utsname));
    SAME_PLACE(abi::SystemName, machine, struct utsname, machine);
    CHECK(sizeof(abi::SystemInfo) == sizeof(struct sysinfo));
    SAME_PLACE(abi::SystemInfo, unit_bytes, struct sysinfo, mem_unit);
    CHECK(sizeof(abi::ResourceUsage) == sizeof(struct rusage));
    SAME_PLACE(abi::ResourceUsage, minor_faults, struct rusage, ru_minflt);
    CHECK(sizeof(abi::Limit) == sizeof(struct rlimit));
    CHECK(abi::limit::files == RLIMIT_NOFILE);
    CHECK(abi::limit::count == RLIM_NLIMITS);
    CHECK(sizeof(abi::ProcessTimes) == sizeof(struct tms));
}

TEST_CASE("threads") {
    CHECK(sizeof(abi::CloneArguments) == sizeof(struct clone_args));
    SAME_PLACE(abi::CloneArguments, tls, struct clone_args, tls);
    CHECK(sizeof(abi::RobustList) == sizeof(struct robust_list_head));
    CHECK(abi::futex_operation::cmp_requeue == FUTEX_CMP_REQUEUE);
    CHECK(abi::futex_operation::wake_bitset == FUTEX_WAKE_BITSET);
    CHECK(abi::futex_operation::clock_realtime == FUTEX_CLOCK_REALTIME);
    CHECK(abi::futex_word::owner_died == FUTEX_OWNER_DIED);
}

TEST_CASE("numbers of errors and flags") {
    auto number = [](exo::hpc::Errno error) { return static_cast<int>(error); };
    CHECK(number(exo::hpc::Errno::NOSYS) == ENOSYS);
    CHECK(number(exo::hpc::Errno::LOOP) == ELOOP);
    CHECK(number(exo::hpc::Errno::TIMEDOUT) == ETIMEDOUT);
    CHECK(number(exo::hpc::Errno::OWNERDEAD) == EOWNERDEAD);
    CHECK(abi::open_flag::directory == O_DIRECTORY);
    CHECK(abi::open_flag::no_follow == O_NOFOLLOW);
    CHECK(abi::open_flag::close_on_exec == O_CLOEXEC);
    CHECK((abi::open_flag::temporary | abi::open_flag::directory) == O_TMPFILE);
    CHECK(abi::at::empty_path == AT_EMPTY_PATH);
    CHECK(abi::fcntl_command::dup_fd_close_on_exec == F_DUPFD_CLOEXEC);
    CHECK(abi::fcntl_command::get_open_lock == F_OFD_GETLK);
    CHECK(abi::fcntl_command::set_open_lock == F_OFD_SETLK);
    CHECK(abi::fcntl_command::set_open_lock_wait == F_OFD_SETLKW);
    CHECK(abi::ioctl_request::block_read_only == BLKROGET);
    CHECK(abi::ioctl_request::block_sectors == BLKGETSIZE);
    CHECK(abi::ioctl_request::block_flush == BLKFLSBUF);
    CHECK(abi::ioctl_request::block_sector_bytes == BLKSSZGET);
    CHECK(abi::ioctl_request::block_discard == BLKDISCARD);
    CHECK(abi::ioctl_request::block_physical_bytes == BLKPBSZGET);
    CHECK(abi::ioctl_request::block_zero == BLKZEROOUT);
    CHECK(abi::ioctl_request::block_io_bytes == BLKBSZGET);
    CHECK(abi::ioctl_request::block_bytes == BLKGETSIZE64);
}

TEST_CASE("sockets") {
    CHECK(sizeof(abi::InternetSocketAddress) == sizeof(sockaddr_in));
    SAME_PLACE(abi::InternetSocketAddress, address, sockaddr_in, sin_addr);
    CHECK(abi::socket_address_bytes_max == sizeof(sockaddr_storage));
    CHECK(abi::local_path_bytes_max == sizeof(sockaddr_un::sun_path));
    CHECK(sizeof(abi::MessageHeader) == sizeof(msghdr));
    SAME_PLACE(abi::MessageHeader, name_bytes, msghdr, msg_namelen);
    SAME_PLACE(abi::MessageHeader, vectors, msghdr, msg_iov);
    SAME_PLACE(abi::MessageHeader, control, msghdr, msg_control);
    SAME_PLACE(abi::MessageHeader, flags, msghdr, msg_flags);
    CHECK(sizeof(abi::ManyMessages) == sizeof(mmsghdr));
    SAME_PLACE(abi::ManyMessages, bytes, mmsghdr, msg_len);
    CHECK(sizeof(abi::InterfaceRequest) == sizeof(ifreq));
    CHECK(sizeof(abi::InterfaceList) == sizeof(ifconf));
    CHECK(sizeof(abi::EpollEvent) == sizeof(epoll_event));
    SAME_PLACE(abi::EpollEvent, data, epoll_event, data);
    CHECK(abi::epoll_flag::edge == EPOLLET);
    CHECK(abi::epoll_flag::one_shot == EPOLLONESHOT);
    CHECK(abi::epoll_flag::exclusive == EPOLLEXCLUSIVE);
    CHECK(abi::message_flag::peek == MSG_PEEK);
    CHECK(abi::message_flag::truncated == MSG_TRUNC);
    CHECK(abi::message_flag::control_truncated == MSG_CTRUNC);
    CHECK(abi::message_flag::dont_wait == MSG_DONTWAIT);
    CHECK(abi::message_flag::wait_all == MSG_WAITALL);
    CHECK(abi::message_flag::no_signal == MSG_NOSIGNAL);
    CHECK(abi::message_flag::error_queue == MSG_ERRQUEUE);
    CHECK(abi::message_flag::wait_for_one == MSG_WAITFORONE);
    CHECK(abi::socket_option::receive_timeout == SO_RCVTIMEO);
    CHECK(abi::socket_option::send_timeout == SO_SNDTIMEO);
    CHECK(abi::socket_option::accepting == SO_ACCEPTCONN);
    CHECK(abi::socket_option::peer_credentials == SO_PEERCRED);
    CHECK(abi::tcp_option::user_timeout == TCP_USER_TIMEOUT);
    CHECK(abi::ip_option::time_to_live == IP_TTL);
}
