// Damaged files: valid texts of each format, changed at random places from a fixed
// seed, must be read or refused with a sentence; nothing else may happen. Run under
// ASan and UBSan, which see what a wrong index would do.
#include "examples/cg/csr.hpp"
#include "examples/cg/input_error.hpp"
#include "examples/cg/matrix_reader.hpp"

#include <doctest/doctest.h>
#include <random>
#include <string>

namespace {

constexpr int damages_each = 20'000;
// Larger sizes are allowed to run out of memory, which is not what is asked here.
constexpr std::int64_t unknowns_tried_max = 10'000;

const std::string texts[] = {
    "%%MatrixMarket matrix coordinate real symmetric\n3 3 5\n1 1 2\n2 1 -1\n2 2 2\n3 2 -1\n3 3 2\n",
    "0 0 2\n1 0 -1\n1 1 2\n2 1 -1.5e-3\n2 2 2\n",
    "title                                                                   key     \n"
    "             4             1             1             2             0\n"
    "RSA                        3             3             5             0\n"
    "(8I3)           (8I3)           (4E12.4)            \n"
    "  1  3  5  6\n  1  2  2  3  3\n  2.0000E+00 -1.0000E+00  2.0000D+00 -1.0000E+00\n  2.0000E+00\n",
};

std::string damaged(std::string text, std::mt19937& random) {
    static constexpr std::string_view letters = "0123456789-+.eEdD \n%()IRSAU,P\xff#";
    const auto below = [&random](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    for (std::size_t changes = 1 + below(4); changes > 0; --changes) {
        const std::size_t place = below(text.size());
        switch (below(4)) {
        case 0:
            text[place] = letters[below(letters.size())];
            break;
        case 1:
            text.insert(place, 1, letters[below(letters.size())]);
            break;
        case 2:
            text.erase(place, 1 + below(8));
            break;
        case 3:
            text.insert(place, text.substr(below(text.size()), below(30)));
            break;
        }
        if (text.empty()) {
            return text;
        }
    }
    return text;
}

} // namespace

TEST_CASE("damaged files are read or refused") {
    std::mt19937 random(20'240'229);
    for (const std::string& text : texts) {
        int accepted = 0;
        int refused = 0;
        for (int i = 0; i < damages_each; ++i) {
            try {
                const cg::MatrixEntries entries = cg::parse_matrix("M", damaged(text, random));
                if (entries.unknowns <= unknowns_tried_max) {
                    cg::CsrMatrix::from_entries(entries);
                }
                ++accepted;
            } catch (const cg::InputError& error) {
                ++refused;
                CHECK(std::string_view(error.what()).starts_with("M"));
            }
        }
        // Both must happen, or the damage is too small or too great to test anything.
        CHECK(accepted > damages_each / 100);
        CHECK(refused > damages_each / 10);
    }
}
