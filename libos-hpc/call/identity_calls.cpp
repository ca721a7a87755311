// Who the program is: the superuser of its own environment, alone in its group and session (credentials(7)). It cannot
// become anybody else, and has no children.
#include "libos-hpc/call/calls.hpp"

#include "libos-hpc/call/user.hpp"
#include "libos-hpc/thread/task.hpp"

namespace exo::hpc::call {
namespace {

using namespace linux_abi;

constexpr std::uint32_t root = 0, unchanged = ~0u;
constexpr std::uint32_t all_capabilities_low = ~0u, all_capabilities_high = 0x1ff;

Answer become(std::uint32_t id) {
    return id == root || id == unchanged ? 0 : answer(Errno::PERM);
}
Answer become(std::uint32_t real, std::uint32_t effective, std::uint32_t saved) {
    for (std::uint32_t id : {real, effective, saved}) {
        if (Answer refused = become(id))
            return refused;
    }
    return 0;
}

Answer tell_three(User<std::uint32_t> real, User<std::uint32_t> effective, User<std::uint32_t> saved) {
    return real.store(root) && effective.store(root) && saved.store(root) ? 0 : answer(Errno::FAULT);
}

bool is_own(int process) {
    return process == 0 || process == process_id;
}

} // namespace

Answer getpid() {
    return process_id;
}
Answer getppid() {
    return parent_process_id;
}
Answer getuid() {
    return root;
}
Answer geteuid() {
    return root;
}
Answer getgid() {
    return root;
}
Answer getegid() {
    return root;
}
Answer getpgrp() {
    return process_id;
}
Answer getpgid(int process) {
    return is_own(process) ? process_id : answer(Errno::SRCH);
}
Answer getsid(int process) {
    return is_own(process) ? process_id : answer(Errno::SRCH);
}
Answer setpgid(int process, int) {
    return is_own(process) ? answer(Errno::PERM) : answer(Errno::SRCH);
}
Answer setsid() {
    return answer(Errno::PERM);
} // it leads its group already

Answer setuid(std::uint32_t id) {
    return id == unchanged ? answer(Errno::INVAL) : become(id);
}
Answer setgid(std::uint32_t id) {
    return setuid(id);
}
Answer setreuid(std::uint32_t real, std::uint32_t effective) {
    return become(real, effective, root);
}
Answer setregid(std::uint32_t real, std::uint32_t effective) {
    return become(real, effective, root);
}
Answer setresuid(std::uint32_t real, std::uint32_t effective, std::uint32_t saved) {
    return become(real, effective, saved);
}
Answer setresgid(std::uint32_t real, std::uint32_t effective, std::uint32_t saved) {
    return become(real, effective, saved);
}
Answer setfsuid(std::uint32_t) {
    return root;
} // returns the one before, and never says whether it did anything
Answer setfsgid(std::uint32_t) {
    return root;
}
Answer getresuid(User<std::uint32_t> real, User<std::uint32_t> effective, User<std::uint32_t> saved) {
    return tell_three(real, effective, saved);
}
Answer getresgid(User<std::uint32_t> real, User<std::uint32_t> effective, User<std::uint32_t> saved) {
    return tell_three(real, effective, saved);
}
Answer getgroups(int, std::uint64_t) {
    return 0;
}

Answer capget(User<CapabilityHeader> where, User<CapabilityData> data) {
    CapabilityHeader header;
    if (!where.load(header))
        return answer(Errno::FAULT);
    bool one_word = header.version == capability_version_1;
    if (!one_word && header.version != capability_version_2 && header.version != capability_version_3) {
        header.version = capability_version_3;
        return where.store(header) ? answer(Errno::INVAL) : answer(Errno::FAULT);
    }
    if (!is_own(header.process))
        return answer(Errno::SRCH);
    if (!data)
        return 0;
    constexpr CapabilityData low{all_capabilities_low, all_capabilities_low, 0};
    constexpr CapabilityData high{all_capabilities_high, all_capabilities_high, 0};
    return data.store(low) && (one_word || data.at(1).store(high)) ? 0 : answer(Errno::FAULT);
}

Answer wait4(int, std::uint64_t, std::uint32_t, std::uint64_t) {
    return answer(Errno::CHILD);
}
Answer waitid(int, int, std::uint64_t, std::uint32_t, std::uint64_t) {
    return answer(Errno::CHILD);
}

} // namespace exo::hpc::call
