/* What lwIP asks of libos/net, beside what its own headers declare. Defined in engine.cpp. */
#pragma once

#include <lwip/ip_addr.h>

#ifdef __cplusplus
extern "C" {
#endif

/* RFC 6528. */
u32_t exo_tcp_initial_sequence(const ip_addr_t* local, u16_t local_port, const ip_addr_t* remote, u16_t remote_port);

#ifdef __cplusplus
}
#endif

#define LWIP_HOOK_TCP_ISN exo_tcp_initial_sequence
