/* The compiler and machine that lwIP meets: clang, x86-64, no C library but its memory functions. */
#pragma once

#define BYTE_ORDER LITTLE_ENDIAN
#define lwip_htons(x) __builtin_bswap16(x)
#define lwip_htonl(x) __builtin_bswap32(x)
#define LWIP_NO_CTYPE_H 1
/* Nobody searches text; left in, it would ask for a C library's strncmp. */
#define lwip_strnstr(buffer, token, octets) lwip_searches_no_text
#define LWIP_NO_UNISTD_H 1
#define LWIP_NO_INTTYPES_H 1
#include <limits.h>
#define SSIZE_MAX LONG_MAX
#define X8_F "02x"
#define U16_F "u"
#define S16_F "d"
#define X16_F "x"
#define U32_F "u"
#define S32_F "d"
#define X32_F "x"
#define SZT_F "zu"

/* An assertion of lwIP's that fails is a fault of this program. */
#define LWIP_PLATFORM_ASSERT(text) __builtin_trap()
#define LWIP_PLATFORM_DIAG(text) ((void)0)

#ifdef __cplusplus
extern "C" {
#endif
unsigned exo_tcp_random(void);
#ifdef __cplusplus
}
#endif
#define LWIP_RAND() exo_tcp_random()
