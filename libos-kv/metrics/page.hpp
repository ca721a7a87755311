// What INFO knows, as a page of metrics in OpenMetrics 1.0, with the names that exporters for Redis have.
#pragma once

#include "libos-kv/metrics/counts.hpp"

namespace exo::kv {

inline constexpr std::string_view metrics_content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";

// Appends the whole page, with `# EOF`. `counts`: of all vcores; the rest is what `server`, which has the connections,
// knows.
void write_metrics(Server& server, const Counts& counts, Text& into);

} // namespace exo::kv
