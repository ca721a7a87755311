// A Cauchy matrix: every square part of it can be inverted, so any k units will do. Matrices are inverted on the stack,
// once a set of lost units.
#include "libos/coding/erasure.hpp"

#include "libos/coding/isal.hpp"
#include "libos/coding/vector_unit.hpp"

namespace exo::coding {

namespace {

using Products = int (*)(int, int, unsigned char*, unsigned char**, unsigned char**);

// One row at a time has a signature of its own.
template <auto one>
int product_of_one(int bytes, int count, unsigned char* tables, unsigned char** from, unsigned char** to) {
    return one(bytes, count, tables, from, *to);
}

Products products(VectorLevel level, unsigned rows) {
    static constexpr Products table[][parity_units_max] = {
        {product_of_one<gf_vect_dot_prod_sse>, gf_2vect_dot_prod_sse, gf_3vect_dot_prod_sse, gf_4vect_dot_prod_sse},
        {product_of_one<gf_vect_dot_prod_avx2>, gf_2vect_dot_prod_avx2, gf_3vect_dot_prod_avx2, gf_4vect_dot_prod_avx2},
        {product_of_one<gf_vect_dot_prod_avx512>, gf_2vect_dot_prod_avx512, gf_3vect_dot_prod_avx512,
         gf_4vect_dot_prod_avx512},
    };
    return table[static_cast<unsigned>(level) - 1][rows - 1];
}

} // namespace

void Recipe::make(std::size_t bytes, const std::byte* const* sources, std::byte* const* targets) const {
    if (targets_ == 0)
        return;
    const VectorUse use(vector_level());
    make(use, bytes, sources, targets);
}

void Recipe::make(const VectorUse& use, std::size_t bytes, const std::byte* const* sources,
                  std::byte* const* targets) const {
    if (targets_ == 0)
        return;
    // Safe: octets are octets, and ISA-L changes only what `targets` names, whatever its signatures leave open.
    auto** const from = reinterpret_cast<unsigned char**>(const_cast<std::byte**>(sources));
    auto** const to = reinterpret_cast<unsigned char**>(const_cast<std::byte**>(targets));
    auto* const tables = const_cast<unsigned char*>(tables_);
    const auto count = static_cast<int>(sources_), length = static_cast<int>(bytes);
    if (use.level() == VectorLevel::None)
        return ec_encode_data_base(length, count, static_cast<int>(targets_), tables, from, to);
    (void)products(use.level(), targets_)(length, count, tables, from, to); // fails only for fewer octets than 64
}

ErasureCode::ErasureCode(unsigned data, unsigned parity) : data_(data), parity_(parity) {
    gf_gen_cauchy1_matrix(matrix_, static_cast<int>(units()), static_cast<int>(data));
    encoding_.sources_ = data;
    encoding_.targets_ = parity;
    for (unsigned i = 0; i < data; i++)
        encoding_.source_[i] = static_cast<std::uint8_t>(i);
    for (unsigned i = 0; i < parity; i++)
        encoding_.target_[i] = static_cast<std::uint8_t>(data + i);
    ec_init_tables(static_cast<int>(data), static_cast<int>(parity), matrix_ + data * data, encoding_.tables_);
}

bool ErasureCode::decoding(std::uint32_t usable, std::uint32_t wanted, Recipe& recipe) const {
    unsigned char square[data_units_max * data_units_max], inverse[data_units_max * data_units_max];
    unsigned char rows[parity_units_max * data_units_max];
    recipe.sources_ = recipe.targets_ = 0;
    for (unsigned unit = 0; unit < units() && recipe.sources_ < data_; unit++) {
        if (!(usable >> unit & 1))
            continue;
        for (unsigned i = 0; i < data_; i++)
            square[recipe.sources_ * data_ + i] = matrix_[unit * data_ + i];
        recipe.source_[recipe.sources_++] = static_cast<std::uint8_t>(unit);
    }
    if (recipe.sources_ < data_ || gf_invert_matrix(square, inverse, static_cast<int>(data_)) != 0)
        return false;
    for (unsigned unit = 0; unit < units(); unit++) {
        if (!(wanted >> unit & 1))
            continue;
        if (recipe.targets_ == parity_)
            return false;
        // The unit's row times the inverse: what it is in terms of the sources.
        unsigned char* const row = rows + recipe.targets_ * data_;
        for (unsigned i = 0; i < data_; i++) {
            row[i] = 0;
            for (unsigned j = 0; j < data_; j++)
                row[i] ^= gf_mul(matrix_[unit * data_ + j], inverse[j * data_ + i]);
        }
        recipe.target_[recipe.targets_++] = static_cast<std::uint8_t>(unit);
    }
    ec_init_tables(static_cast<int>(data_), static_cast<int>(recipe.targets_), rows, recipe.tables_);
    return true;
}

} // namespace exo::coding
