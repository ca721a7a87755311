// See life.hpp.
#include "tests/unit/files/life.hpp"

#include "libos/files/check.hpp"

#include <cstdlib>
#include <doctest/doctest.h>

namespace files_test {

std::uint64_t number_from(const char* name, std::uint64_t usual) {
    const char* const text = std::getenv(name);
    return text ? std::strtoull(text, nullptr, 0) : usual;
}

void play_life(Files& files, Model& model, std::uint64_t seed, std::uint64_t steps, const PlaySpec& spec,
               Totals& totals, const std::function<void(std::uint64_t)>& before) {
    {
        FilesPlay play(files, model, seed, spec);
        for (std::uint64_t step = 0; step < steps; step++) {
            if (before)
                before(step);
            play.step();
            if (step % 37 == 0)
                REQUIRE(files.sync());
        }
        totals.operations += play.operations();
        totals.refused += play.refused();
        totals.no_space += play.no_space();
        totals.packed += files.store().counters().packed_pages;
    }
    totals.lives++;
    REQUIRE(fingerprint(files) == model.fingerprint());
    CheckReport report;
    REQUIRE(check(files, report));
    CHECK(report.is_sound());
    const Status ended = totals.lives % 2 ? files.sync() : files.close() ? Status{} : fail(FileError::Io);
    REQUIRE(ended);
}

} // namespace files_test
