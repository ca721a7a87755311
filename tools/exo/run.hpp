// `exo run`: from the words of the command line to the exit status of the program.
// The steps are here; each step's work is in the header it includes.
#pragma once

#include "tools/exo/options.hpp"

#include <filesystem>
#include <span>
#include <string>

namespace exo::tool {

// Where this checkout is; everything built is under build/ in it.
std::filesystem::path repository_root();

int run_main(std::span<const std::string> words);

// Boots, runs the program of `options`, relays its streams. Gives the status for the shell.
int run_program(RunOptions options);

// Prints the sentence on stderr and gives the status.
int report(const Failure& failure);

} // namespace exo::tool
