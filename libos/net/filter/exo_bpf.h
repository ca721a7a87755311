// For authors of packet filters, in C, compiled by exo-bpf-cc: the context, verdicts, helpers, and the headers of the
// usual protocols. A source has one program: a function marked EXO_FILTER (returns 0: not wanted) or EXO_HANDLER
// (returns a verdict). Every octet of the frame must be compared with data_end before it is touched; the verifier
// insists.
#pragma once

#include <stdint.h>

#define EXO_FILTER __attribute__((section("filter"), used))
#define EXO_HANDLER __attribute__((section("handler"), used))
// The program's own memory, kept from packet to packet and 0 at first, is one object of this type: exo_scratch_of.
#define EXO_SCRATCH(type)                                                                                              \
    extern const uint32_t exo_scratch_bytes;                                                                           \
    const uint32_t exo_scratch_bytes __attribute__((section("scratch"), used)) = sizeof(type)
#define EXO_INLINE static inline __attribute__((always_inline, unused))

struct exo_context {
#define EXO_FILTER_FIELD(type, name, meaning) type name;
#include "secure-bindings/abi/filter_context.def"
#undef EXO_FILTER_FIELD
};

enum exo_verdict {
#define EXO_FILTER_VERDICT(number, name, author_name, meaning) author_name = number,
#include "secure-bindings/abi/filter_verdicts.def"
#undef EXO_FILTER_VERDICT
};

enum exo_helper {
#define EXO_FILTER_HELPER(number, name, kinds, arguments, meaning) exo_helper_##name = number,
#include "secure-bindings/abi/filter_helpers.def"
#undef EXO_FILTER_HELPER
};

// Adds to one of the owner's 64 counters. Handlers only, as exo_wake.
EXO_INLINE void exo_count(struct exo_context* context, uint32_t counter, uint64_t amount) {
    ((uint64_t (*)(struct exo_context*, uint64_t, uint64_t))exo_helper_count)(context, counter, amount);
}
// Wakes the vcore that the owner named when it handed the program over.
EXO_INLINE void exo_wake(struct exo_context* context) {
    ((uint64_t (*)(struct exo_context*))exo_helper_wake)(context);
}
// The TSC.
EXO_INLINE uint64_t exo_time(void) {
    return ((uint64_t (*)(void))exo_helper_time)();
}
// The Internet checksum's sum (RFC 1071) of `seed` less that of the first region plus that of the second, 16 bits in
// memory order; regions have up to 2048 octets, and may be (0, 0). A checksum field holds the complement of its sum.
EXO_INLINE uint16_t exo_checksum(const void* removed, uint64_t removed_bytes, const void* added, uint64_t added_bytes,
                                 uint16_t seed) {
    return (uint16_t)((uint64_t (*)(const void*, uint64_t, const void*, uint64_t, uint64_t))exo_helper_checksum)(
        removed, removed_bytes, added, added_bytes, seed);
}

#define exo_scratch_of(context, type) ((type*)(context)->scratch)

// Numbers in network order.
EXO_INLINE uint16_t exo_net16(uint16_t value) {
    return __builtin_bswap16(value);
}
EXO_INLINE uint32_t exo_net32(uint32_t value) {
    return __builtin_bswap32(value);
}

// Headers lie anywhere in a frame; the machine loads and stores at any address, and the compiler is told what it may.
#define EXO_HEADER __attribute__((packed, aligned(4)))

struct exo_ethernet { // IEEE 802.3: 14 octets, without the padding that a larger alignment would bring
    uint8_t to[6];
    uint8_t from[6];
    uint16_t type;
} __attribute__((packed, aligned(2)));

struct exo_ipv4 { // RFC 791, 3.1
    uint8_t version_and_words;
    uint8_t service;
    uint16_t length;
    uint16_t identification;
    uint16_t fragment; // flags and offset
    uint8_t hops;
    uint8_t protocol;
    uint16_t checksum;
    uint32_t from;
    uint32_t to;
} EXO_HEADER;

struct exo_udp { // RFC 768
    uint16_t from;
    uint16_t to;
    uint16_t length;
    uint16_t checksum;
} EXO_HEADER;

struct exo_tcp { // RFC 9293, 3.1
    uint16_t from;
    uint16_t to;
    uint32_t sequence;
    uint32_t acknowledgement;
    uint8_t words; // header length in the high four bits
    uint8_t flags;
    uint16_t window;
    uint16_t checksum;
    uint16_t urgent;
} EXO_HEADER;

enum { exo_type_ipv4 = 0x0800, exo_type_arp = 0x0806, exo_type_ipv6 = 0x86dd };
enum { exo_protocol_icmp = 1, exo_protocol_tcp = 6, exo_protocol_udp = 17 };

// The frame's Ethernet header; null when it is too short.
EXO_INLINE struct exo_ethernet* exo_ethernet_of(const struct exo_context* context) {
    struct exo_ethernet* ethernet = (struct exo_ethernet*)context->data;
    return (unsigned char*)(ethernet + 1) > context->data_end ? 0 : ethernet;
}

// The IPv4 header, of 20 octets at least; null when the frame carries none.
EXO_INLINE struct exo_ipv4* exo_ipv4_of(const struct exo_context* context) {
    struct exo_ethernet* ethernet = (struct exo_ethernet*)context->data;
    struct exo_ipv4* ip = (struct exo_ipv4*)(ethernet + 1);
    if ((unsigned char*)(ip + 1) > context->data_end || ethernet->type != exo_net16(exo_type_ipv4) ||
        ip->version_and_words >> 4 != 4 || (ip->version_and_words & 15) < 5)
        return 0;
    return ip;
}

// What follows the IPv4 header and its options if that has `bytes` octets, and the packet is no later fragment.
EXO_INLINE void* exo_payload_of(const struct exo_context* context, const struct exo_ipv4* ip, uint8_t protocol,
                                uint32_t bytes) {
    unsigned char* payload = (unsigned char*)ip + (ip->version_and_words & 15) * 4;
    if (ip->protocol != protocol || (ip->fragment & exo_net16(0x1fff)) != 0 || payload + bytes > context->data_end)
        return 0;
    return payload;
}

EXO_INLINE struct exo_udp* exo_udp_of(const struct exo_context* context, const struct exo_ipv4* ip) {
    return (struct exo_udp*)exo_payload_of(context, ip, exo_protocol_udp, sizeof(struct exo_udp));
}
EXO_INLINE struct exo_tcp* exo_tcp_of(const struct exo_context* context, const struct exo_ipv4* ip) {
    return (struct exo_tcp*)exo_payload_of(context, ip, exo_protocol_tcp, sizeof(struct exo_tcp));
}

// Turns a frame round: its sender becomes its receiver, at each layer.
EXO_INLINE void exo_turn_ethernet(struct exo_ethernet* ethernet) {
    uint16_t* half_words = (uint16_t*)ethernet;
    for (int k = 0; k < 3; k++) {
        uint16_t to = half_words[k];
        half_words[k] = half_words[k + 3];
        half_words[k + 3] = to;
    }
}
EXO_INLINE void exo_turn_ipv4(struct exo_ipv4* ip) { // the checksum stays what it is
    uint32_t to = ip->to;
    ip->to = ip->from;
    ip->from = to;
}
EXO_INLINE void exo_turn_udp(struct exo_udp* udp) {
    uint16_t to = udp->to;
    udp->to = udp->from;
    udp->from = to;
}
