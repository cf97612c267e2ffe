// A getaddrinfo() for LD_PRELOAD that does not come back for names that begin with "hanging.", until somebody writes to
// the FIFO that HAUL_TEST_NAMES names.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) = dlsym(RTLD_NEXT, "getaddrinfo");
    if (node && strncmp(node, "hanging.", 8) == 0) {
        int fifo = open(getenv("HAUL_TEST_NAMES"), O_RDONLY);  // until there is a writer
        if (fifo >= 0)
            close(fifo);
        return EAI_NONAME;
    }
    return real(node, service, hints, result);
}
