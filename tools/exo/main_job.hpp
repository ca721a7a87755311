// `exo run` without a program: conjugate gradient on the stiffness matrix bcsstk16, from a shared host folder and back.
// Only chooses program, input and folder; the run itself is run.hpp's.
#pragma once

#include "tools/exo/options.hpp"

namespace exo::tool {

int run_main_job(RunOptions options);

} // namespace exo::tool
