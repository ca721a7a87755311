/* lwIP's options: the TCP engine alone, without operating system, IP, sockets or a heap. Names are lwIP's own
   (lwip/opt.h). Memory is pools that grow (../pools.cpp) up to these numbers, in octets to about 1.2 MB,
   and 376 for each connection. */
#pragma once

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0
#define LWIP_TIMERS 0
#define LWIP_STATS 0

#define LWIP_IPV4 1
#define LWIP_IPV6 0
#define LWIP_ARP 0
#define LWIP_ETHERNET 0
#define LWIP_ICMP 0
#define LWIP_RAW 0
#define LWIP_UDP 0
#define LWIP_TCP 1
#define IP_REASSEMBLY 0
#define IP_FRAG 0

/* libos/net makes and checks checksums itself, or has the device do it. */
#define CHECKSUM_GEN_IP 0
#define CHECKSUM_GEN_TCP 0
#define CHECKSUM_CHECK_IP 0
#define CHECKSUM_CHECK_TCP 0
#define LWIP_CHECKSUM_ON_COPY 0

#define MEM_ALIGNMENT 8
#define MEM_USE_POOLS 1
#define MEMP_USE_CUSTOM_POOLS 1
#define MEM_USE_POOLS_TRY_BIGGER_POOL 1
#define MEMP_NUM_TCP_PCB 16384
#define MEMP_NUM_TCP_PCB_LISTEN 64
#define MEMP_NUM_TCP_SEG 4096
#define MEMP_NUM_PBUF 6144
#define PBUF_POOL_SIZE 1
#define PBUF_POOL_BUFSIZE 64
#define LWIP_SUPPORT_CUSTOM_PBUF 1
#define PBUF_LINK_HLEN 0
#define PBUF_LINK_ENCAPSULATION_HLEN 0

#define TCP_MSS 1460
#define LWIP_WND_SCALE 1
#define TCP_RCV_SCALE 3
#define TCP_WND (256 * 1024)
#define TCP_SND_BUF (512 * 1024)
#define TCP_SND_QUEUELEN 2048
#define TCP_SNDLOWAT (64 * 1024)
#define TCP_SNDQUEUELOWAT 1024
#define TCP_OVERSIZE 0
#define TCP_QUEUE_OOSEQ 1
#define TCP_OOSEQ_MAX_BYTES TCP_WND
#define TCP_OOSEQ_MAX_PBUFS 256
#define TCP_OOSEQ_PBUFS_LIMIT(pcb) exo_tcp_out_of_order_max(pcb)
#define LWIP_TCP_SACK_OUT 1
#define LWIP_TCP_MAX_SACK_NUM 4
#define LWIP_TCP_TIMESTAMPS 1
#define LWIP_TCP_KEEPALIVE 1
#define TCP_LISTEN_BACKLOG 1
#define TCP_DEFAULT_LISTEN_BACKLOG 255
#define SO_REUSE 1
/* Timers look every 50 and 100 ms, five times as often as by default. */
#define TCP_TMR_INTERVAL 50
#define TCP_MSL 30000UL
#define TCP_SYNMAXRTX 6
#define TCP_MAXRTX 12

#define LWIP_HOOK_FILENAME "hooks.h"
