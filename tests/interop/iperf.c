// iperf3 by Debian's libiperf: its command line, for a static program (Debian's own is dynamic).
#include <signal.h>
#include <stdint.h>
#include <stdio.h>

#include <iperf_api.h>

int main(int argc, char** argv) {
    struct iperf_test* const test = iperf_new_test();
    if (test == NULL || iperf_defaults(test) < 0 || iperf_parse_arguments(test, argc, argv) < 0) {
        fprintf(stderr, "iperf: %s\n", iperf_strerror(i_errno));
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    const int done = iperf_get_test_role(test) == 's' ? iperf_run_server(test) : iperf_run_client(test);
    if (done < 0) {
        fprintf(stderr, "iperf: %s\n", iperf_strerror(i_errno));
    }
    return done < 0;
}
