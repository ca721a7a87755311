/* Blocks for lwIP's mem_malloc: segment headers, and now and then a segment that is split in two. */
/* Read several times, so there is no guard here. */
LWIP_MALLOC_MEMPOOL_START
LWIP_MALLOC_MEMPOOL(4096, 160)
LWIP_MALLOC_MEMPOOL(64, 1792)
LWIP_MALLOC_MEMPOOL_END
