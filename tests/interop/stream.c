// Streams whose every octet is checked, for both ends: an ordinary socket program, built for Linux and for libos-hpc.
//   stream serve PORT               serves clients one after another until one of them says end
//   stream ask HOST PORT WORDS...   asks a server for one thing; status 0 when both ends are content
// WORDS: `down N`: the server sends N octets; `up N`: it receives them; `both N`: both at once; `end`;
//        `call HOST PORT WORDS...`: the server is to ask another one, and says how that went.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { piece = 32 * 1024, patience_ms = 120000, line_octets = 256 };

// Octets from `at` on of the one endless text that all streams carry; no two places within reach are alike.
static void fill(unsigned char* into, size_t octets, uint64_t at) {
    for (size_t i = 0; i < octets;) {
        const uint64_t word = ((at + i) / 8 + 1) * 0x9e3779b97f4a7c15u;
        if ((at + i) % 8 == 0 && octets - i >= 8) {
            memcpy(into + i, &word, 8);
            i += 8;
        } else {
            into[i] = ((const unsigned char*)&word)[(at + i) % 8];
            ++i;
        }
    }
}

static int complain(const char* what) {
    fprintf(stderr, "stream: %s: %s\n", what, strerror(errno));
    return 1;
}

static int is_right(const unsigned char* got, size_t octets, uint64_t at) {
    static unsigned char wanted[piece];
    fill(wanted, octets, at);
    return memcmp(got, wanted, octets) == 0;
}

// One piece each way at a time, whichever can move; then this side's half is closed. Exactly `in` octets have to come,
// all right and in order; with `until_end` the peer's end must follow them.
static int transfer(int fd, uint64_t out, uint64_t in, int until_end) {
    static unsigned char to_send[piece], got[piece];
    uint64_t sent = 0, received = 0, filled = 0;
    int ended = !until_end;
    while (sent < out || received < in || !ended) {
        struct pollfd file = {fd, 0, 0};
        file.events = (short)((received < in || !ended ? POLLIN : 0) | (sent < out ? POLLOUT : 0));
        const int ready = poll(&file, 1, patience_ms);
        if (ready <= 0) {
            errno = ready == 0 ? ETIMEDOUT : errno;
            return complain("nothing moves");
        }
        if (sent < out && (file.revents & (POLLOUT | POLLERR | POLLHUP))) {
            const uint64_t left = out - sent;
            if (filled <= sent) {
                fill(to_send, left < piece ? left : piece, sent);
                filled = sent + (left < piece ? left : piece);
            }
            const size_t have = filled - sent, begin = (filled - 1) % piece + 1 - have;
            const ssize_t octets = send(fd, to_send + begin, have, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (octets < 0 && errno != EAGAIN) {
                return complain("sending");
            }
            sent += octets > 0 ? (uint64_t)octets : 0;
        }
        if (file.revents & (POLLIN | POLLERR | POLLHUP)) {
            const uint64_t left = in - received;
            const ssize_t octets = recv(fd, got, left == 0 ? 1 : left < piece ? left : piece, MSG_DONTWAIT);
            if (octets < 0 && errno != EAGAIN) {
                return complain("receiving");
            }
            if (octets == 0) {
                ended = 1;
                if (received < in) {
                    fprintf(stderr, "stream: the end came after %llu octets\n", (unsigned long long)received);
                    return 1;
                }
            } else if (octets > 0) {
                if (left == 0 || !is_right(got, (size_t)octets, received)) {
                    fprintf(stderr, "stream: wrong at octet %llu\n", (unsigned long long)received);
                    return 1;
                }
                received += (uint64_t)octets;
            }
        }
    }
    return 0;
}

static int read_line(int fd, char* line) {
    for (int i = 0; i < line_octets; ++i) {
        if (recv(fd, line + i, 1, 0) != 1) {
            break;
        }
        if (line[i] == '\n') {
            line[i] = 0;
            return 0;
        }
    }
    return complain("no line came");
}

static int write_line(int fd, const char* line) {
    const size_t octets = strlen(line);
    return send(fd, line, octets, MSG_NOSIGNAL) == (ssize_t)octets ? 0 : complain("sending a line");
}

static int ask(const char* host, const char* port, const char* words) {
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    if (inet_pton(AF_INET, host, &server.sin_addr) != 1) {
        errno = EINVAL;
        return complain(host);
    }
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr*)&server, sizeof server) != 0) {
        close(fd);
        return complain("connecting");
    }
    char line[line_octets + 1], answer[line_octets] = "";
    snprintf(line, sizeof line, "%s\n", words);
    unsigned long long octets = 0;
    const int down = sscanf(words, "down %llu", &octets) == 1 || sscanf(words, "both %llu", &octets) == 1;
    const uint64_t in = down ? octets : 0;
    const uint64_t out =
        sscanf(words, "up %llu", &octets) == 1 || sscanf(words, "both %llu", &octets) == 1 ? octets : 0;
    int status = write_line(fd, line) || transfer(fd, out, in, 0) || read_line(fd, answer);
    shutdown(fd, SHUT_WR);
    char rest;
    if (status == 0 && (strcmp(answer, "content") != 0 || recv(fd, &rest, 1, 0) != 0)) {
        fprintf(stderr, "stream: the server says '%s'\n", answer);
        status = 1;
    }
    close(fd);
    return status;
}

// Whether the client is to be told that all is well; *ends: it was the last one.
static int serve_one(int fd, int* ends) {
    char line[line_octets];
    if (read_line(fd, line) != 0) {
        return 1;
    }
    unsigned long long octets = 0;
    char host[64], port[16];
    int words = 0;
    if (strcmp(line, "end") == 0) {
        *ends = 1;
        return 0;
    }
    if (sscanf(line, "down %llu", &octets) == 1) {
        return transfer(fd, octets, 0, 0);
    }
    if (sscanf(line, "up %llu", &octets) == 1) {
        return transfer(fd, 0, octets, 0);
    }
    if (sscanf(line, "both %llu", &octets) == 1) {
        return transfer(fd, octets, octets, 0);
    }
    if (sscanf(line, "call %63s %15s %n", host, port, &words) == 2) {
        return ask(host, port, line + words);
    }
    return 1;
}

static int serve(const char* port) {
    const struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    const int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (const struct sockaddr*)&any, sizeof any) != 0 || listen(listener, 8) != 0) {
        return complain("listening");
    }
    printf("ready\n");
    fflush(stdout);
    for (int ends = 0; !ends;) {
        const int fd = accept(listener, NULL, NULL);
        if (fd < 0) {
            return complain("accepting");
        }
        if (serve_one(fd, &ends) == 0 && write_line(fd, "content\n") == 0) {
            shutdown(fd, SHUT_WR);
            (void)transfer(fd, 0, 0, 1);
        }
        close(fd);
    }
    return 0;
}

int main(int argc, char** argv) {
    if (argc == 3 && strcmp(argv[1], "serve") == 0) {
        return serve(argv[2]);
    }
    if (argc >= 5 && strcmp(argv[1], "ask") == 0) {
        char words[line_octets] = "";
        for (int i = 4; i < argc; ++i) {
            snprintf(words + strlen(words), sizeof words - strlen(words), "%s%s", i > 4 ? " " : "", argv[i]);
        }
        return ask(argv[2], argv[3], words);
    }
    fprintf(stderr, "usage: %s serve PORT | ask HOST PORT WORDS...\n", argv[0]);
    return 2;
}
