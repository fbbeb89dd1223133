/* A stand-in for NVIDIA's libnvidia-ml.so.1, for tests on machines without a GPU.
 *
 *   cc -O2 -shared -fPIC -pthread -Wl,-soname,libnvidia-ml.so.1 -o libnvidia-ml.so.1 nvml_mock.c
 *
 * -DOLD_DRIVER leaves out the newer functions. What it answers stands in a text file that may be
 * replaced (by rename) at any time: $NVML_MOCK_STATE, else "nvml.state" beside this library. No file
 * is a driver that is not loaded, and a value that is not in the file is NOT_SUPPORTED, as a real
 * driver answers for what a card lacks.
 *
 *   delay=50                            every call takes 50 ms; delay.FUNCTION = one function
 *   error.nvmlInitWithFlags=NO_PERMISSION    the name of an nvmlReturn_t, or its number
 *   sticky=1                            what was once lost stays lost until NVML is started again
 *   [gpu *]                             defaults of all cards
 *   mem_total=24564M                    suffixes K M G; "-" is NVML's "not available"
 *   [gpu 0]
 *   mem_used=2G..20G/60                 grows for 60 s from the file's time of change, then stays
 *   power=                              takes a default away
 *   error=GPU_IS_LOST                   every call on this card; error.FUNCTION = one function
 *
 *   proc=1234,C,6G                      a process, once a line: pid, C G or CG, memory ("-": not known)
 *   slice=MIG-1,2G,10G                  a slice, once a line, with mig=1: identity, used, total
 *   v3_early=1                          among the system's: the longer process entries of early 535 drivers
 *
 * Keys of a card: name uuid pci mem_total mem_used mem_reserved util_gpu temp power power_limit (mW)
 * energy (mJ) fan clock_sm clock_mem clock_max_sm clock_max_mem pstate throttle (bits) pcie_gen
 * pcie_gen_max pcie_width pcie_width_max mig. Of the system: driver (its version).
 * Original code; only names, numbers and struct layouts follow the public NVML interface.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define API __attribute__((visibility("default")))
#define MAX_GPUS 32
#define MAX_KEYS 64
#define MAX_FILE 65536
#define MAX_SLICES 7
#define MAX_PROCS 32

typedef unsigned int uint;
typedef unsigned long long ull;
typedef int ret_t;
typedef const struct gpu *device;

enum { OK = 0, UNINITIALIZED = 1, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, INSUFFICIENT_SIZE = 7,
       DRIVER_NOT_LOADED = 9, GPU_IS_LOST = 15, VERSION_MISMATCH = 25, UNKNOWN = 999 };

static const struct { int code; const char *name, *text; } errors[] = {
    {1, "UNINITIALIZED", "Uninitialized"},
    {2, "INVALID_ARGUMENT", "Invalid Argument"},
    {3, "NOT_SUPPORTED", "Not Supported"},
    {4, "NO_PERMISSION", "Insufficient Permissions"},
    {6, "NOT_FOUND", "Not Found"},
    {8, "INSUFFICIENT_POWER", "Insufficient External Power"},
    {9, "DRIVER_NOT_LOADED", "Driver Not Loaded"},
    {10, "TIMEOUT", "Timeout"},
    {15, "GPU_IS_LOST", "GPU is lost"},
    {16, "RESET_REQUIRED", "GPU requires reset"},
    {18, "LIB_RM_VERSION_MISMATCH", "Driver/library version mismatch"},
    {25, "ARGUMENT_VERSION_MISMATCH", "Version mismatch"},
    {27, "NOT_READY", "System is not in ready state"},
    {999, "UNKNOWN", "Unknown Error"},
};

/* ---------------------------------------------------------------- the state file */

struct section { struct { const char *key, *value; } kv[MAX_KEYS]; int n; };
struct gpu { int index, slice; };                /* a handle: slice -1 is the whole card */

static struct gpu handles[MAX_GPUS], slices[MAX_GPUS][MAX_SLICES];
static struct section whole, any_gpu, gpus[MAX_GPUS];
static int highest;                              /* number of cards: the highest [gpu N] + 1 */
static char text[MAX_FILE], lost[MAX_GPUS];
static int readable, users;
static struct stat seen;
static double since;                             /* when the file was written: time 0 of A..B/T */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const char *state_path(void)
{
    static char path[4096];
    const char *env = getenv("NVML_MOCK_STATE");
    Dl_info library;
    char *slash;

    if (env && *env)
        return env;
    if (!dladdr((void *)state_path, &library) || !library.dli_fname)
        return "nvml.state";
    snprintf(path, sizeof path - 16, "%s", library.dli_fname);
    slash = strrchr(path, '/');
    strcpy(slash ? slash + 1 : path, "nvml.state");
    return path;
}

static char *trim(char *s)
{
    char *end;
    while (isspace((unsigned char)*s)) s++;
    for (end = s + strlen(s); end > s && isspace((unsigned char)end[-1]); ) *--end = 0;
    return s;
}

static struct section *section_of(const char *line)
{
    int n;
    if (sscanf(line, "[gpu %d]", &n) != 1 || n < 0 || n >= MAX_GPUS)
        return strncmp(line, "[gpu *]", 7) ? &whole : &any_gpu;
    if (n >= highest) highest = n + 1;
    return &gpus[n];
}

static void parse(void)
{
    struct section *into = &whole;
    char *line, *next, *equals;

    whole.n = any_gpu.n = highest = 0;
    for (int n = 0; n < MAX_GPUS; n++) {
        gpus[n].n = 0;
        handles[n] = (struct gpu){n, -1};
        for (int k = 0; k < MAX_SLICES; k++) slices[n][k] = (struct gpu){n, k};
    }
    for (line = text; line; line = next) {
        next = strchr(line, '\n');
        if (next) *next++ = 0;
        line = trim(line);
        equals = strchr(line, '=');
        if (*line == '[') {
            into = section_of(line);
        } else if (equals && into->n < MAX_KEYS) {
            *equals = 0;
            into->kv[into->n].key = trim(line);
            into->kv[into->n++].value = trim(equals + 1);
        }
    }
}

/* Called with the lock held; reads the file again when it is another one or has changed. */
static void refresh(void)
{
    struct stat st;
    ssize_t got = -1;
    int fd;

    if (stat(state_path(), &st) != 0) { readable = 0; return; }
    if (readable && st.st_ino == seen.st_ino && st.st_size == seen.st_size &&
        !memcmp(&st.st_mtim, &seen.st_mtim, sizeof st.st_mtim))
        return;
    fd = open(state_path(), O_RDONLY | O_CLOEXEC);
    if (fd >= 0) { got = read(fd, text, sizeof text - 1); close(fd); }
    readable = got >= 0;
    if (!readable)
        return;
    text[got] = 0;
    seen = st;
    since = (double)st.st_mtim.tv_sec + (double)st.st_mtim.tv_nsec / 1e9;
    parse();
}

static const char *in_section(const struct section *s, const char *key)
{
    for (int i = s->n - 1; i >= 0; i--)          /* the last one wins */
        if (!strcmp(s->kv[i].key, key))
            return s->kv[i].value;
    return NULL;
}

static const char *get(device g, const char *key)
{
    const char *v = in_section(g ? &gpus[g->index] : &whole, key);
    if (g && !v)
        v = in_section(&any_gpu, key);
    return v && *v ? v : NULL;                   /* "key=" takes a default of [gpu *] away */
}

static double one_number(const char *s, char **end)
{
    double v = strtod(s, end);
    switch (**end) {
    case 'K': ++*end; return v * 1024;
    case 'M': ++*end; return v * 1048576;
    case 'G': ++*end; return v * 1073741824;
    }
    return v;
}

static int number(const char *s, ull *out)
{
    struct timespec now;
    double a, b, period, part;
    char *end;

    if (!s)
        return 0;
    if (!strcmp(s, "-")) { *out = ~0ULL; return 1; }
    a = one_number(s, &end);
    if (end == s)
        return 0;
    if (!strncmp(end, "..", 2)) {
        b = one_number(end + 2, &end);
        period = *end == '/' ? strtod(end + 1, &end) : 10;
        clock_gettime(CLOCK_REALTIME, &now);
        part = ((double)now.tv_sec + (double)now.tv_nsec / 1e9 - since) / period;
        a += (b - a) * (part < 0 ? 0 : part > 1 ? 1 : part);
    }
    *out = (ull)(a + 0.5);
    return 1;
}

static int error_code(const char *s)
{
    if (!s)
        return OK;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (!strcmp(s, errors[i].name))
            return errors[i].code;
    return atoi(s) ? atoi(s) : UNKNOWN;
}

/* ---------------------------------------------------------------- every call */

static int ours(device g)
{
    return (g >= handles && g < handles + MAX_GPUS) || (g >= slices[0] && g < slices[0] + MAX_GPUS * MAX_SLICES);
}

static void hang(const char *func)
{
    char key[128];
    ull ms;

    snprintf(key, sizeof key, "delay.%s", func);
    if (!number(get(NULL, key), &ms) && !number(get(NULL, "delay"), &ms))
        return;
    struct timespec t = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
    pthread_mutex_unlock(&lock);
    while (nanosleep(&t, &t) && errno == EINTR) { }
    pthread_mutex_lock(&lock);
    refresh();
}

static ret_t card_error(device g, const char *key)
{
    ret_t r = error_code(get(g, "error"));
    if (!r) r = error_code(get(g, key));
    if (!r && lost[g->index] && get(NULL, "sticky")) r = GPU_IS_LOST;
    if (r == GPU_IS_LOST) lost[g->index] = 1;
    return r;
}

/* Takes the lock, which stays held only when it returns OK. */
static ret_t enter(const char *func, device g, int on_card)
{
    char key[128];
    ret_t r;

    pthread_mutex_lock(&lock);
    refresh();
    hang(func);
    snprintf(key, sizeof key, "error.%s", func);
    if (!readable)
        r = DRIVER_NOT_LOADED;
    else if (!users && strncmp(func, "nvmlInit", 8))
        r = UNINITIALIZED;
    else if (on_card && !ours(g))
        r = INVALID_ARGUMENT;
    else if (!(r = error_code(get(NULL, key))) && on_card)
        r = card_error(g, key);
    if (r)
        pthread_mutex_unlock(&lock);
    return r;
}

static ret_t leave(ret_t r) { pthread_mutex_unlock(&lock); return r; }

#define ENTER(g)  do { ret_t r_ = enter(__func__, (g), 1); if (r_) return r_; } while (0)
#define ENTER_SYS do { ret_t r_ = enter(__func__, NULL, 0); if (r_) return r_; } while (0)

static ret_t put_string(char *out, uint size, const char *s)
{
    if (!s) return NOT_SUPPORTED;
    if (strlen(s) + 1 > size) return INSUFFICIENT_SIZE;
    strcpy(out, s);
    return OK;
}

static ret_t put_uint(uint *out, device g, const char *key)
{
    ull v;
    if (!number(get(g, key), &v)) return NOT_SUPPORTED;
    *out = (uint)v;
    return OK;
}

/* ---------------------------------------------------------------- NVML */

API ret_t nvmlInitWithFlags(uint flags)
{
    (void)flags;
    ENTER_SYS;
    if (!users++) memset(lost, 0, sizeof lost);
    return leave(OK);
}

API ret_t nvmlShutdown(void)
{
    pthread_mutex_lock(&lock);
    return leave(users ? (users--, OK) : UNINITIALIZED);
}

API const char *nvmlErrorString(ret_t code)
{
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i].code == code)
            return errors[i].text;
    return "Unknown Error";
}

API ret_t nvmlDeviceGetCount_v2(uint *n) { ENTER_SYS; *n = (uint)highest; return leave(OK); }

API ret_t nvmlDeviceGetHandleByIndex_v2(uint i, device *out)
{
    ret_t r;
    ENTER_SYS;
    if ((int)i >= highest) return leave(INVALID_ARGUMENT);
    *out = &handles[i];
    r = card_error(&handles[i], "error.nvmlDeviceGetHandleByIndex_v2");
    return leave(r);
}

API ret_t nvmlDeviceGetName(device g, char *s, uint n) { ENTER(g); return leave(put_string(s, n, get(g, "name"))); }
API ret_t nvmlSystemGetDriverVersion(char *s, uint n) { ENTER_SYS; return leave(put_string(s, n, get(NULL, "driver"))); }

/* The nth line of this key among the card's own, its parts at the commas; NULL where there are fewer. */
static char **parts_of(device g, const char *key, int nth)
{
    static char copy[256];
    static char *parts[4];
    const struct section *s = &gpus[g->index];

    for (int i = 0; i < s->n; i++) {
        if (strcmp(s->kv[i].key, key) || nth--)
            continue;
        char *rest = strncpy(copy, s->kv[i].value, sizeof copy - 1);
        for (int k = 0; k < 4; k++) parts[k] = strsep(&rest, ",");
        return parts;
    }
    return NULL;
}

API ret_t nvmlDeviceGetUUID(device g, char *s, uint n)
{
    ENTER(g);
    char **slice = g->slice < 0 ? NULL : parts_of(g, "slice", g->slice);
    return leave(put_string(s, n, slice ? slice[0] : get(g, "uuid")));
}

struct pci { char legacy[16]; uint domain, bus, device, id, subsystem; char bus_id[32]; };
API ret_t nvmlDeviceGetPciInfo_v3(device g, struct pci *p)
{
    ENTER(g);
    return leave(put_string(p->bus_id, sizeof p->bus_id, get(g, "pci")));
}

struct memory { ull total, free, used; };
struct memory_v2 { uint version; ull total, reserved, free, used; };

static ret_t memory(device g, struct memory_v2 *m)
{
    char **slice = g->slice < 0 ? NULL : parts_of(g, "slice", g->slice);

    m->reserved = 0;
    if (slice)
        return number(slice[1], &m->used) && number(slice[2], &m->total) ? OK : NOT_SUPPORTED;
    if (!number(get(g, "mem_total"), &m->total) || !number(get(g, "mem_used"), &m->used))
        return NOT_SUPPORTED;
    number(get(g, "mem_reserved"), &m->reserved);
    m->free = m->total - m->reserved - m->used;
    return OK;
}

API ret_t nvmlDeviceGetMemoryInfo(device g, struct memory *out)
{
    struct memory_v2 m;
    ret_t r;
    ENTER(g);
    r = memory(g, &m);
    if (!r) *out = (struct memory){m.total, m.free, m.used + m.reserved};    /* counts it as used */
    return leave(r);
}

struct rates { uint gpu, memory; };
API ret_t nvmlDeviceGetUtilizationRates(device g, struct rates *u)
{
    ENTER(g);
    u->memory = 0;
    return leave(put_uint(&u->gpu, g, "util_gpu"));
}

API ret_t nvmlDeviceGetTemperature(device g, uint sensor, uint *t)
{
    ENTER(g);
    return leave(sensor ? INVALID_ARGUMENT : put_uint(t, g, "temp"));
}

API ret_t nvmlDeviceGetPowerUsage(device g, uint *mw) { ENTER(g); return leave(put_uint(mw, g, "power")); }
API ret_t nvmlDeviceGetEnforcedPowerLimit(device g, uint *mw) { ENTER(g); return leave(put_uint(mw, g, "power_limit")); }

API ret_t nvmlDeviceGetTotalEnergyConsumption(device g, ull *mj)
{
    ENTER(g);
    return leave(number(get(g, "energy"), mj) ? OK : NOT_SUPPORTED);
}
API ret_t nvmlDeviceGetFanSpeed(device g, uint *v) { ENTER(g); return leave(put_uint(v, g, "fan")); }
API ret_t nvmlDeviceGetPerformanceState(device g, uint *v) { ENTER(g); return leave(put_uint(v, g, "pstate")); }

static ret_t clock_of(device g, uint type, uint *mhz, const char *sm, const char *memory)
{
    return type == 1 ? put_uint(mhz, g, sm) : type == 2 ? put_uint(mhz, g, memory) : INVALID_ARGUMENT;
}
API ret_t nvmlDeviceGetClockInfo(device g, uint type, uint *mhz)
{
    ENTER(g);
    return leave(clock_of(g, type, mhz, "clock_sm", "clock_mem"));
}
API ret_t nvmlDeviceGetMaxClockInfo(device g, uint type, uint *mhz)
{
    ENTER(g);
    return leave(clock_of(g, type, mhz, "clock_max_sm", "clock_max_mem"));
}

#define THROTTLE(NAME) \
    API ret_t nvmlDeviceGetCurrentClocks##NAME##Reasons(device g, ull *bits) \
    { ENTER(g); return leave(number(get(g, "throttle"), bits) ? OK : NOT_SUPPORTED); }
THROTTLE(Throttle)

#define LINK(NAME, KEY) \
    API ret_t nvmlDeviceGet##NAME(device g, uint *v) { ENTER(g); return leave(put_uint(v, g, KEY)); }
LINK(CurrPcieLinkGeneration, "pcie_gen")
LINK(MaxPcieLinkGeneration, "pcie_gen_max")
LINK(CurrPcieLinkWidth, "pcie_width")
LINK(MaxPcieLinkWidth, "pcie_width_max")

/* ---------------------------------------------------------------- slices (MIG) */

API ret_t nvmlDeviceGetMigMode(device g, uint *now, uint *pending)
{
    ENTER(g);
    ret_t r = put_uint(now, g, "mig");
    *pending = *now;
    return leave(r);
}
API ret_t nvmlDeviceGetMaxMigDeviceCount(device g, uint *n) { ENTER(g); *n = MAX_SLICES; return leave(OK); }
API ret_t nvmlDeviceGetMigDeviceHandleByIndex(device g, uint i, device *out)
{
    ENTER(g);
    if (i >= MAX_SLICES || !parts_of(g, "slice", (int)i)) return leave(NOT_FOUND);
    *out = &slices[g->index][i];
    return leave(OK);
}

/* ---------------------------------------------------------------- processes */

struct proc { uint pid; ull bytes; uint gi, ci; };              /* the second and third version */
struct proc_early { uint pid; ull bytes; uint gi, ci; ull cc; }; /* the third, as early 535 drivers had it */

static ret_t running(device g, uint *n, void *out, const char *kind, int is_third)
{
    uint found = 0, room = out ? *n : 0;
    int is_early = is_third && get(NULL, "v3_early");
    char **p;

    for (int i = 0; i < MAX_PROCS && (p = parts_of(g, "proc", i)); i++) {
        struct proc_early e = {(uint)strtoul(p[0], NULL, 10), ~0ULL, ~0u, ~0u, 0};
        if (!strstr(p[1], kind))
            continue;
        number(p[2], &e.bytes);
        if (found < room && is_early)
            ((struct proc_early *)out)[found] = e;
        else if (found < room)
            ((struct proc *)out)[found] = (struct proc){e.pid, e.bytes, e.gi, e.ci};
        found++;
    }
    *n = found;
    return found > room ? INSUFFICIENT_SIZE : OK;
}

#define RUNNING(NAME, KIND, VERSION) \
    API ret_t nvmlDeviceGet##NAME##RunningProcesses_v##VERSION(device g, uint *n, void *out) \
    { ENTER(g); return leave(running(g, n, out, KIND, VERSION == 3)); }
RUNNING(Compute, "C", 2)
RUNNING(Graphics, "G", 2)

#ifndef OLD_DRIVER
RUNNING(Compute, "C", 3)
RUNNING(Graphics, "G", 3)
THROTTLE(Event)
API ret_t nvmlDeviceGetMemoryInfo_v2(device g, struct memory_v2 *out)
{
    ENTER(g);
    return leave(out->version == (sizeof *out | 2u << 24) ? memory(g, out) : VERSION_MISMATCH);
}

struct heat { uint version, sensor; int temperature; };
API ret_t nvmlDeviceGetTemperatureV(device g, struct heat *t)
{
    ENTER(g);
    if (t->version != (sizeof *t | 1u << 24)) return leave(VERSION_MISMATCH);
    return leave(t->sensor ? INVALID_ARGUMENT : put_uint((uint *)&t->temperature, g, "temp"));
}
#endif
