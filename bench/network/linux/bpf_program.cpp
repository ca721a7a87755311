// See bpf_program.hpp. The programs are a few instructions each, written as such: linux/bpf.h, RFC 9669.
#include "bench/network/linux/bpf_program.hpp"

#include "bench/network/echo_program.hpp"
#include "bench/network/linux/interface.hpp"

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <span>
#include <sys/syscall.h>
#include <unistd.h>

namespace bench::network {
namespace {

int bpf(int command, bpf_attr& attributes) {
    return static_cast<int>(::syscall(SYS_bpf, command, &attributes, sizeof attributes));
}

constexpr bpf_insn instruction(int code, int to, int from, int offset, int immediate) {
    return {static_cast<std::uint8_t>(code), static_cast<std::uint8_t>(to & 15), static_cast<std::uint8_t>(from & 15),
            static_cast<std::int16_t>(offset), immediate};
}
constexpr bpf_insn set(int to, int value) {
    return instruction(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value);
}

int load_program(std::span<const bpf_insn> instructions) {
    bpf_attr attributes = {};
    attributes.prog_type = BPF_PROG_TYPE_XDP;
    attributes.insns = reinterpret_cast<std::uint64_t>(instructions.data()); // Safe: an address for the kernel.
    attributes.insn_cnt = static_cast<std::uint32_t>(instructions.size());
    attributes.license = reinterpret_cast<std::uint64_t>("MIT");
    const int program = bpf(BPF_PROG_LOAD, attributes);
    check(program >= 0, "loading an XDP program");
    return program;
}

const char* attach(int program, int interface) {
    constexpr struct {
        std::uint32_t flag;
        const char* name;
    } ways[] = {{XDP_FLAGS_DRV_MODE, "driver"}, {XDP_FLAGS_SKB_MODE, "generic"}};
    for (const auto& way : ways) {
        bpf_attr attributes = {};
        attributes.link_create.prog_fd = static_cast<std::uint32_t>(program);
        attributes.link_create.target_ifindex = static_cast<std::uint32_t>(interface);
        attributes.link_create.attach_type = BPF_XDP;
        attributes.link_create.flags = way.flag;
        if (bpf(BPF_LINK_CREATE, attributes) >= 0) // stays open, and attached, until the program ends
            return way.name;
    }
    give_up("attaching an XDP program");
}

} // namespace

const char* attach_redirect(int interface, int& socket_map) {
    bpf_attr map = {};
    map.map_type = BPF_MAP_TYPE_XSKMAP;
    map.key_size = map.value_size = sizeof(int);
    map.max_entries = 1;
    socket_map = bpf(BPF_MAP_CREATE, map);
    check(socket_map >= 0, "making a map of sockets");
    const bpf_insn program[] = {
        instruction(BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, socket_map),
        instruction(0, 0, 0, 0, 0), // the upper half of the address
        set(2, 0),                  // queue 0, the only one
        set(3, XDP_PASS),           // when there is no socket
        instruction(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_redirect_map),
        instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
    };
    return attach(load_program(program), interface);
}

void set_socket(int socket_map, int socket) {
    const int key = 0;
    bpf_attr element = {};
    element.map_fd = static_cast<std::uint32_t>(socket_map);
    element.key = reinterpret_cast<std::uint64_t>(&key); // Safe: addresses for the kernel.
    element.value = reinterpret_cast<std::uint64_t>(&socket);
    check(bpf(BPF_MAP_UPDATE_ELEM, element) == 0, "putting a socket behind an XDP program");
}

const char* attach_echo(int interface) {
    constexpr auto program = echo_program({.load_end = load_word,
                                           .data = offsetof(xdp_md, data),
                                           .data_end = offsetof(xdp_md, data_end),
                                           .reply = XDP_TX,
                                           .pass = XDP_PASS});
    bpf_insn instructions[program.size()];
    static_assert(sizeof instructions == sizeof program);
    std::memcpy(instructions, program.data(), sizeof instructions);
    return attach(load_program(instructions), interface);
}

} // namespace bench::network
