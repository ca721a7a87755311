// The functions of ISA-L (build/third-party/libisal) that are called here, chosen by us and not by its own dispatcher,
// which would use whatever the processor has. Those whose name ends in an instruction set want a VectorUse of its
// level.
#pragma once

#include <cstdint>

extern "C" {

// crc/: crc32_iscsi inverts neither at the beginning nor at the end; crc64 inverts at both.
unsigned int crc32_iscsi_00(const unsigned char* data, int bytes, unsigned int before); // general registers alone
unsigned int crc32_iscsi_01(const unsigned char* data, int bytes, unsigned int before); // Sse
std::uint64_t crc64_ecma_refl_by8(std::uint64_t before, const unsigned char* data, std::uint64_t bytes); // Sse

// erasure_code/: matrices over GF(2^8), and products of `count` vectors of `bytes` octets (at least 64) with 1 to 4
// rows.
void gf_gen_cauchy1_matrix(unsigned char* matrix, int rows, int columns);
int gf_invert_matrix(unsigned char* matrix, unsigned char* inverse, int rows); // changes `matrix`; not 0: singular
unsigned char gf_mul(unsigned char left, unsigned char right);
void ec_init_tables(int columns, int rows, unsigned char* matrix, unsigned char* tables); // 32 octets an element
void ec_encode_data_base(int bytes, int count, int rows, unsigned char* tables, unsigned char** from,
                         unsigned char** to);
#define EXO_ISAL_PRODUCTS(set)                                                                                         \
    int gf_vect_dot_prod_##set(int bytes, int count, unsigned char* tables, unsigned char** from, unsigned char* to);  \
    int gf_2vect_dot_prod_##set(int bytes, int count, unsigned char* tables, unsigned char** from,                     \
                                unsigned char** to);                                                                   \
    int gf_3vect_dot_prod_##set(int bytes, int count, unsigned char* tables, unsigned char** from,                     \
                                unsigned char** to);                                                                   \
    int gf_4vect_dot_prod_##set(int bytes, int count, unsigned char* tables, unsigned char** from, unsigned char** to);
EXO_ISAL_PRODUCTS(sse)
EXO_ISAL_PRODUCTS(avx2)
EXO_ISAL_PRODUCTS(avx512)
#undef EXO_ISAL_PRODUCTS

} // extern "C"
