// What igzip calls by names that its own dispatcher would resolve: the decoder of blocks by what the processor has, all
// else in its portable form, for general registers alone. Of checksums of wrappers there are none, for streams are raw.
#include "libos/coding/vector_unit.hpp"

#include <cstddef>
#include <cstdint>

struct isal_zstream;
struct deflate_icf;
struct level_buf;
struct BitBuf2;
struct hufftables_icf;
struct inflate_state;

extern "C" {

void isal_deflate_body_base(isal_zstream*);
void isal_deflate_finish_base(isal_zstream*);
void isal_deflate_icf_body_hash_hist_base(isal_zstream*);
void isal_deflate_icf_finish_hash_hist_base(isal_zstream*);
void isal_deflate_hash_base(std::uint16_t*, std::uint32_t, std::uint32_t, std::uint8_t*, std::uint32_t);
deflate_icf* encode_deflate_icf_base(deflate_icf*, deflate_icf*, BitBuf2*, hufftables_icf*);
int decode_huffman_code_block_stateless_base(inflate_state*, std::uint8_t*);
int decode_huffman_code_block_stateless_01(inflate_state*, std::uint8_t*); // Sse
int decode_huffman_code_block_stateless_04(inflate_state*, std::uint8_t*); // Avx2

void isal_deflate_body(isal_zstream* stream) {
    isal_deflate_body_base(stream);
}
void isal_deflate_finish(isal_zstream* stream) {
    isal_deflate_finish_base(stream);
}
void isal_deflate_icf_body_lvl1(isal_zstream* stream) {
    isal_deflate_icf_body_hash_hist_base(stream);
}
void isal_deflate_icf_finish_lvl1(isal_zstream* stream) {
    isal_deflate_icf_finish_hash_hist_base(stream);
}
deflate_icf* encode_deflate_icf(deflate_icf* next, deflate_icf* end, BitBuf2* bits, hufftables_icf* tables) {
    return encode_deflate_icf_base(next, end, bits, tables);
}
int decode_huffman_code_block_stateless(inflate_state* state, std::uint8_t* start) {
    using enum exo::coding::VectorLevel;
    const exo::coding::VectorLevel level = exo::coding::vector_level();
    if (level == None)
        return decode_huffman_code_block_stateless_base(state, start);
    const exo::coding::VectorUse use(level == Sse ? Sse : Avx2);
    return level == Sse ? decode_huffman_code_block_stateless_01(state, start)
                        : decode_huffman_code_block_stateless_04(state, start);
}

// wmemset, and strnlen, of which only headers that are not written or read have any use.
wchar_t* exo_fill_words(wchar_t* to, wchar_t value, std::size_t count) {
    for (std::size_t i = 0; i < count; i++)
        to[i] = value;
    return to;
}
std::size_t exo_text_bytes(const char* text, std::size_t bytes_max) {
    std::size_t bytes = 0;
    while (bytes < bytes_max && text[bytes])
        bytes++;
    return bytes;
}

#define EXO_ISAL_HASH(level)                                                                                           \
    void isal_deflate_hash_lvl##level(std::uint16_t* table, std::uint32_t mask, std::uint32_t index,                   \
                                      std::uint8_t* dictionary, std::uint32_t bytes) {                                 \
        isal_deflate_hash_base(table, mask, index, dictionary, bytes);                                                 \
    }
EXO_ISAL_HASH(0)
EXO_ISAL_HASH(1)
EXO_ISAL_HASH(2)
EXO_ISAL_HASH(3)
#undef EXO_ISAL_HASH

// Never reached: of other levels, and of wrappers.
#define EXO_ISAL_NOT_USED(name)                                                                                        \
    [[noreturn]] void name() {                                                                                         \
        __builtin_trap();                                                                                              \
    }
EXO_ISAL_NOT_USED(isal_deflate_icf_body_lvl2)
EXO_ISAL_NOT_USED(isal_deflate_icf_body_lvl3)
EXO_ISAL_NOT_USED(isal_deflate_icf_finish_lvl2)
EXO_ISAL_NOT_USED(isal_deflate_icf_finish_lvl3)
EXO_ISAL_NOT_USED(gen_icf_map_lh1)
EXO_ISAL_NOT_USED(set_long_icf_fg)
EXO_ISAL_NOT_USED(isal_adler32)
EXO_ISAL_NOT_USED(crc32_gzip_refl)
#undef EXO_ISAL_NOT_USED

} // extern "C"
