/* What lwIP asks of libos/net, beside what its own headers declare. Defined in engine.cpp. */
#pragma once

#include <lwip/ip_addr.h>

#ifdef __cplusplus
extern "C" {
#endif

/* RFC 6528. */
u32_t exo_tcp_initial_sequence(const ip_addr_t* local, u16_t local_port, const ip_addr_t* remote, u16_t remote_port);

/* A segment has come for a connection, with so many octets of data; its options are in its first piece. */
struct tcp_pcb;
struct tcp_hdr;
signed char exo_tcp_segment_came(struct tcp_pcb* pcb, const struct tcp_hdr* header, u16_t option_octets,
                                 u16_t data_octets);

/* Pieces of a connection that wait for others before them: fewer where the port's packets are few. */
u16_t exo_tcp_out_of_order_max(const struct tcp_pcb* pcb);

#ifdef __cplusplus
}
#endif

#define LWIP_HOOK_TCP_ISN exo_tcp_initial_sequence
#define LWIP_HOOK_TCP_INPACKET_PCB(pcb, header, octets, octets_first, second, p)                                       \
    exo_tcp_segment_came(pcb, header, octets_first, (p)->tot_len)
