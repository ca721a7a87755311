// A life of a file system beside its model: from its opening to its closing, or to where it is just left.
#pragma once

#include "tests/unit/files/lab.hpp"

#include <functional>

namespace files_test {

// A number from the environment, or the usual one.
std::uint64_t number_from(const char* name, std::uint64_t usual);

struct Totals {
    std::uint64_t operations = 0, refused = 0, no_space = 0, lives = 0, packed = 0;
};

// Plays `steps` operations on files that are open and as the model says, compares the two, and makes everything
// durable; every other life is closed, too. `before`: called before each step with its number.
void play_life(Files& files, Model& model, std::uint64_t seed, std::uint64_t steps, const PlaySpec& spec,
               Totals& totals, const std::function<void(std::uint64_t)>& before = {});

} // namespace files_test
