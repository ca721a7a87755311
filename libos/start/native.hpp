// For a program that is its own library OS: it defines exo_main and links build/libos/libkit.a with entry exo_start
// (clang -static -nostdlib -e exo_start). exo_main runs as thread 1 of a kit that is up; its result ends the
// environment.
#pragma once

#include "libos/start/kit.hpp"

int exo_main(const exo::StartInfo& start);
